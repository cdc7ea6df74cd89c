package s3fake_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestCopyMetadata(t *testing.T) {
	f := withBucket(t, "")
	f.do("PUT", "/bucket/source", "123456789", "Content-Type", "application/json", "x-amz-meta-a", "1",
		"x-amz-storage-class", "STANDARD_IA", "x-amz-server-side-encryption", "aws:kms")
	for _, row := range []struct {
		name            string
		headers         []string
		kind, meta, sse string
	}{
		{"COPY by default", nil, "application/json", "1", "AES256"},
		{"COPY ignores the request's", []string{"x-amz-metadata-directive", "COPY", "x-amz-meta-a", "2", "Content-Type", "text/x"}, "application/json", "1", "AES256"},
		{"REPLACE", []string{"x-amz-metadata-directive", "REPLACE", "x-amz-meta-a", "2", "Content-Type", "text/x"}, "text/x", "2", "AES256"},
		{"REPLACE with nothing", []string{"x-amz-metadata-directive", "REPLACE"}, "binary/octet-stream", "", "AES256"},
		{"encryption is the request's", []string{"x-amz-server-side-encryption", "aws:kms"}, "application/json", "1", "aws:kms"},
	} {
		r := f.do("PUT", "/bucket/copy", "", append(row.headers, "x-amz-copy-source", "bucket/source")...)
		if r.status != 200 || r.element("ETag") == "" || r.element("LastModified") == "" {
			t.Errorf("%s: %d %s", row.name, r.status, r.body)
		}
		got := f.do("GET", "/bucket/copy", "")
		if got.body != "123456789" || got.header.Get("Content-Type") != row.kind || got.header.Get("x-amz-meta-a") != row.meta ||
			got.header.Get("x-amz-server-side-encryption") != row.sse ||
			(got.header.Get("x-amz-server-side-encryption-aws-kms-key-id") != "") != (row.sse == "aws:kms") || got.header.Get("x-amz-storage-class") != "" {
			t.Errorf("%s: %v", row.name, got.header)
		}
		if (r.element("ETag") == etagOf("123456789")) != (row.sse == "AES256") || got.header.Get("ETag") != r.element("ETag") {
			t.Errorf("%s: ETag %s", row.name, r.element("ETag"))
		}
	}
	if r := f.do("PUT", "/bucket/copy", "", "x-amz-copy-source", "bucket/source", "x-amz-metadata-directive", "MERGE"); r.element("Code") != "InvalidArgument" {
		t.Errorf("unknown directive: %d %s", r.status, r.body)
	}
}

// TestCopySource follows the recorded test_s3_copy_object_src_not_exists and
// test_s3_copy_object_wrong_format.
func TestCopySource(t *testing.T) {
	f := withBucket(t, "Enabled")
	_, first := f.put("source", "first")
	f.put("source", "second")
	f.put("a b", "spaced")
	f.put("dead", "x")
	f.must(f.service.DeleteObject("bucket", "dead"))
	marker := f.service.Versions("bucket", "dead")[0].ID
	for _, row := range []struct {
		source string
		status int
		code   string
		body   string
	}{
		{"bucket/source", 200, "", "second"},
		{"/bucket/source", 200, "", "second"},
		{"bucket/source?versionId=" + first, 200, "", "first"},
		{"bucket%2Fsource", 200, "", "second"}, // recorded: go-cloud's TestCopy
		{"bucket/a+b", 200, "", "spaced"},      // recorded: go-cloud's TestKeys/spaces
		{"bucket%2Fa+b", 200, "", "spaced"},
		{"bucket/a%2Bb", 404, "NoSuchKey", ""},
		{"none/source", 404, "NoSuchBucket", ""},
		{"bucket/none", 404, "NoSuchKey", ""},
		{"bucket/dead", 404, "NoSuchKey", ""},
		{"bucket/dead?versionId=" + marker, 400, "InvalidRequest", ""},
		{"bucket/source?versionId=" + marker, 404, "NoSuchVersion", ""},
		{"bucket/source?versionId=x", 400, "InvalidArgument", ""},
		{"bucket", 400, "InvalidArgument", ""},
		{"bucket/", 400, "InvalidArgument", ""},
		{"bucket/%zz", 400, "InvalidArgument", ""},
		{"bucket/source?acl", 400, "InvalidArgument", ""},
	} {
		r := f.do("PUT", "/bucket/copy", "", "x-amz-copy-source", row.source)
		body, _, _ := f.service.Object("bucket", "copy")
		if r.status != row.status || r.element("Code") != row.code || row.status == 200 && string(body) != row.body {
			t.Errorf("%s: %d %s, stored %q", row.source, r.status, r.body, body)
		}
	}
}

// TestCopyVersions: version ids of source and copy; a suspended bucket answers
// "null" (recorded).
func TestCopyVersions(t *testing.T) {
	f := withBucket(t, "")
	f.put("source", "x")
	copy := func() (source, id string) {
		r := f.do("PUT", "/bucket/copy", "", "x-amz-copy-source", "bucket/source")
		return r.header.Get("x-amz-copy-source-version-id"), r.header.Get("x-amz-version-id")
	}
	if source, id := copy(); source != "" || id != "" {
		t.Errorf("never versioned: %q %q", source, id)
	}
	f.must(f.service.SetVersioning("bucket", "Enabled"))
	if source, id := copy(); source != "null" || len(id) != 32 {
		t.Errorf("enabled: %q %q", source, id)
	}
	f.must(f.service.SetVersioning("bucket", "Suspended"))
	if _, id := copy(); id != "null" {
		t.Errorf("suspended: %q", id)
	}
}

// TestCopyOntoItself: refused unless something changes, allowed for restoring an
// old version.
func TestCopyOntoItself(t *testing.T) {
	f := withBucket(t, "Enabled")
	_, first := f.put("key", "first")
	_, second := f.put("key", "second")
	copy := func(source string, headers ...string) response {
		return f.do("PUT", "/bucket/key", "", append(headers, "x-amz-copy-source", source)...)
	}
	for _, source := range []string{"bucket/key", "bucket/key?versionId=" + second} {
		if r := copy(source); r.status != 400 || r.element("Code") != "InvalidRequest" {
			t.Errorf("%s: %d %s", source, r.status, r.body)
		}
	}
	if r := copy("bucket/key", "x-amz-storage-class", "STANDARD"); r.status != 200 {
		t.Errorf("with a storage class: %d %s", r.status, r.body)
	}
	if r := copy("bucket/key", "x-amz-metadata-directive", "REPLACE"); r.status != 200 {
		t.Errorf("with new metadata: %d %s", r.status, r.body)
	}
	if r := copy("bucket/key?versionId="+first, "If-Match", etagOf("second")); r.status != 200 {
		t.Errorf("restore: %d %s", r.status, r.body)
	}
	if h := f.service.Versions("bucket", "key"); len(h) != 5 || string(h[0].Body) != "first" || string(h[1].Body) != "second" {
		t.Errorf("history %+v", h)
	}
}

func TestCopyChecksum(t *testing.T) {
	f := withBucket(t, "")
	client, ctx := f.client(), t.Context()
	f.put("source", "123456789")
	out, err := client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("copy"), CopySource: aws.String("bucket/source"),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	f.must(err)
	if out.CopyObjectResult.ChecksumCRC32 == nil || *out.CopyObjectResult.ChecksumCRC32 != "y/Q5Jg==" {
		t.Errorf("%+v", out.CopyObjectResult)
	}
	out, err = client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: aws.String("bucket"), Key: aws.String("copy2"), CopySource: aws.String("bucket/copy")})
	f.must(err)
	if out.CopyObjectResult.ChecksumCRC32 == nil || *out.CopyObjectResult.ChecksumCRC32 != "y/Q5Jg==" {
		t.Errorf("the source's checksum is not kept: %+v", out.CopyObjectResult)
	}
	_, err = client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("copy"), CopySource: aws.String("bucket/source"), ChecksumAlgorithm: "XXHASH3",
	})
	if codeOf(err) != "InvalidRequest" {
		t.Errorf("unknown algorithm: %v", err)
	}
}
