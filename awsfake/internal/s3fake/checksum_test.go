package s3fake_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
)

// Known answers: the CRC check values of "123456789" of the catalogue of
// parametrised CRC algorithms.
var checkValues = map[string]string{
	"CRC32": "cbf43926", "CRC32C": "e3069283", "CRC64NVME": "ae8b14860a799888",
	"SHA1": hexOf(sha1.Sum([]byte("123456789"))), "SHA256": hexOf(sha256.Sum256([]byte("123456789"))),
}

func hexOf[T [20]byte | [32]byte](sum T) string {
	switch s := any(sum).(type) {
	case [20]byte:
		return hex.EncodeToString(s[:])
	case [32]byte:
		return hex.EncodeToString(s[:])
	}
	return ""
}

func base64OfHex(t *testing.T, s string) string {
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func TestChecksums(t *testing.T) {
	for algorithm, check := range checkValues {
		t.Run(algorithm, func(t *testing.T) {
			f := withBucket(t, "")
			header := "x-amz-checksum-" + strings.ToLower(algorithm)
			right := base64OfHex(t, check)
			put := f.do("PUT", "/bucket/key", "123456789", header, right, "x-amz-sdk-checksum-algorithm", algorithm)
			if put.status != 200 || put.header.Get(header) != right || put.header.Get("x-amz-checksum-type") != "FULL_OBJECT" {
				t.Errorf("right: %d %v %s", put.status, put.header, put.body)
			}
			if r := f.do("GET", "/bucket/key", ""); r.header.Get(header) != "" {
				t.Error("GET without x-amz-checksum-mode answers a checksum")
			}
			for _, method := range []string{"GET", "HEAD"} {
				r := f.do(method, "/bucket/key", "", "x-amz-checksum-mode", "ENABLED")
				if r.header.Get(header) != right || r.header.Get("x-amz-checksum-type") != "FULL_OBJECT" {
					t.Errorf("%s: %v", method, r.header)
				}
			}
			if r := f.do("GET", "/bucket/key", "", "x-amz-checksum-mode", "ENABLED", "Range", "bytes=0-3"); r.status != 206 || r.header.Get(header) != "" {
				t.Errorf("part of the body with a checksum of all of it: %v", r.header)
			}
			r := f.do("PUT", "/bucket/key", "torn", header, right)
			if r.status != 400 || r.element("Code") != "BadDigest" ||
				r.element("Message") != "The "+algorithm+" you specified did not match the calculated checksum." {
				t.Errorf("wrong: %d %s", r.status, r.body)
			}
			for _, bad := range []string{"", "x", "AAAA", right + right, right[:len(right)-1]} {
				r := f.do("PUT", "/bucket/key", "123456789", header, bad)
				if r.status != 400 || r.element("Message") != "Value for "+header+" header is invalid." {
					t.Errorf("%q: %d %s", bad, r.status, r.body)
				}
			}
			if body, _, _ := f.service.Object("bucket", "key"); string(body) != "123456789" {
				t.Errorf("a refused body was stored: %q", body)
			}
		})
	}
}

func TestChecksumRefusals(t *testing.T) {
	f := withBucket(t, "")
	for _, row := range []struct {
		name, message string
		headers       []string
	}{
		{"two", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
			[]string{"x-amz-checksum-crc32", "AAAAAA==", "x-amz-checksum-crc32c", "AAAAAA=="}},
		{"unknown", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
			[]string{"x-amz-checksum-crc16", "AAAAAA=="}},
		{"announced, not sent", "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
			[]string{"x-amz-sdk-checksum-algorithm", "CRC32"}},
		{"announced another", "Value for x-amz-sdk-checksum-algorithm header is invalid.",
			[]string{"x-amz-sdk-checksum-algorithm", "SHA1", "x-amz-checksum-crc32", "AAAAAA=="}},
	} {
		r := f.do("PUT", "/bucket/key", "", row.headers...)
		if r.status != 400 || r.element("Code") != "InvalidRequest" || r.element("Message") != row.message {
			t.Errorf("%s: %d %s", row.name, r.status, r.body)
		}
	}
}

// TestDefaultChecksum: AWS computes CRC64NVME when the client sends none.
func TestDefaultChecksum(t *testing.T) {
	f := withBucket(t, "")
	want := base64OfHex(t, checkValues["CRC64NVME"])
	if r := f.do("PUT", "/bucket/key", "123456789"); r.header.Get("x-amz-checksum-crc64nvme") != want {
		t.Errorf("PUT: %v", r.header)
	}
	if e := f.list("list-type", "2").Entries; len(e) == 0 {
		t.Error("no entry")
	}
	if r := f.do("GET", "/bucket/key", "", "x-amz-checksum-mode", "enabled"); r.header.Get("x-amz-checksum-crc64nvme") != want {
		t.Errorf("GET: %v", r.header)
	}
}

func TestContentMD5(t *testing.T) {
	f := withBucket(t, "")
	if r := f.do("PUT", "/bucket/key", "something", "Content-MD5", md5Of("something")); r.status != 200 {
		t.Errorf("right: %d %s", r.status, r.body)
	}
	r := f.do("PUT", "/bucket/key", "something", "Content-MD5", md5Of("something1"))
	if r.element("Code") != "BadDigest" || r.element("CalculatedDigest") != md5Of("something") ||
		r.element("Message") != "The Content-MD5 you specified did not match what we received." {
		t.Errorf("wrong: %d %s", r.status, r.body)
	}
	for _, bad := range []string{"__invalid__", "000", "not base64 encoded checksum", "MTIz", "dGVzdC1zdHJpbmc=", ""} {
		r := f.do("PUT", "/bucket/key", "something", "Content-MD5", bad)
		if r.status != 400 || r.element("Code") != "InvalidDigest" {
			t.Errorf("%q: %d %s", bad, r.status, r.body)
		}
	}
}

// TestSDKTransports stores an object as the SDK sends it over http and over https,
// and reads it back: the bytes, the checksum and no trace of the framing.
func TestSDKTransports(t *testing.T) {
	f := withBucket(t, "")
	secure := httptest.NewTLSServer(f.service)
	t.Cleanup(secure.Close)
	for _, row := range []struct {
		name   string
		server *httptest.Server
		option func(*s3.Options)
		input  s3.PutObjectInput
		sum    string
	}{
		{"http, default", f.server, nil, s3.PutObjectInput{}, "x-amz-checksum-crc32"},
		{"https, default: aws-chunked", secure, nil, s3.PutObjectInput{}, "x-amz-checksum-crc32"},
		{"https, ChecksumCRC32 set", secure, nil, s3.PutObjectInput{ChecksumCRC32: aws.String("y/Q5Jg==")}, "x-amz-checksum-crc32"},
		{"https, WhenRequired", secure, func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired },
			s3.PutObjectInput{}, "x-amz-checksum-crc64nvme"},
		{"https, CRC32C", secure, nil, s3.PutObjectInput{ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c}, "x-amz-checksum-crc32c"},
		{"https, CRC64NVME", secure, nil, s3.PutObjectInput{ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme}, "x-amz-checksum-crc64nvme"},
		{"https, SHA1", secure, nil, s3.PutObjectInput{ChecksumAlgorithm: types.ChecksumAlgorithmSha1}, "x-amz-checksum-sha1"},
		{"https, SHA256", secure, nil, s3.PutObjectInput{ChecksumAlgorithm: types.ChecksumAlgorithmSha256}, "x-amz-checksum-sha256"},
		{"https, gzip", secure, nil, s3.PutObjectInput{ContentEncoding: aws.String("gzip")}, "x-amz-checksum-crc32"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var optFns []func(*s3.Options)
			if row.option != nil {
				optFns = append(optFns, row.option)
			}
			client := newClient(row.server, optFns...)
			in := row.input
			in.Bucket, in.Key, in.Body = aws.String("bucket"), aws.String("key"), strings.NewReader("123456789")
			_, err := client.PutObject(t.Context(), &in)
			f.must(err)
			out, err := client.GetObject(t.Context(), &s3.GetObjectInput{
				Bucket: in.Bucket, Key: in.Key, ChecksumMode: types.ChecksumModeEnabled,
			})
			f.must(err)
			body, err := io.ReadAll(out.Body)
			if err != nil || string(body) != "123456789" {
				t.Errorf("body %q %v", body, err)
			}
			if diff := cmp.Diff(in.ContentEncoding, out.ContentEncoding); diff != "" {
				t.Errorf("Content-Encoding %s", diff)
			}
			r := f.do("HEAD", "/bucket/key", "", "x-amz-checksum-mode", "ENABLED")
			if r.header.Get(row.sum) == "" {
				t.Errorf("checksum headers %v", r.header)
			}
		})
	}
}

// TestSDKDetectsDamage: the checksum answered lets the SDK notice a damaged body.
func TestSDKDetectsDamage(t *testing.T) {
	f := withBucket(t, "")
	client := f.client()
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("key"), Body: strings.NewReader("other"), ChecksumCRC32: aws.String("y/Q5Jg=="),
	})
	if codeOf(err) != "BadDigest" {
		t.Errorf("a wrong checksum from the SDK: %v", err)
	}
}
