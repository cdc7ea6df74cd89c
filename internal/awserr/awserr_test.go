package awserr_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/awserr"
)

// answered is an error that the service answered.
func answered(status int, code, message string, header http.Header) error {
	return &smithy.OperationError{ServiceID: "S3", OperationName: "PutObject", Err: &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status, Header: header}},
		Err:      &smithy.GenericAPIError{Code: code, Message: message},
	}}
}

func TestAnswer(t *testing.T) {
	err := answered(503, "SlowDown", "slower", http.Header{"Retry-After": {"7"}})
	if awserr.Code(err) != "SlowDown" || awserr.Status(err) != 503 || awserr.Message(err) != "slower" || awserr.RetryAfter(err) != 7*time.Second || !awserr.IsThrottle(err) {
		t.Errorf("read %q, %d, %q, %v, %v", awserr.Code(err), awserr.Status(err), awserr.Message(err), awserr.RetryAfter(err), awserr.IsThrottle(err))
	}
	if got, want := awserr.Short("PutObject", err), "PutObject: 503 SlowDown"; got != want {
		t.Errorf("Short is %q; want %q", got, want)
	}
	for _, after := range []string{"", "-1", "soon", "99999999999"} {
		if got := awserr.RetryAfter(answered(429, "", "", http.Header{"Retry-After": {after}})); got != 0 {
			t.Errorf("Retry-After: %s is %v; want 0", after, got)
		}
	}
	if awserr.Code(io.EOF) != "" || awserr.Status(io.EOF) != 0 || awserr.Header(io.EOF, "Date") != "" {
		t.Error("an error without an answer has one")
	}
}

// TestUnsent: by a real client, that nothing was sent is known where there was
// no connection, also none to a proxy; and where the certificate is refused.
// A connection that breaks may have carried the request.
func TestUnsent(t *testing.T) {
	broken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer broken.Close()
	go func() {
		for {
			c, err := broken.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	stranger.StartTLS()
	defer stranger.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	const nobody = "http://127.0.0.1:1"
	viaNobody := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(nobody) }}
	for name, c := range map[string]struct {
		endpoint          string
		transport         *http.Transport
		unsent, untrusted bool
	}{
		"refused":             {nobody, &http.Transport{}, true, false},
		"proxy refused":       {"https://192.0.2.1", viaNobody, true, false},
		"no such host":        {"http://nobody.invalid", &http.Transport{}, true, false},
		"another's authority": {stranger.URL, &http.Transport{TLSClientConfig: &tls.Config{}}, true, true},
		"no TLS":              {"https" + plain.URL[len("http"):], &http.Transport{}, true, true},
		"broken":              {"http://" + broken.Addr().String(), &http.Transport{}, false, false},
	} {
		defer c.transport.CloseIdleConnections()
		client := s3.New(s3.Options{
			Region: "us-east-1", BaseEndpoint: &c.endpoint, UsePathStyle: true, Retryer: aws.NopRetryer{}, HTTPClient: &http.Client{Transport: c.transport},
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "x", SecretAccessKey: "y"}, nil
			}),
		})
		_, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
		if err == nil || awserr.IsUnsent(err) != c.unsent || awserr.IsUntrusted(err) != c.untrusted {
			t.Errorf("%s: %v: unsent %v, untrusted %v", name, err, awserr.IsUnsent(err), awserr.IsUntrusted(err))
		}
	}
}

// TestBeforeTheRequest: the SDK's errors from before the request are known.
func TestBeforeTheRequest(t *testing.T) {
	srv := awsfake.NewServer(t)
	get := func(change func(*s3.Options)) error {
		_, err := s3.NewFromConfig(srv.Config(), change).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
		return err
	}
	err := get(func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errors.New("nothing found")
		})
	})
	if got, want := awserr.Short("GetObject", err), "GetObject: no credentials: nothing found"; !awserr.HasNoCredentials(err) || got != want {
		t.Errorf("%v: Short is %q; want %q", err, got, want)
	}
	for _, status := range []int{403, 404, 409, 412, 429, 500} { // of the service that gives the credentials
		err = get(func(o *s3.Options) {
			o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, &smithyhttp.ResponseError{
					Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {"7"}}}},
					Err:      &smithy.GenericAPIError{Code: "NoSuchKey", Message: "another service's"},
				}
			})
		})
		if awserr.Status(err) != 0 || awserr.Code(err) != "" || awserr.Message(err) != "" || awserr.RetryAfter(err) != 0 || awserr.IsThrottle(err) ||
			!awserr.HasNoCredentials(err) || !strings.HasPrefix(awserr.Short("GetObject", err), "GetObject: no credentials: ") {
			t.Errorf("the answer of another service counts: %s: %v", awserr.Short("GetObject", err), err)
		}
	}
	err = get(func(o *s3.Options) { o.Region, o.BaseEndpoint = "", nil })
	if got, want := awserr.Short("GetObject", err), "GetObject: no Region is set"; !awserr.HasNoRegion(err) || got != want {
		t.Errorf("%v: Short is %q; want %q", err, got, want)
	}
}

func TestMatch(t *testing.T) {
	rules := []awserr.Rule{
		{Codes: []string{"A"}, Text: "narrow", Says: "1"},
		{Codes: []string{"A", "B"}, Says: "2"},
		{Statuses: []int{403}, Says: "3"},
		{Is: func(err error) bool { return errors.Is(err, io.EOF) }, Says: "4"},
	}
	for want, err := range map[string]error{
		"1": answered(400, "A", "a narrow case", nil), "2": answered(403, "B", "", nil),
		"3": answered(403, "C", "", nil), "4": io.EOF, "": answered(404, "", "", nil),
	} {
		if r, ok := awserr.Match(rules, err); r.Says != want || ok != (want != "") {
			t.Errorf("%v matches rule %q; want %q", err, r.Says, want)
		}
	}
}
