package s3fake_test

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// fixture is a service with a real listener.
type fixture struct {
	*testing.T
	service *s3fake.Service
	server  *httptest.Server
}

func start(t *testing.T, optFns ...func(*s3fake.Options)) *fixture {
	t.Helper()
	var o s3fake.Options
	for _, fn := range optFns {
		fn(&o)
	}
	service, err := s3fake.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service)
	server.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = writers
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	return &fixture{t, service, server}
}

// withBucket starts a service with one bucket, "b", whose versioning is in the
// given state ("" for never set).
func withBucket(t *testing.T, versioning string, optFns ...func(*s3fake.Options)) *fixture {
	t.Helper()
	f := start(t, optFns...)
	f.must(f.service.CreateBucket("bucket"))
	if versioning != "" {
		f.must(f.service.SetVersioning("bucket", versioning))
	}
	return f
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// put stores an object directly and returns its ETag and version id.
func (f *fixture) put(key, body string) (etag, id string) {
	f.Helper()
	f.must(f.service.PutObject("bucket", key, []byte(body), nil))
	_, header, _ := f.service.Object("bucket", key)
	return header.Get("ETag"), header.Get("x-amz-version-id")
}

// client is the SDK's client, path-style, with any credentials.
func (f *fixture) client(optFns ...func(*s3.Options)) *s3.Client {
	return newClient(f.server, optFns...)
}

func newClient(server *httptest.Server, optFns ...func(*s3.Options)) *s3.Client {
	return s3.New(s3.Options{
		Region:                     "us-east-1",
		BaseEndpoint:               aws.String(server.URL),
		HTTPClient:                 server.Client(),
		UsePathStyle:               true,
		Credentials:                credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		RetryMaxAttempts:           1,
	}, optFns...)
}

// response is an answer read to its end.
type response struct {
	status int
	header http.Header
	body   string
}

// do sends a plain HTTP request. The headers are pairs of name and value.
func (f *fixture) do(method, target, body string, headers ...string) response {
	f.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, f.server.URL+target, strings.NewReader(body))
	f.must(err)
	req.Header.Set("Accept-Encoding", "identity") // or the client would unpack the body
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	resp, err := f.server.Client().Do(req)
	f.must(err)
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	f.must(err)
	return response{resp.StatusCode, resp.Header, string(content)}
}

// element returns the text of the first element with the given name in the body, or "".
func (r response) element(name string) string {
	d := xml.NewDecoder(strings.NewReader(r.body))
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			var s string
			if d.DecodeElement(&s, &start) != nil {
				return ""
			}
			return s
		}
	}
}

// path is the escaped path of a key in the bucket of withBucket.
func path(key string) string {
	return (&url.URL{Path: "/bucket/" + key, RawPath: "/bucket/" + escape(key)}).EscapedPath()
}

// escape escapes every byte of a key but letters, digits, "-", "_", "." and "~",
// and "/" as the SDK does.
func escape(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(key), "+", "%20"), "%2F", "/")
}
