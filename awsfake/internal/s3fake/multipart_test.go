package s3fake_test

import (
	"bytes"
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

// TestMultipartUploadRefused has LocalStack's test_multipart_no_such_upload,
// _key_validation, _complete_multipart_wrong_part, _too_small,
// test_complete_multipart_parts_order and test_multipart_size_validation.
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

// TestMultipartConditions is LocalStack's TestS3ObjectWritePrecondition,
// test_multipart_...
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
