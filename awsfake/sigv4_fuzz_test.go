package awsfake

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const (
	goodHeader = "AWS4-HMAC-SHA256 Credential=" + DefaultAccessKey + "/20261122/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, " +
		"Signature=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	goodQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + DefaultAccessKey + "%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261122T120000Z" +
		"&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	goodDate = "20261122T120000Z"
)

func TestSignatureForms(t *testing.T) {
	header := func(header, date string) (signature, *refusal) { return parseHeader(header, date, "") }
	query := func(raw, _ string) (signature, *refusal) {
		values, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatal(err)
		}
		return parseQuery(values)
	}
	tests := []struct {
		parse      func(text, date string) (signature, *refusal)
		text, date string
		s3, lambda string // the codes of the refusal
	}{
		{parse: header, text: goodHeader, date: goodDate},
		{parse: header, text: strings.ReplaceAll(goodHeader, ", ", ","), date: goodDate},
		{parse: header, text: strings.Replace(goodHeader, "/s3/", "//s3/", 1), date: goodDate, s3: "AuthorizationHeaderMalformed", lambda: "IncompleteSignatureException"},
		{parse: header, text: strings.Replace(goodHeader, "aws4_request", "aws5_request", 1), date: goodDate, s3: "AuthorizationHeaderMalformed", lambda: "IncompleteSignatureException"},
		{parse: header, text: strings.Replace(goodHeader, "host;", "", 1), date: goodDate, s3: "AuthorizationHeaderMalformed", lambda: "IncompleteSignatureException"},
		{parse: header, text: goodHeader[:len(goodHeader)-1], date: goodDate, s3: "AuthorizationHeaderMalformed", lambda: "IncompleteSignatureException"},
		{parse: header, text: goodHeader[:len(goodHeader)-1] + "G", date: goodDate, s3: "AuthorizationHeaderMalformed", lambda: "IncompleteSignatureException"},
		{parse: header, text: goodHeader, date: "", s3: "AuthorizationHeaderMalformed", lambda: "IncompleteSignatureException"},
		{parse: header, text: goodHeader, date: "20261123T120000Z", s3: "AuthorizationHeaderMalformed", lambda: "IncompleteSignatureException"},
		{parse: header, text: "AWS " + DefaultAccessKey + ":c2lnbmF0dXJl", date: goodDate, s3: "InvalidRequest", lambda: "IncompleteSignatureException"},
		{parse: query, text: goodQuery},
		{parse: query, text: strings.Replace(goodQuery, "Expires=60", "Expires=0", 1), s3: "AuthorizationQueryParametersError", lambda: "IncompleteSignatureException"},
		{parse: query, text: strings.Replace(goodQuery, "Expires=60", "Expires=x", 1), s3: "AuthorizationQueryParametersError", lambda: "IncompleteSignatureException"},
		{parse: query, text: strings.Replace(goodQuery, "20261122T", "2026-11-22T", 1), s3: "AuthorizationQueryParametersError", lambda: "IncompleteSignatureException"},
		{parse: query, text: strings.Replace(goodQuery, "HMAC", "X", 1), s3: "InvalidRequest", lambda: "IncompleteSignatureException"},
	}
	for _, tt := range tests {
		sig, refused := tt.parse(tt.text, tt.date)
		if refused == nil {
			refused = &refusal{}
			if sig.accessKey != DefaultAccessKey || sig.region != "us-east-1" || sig.service != "s3" || sig.date != "20261122" || len(sig.value) != 64 {
				t.Errorf("%s: %+v", tt.text, sig)
			}
		}
		if refused.s3.code != tt.s3 || refused.lambda.code != tt.lambda {
			t.Errorf("%s\n%s: got %+v, want %s, %s", tt.text, tt.date, refused, tt.s3, tt.lambda)
		}
	}
}

func FuzzSignature(f *testing.F) {
	f.Add(goodHeader, goodDate, "")
	f.Add("", "", goodQuery)
	f.Add("AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=;;, Signature=", "x", "X-Amz-Algorithm=&%zz")
	s, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, header, date, query string) {
		r := &http.Request{Method: "GET", Host: "localhost", URL: &url.URL{Path: "/bucket/key", RawQuery: query}, Header: http.Header{}}
		r.Header.Set("Authorization", header)
		r.Header.Set("X-Amz-Date", date)
		for _, service := range []string{"s3", "lambda"} {
			sig, refused := s.authenticateHead(r, service)
			if refused == nil {
				refused = s.authenticateBody(r, sig, nil)
			}
			if refused == nil {
				t.Fatalf("a signature made without the secret is accepted: %q %q", header, query)
			}
		}
		if sig, refused := parseSignature(r); refused == nil {
			s.verify(r, sig, unsignedPayload) // does not panic
		}
	})
}

func FuzzChunks(f *testing.F) {
	f.Add([]byte("5;chunk-signature=abc\r\nhello\r\n0;chunk-signature=def\r\n\r\n"))
	f.Add([]byte("ffffffffffffffff;chunk-signature=\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		data, claimed, rest, ok := cutChunk(body)
		if ok && len(data)+len(claimed)+len(rest) > len(body) {
			t.Fatalf("%q %q %q", data, claimed, rest)
		}
	})
}
