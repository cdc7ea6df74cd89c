package awsdirect

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"unsafe"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/internal/direct"
)

// known marks the fields of the SDK's structs that a request is built from. A
// call with any other goes through the SDK.
type known struct{ get, put []bool }

func newKnown() known {
	return known{
		get: fieldsOf[s3.GetObjectInput]("Bucket", "Key", "ExpectedBucketOwner", "IfNoneMatch"),
		put: fieldsOf[s3.PutObjectInput]("Bucket", "Key", "ExpectedBucketOwner", "IfMatch", "IfNoneMatch", "Body", "Metadata",
			"ChecksumCRC32", "ContentType", "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage",
			"ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "StorageClass", "WebsiteRedirectLocation"),
	}
}

// fieldsOf marks the fields of T that have one of the names.
func fieldsOf[T any](names ...string) []bool {
	marked := make([]bool, 0, 64)
	for field := range reflect.TypeFor[T]().Fields() {
		marked = append(marked, slices.Contains(names, field.Name))
	}
	return marked
}

// onlyHas reports whether all fields of *in but the marked ones are zero.
func onlyHas[T any](in *T, marked []bool) bool {
	v := reflect.ValueOf(in).Elem()
	for i, is := range marked {
		if !is && !v.Field(i).IsZero() {
			return false
		}
	}
	return true
}

// optionsOf returns the options of one call, or false if they differ from the
// client's in more than is heeded.
func (c *s3Client) optionsOf(optFns []func(*s3.Options)) (*s3.Options, bool) {
	if len(optFns) == 0 {
		return &c.options, true
	}
	opts := c.options
	opts.APIOptions = slices.Clip(opts.APIOptions)
	for _, fn := range optFns {
		fn(&opts)
	}
	others := opts
	others.HTTPClient, others.Retryer, others.APIOptions = c.options.HTTPClient, c.options.Retryer, c.options.APIOptions
	return &opts, bytesOfOptions(&others) == bytesOfOptions(&c.options)
}

// bytesOfOptions returns the memory of the options. If that of two is equal, so are
// all of their fields. A difference in the padding between fields, or between two
// copies of equal values, sends the call through the SDK. To compare the fields by
// reflection takes a sixth of the CPU time that a call takes here.
func bytesOfOptions(o *s3.Options) string {
	return unsafe.String((*byte)(unsafe.Pointer(o)), unsafe.Sizeof(*o))
}

// getHeader returns the headers that the SDK makes of the fields of in.
func getHeader(in *s3.GetObjectInput) (h []direct.Field) {
	return appendField(appendField(h, "X-Amz-Expected-Bucket-Owner", in.ExpectedBucketOwner), "If-None-Match", in.IfNoneMatch)
}

// putHeader returns the headers that the SDK makes of the fields of in.
func putHeader(in *s3.PutObjectInput) []direct.Field {
	h := make([]direct.Field, 0, 8)
	for _, field := range [...]struct {
		name  string
		value *string
	}{
		{"X-Amz-Expected-Bucket-Owner", in.ExpectedBucketOwner},
		{"If-Match", in.IfMatch},
		{"If-None-Match", in.IfNoneMatch},
		{"X-Amz-Checksum-Crc32", in.ChecksumCRC32},
		{"Content-Type", in.ContentType},
		{"Cache-Control", in.CacheControl},
		{"Content-Disposition", in.ContentDisposition},
		{"Content-Encoding", in.ContentEncoding},
		{"Content-Language", in.ContentLanguage},
		{"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", in.SSEKMSKeyId},
		{"X-Amz-Website-Redirect-Location", in.WebsiteRedirectLocation},
	} {
		h = appendField(h, field.name, field.value)
	}
	if in.ServerSideEncryption != "" {
		h = append(h, direct.Field{Name: "X-Amz-Server-Side-Encryption", Value: string(in.ServerSideEncryption)})
	}
	if in.BucketKeyEnabled != nil {
		h = append(h, direct.Field{Name: "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled", Value: strconv.FormatBool(*in.BucketKeyEnabled)})
	}
	if in.StorageClass != "" {
		h = append(h, direct.Field{Name: "X-Amz-Storage-Class", Value: string(in.StorageClass)})
	}
	for name, value := range in.Metadata {
		h = append(h, direct.Field{Name: http.CanonicalHeaderKey(metaPrefix + name), Value: value})
	}
	return h
}

// metaPrefix begins the names of the headers with user metadata.
const metaPrefix = "X-Amz-Meta-"

func appendField(h []direct.Field, name string, value *string) []direct.Field {
	if value == nil {
		return h
	}
	return append(h, direct.Field{Name: name, Value: *value})
}
