package awsfake

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBodyOverTheLimitIsRefused(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.maxBody = 10
	tests := []struct {
		path, body string
		status     int
		text       string
	}{
		{"/bucket/key", "12345678901", 400, "EntityTooLarge"},
		{"/bucket/key", "1234567890", 403, "AccessDenied"},
		{"/2015-03-31/functions", "12345678901", 413, "Request must be smaller"},
		{"/2015-03-31/functions", "1234567890", 403, "Missing Authentication Token"},
	}
	for _, tt := range tests {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("PUT", tt.path, strings.NewReader(tt.body)))
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.text) {
			t.Errorf("%s %s: %d %s", tt.path, tt.body, w.Code, w.Body)
		}
	}
}

func TestBucketInHostName(t *testing.T) {
	tests := map[string]string{
		"bucket.s3.us-east-1.amazonaws.com":           "bucket",
		"Bucket.S3.us-east-1.amazonaws.com:443":       "bucket",
		"a.b.s3.us-east-1.amazonaws.com":              "a.b",
		"s3.s3.us-east-1.amazonaws.com":               "s3",
		"bucket.s3.amazonaws.com":                     "bucket",
		"bucket.s3-eu-west-1.amazonaws.com":           "bucket",
		"bucket.s3.dualstack.us-east-1.amazonaws.com": "bucket",
		"bucket.s3.cn-north-1.amazonaws.com.cn":       "bucket",
		"s3.us-east-1.amazonaws.com":                  "",
		"s3.amazonaws.com":                            "",
		"lambda.us-east-1.amazonaws.com":              "",
		"bucket.s3.localhost:4566":                    "bucket",
		"a.b.localhost":                               "a.b",
		"s3.localhost:4566":                           "",
		"localhost:4566":                              "",
		"127.0.0.1:4566":                              "",
		"[::1]:4566":                                  "",
		"example.com":                                 "",
		"":                                            "",
	}
	for host, want := range tests {
		if got := bucketOf(host); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}
