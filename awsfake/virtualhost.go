package awsfake

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// s3Host matches the host names of S3 in AWS: with a bucket in front (virtual-host
// style) or without (path style).
var s3Host = lazyregexp.New(`^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$`)

// bucketOf returns the bucket that a host name names, or "".
func bucketOf(hostport string) string {
	host := hostport
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	if host == "" || !isLetter(host[len(host)-1]) { // an IP address
		return ""
	}
	host = strings.ToLower(host)
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

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// toPathStyle rewrites a virtual-host-style request, bucket.s3.amazonaws.com/key,
// to /bucket/key.
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
