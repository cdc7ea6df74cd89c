package s3fake_test

import (
	"net/http"
	"testing"
)

func TestCallsNotImitated(t *testing.T) {
	f := withBucket(t, "")
	f.put("key", "x")
	for _, request := range []struct {
		method, target string
		status         int
	}{
		{"GET", "/bucket?acl", 501}, {"PUT", "/bucket?tagging", 501}, {"GET", "/bucket/key?torrent", 501},
		{"PUT", "/bucket/key?retention", 501}, {"GET", "/bucket?policy", 501}, {"GET", "/bucket/key?part=1", 501},
		{"PATCH", "/bucket/key", 405}, {"POST", "/bucket/key", 405}, {"POST", "/bucket", 501}, {"PUT", "/", 405},
	} {
		if r := f.do(request.method, request.target, ""); r.status != request.status {
			t.Errorf("%v: %d %s", request, r.status, r.body)
		}
	}
	if body, _, _ := f.service.Object("bucket", "key"); string(body) != "x" {
		t.Errorf("the object became %q", body)
	}
}

// TestWhatIsUnknownIsRefusedByName: no header and no parameter is dropped without a
// word.
func TestWhatIsUnknownIsRefusedByName(t *testing.T) {
	f := withBucket(t, "")
	f.put("key", "x")
	for _, row := range []struct{ method, target, header, text string }{
		{"PUT", "/bucket/key", "x-amz-unheard-of", "awsfake does not imitate the header x-amz-unheard-of of PutObject"},
		{"PUT", "/bucket/key", "x-amz-write-offset-bytes", "awsfake does not imitate the header x-amz-write-offset-bytes of PutObject"},
		{"PUT", "/bucket/key", "x-amz-server-side-encryption-context", "awsfake does not imitate the header x-amz-server-side-encryption-context of PutObject"},
		{"PUT", "/bucket/key", "x-amz-server-side-encryption-customer-key", "awsfake does not imitate the header x-amz-server-side-encryption-customer-key of PutObject"},
		{"GET", "/bucket/key", "x-amz-tagging", "awsfake does not imitate the header x-amz-tagging of GetObject"},
		{"DELETE", "/bucket/key", "x-amz-mfa", "awsfake does not imitate the header x-amz-mfa of DeleteObject"},
		{"GET", "/bucket?list-type=2", "x-amz-optional-object-attributes", "awsfake does not imitate the header x-amz-optional-object-attributes of ListObjectsV2"},
		{"GET", "/bucket?prefx=x", "", "awsfake does not imitate the parameter prefx of ListObjects"},
		{"GET", "/bucket?acl", "", "awsfake does not imitate GET ?acl of an S3 bucket"},
	} {
		var headers []string
		if row.header != "" {
			headers = []string{row.header, "x"}
		}
		r := f.do(row.method, row.target, "new", headers...)
		if r.status != 501 || r.element("Code") != "NotImplemented" || r.element("Message") != row.text {
			t.Errorf("%s %s %s: %d %s", row.method, row.target, row.header, r.status, r.body)
		}
	}
	if body, _, _ := f.service.Object("bucket", "key"); string(body) != "x" {
		t.Errorf("the object became %q", body)
	}
	if r := f.do("GET", "/bucket/key?x-id=GetObject&x-mine=1", "", "x-amz-request-payer", "requester"); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestACL: the user guide, "Controlling ownership of objects and disabling ACLs for
// your bucket".
func TestACL(t *testing.T) {
	f := withBucket(t, "")
	for _, row := range []struct {
		target, name, value string
		status              int
		code                string
	}{
		{"/bucket/key", "x-amz-acl", "bucket-owner-full-control", 200, ""},
		{"/bucket/key", "x-amz-acl", "private", 400, "AccessControlListNotSupported"},
		{"/bucket/key", "x-amz-acl", "public-read", 400, "AccessControlListNotSupported"},
		{"/bucket/key", "x-amz-grant-read", "id=1", 400, "AccessControlListNotSupported"},
		{"/bucket/key", "x-amz-acl", "bogus", 400, "InvalidArgument"},
		{"/bucket-2", "x-amz-acl", "private", 200, ""},
		{"/bucket-3", "x-amz-acl", "public-read", 400, "InvalidBucketAclWithObjectOwnership"},
		{"/bucket-3", "x-amz-grant-read", "id=1", 400, "InvalidBucketAclWithObjectOwnership"},
		{"/bucket-3", "x-amz-bucket-object-lock-enabled", "true", 501, "NotImplemented"},
		{"/bucket-3", "x-amz-object-ownership", "ObjectWriter", 501, "NotImplemented"},
		{"/bucket-3", "x-amz-object-ownership", "BucketOwnerEnforced", 200, ""},
	} {
		if r := f.do("PUT", row.target, "", row.name, row.value); r.status != row.status || r.element("Code") != row.code {
			t.Errorf("%s %s: %s: %d %s", row.target, row.name, row.value, r.status, r.body)
		}
	}
}

// TestOperation: the names that faults and the request log go by.
func TestOperation(t *testing.T) {
	f := start(t)
	for _, row := range []struct{ method, target, header, op, about string }{
		{"GET", "/", "", "ListBuckets", ""},
		{"PUT", "/b", "", "CreateBucket", "b"},
		{"HEAD", "/b/", "", "HeadBucket", "b"},
		{"DELETE", "/b", "", "DeleteBucket", "b"},
		{"GET", "/b", "", "ListObjects", "b"},
		{"GET", "/b?list-type=2&prefix=x", "", "ListObjectsV2", "b"},
		{"GET", "/b?versions", "", "ListObjectVersions", "b"},
		{"GET", "/b?location", "", "GetBucketLocation", "b"},
		{"GET", "/b?versioning", "", "GetBucketVersioning", "b"},
		{"PUT", "/b?versioning", "", "PutBucketVersioning", "b"},
		{"GET", "/b?lifecycle", "", "GetBucketLifecycleConfiguration", "b"},
		{"PUT", "/b?lifecycle", "", "PutBucketLifecycleConfiguration", "b"},
		{"DELETE", "/b?lifecycle", "", "DeleteBucketLifecycle", "b"},
		{"POST", "/b?delete", "", "DeleteObjects", "b"},
		{"GET", "/b/k?x-id=GetObject", "", "GetObject", "b/k"},
		{"HEAD", "/b/k", "", "HeadObject", "b/k"},
		{"PUT", "/b/k%2Fl//%2e./%25", "", "PutObject", "b/k/l//../%"},
		{"PUT", "/b/k", "b/source", "CopyObject", "b/k"},
		{"DELETE", "/b/k?versionId=1", "", "DeleteObject", "b/k"},
		{"POST", "/b/k?uploads", "", "CreateMultipartUpload", "b/k"},
		{"PUT", "/b/k?partNumber=1&uploadId=x", "", "UploadPart", "b/k"},
		{"PUT", "/b/k?partNumber=1&uploadId=x", "b/source", "UploadPartCopy", "b/k"},
		{"POST", "/b/k?uploadId=x", "", "CompleteMultipartUpload", "b/k"},
		{"DELETE", "/b/k?uploadId=x", "", "AbortMultipartUpload", "b/k"},
		{"GET", "/b/k?uploadId=x", "", "ListParts", "b/k"},
		{"GET", "/b?uploads", "", "ListMultipartUploads", "b"},
		{"GET", "/b/k?attributes", "", "GetObjectAttributes", "b/k"},
		{"GET", "/b/k?tagging", "", "GetObjectTagging", "b/k"},
		{"GET", "/b/k?partNumber=1", "", "GetObject", "b/k"},
		{"GET", "/b?acl", "", "", "b"},
		{"GET", "/b?abac", "", "", "b"},
		{"GET", "/b/k?uploadId=1&tagging&torrent&uploads&versions&website", "", "GetObjectTagging", "b/k"}, // the first in subresources
		{"GET", "/b/k?a;b", "", "", ""},
		{"GET", "//b/k", "", "", "/b/k"},
		{"GET", "/b//k", "", "GetObject", "b//k"},
		{"GET", "/b/%ff", "", "", ""},
	} {
		r, err := http.NewRequest(row.method, "http://localhost"+row.target, nil)
		f.must(err)
		if row.header != "" {
			r.Header.Set("x-amz-copy-source", row.header)
		}
		for range 10 { // parameters come out of a map in any order
			if op, about := f.service.Parse(r).Operation(); op != row.op || about != row.about {
				t.Errorf("%s %s: %q %q", row.method, row.target, op, about)
			}
		}
	}
}
