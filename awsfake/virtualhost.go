package awsfake

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// s3Host matches the host names of S3 in AWS: with a bucket in front (virtual-host style) or without (path style).
var s3Host = lazyregexp.New(`^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$`)

// bucketOf returns the bucket that a host name names, or "".
func bucketOf(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(host)
	if net.ParseIP(host) != nil {
		return ""
	}
	if m := s3Host().FindStringSubmatch(host); m != nil {
		return m[1]
	}
	for _, endpoint := range []string{"s3.localhost", "localhost"} {
		if host == endpoint {
			return ""
		}
		if bucket, ok := strings.CutSuffix(host, "."+endpoint); ok {
			return bucket
		}
	}
	return ""
}

// toPathStyle rewrites a virtual-host-style request, bucket.s3.amazonaws.com/key, to /bucket/key.
func toPathStyle(r *http.Request) {
	bucket := bucketOf(r.Host)
	if bucket == "" {
		return
	}
	escaped := "/" + bucket + r.URL.EscapedPath()
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return
	}
	changed := *r.URL
	changed.Path, changed.RawPath = path, escaped
	r.URL = &changed
	r.RequestURI = r.URL.RequestURI()
}
