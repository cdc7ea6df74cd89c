package s3fake_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// big is the smallest part that may have another one after it.
var big = strings.Repeat("a", 5<<20)

// create begins an upload of a key and returns its id.
func (f *fixture) create(key string, headers ...string) string {
	f.Helper()
	r := f.do("POST", path(key)+"?uploads", "", headers...)
	if r.status != 200 || r.element("Key") != key || r.element("Bucket") != "bucket" {
		f.Fatalf("%d %s", r.status, r.body)
	}
	return r.element("UploadId")
}

// target is the path of a part, or of an upload if number is 0.
func target(key, upload string, number int) string {
	t := path(key) + "?uploadId=" + url.QueryEscape(upload)
	if number != 0 {
		t += "&partNumber=" + strconv.Itoa(number)
	}
	return t
}

// part uploads a part and returns its ETag.
func (f *fixture) part(key, upload string, number int, body string, headers ...string) string {
	f.Helper()
	r := f.do("PUT", target(key, upload, number), body, headers...)
	if r.status != 200 {
		f.Fatalf("part %d: %d %s", number, r.status, r.body)
	}
	return r.header.Get("ETag")
}

// parts is a CompleteMultipartUpload document of pairs of number and ETag.
func parts(pairs ...any) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "<Part><PartNumber>%v</PartNumber><ETag>%v</ETag></Part>", pairs[i], pairs[i+1])
	}
	return "<CompleteMultipartUpload>" + b.String() + "</CompleteMultipartUpload>"
}

// TestMultipartUpload is LocalStack's test_multipart_and_list_parts.
func TestMultipartUpload(t *testing.T) {
	f := withBucket(t, "")
	const key, body = "test list/parts", "upload-part-1upload-part-1upload-part-1upload-part-1upload-part-1"
	id := f.create(key, "Content-Type", "text/x", "x-amz-meta-a", "b", "x-amz-tagging", "k=v", "Cache-Control", "no-cache")
	if r := f.do("GET", target(key, id, 0), ""); r.element("NextPartNumberMarker") != "0" || r.element("IsTruncated") != "false" || r.element("PartNumber") != "" {
		t.Errorf("no parts: %s", r.body)
	}
	if r := f.do("GET", path(key), ""); r.status != 404 {
		t.Errorf("an upload in progress is seen: %d", r.status)
	}
	etag := f.part(key, id, 1, body)
	if etag != etagOf(body) {
		t.Errorf("the part has the ETag %s", etag)
	}
	r := f.do("GET", target(key, id, 0), "")
	if r.element("PartNumber") != "1" || r.element("Size") != "65" || r.element("ETag") != etag || r.element("ChecksumCRC64NVME") != "" || r.element("NextPartNumberMarker") != "1" {
		t.Errorf("the parts: %s", r.body)
	}
	r = f.do("GET", "/bucket?uploads", "")
	if r.element("UploadId") != id || r.element("NextUploadIdMarker") != id || r.element("NextKeyMarker") != key || r.element("StorageClass") != "STANDARD" {
		t.Errorf("the uploads: %s", r.body)
	}
	done := f.do("POST", target(key, id, 0), parts(1, etag))
	if done.status != 200 || done.element("ETag") != `"e747540af6911dbc890f8d3e0b48549b-1"` || done.element("ChecksumCRC64NVME") != "CTXktO4pIQs=" ||
		done.element("ChecksumType") != "FULL_OBJECT" || done.element("Key") != key || !strings.HasSuffix(done.element("Location"), "/test+list/parts") {
		t.Errorf("completed: %d %s", done.status, done.body)
	}
	r = f.do("GET", path(key), "", "x-amz-checksum-mode", "ENABLED")
	if r.body != body || r.header.Get("ETag") != done.element("ETag") || r.header.Get("x-amz-checksum-crc64nvme") != "CTXktO4pIQs=" ||
		r.header.Get("Content-Type") != "text/x" || r.header.Get("x-amz-meta-a") != "b" || r.header.Get("x-amz-tagging-count") != "1" || r.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("the object: %d %v", r.status, r.header)
	}
	if r = f.do("GET", target(key, id, 0), ""); r.status != 404 || r.element("Code") != "NoSuchUpload" || r.element("UploadId") != id {
		t.Errorf("the parts of a finished upload: %d %s", r.status, r.body)
	}
	if r = f.do("GET", "/bucket?uploads", ""); r.element("UploadId") != "" || r.element("IsTruncated") != "false" {
		t.Errorf("no uploads: %s", r.body)
	}
	// A client that lost the answer asks again (ceph/s3-tests, test_multipart_upload).
	if again := f.do("POST", target(key, id, 0), parts(1, etag)); again.status != 200 || again.element("ETag") != done.element("ETag") {
		t.Errorf("completed again: %d %s", again.status, again.body)
	}
	f.put(key, "newer")
	if again := f.do("POST", target(key, id, 0), parts(1, etag)); again.element("Code") != "NoSuchUpload" {
		t.Errorf("completed again behind another write: %d %s", again.status, again.body)
	}
}

// TestMultipartUploadRefused has LocalStack's test_multipart_no_such_upload, _key_validation, _complete_multipart_wrong_part,
// _too_small, test_complete_multipart_parts_order and test_multipart_size_validation.
func TestMultipartUploadRefused(t *testing.T) {
	f := withBucket(t, "")
	id := f.create("key")
	small := f.part("key", id, 1, "test")
	f.part("key", id, 2, "test")
	const noUpload = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
	const noPart = "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
	for _, row := range []struct {
		row, method, target, body string
		status                    int
		code, message             string
	}{
		{"part of no upload", "PUT", target("key", "fakeid", 1), "x", 404, "NoSuchUpload", noUpload},
		{"completion of no upload", "POST", target("key", "fakeid", 0), parts(1, small), 404, "NoSuchUpload", noUpload},
		{"end of no upload", "DELETE", target("key", "fakeid", 0), "", 404, "NoSuchUpload", noUpload},
		{"part of another key", "PUT", target("other", id, 1), "x", 404, "NoSuchUpload", noUpload},
		{"completion of another key", "POST", target("other", id, 0), parts(1, small), 404, "NoSuchUpload", noUpload},
		{"list of another key", "GET", target("other", id, 0), "", 404, "NoSuchUpload", noUpload},
		{"end of another key", "DELETE", target("other", id, 0), "", 404, "NoSuchUpload", noUpload},
		{"part -1", "PUT", target("key", id, -1), "x", 400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"},
		{"part 10001", "PUT", target("key", id, 10001), "x", 400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"},
		{"no number", "PUT", target("key", id, 0), "x", 400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"},
		{"no parts", "POST", target("key", id, 0), parts(), 400, "InvalidRequest", "You must specify at least one part"},
		{"no document", "POST", target("key", id, 0), "x", 400, "MalformedXML", ""},
		{"unordered", "POST", target("key", id, 0), parts(2, small, 1, small), 400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number."},
		{"twice", "POST", target("key", id, 0), parts(1, small, 1, small), 400, "InvalidPartOrder", ""},
		{"wrong number", "POST", target("key", id, 0), parts(3, small), 400, "InvalidPart", noPart},
		{"wrong ETag", "POST", target("key", id, 0), parts(1, etagOf("")), 400, "InvalidPart", noPart},
		{"too small", "POST", target("key", id, 0), parts(1, small, 2, small), 400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"},
	} {
		r := f.do(row.method, row.target, row.body)
		if r.status != row.status || r.element("Code") != row.code || row.message != "" && r.element("Message") != row.message {
			t.Errorf("%s: %d %s", row.row, r.status, r.body)
		}
		if row.code == "EntityTooSmall" && (r.element("MinSizeAllowed") != "5242880" || r.element("ProposedSize") != "4" || r.element("PartNumber") != "1" || r.element("ETag") != strings.Trim(small, `"`)) {
			t.Errorf("%s: %s", row.row, r.body)
		}
	}
	if r := f.do("POST", target("key", id, 0), parts(1, small), "x-amz-mp-object-size", "5"); r.element("Message") != "The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: 4" {
		t.Errorf("wrong size: %s", r.body)
	}
	if r := f.do("POST", target("key", id, 0), parts(1, small), "x-amz-mp-object-size", "4"); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	id = f.create("key")
	if r := f.do("DELETE", target("key", id, 0), ""); r.status != 204 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := f.do("PUT", target("key", id, 1), "x"); r.element("Code") != "NoSuchUpload" {
		t.Errorf("a part of an aborted upload: %d %s", r.status, r.body)
	}
}

// TestPartsOfAnObject is LocalStack's test_get_object_part: parts need not be numbered without gaps, and a later part of a
// number replaces the earlier one.
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

// TestMultipartConditions is LocalStack's TestS3ObjectWritePrecondition, test_multipart_...
func TestMultipartConditions(t *testing.T) {
	f := withBucket(t, "")
	complete := func(id, etag string, condition ...string) string {
		t.Helper()
		r := f.do("POST", target("key", id, 0), parts(1, etag), condition...)
		return fmt.Sprint(r.status, " ", r.element("Code"))
	}
	begin := func() (id, etag string) {
		id = f.create("key")
		return id, f.part("key", id, 1, "test")
	}
	want := func(row, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s, want %s", row, got, want)
		}
	}
	const conflict = "409 ConditionalRequestConflict"
	f.put("key", "test")
	id, etag := begin()
	want("there is an object", complete(id, etag, "If-None-Match", "*"), "412 PreconditionFailed")
	f.must(f.service.DeleteObject("bucket", "key"))
	want("it was deleted meanwhile", complete(id, etag, "If-None-Match", "*"), conflict)
	id, etag = begin()
	want("from the beginning", complete(id, etag, "If-None-Match", "*"), "200 ")
	id, etag = begin()
	before, _ := f.put("key", "test")
	want("another version", complete(id, etag, "If-Match", etagOf("other")), "412 PreconditionFailed")
	want("the same bytes, written meanwhile", complete(id, etag, "If-Match", before), conflict)
	id, etag = begin()
	want("from the beginning", complete(id, etag, "If-Match", before), "200 ")
	id, etag = begin()
	f.must(f.service.DeleteObject("bucket", "key"))
	want("it is gone", complete(id, etag, "If-Match", before), "404 NoSuchKey")
	f.put("key", "test")
	want("it is back", complete(id, etag, "If-Match", before), conflict)
	want("any version", complete(id, etag, "If-Match", "*"), "501 NotImplemented")
	want("without condition", complete(id, etag), "200 ")
}

// TestMultipartChecksums is LocalStack's TestS3MultipartUploadChecksum.
func TestMultipartChecksums(t *testing.T) {
	f := withBucket(t, "")
	tests := []struct {
		headers        []string
		status         int
		algorithm, sum string // of the upload
	}{
		{[]string{"x-amz-checksum-algorithm", "CRC32"}, 200, "CRC32", "COMPOSITE"},
		{[]string{"x-amz-checksum-algorithm", "sha256"}, 200, "SHA256", "COMPOSITE"},
		{[]string{"x-amz-checksum-algorithm", "CRC64NVME"}, 200, "CRC64NVME", "FULL_OBJECT"},
		{[]string{"x-amz-checksum-algorithm", "CRC32C", "x-amz-checksum-type", "FULL_OBJECT"}, 200, "CRC32C", "FULL_OBJECT"},
		{nil, 200, "", ""},
		{[]string{"x-amz-checksum-algorithm", "SHA1", "x-amz-checksum-type", "FULL_OBJECT"}, 400, "", "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm."},
		{[]string{"x-amz-checksum-algorithm", "CRC64NVME", "x-amz-checksum-type", "COMPOSITE"}, 400, "", "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm."},
		{[]string{"x-amz-checksum-type", "COMPOSITE"}, 400, "", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."},
		{[]string{"x-amz-checksum-algorithm", "MD4"}, 400, "", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"},
	}
	for _, tt := range tests {
		r := f.do("POST", "/bucket/key?uploads", "", tt.headers...)
		got := r.header.Get("x-amz-checksum-type")
		if r.status == 400 {
			got = r.element("Message")
		}
		if r.status != tt.status || r.header.Get("x-amz-checksum-algorithm") != tt.algorithm || got != tt.sum {
			t.Errorf("%v: %d %v %s", tt.headers, r.status, r.header, r.body)
		}
	}

	// The parts of test_complete_multipart_parts_checksum_composite[CRC32].
	large, tail := big+"a", strings.Repeat("a", 10)
	sent := func(id string, sums ...string) string {
		var b strings.Builder
		for i, etag := range []string{etagOf(large), etagOf(large), etagOf(tail)} {
			fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag>%s</Part>", i+1, etag, sums[i])
		}
		return "<CompleteMultipartUpload>" + b.String() + "</CompleteMultipartUpload>"
	}
	crc := func(s string) string { return "<ChecksumCRC32>" + s + "</ChecksumCRC32>" }
	for _, kind := range []string{"COMPOSITE", "FULL_OBJECT"} {
		id := f.create("key", "x-amz-checksum-algorithm", "CRC32", "x-amz-checksum-type", kind)
		f.part("key", id, 1, large, "x-amz-checksum-crc32", "NRU+Sw==")
		f.part("key", id, 2, large)
		f.part("key", id, 3, tail)
		if r := f.do("GET", target("key", id, 0), ""); r.element("ChecksumType") != kind || r.element("ChecksumAlgorithm") != "CRC32" || strings.Count(r.body, "NRU+Sw==") != 2 || !strings.Contains(r.body, "TBHN8A==") {
			t.Errorf("%s: the parts: %s", kind, r.body)
		}
		refusals := []struct{ body, header, value, text string }{
			{sent(id, crc("NRU+Sw=="), crc("NRU+Sw=="), crc("AAAAAA==")), "", "", "InvalidPart"},
			{sent(id, crc("NRU+Sw=="), crc("NRU+Sw=="), "<ChecksumSHA256>x</ChecksumSHA256>"), "", "", "BadDigest"},
			{sent(id, crc("NRU+Sw=="), crc("NRU+Sw=="), crc("TBHN8A==")), "x-amz-checksum-type", map[string]string{"COMPOSITE": "FULL_OBJECT", "FULL_OBJECT": "COMPOSITE"}[kind], "InvalidRequest"},
			{sent(id, crc("NRU+Sw=="), crc("NRU+Sw=="), crc("TBHN8A==")), "x-amz-checksum-crc32", "AAAAAA==", "BadDigest"},
		}
		if kind == "COMPOSITE" {
			refusals = append(refusals, struct{ body, header, value, text string }{sent(id, "", "", ""), "", "", "InvalidRequest"})
		}
		for _, r := range refusals {
			var headers []string
			if r.header != "" {
				headers = []string{r.header, r.value}
			}
			if got := f.do("POST", target("key", id, 0), r.body, headers...); got.element("Code") != r.text {
				t.Errorf("%s %s: %s", kind, r.text, got.body)
			}
		}
		if r := f.do("PUT", target("key", id, 1), "x", "x-amz-checksum-crc32c", "z8SuHQ=="); kind == "COMPOSITE" && r.element("Message") != "Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: crc32c" && r.element("Code") != "BadDigest" {
			t.Errorf("another algorithm: %s", r.body)
		}
		whole, part := "5FRUiw==-3", "TBHN8A=="
		if kind == "FULL_OBJECT" {
			whole, part = "qSEQSA==", ""
		}
		done := f.do("POST", target("key", id, 0), sent(id, crc("NRU+Sw=="), crc("NRU+Sw=="), crc("TBHN8A==")))
		if done.element("ChecksumCRC32") != whole || done.element("ChecksumType") != kind || done.element("ETag") != `"4d45984fc3feb2ac9b22683c49674b56-3"` {
			t.Errorf("%s: %s", kind, done.body)
		}
		if r := f.do("HEAD", "/bucket/key", "", "x-amz-checksum-mode", "ENABLED"); r.header.Get("x-amz-checksum-crc32") != whole || r.header.Get("x-amz-checksum-type") != kind {
			t.Errorf("%s: %v", kind, r.header)
		}
		if r := f.do("GET", "/bucket/key?partNumber=3", "", "x-amz-checksum-mode", "ENABLED"); r.header.Get("x-amz-checksum-crc32") != part {
			t.Errorf("%s: of a part: %v", kind, r.header)
		}
		attributes := f.do("GET", "/bucket/key?attributes", "", "x-amz-object-attributes", "Checksum,ETag,ObjectParts , ObjectSize,StorageClass")
		if attributes.element("ETag") != "4d45984fc3feb2ac9b22683c49674b56-3" || attributes.element("PartsCount") != "3" || attributes.element("ObjectSize") != "10485772" ||
			attributes.element("StorageClass") != "STANDARD" || strings.Contains(attributes.body, "<Part>") != (kind == "COMPOSITE") ||
			!strings.Contains(attributes.body, "<ChecksumCRC32>"+strings.TrimSuffix(whole, "-3")+"</ChecksumCRC32><ChecksumType>"+kind) {
			t.Errorf("%s: the attributes: %s", kind, attributes.body)
		}
		if copied := f.do("PUT", "/bucket/copy", "", "x-amz-copy-source", "bucket/key"); copied.element("ChecksumCRC32") != "qSEQSA==" || copied.element("ChecksumType") != "FULL_OBJECT" {
			t.Errorf("%s: a copy: %s", kind, copied.body)
		}
	}
}

// TestAttributes is LocalStack's test_get_object_attributes, _versioned and test_list_parts_via_object_attrs_pagination.
func TestAttributes(t *testing.T) {
	f := withBucket(t, "Enabled")
	f.put("key", "1234567")
	first := f.service.Versions("bucket", "key")[0]
	r := f.do("GET", "/bucket/key?attributes&versionId="+first.ID, "", "x-amz-object-attributes", "ObjectSize", "x-amz-object-attributes", "ObjectParts")
	if r.status != 200 || r.element("ObjectSize") != "7" || r.element("ETag") != "" || strings.Contains(r.body, "ObjectParts") || r.header.Get("x-amz-version-id") != first.ID || r.header.Get("Last-Modified") == "" {
		t.Errorf("%d %s %v", r.status, r.body, r.header)
	}
	f.do("DELETE", "/bucket/key", "")
	for _, row := range []struct{ header, code string }{{"ETag", "NoSuchKey"}, {"Size", "InvalidArgument"}, {"", "InvalidRequest"}} {
		if r := f.do("GET", "/bucket/key?attributes", "", "x-amz-object-attributes", row.header); r.element("Code") != row.code {
			t.Errorf("%q: %d %s", row.header, r.status, r.body)
		}
	}
	id := f.create("parts", "x-amz-checksum-algorithm", "SHA256")
	etag := f.part("parts", id, 1, big)
	f.part("parts", id, 2, big)
	sum := f.do("GET", target("parts", id, 0), "").element("ChecksumSHA256")
	one := "<ETag>" + etag + "</ETag><ChecksumSHA256>" + sum + "</ChecksumSHA256></Part>"
	r = f.do("POST", target("parts", id, 0), "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"+one+"<Part><PartNumber>2</PartNumber>"+one+"</CompleteMultipartUpload>")
	if r.status != 200 {
		t.Fatal(r.body)
	}
	for _, row := range []struct{ limit, marker, want string }{
		{"1", "", "0 1 1 true 1"}, {"1", "1", "1 2 1 false 2"}, {"1", "10", "10 0 1 false "}, {"", "", "0 2 1000 false 1"},
	} {
		r := f.do("GET", "/bucket/parts?attributes", "", "x-amz-object-attributes", "ObjectParts", "x-amz-max-parts", row.limit, "x-amz-part-number-marker", row.marker)
		got := strings.Join([]string{r.element("PartNumberMarker"), r.element("NextPartNumberMarker"), r.element("MaxParts"), r.element("IsTruncated"), r.element("PartNumber")}, " ")
		if got != row.want || r.element("PartsCount") != "2" {
			t.Errorf("%+v: %s", row, r.body)
		}
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

// TestListMultipartUploads is LocalStack's test_list_multiparts_next_marker and _with_prefix_and_delimiter.
func TestListMultipartUploads(t *testing.T) {
	f := withBucket(t, "")
	c := f.create("c")
	a1, b := f.create("a"), f.create("b")
	a2, a3 := f.create("a"), f.create("a")
	list := func(query string) string {
		t.Helper()
		r := f.do("GET", "/bucket?uploads&"+query, "")
		var l struct {
			IsTruncated                       bool
			NextKeyMarker, NextUploadIdMarker string
			Upload                            []struct{ Key, UploadId string }
			CommonPrefixes                    []struct{ Prefix string }
		}
		if err := xml.Unmarshal([]byte(r.body), &l); err != nil || r.status != 200 {
			return fmt.Sprint(r.status, " ", r.element("Code"), " ", r.element("Message"))
		}
		var out []string
		for _, u := range l.Upload {
			out = append(out, u.Key+":"+u.UploadId)
		}
		for _, p := range l.CommonPrefixes {
			out = append(out, p.Prefix)
		}
		return fmt.Sprint(strings.Join(out, " "), " ", l.IsTruncated, " ", l.NextKeyMarker, ":", l.NextUploadIdMarker)
	}
	for _, row := range []struct{ query, want string }{
		{"", "a:" + a1 + " a:" + a2 + " a:" + a3 + " b:" + b + " c:" + c + " false c:" + c},
		{"max-uploads=1", "a:" + a1 + " true a:" + a1},
		{"max-uploads=1&key-marker=a", "b:" + b + " true b:" + b},
		{"max-uploads=1&key-marker=c", " false :"},
		{"max-uploads=1&upload-id-marker=" + a1, "a:" + a1 + " true a:" + a1},
		{"max-uploads=1&key-marker=a&upload-id-marker=" + a1, "a:" + a2 + " true a:" + a2},
		{"max-uploads=1&key-marker=a&upload-id-marker=" + a3, "b:" + b + " true b:" + b},
		{"max-uploads=1&key-marker=b&upload-id-marker=" + b, "c:" + c + " false c:" + c},
		{"max-uploads=1&key-marker=a&upload-id-marker=" + b, "400 InvalidArgument Invalid uploadId marker"},
		{"max-uploads=x", "400 InvalidArgument Argument max-uploads must be an integer between 0 and 2147483647"},
	} {
		if got := list(row.query); got != row.want {
			t.Errorf("%s: %s, want %s", row.query, got, row.want)
		}
	}
	for _, key := range []string{"test/foo/bar/123", "test/foo/123", "test/bar/foo/123"} {
		f.create(key)
	}
	if got := list("prefix=test/&delimiter=/"); got != "test/bar/ test/foo/ false :" {
		t.Error(got)
	}
	if got := list("prefix=test/&delimiter=/&max-uploads=1"); got != "test/bar/ true :" {
		t.Error(got)
	}
	if got := list("prefix=test/&delimiter=/&key-marker=test/bar/"); got != "test/foo/ false :" {
		t.Error(got)
	}
}

// TestListPartsPages is LocalStack's test_list_parts_pagination and _empty_part_number_marker.
func TestListPartsPages(t *testing.T) {
	f := withBucket(t, "")
	id := f.create("key")
	f.part("key", id, 1, "test")
	f.part("key", id, 2, "test")
	for _, row := range []struct{ query, want string }{
		{"", "0 2 1000 false 1"}, {"&max-parts=1", "0 1 1 true 1"}, {"&max-parts=1&part-number-marker=1", "1 2 1 false 2"},
		{"&max-parts=1&part-number-marker=10", "10 0 1 false "}, {"&max-parts=&part-number-marker=", "0 2 1000 false 1"},
	} {
		r := f.do("GET", target("key", id, 0)+row.query, "")
		got := strings.Join([]string{r.element("PartNumberMarker"), r.element("NextPartNumberMarker"), r.element("MaxParts"), r.element("IsTruncated"), r.element("PartNumber")}, " ")
		if got != row.want {
			t.Errorf("%s: %s", row.query, r.body)
		}
	}
}

// TestMultipartThroughTheSDK goes by all calls of the SDK, in a versioned bucket.
func TestMultipartThroughTheSDK(t *testing.T) {
	f := withBucket(t, "Enabled")
	c, ctx := f.client(), t.Context()
	bucket, key := aws.String("bucket"), aws.String("key")
	created, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32})
	f.must(err)
	var done []types.CompletedPart
	for i, body := range []string{big, "end"} {
		n := aws.Int32(int32(i + 1))
		p, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: created.UploadId, PartNumber: n, Body: bytes.NewReader([]byte(body)), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32})
		f.must(err)
		done = append(done, types.CompletedPart{PartNumber: n, ETag: p.ETag, ChecksumCRC32: p.ChecksumCRC32})
	}
	completed, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: created.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: done}})
	f.must(err)
	if completed.VersionId == nil || completed.ChecksumType != types.ChecksumTypeComposite {
		t.Errorf("%+v", completed)
	}
	out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, ChecksumMode: types.ChecksumModeEnabled})
	f.must(err)
	defer out.Body.Close()
	if body, err := io.ReadAll(out.Body); err != nil || string(body) != big+"end" {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	attributes, err := c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: bucket, Key: key, ObjectAttributes: types.ObjectAttributesObjectParts.Values()})
	f.must(err)
	if n := len(attributes.ObjectParts.Parts); n != 2 || aws.ToInt64(attributes.ObjectSize) != 5<<20+3 {
		t.Errorf("%d parts, %+v", n, attributes)
	}
}
