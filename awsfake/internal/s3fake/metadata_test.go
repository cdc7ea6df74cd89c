package s3fake_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
)

func TestStoredHeaders(t *testing.T) {
	f := withBucket(t, "")
	stored := map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "Content-Disposition": "attachment", "Content-Encoding": "gzip",
		"Content-Language": "de", "Expires": "Wed, 21 Oct 2026 07:28:00 GMT", "X-Amz-Website-Redirect-Location": "/other",
		"X-Amz-Meta-Writer": "Me", "X-Amz-Storage-Class": "STANDARD_IA",
	}
	var headers []string
	for name, value := range stored {
		headers = append(headers, name, value)
	}
	if r := f.do("PUT", "/bucket/key", "body", append(headers, "X-Other", "not stored")...); r.status != 200 {
		t.Fatal(r.body)
	}
	for _, method := range []string{"GET", "HEAD"} {
		r := f.do(method, "/bucket/key", "")
		got := map[string]string{}
		for name := range stored {
			got[name] = r.header.Get(name)
		}
		if diff := cmp.Diff(stored, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", method, diff)
		}
		if r.header.Get("X-Other") != "" || r.header.Get("Content-Length") != "4" || r.header.Get("Accept-Ranges") != "bytes" ||
			r.header.Get("X-Amz-Server-Side-Encryption") != "AES256" || r.header.Get("Last-Modified") == "" {
			t.Errorf("%s: %v", method, r.header)
		}
	}
	f.do("PUT", "/bucket/plain", "body")
	if r := f.do("GET", "/bucket/plain", ""); r.header.Get("Content-Type") != "binary/octet-stream" || r.header.Get("x-amz-storage-class") != "" {
		t.Errorf("defaults: %v", r.header)
	}
	r := f.do("GET", "/bucket/key?response-content-type=text/x&response-cache-control=max-age", "")
	if r.header.Get("Content-Type") != "text/x" || r.header.Get("Cache-Control") != "max-age" || r.header.Get("Content-Language") != "de" {
		t.Errorf("response- parameters: %v", r.header)
	}
}

// TestUserMetadata: 2 KB of names and values together, names lower-cased.
func TestUserMetadata(t *testing.T) {
	f := withBucket(t, "")
	if r := f.do("PUT", "/bucket/key", "", "x-amz-meta-a", strings.Repeat("v", 1023), "x-amz-meta-b", strings.Repeat("v", 1023)); r.status != 200 {
		t.Errorf("2,048 bytes: %d %s", r.status, r.body)
	}
	r := f.do("PUT", "/bucket/key", "", "x-amz-meta-a", strings.Repeat("v", 1023), "x-amz-meta-bb", strings.Repeat("v", 1023))
	if r.status != 400 || r.element("Code") != "MetadataTooLarge" || r.element("Size") != "2049" || r.element("MaxSizeAllowed") != "2048" {
		t.Errorf("2,049 bytes: %d %s", r.status, r.body)
	}
	client := f.client()
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("key"), Metadata: map[string]string{"CamelCase": "Value", "id": "1"},
	})
	f.must(err)
	out, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key")})
	f.must(err)
	if diff := cmp.Diff(map[string]string{"camelcase": "Value", "id": "1"}, out.Metadata); diff != "" {
		t.Error(diff)
	}
}

func TestStorageClass(t *testing.T) {
	f := withBucket(t, "")
	r := f.do("PUT", "/bucket/key", "", "x-amz-storage-class", "FAKE")
	if r.status != 400 || r.element("Code") != "InvalidStorageClass" || r.element("StorageClassRequested") != "FAKE" {
		t.Errorf("unknown: %d %s", r.status, r.body)
	}
	f.do("PUT", "/bucket/key", "x", "x-amz-storage-class", "GLACIER")
	if r := f.do("GET", "/bucket/key", ""); r.status != 403 || r.element("Code") != "InvalidObjectState" {
		t.Errorf("archived: %d %s", r.status, r.body)
	}
	if r := f.do("HEAD", "/bucket/key", ""); r.status != 200 || r.header.Get("x-amz-storage-class") != "GLACIER" {
		t.Errorf("HEAD: %d %v", r.status, r.header)
	}
	e := f.list().Entries
	if e[len(e)-1].StorageClass != "GLACIER" {
		t.Errorf("listed %+v", e)
	}
}

// TestEncryption: SSE-S3 is the default; under SSE-KMS the ETag is not the MD5;
// SSE-C is refused.
func TestEncryption(t *testing.T) {
	f := withBucket(t, "")
	const sse, keyID = "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"
	if r := f.do("PUT", "/bucket/key", "body", sse, "AES256"); r.header.Get(sse) != "AES256" || r.header.Get("ETag") != etagOf("body") {
		t.Errorf("AES256: %v", r.header)
	}
	a := f.do("PUT", "/bucket/key", "body", sse, "aws:kms", keyID, "my-key", "x-amz-server-side-encryption-bucket-key-enabled", "true")
	b := f.do("PUT", "/bucket/key", "body", sse, "aws:kms", keyID, "my-key")
	if a.header.Get(sse) != "aws:kms" || a.header.Get(keyID) != "my-key" || a.header.Get("x-amz-server-side-encryption-bucket-key-enabled") != "true" {
		t.Errorf("aws:kms: %v", a.header)
	}
	etag := b.header.Get("ETag")
	if len(etag) != 34 || etag == etagOf("body") || etag == a.header.Get("ETag") {
		t.Errorf("aws:kms: ETags %s and %s", a.header.Get("ETag"), etag)
	}
	for _, method := range []string{"GET", "HEAD"} {
		r := f.do(method, "/bucket/key", "")
		if r.header.Get(sse) != "aws:kms" || r.header.Get(keyID) != "my-key" || r.header.Get("ETag") != etag {
			t.Errorf("%s: %v", method, r.header)
		}
	}
	if r := f.do("PUT", "/bucket/key", "new", "If-Match", etagOf("body")); r.status != 412 {
		t.Errorf("the MD5 is taken for the ETag: %d", r.status)
	}
	if r := f.do("PUT", "/bucket/key", "new", "If-Match", etag); r.status != 200 {
		t.Errorf("the ETag is not taken: %d %s", r.status, r.body)
	}
	for _, row := range []struct {
		name, method string
		headers      []string
		status       int
		code         string
	}{
		{"unknown", "PUT", []string{sse, "rot13"}, 400, "InvalidArgument"},
		{"AES256 with a key", "PUT", []string{sse, "AES256", keyID, "k"}, 400, "InvalidArgument"},
		{"SSE-C on PUT", "PUT", []string{sse + "-customer-algorithm", "AES256"}, 501, "NotImplemented"},
		{"SSE-C on GET", "GET", []string{sse + "-customer-algorithm", "AES256"}, 501, "NotImplemented"},
		{"SSE on GET", "GET", []string{sse, "AES256"}, 400, "InvalidArgument"},
		{"SSE on HEAD", "HEAD", []string{sse, "AES256"}, 400, ""},
	} {
		if r := f.do(row.method, "/bucket/key", "", row.headers...); r.status != row.status || r.element("Code") != row.code {
			t.Errorf("%s: %d %s", row.name, r.status, r.body)
		}
	}
}

func TestObjectLockHeaders(t *testing.T) {
	f := withBucket(t, "Enabled")
	for _, name := range []string{"mode", "retain-until-date", "legal-hold"} {
		r := f.do("PUT", "/bucket/key", "", "x-amz-object-lock-"+name, "x")
		if r.status != 400 || r.element("Message") != "Bucket is missing Object Lock Configuration" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// TestETag: the ETag follows the content alone, so that A, B, A ends with the first
// one again.
func TestETag(t *testing.T) {
	f := withBucket(t, "Enabled")
	put := func(body string, headers ...string) string {
		return f.do("PUT", "/bucket/key", body, headers...).header.Get("ETag")
	}
	first := put("A")
	put("B")
	if again := put("A", "x-amz-meta-a", "b", "Content-Type", "text/plain"); again != first || first != etagOf("A") {
		t.Errorf("%s, then %s", first, again)
	}
	if r := f.do("PUT", "/bucket/key", "C", "If-Match", first); r.status != 200 {
		t.Errorf("ABA: %d %s", r.status, r.body)
	}
}
