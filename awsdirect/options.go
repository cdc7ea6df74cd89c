package awsdirect

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/internal/direct"
)

// known marks the fields of the SDK's structs that a request is built from. A
// call with any other goes through the SDK.
type known struct {
	get, put []bool
	options  []option // that no call may change
}

func newKnown(o *s3.Options) known {
	return known{
		get: fieldsOf[s3.GetObjectInput]("Bucket", "Key", "ExpectedBucketOwner", "IfNoneMatch"),
		put: fieldsOf[s3.PutObjectInput]("Bucket", "Key", "ExpectedBucketOwner", "IfMatch", "IfNoneMatch", "Body", "Metadata",
			"ChecksumCRC32", "ContentType", "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage",
			"ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "StorageClass", "WebsiteRedirectLocation"),
		options: optionsBut(o, fieldsOf[s3.Options]("HTTPClient", "Retryer", "APIOptions")),
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

// option is a field of the client's options.
type option struct {
	index int
	value reflect.Value
	zero  bool // as most are, which is soon compared
}

// optionsBut returns the options but for the marked ones.
func optionsBut(o *s3.Options, marked []bool) []option {
	options := make([]option, 0, len(marked))
	for i, is := range marked {
		if value := reflect.ValueOf(*o).Field(i); !is {
			options = append(options, option{i, value, value.IsZero()})
		}
	}
	return options
}

// isIn reports whether the options of a call have certainly the same value.
func (o *option) isIn(call reflect.Value) bool {
	value := call.Field(o.index)
	if o.zero {
		return value.IsZero()
	}
	return sameValue(o.value, value)
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
	call := reflect.ValueOf(&opts).Elem()
	for i := range c.known.options {
		if !c.known.options[i].isIn(call) {
			return nil, false
		}
	}
	return &opts, true
}

// sameValue reports whether two fields are certainly the same.
func sameValue(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Slice, reflect.Map, reflect.Func:
		return a.UnsafePointer() == b.UnsafePointer()
	case reflect.Array, reflect.Chan, reflect.Complex64, reflect.Complex128:
		return false // none of the SDK's options is one
	case reflect.Struct:
		for i := range a.NumField() {
			if !sameValue(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		x, y := a.Elem(), b.Elem()
		return x.Type() == y.Type() && sameValue(x, y)
	}
	return a.Equal(b) // numbers, texts, truths and pointers
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
