package awsfake

import "testing"

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
