package s3fake_test

import (
	"fmt"
	"strings"
	"testing"
)

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

// TestAttributes is LocalStack's test_get_object_attributes, _versioned and
// test_list_parts_via_object_attrs_pagination.
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

// TestMultipartChecksumOfTheDefault: an upload that names no algorithm takes no
// checksums of its parts but those of S3's own algorithm, which UploadPart answers
// with and minio-go sends back (LocalStack's
// test_complete_multipart_parts_checksum_default; issue 1547 of versity/versitygw).
func TestMultipartChecksumOfTheDefault(t *testing.T) {
	f := withBucket(t, "")
	for _, row := range []struct{ sent, named, code string }{
		{"", "<ChecksumCRC64NVME>Rnr2/5P7Gsk=</ChecksumCRC64NVME>", ""},
		{"45fn2Q==", "<ChecksumCRC64NVME>Rnr2/5P7Gsk=</ChecksumCRC64NVME>", ""},
		{"", "<ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>", "InvalidPart"},
		{"45fn2Q==", "<ChecksumCRC32C>45fn2Q==</ChecksumCRC32C>", "InvalidPart"},
		{"45fn2Q==", "<ChecksumSHA256>x</ChecksumSHA256>", "InvalidPart"},
		{"45fn2Q==", "", ""},
	} {
		id := f.create("key")
		var headers []string
		if row.sent != "" {
			headers = []string{"x-amz-checksum-crc32c", row.sent}
		}
		r := f.do("PUT", target("key", id, 1), "aaa", headers...)
		if row.sent == "" && r.header.Get("x-amz-checksum-crc64nvme") != "Rnr2/5P7Gsk=" {
			t.Errorf("the answer to a part: %v", r.header)
		}
		document := strings.Replace(parts(1, r.header.Get("ETag")), "</Part>", row.named+"</Part>", 1)
		if done := f.do("POST", target("key", id, 0), document); done.element("Code") != row.code {
			t.Errorf("%q, %s: %s", row.sent, row.named, done.body)
		} else if row.code == "" && done.element("ChecksumCRC64NVME") != "Rnr2/5P7Gsk=" {
			t.Errorf("%q, %s: %s", row.sent, row.named, done.body)
		}
	}
}
