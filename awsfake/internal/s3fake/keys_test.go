package s3fake_test

import (
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// oddKeys are keys that path cleaning, URL decoding, normalising or file names
// would mix up.
var oddKeys = []string{
	"a", "A", "a/", "a//", "/a", "//a", "a/b", "a//b", "a%2Fb", "a%252Fb", ".", "..", "./a", "../a", "a/./b", "a/../b", "a/..", "...",
	" ", "a b", "a+b", "a%20b", " a", "a ", "a?b", "a#b", "a&b=c", "a;b", "a:b", "a\\b", "a|b", "a\"b", "a<b>", "a*b", "a~b", "$@!',()[]{}^`",
	"\u00e9", "e\u0301", "ä/ö", "日本語", "\U0001F63A", "\ufeff", "a\tb", "a\nb", "a\rb", "\x01", "a\x7fb", "\a", "tmp-x", "+tmp-x", ".tmp-x", "lock", "null", "objects",
	strings.Repeat("k", 1024), strings.Repeat("k", 1023) + "l", strings.Repeat("ä", 512), strings.Repeat("/", 1024), strings.Repeat("a/", 500), "?versionId=null", "a?acl",
}

// TestOddKeys keeps odd keys distinct through put, get, head, list, copy and
// delete, over the SDK, in memory and on disk.
func TestOddKeys(t *testing.T) {
	for name, dir := range map[string]string{"memory": "", "disk": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			options := func(o *s3fake.Options) { o.Dir = dir }
			f := withBucket(t, "", options)
			client, ctx, bucket := f.client(), t.Context(), aws.String("bucket")
			for _, key := range oddKeys {
				_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String(key), Body: strings.NewReader("body of " + key)})
				if err != nil {
					t.Fatalf("PUT %q: %v", key, err)
				}
			}
			for _, key := range oddKeys {
				out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String(key)})
				if err != nil {
					t.Errorf("GET %q: %v", key, err)
					continue
				}
				body, err := io.ReadAll(out.Body)
				if err != nil || string(body) != "body of "+key {
					t.Errorf("GET %q: %q %v", key, body, err)
				}
				if r := f.do("HEAD", path(key), ""); r.status != 200 {
					t.Errorf("HEAD %q: %d", key, r.status)
				}
			}
			want := slices.Sorted(slices.Values(oddKeys))
			if diff := cmp.Diff(want, f.keysDecoded(client)); diff != "" {
				t.Errorf("listing (-want +got):\n%s", diff)
			}
			for _, key := range oddKeys {
				r := f.do("PUT", path("copy"), "", "x-amz-copy-source", "bucket/"+escape(key))
				if body, _, _ := f.service.Object("bucket", "copy"); r.status != 200 || string(body) != "body of "+key {
					t.Errorf("COPY of %q: %d %q", key, r.status, body)
				}
			}
			f.do("DELETE", path("copy"), "")
			for i, key := range oddKeys {
				_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String(key)})
				if left := strings.Count(f.do("GET", "/bucket", "").body, "<Key>"); err != nil || left != len(oddKeys)-i-1 {
					t.Fatalf("DELETE %q: %v, %d left", key, err, left)
				}
			}
		})
	}
}

// keysDecoded lists all keys with encoding-type=url.
func (f *fixture) keysDecoded(client *s3.Client) []string {
	f.Helper()
	out, err := client.ListObjectsV2(f.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket"), EncodingType: types.EncodingTypeUrl})
	f.must(err)
	var keys []string
	for _, o := range out.Contents {
		key, err := url.QueryUnescape(*o.Key)
		f.must(err)
		keys = append(keys, key)
	}
	return keys
}

// TestKeyLength: 1 to 1,024 bytes of UTF-8, not characters.
func TestKeyLength(t *testing.T) {
	f := withBucket(t, "")
	for _, key := range []string{strings.Repeat("k", 1025), strings.Repeat("ä", 512) + "x"} {
		for _, method := range []string{"PUT", "GET", "DELETE"} {
			r := f.do(method, path(key), "")
			if r.status != 400 || r.element("Code") != "KeyTooLongError" || r.element("Size") != "1025" || r.element("MaxSizeAllowed") != "1024" {
				t.Errorf("%s: %d %s", method, r.status, r.body)
			}
		}
		if err := f.service.PutObject("bucket", key, nil, nil); err == nil {
			t.Error("directly: no error")
		}
	}
	body := "<Delete><Object><Key>" + strings.Repeat("k", 1025) + "</Key></Object></Delete>"
	if r := f.do("POST", "/bucket?delete", body, "Content-MD5", md5Of(body)); r.element("Code") != "KeyTooLongError" {
		t.Errorf("in a batch: %s", r.body)
	}
}

func TestMalformedURLs(t *testing.T) {
	f := withBucket(t, "")
	for _, target := range []string{"/bucket/%ff", "/bucket/%c3%28", "/%ff/key", "/bucket/key?a=%zz", "/bucket/key?a;b"} {
		if r := f.do("GET", target, ""); r.status != 400 || r.element("Code") != "InvalidURI" {
			t.Errorf("%s: %d %s", target, r.status, r.body)
		}
	}
}

// TestPresignedParameters: a header that a signer moves to the query still counts as one.
func TestPresignedParameters(t *testing.T) {
	f := withBucket(t, "")
	f.put("key", "x")
	presigner := s3.NewPresignClient(f.client())
	req, err := presigner.PresignGetObject(t.Context(), &s3.GetObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("key"), ExpectedBucketOwner: aws.String("000000000000"),
		ResponseContentType: aws.String("text/plain"),
	})
	f.must(err)
	if _, ok := req.SignedHeader["X-Amz-Expected-Bucket-Owner"]; ok {
		t.Fatalf("this signer does not move headers: %v", slices.Collect(maps.Keys(req.SignedHeader)))
	}
	target := strings.TrimPrefix(req.URL, f.server.URL)
	if r := f.do("GET", target, ""); r.status != 403 {
		t.Errorf("wrong owner in the query: %d %s", r.status, r.body)
	}
	target = strings.Replace(target, "000000000000", account, 1)
	if r := f.do("GET", target, ""); r.status != 200 || r.header.Get("Content-Type") != "text/plain" {
		t.Errorf("right owner in the query: %d %v %s", r.status, r.header, r.body)
	}
	put, err := presigner.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("new")})
	f.must(err)
	if r := f.do("PUT", strings.TrimPrefix(put.URL, f.server.URL), "body"); r.status != 200 {
		t.Errorf("PUT: %d %s", r.status, r.body)
	}
}
