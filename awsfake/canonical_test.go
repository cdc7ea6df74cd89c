package awsfake

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

// TestSignaturesOfTheSDK verifies requests that the SDK's signer has signed, as
// headers and as links, and then the same requests with one thing changed.
func TestSignaturesOfTheSDK(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		row, path, query, name, value string
	}{
		{row: "plain", path: "/bucket/key"},
		{row: "no path"},
		{row: "one parameter", path: "/bucket/key", query: "x-id=PutObject"},
		{row: "a parameter without value", path: "/bucket", query: "uploads"},
		{row: "parameters out of order", path: "/bucket", query: "prefix=b&list-type=2&prefix=a&delimiter=%2F"},
		{row: "spaces and signs in parameters", path: "/bucket", query: "prefix=a+b%20c%2B%C3%A4&marker=~*!'()"},
		{row: "one parameter with a space", path: "/bucket", query: "prefix=a%20b"},
		{row: "signs in a parameter alone", path: "/bucket", query: "prefix=a/b*c~d"},
		{row: "a key with every sign", path: "/bucket/a b+c%25d!'()*~;:@&=$,/\u00e4//.%2F"},
		{row: "spaces in a header", path: "/bucket/key", name: "X-Amz-Meta-Text", value: "  a   b  c "},
		{row: "a tab in a header", path: "/bucket/key", name: "X-Amz-Meta-Text", value: "a\tb \t c"},
		{row: "an empty header", path: "/bucket/key", name: "X-Amz-Meta-Text"},
	} {
		for _, service := range []string{"s3", "lambda"} {
			for _, presigned := range []bool{false, true} {
				r := sdkRequest(t, s, service, presigned, &http.Request{
					Method: http.MethodPut, Host: "localhost:1", ContentLength: 1,
					Header: http.Header{"Content-Length": {"1"}, row.name: {row.value, "second"}},
					URL:    &url.URL{Host: "localhost:1", Path: strings.ReplaceAll(row.path, "%25", "%"), RawQuery: row.query},
				})
				if refused := verifyAgain(s, r, service); refused != nil {
					t.Errorf("%s, %s, presigned %t: %s", row.row, service, presigned, refused.s3.message)
				}
				for change, tamper := range tampered {
					changed := r.Clone(t.Context())
					tamper(changed)
					if verifyAgain(s, changed, service) == nil {
						t.Errorf("%s, %s, presigned %t: accepted with %s", row.row, service, presigned, change)
					}
				}
			}
		}
	}
}

var tampered = map[string]func(*http.Request){
	"another method":    func(r *http.Request) { r.Method = http.MethodGet },
	"another path":      func(r *http.Request) { r.URL.Path += "x" },
	"another host":      func(r *http.Request) { r.Host = "localhost:2" },
	"another parameter": func(r *http.Request) { r.URL.RawQuery = strings.TrimPrefix(r.URL.RawQuery+"&x=y", "&") },
	"another length":    func(r *http.Request) { r.ContentLength++ },
}

// sdkRequest signs a request as the SDK does, and returns it as a server sees it.
func sdkRequest(t *testing.T, s *Server, service string, presigned bool, r *http.Request) *http.Request {
	t.Helper()
	delete(r.Header, "")
	r.URL.RawPath = httpbinding.EscapePath(r.URL.Path, false) // as the SDK sends a key
	payload := hashOf(nil)
	if service == "s3" {
		payload = unsignedPayload
		r.Header.Set("X-Amz-Content-Sha256", payload)
	}
	credentials := s.signingKey(signature{accessKey: s.options.AccessKey})
	options := func(o *v4.SignerOptions) { o.DisableURIPathEscaping, o.DisableHeaderHoisting = service == "s3", true }
	if !presigned {
		if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, payload, service, s.options.Region, time.Now(), options); err != nil {
			t.Fatal(err)
		}
		return r
	}
	query := r.URL.Query()
	query.Set("X-Amz-Expires", "60")
	r.URL.RawQuery = query.Encode()
	link, header, err := v4.NewSigner().PresignHTTP(t.Context(), credentials, r, payload, service, s.options.Region, time.Now(), options)
	if err != nil {
		t.Fatal(err)
	}
	if r.URL, err = url.Parse(link); err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	return r
}

// verifyAgain checks the signature of a request without a body.
func verifyAgain(s *Server, r *http.Request, service string) *refusal {
	sig, refused := s.authenticateHead(r, service)
	if refused != nil {
		return refused
	}
	return s.authenticateBody(r, sig, nil)
}
