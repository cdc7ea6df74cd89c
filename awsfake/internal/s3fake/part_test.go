package s3fake_test

import (
	"strings"
	"testing"
)

// TestPartsOfAnObject is LocalStack's test_get_object_part: parts need not be
// numbered without gaps, and a later part of a number replaces the earlier one.
func TestPartsOfAnObject(t *testing.T) {
	f := withBucket(t, "")
	id := f.create("key")
	f.part("key", id, 4, "replaced")
	first, last := f.part("key", id, 2, big), f.part("key", id, 4, "test content 123")
	f.part("key", id, 6, "left out")
	done := f.do("POST", target("key", id, 0), parts(2, first, 4, strings.Trim(last, `"`)))
	if done.status != 200 || !strings.HasSuffix(done.element("ETag"), `-2"`) {
		t.Fatalf("%d %s", done.status, done.body)
	}
	for _, method := range []string{"GET", "HEAD"} {
		r := f.do(method, "/bucket/key?partNumber=4", "")
		if r.status != 206 || r.header.Get("Content-Range") != "bytes 5242880-5242895/5242896" || r.header.Get("x-amz-mp-parts-count") != "2" ||
			r.header.Get("Content-Length") != "16" || method == "GET" && r.body != "test content 123" {
			t.Errorf("%s: %d %v", method, r.status, r.header)
		}
	}
	r := f.do("GET", "/bucket/key?partNumber=10", "")
	if r.status != 416 || r.element("Code") != "InvalidPartNumber" || r.element("ActualPartCount") != "2" || r.element("PartNumberRequested") != "10" {
		t.Errorf("%d %s", r.status, r.body)
	}
	r = f.do("GET", "/bucket/key?partNumber=2", "", "Range", "bytes=0-1")
	if r.status != 400 || r.element("Message") != "Cannot specify both Range header and partNumber query parameter" {
		t.Errorf("%d %s", r.status, r.body)
	}
	f.put("single", "test-123")
	if r = f.do("GET", "/bucket/single?partNumber=1", ""); r.status != 206 || r.header.Get("Content-Range") != "bytes 0-7/8" || r.header.Get("x-amz-mp-parts-count") != "" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if r = f.do("GET", "/bucket/single?partNumber=2", ""); r.status != 416 || r.element("ActualPartCount") != "1" {
		t.Errorf("%d %s", r.status, r.body)
	}
	// A copy has no parts, and the ETag of its bytes (test_multipart_copy_object_etag).
	f.do("PUT", "/bucket/copy", "", "x-amz-copy-source", "bucket/key")
	if r = f.do("HEAD", "/bucket/copy?partNumber=1", ""); r.header.Get("ETag") != etagOf(big+"test content 123") || r.header.Get("x-amz-mp-parts-count") != "" {
		t.Errorf("%d %v", r.status, r.header)
	}
}

// TestUploadPartCopy is LocalStack's test_upload_part_copy_range.
func TestUploadPartCopy(t *testing.T) {
	f := withBucket(t, "")
	f.put("source", "0123456789")
	id := f.create("key", "x-amz-checksum-algorithm", "CRC32C")
	copyPart := func(headers ...string) response {
		return f.do("PUT", target("key", id, 1), "", append([]string{"x-amz-copy-source", "bucket/source"}, headers...)...)
	}
	for _, wrong := range []string{"0-8", "bytes=1-0", "bytes=-1-", "bytes=0--1", "bytes=0-1,3-4,7-9", "bytes=-", "bytes=-0", "bytes=1-", "bytes=-2", "bytes=-15"} {
		r := copyPart("x-amz-copy-source-range", wrong)
		if r.element("Code") != "InvalidArgument" || r.element("ArgumentValue") != wrong || !strings.HasPrefix(r.element("Message"), "The x-amz-copy-source-range value must be of the form") {
			t.Errorf("%s: %s", wrong, r.body)
		}
	}
	if r := copyPart("x-amz-copy-source-range", "bytes=0-100"); r.element("Message") != "Range specified is not valid for source object of size: 10" {
		t.Error(r.body)
	}
	if r := copyPart("x-amz-copy-source-range", "bytes=100-200"); r.element("Code") != "InvalidRequest" || r.element("Message") != "The specified copy range is invalid for the source object size" {
		t.Error(r.body)
	}
	for header, value := range map[string]string{
		"x-amz-copy-source-If-Match": `"other"`, "x-amz-copy-source-If-None-Match": etagOf("0123456789"),
		"x-amz-copy-source-If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT",
	} {
		if r := copyPart(header, value); r.status != 412 || r.element("Condition") != header {
			t.Errorf("%s: %d %s", header, r.status, r.body)
		}
	}
	r := copyPart("x-amz-copy-source-range", "bytes=0-8")
	if r.status != 200 || r.element("ETag") != etagOf("012345678") || r.element("LastModified") == "" || r.element("ChecksumCRC32C") == "" {
		t.Errorf("%d %s", r.status, r.body)
	}
	whole := copyPart()
	done := f.do("POST", target("key", id, 0), "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"+whole.element("ETag")+
		"</ETag><ChecksumCRC32C>"+whole.element("ChecksumCRC32C")+"</ChecksumCRC32C></Part></CompleteMultipartUpload>")
	if body, _, _ := f.service.Object("bucket", "key"); done.status != 200 || string(body) != "0123456789" {
		t.Errorf("%d %s, stored %q", done.status, done.body, body)
	}
}
