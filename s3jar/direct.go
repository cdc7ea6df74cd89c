package s3jar

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/encoding/httpbinding"
	smithytime "github.com/aws/smithy-go/time"

	"github.com/awsjar/awsjar/internal/direct"
)

// shortcut is the way past the SDK's middleware for the GETs and PUTs of a
// bucket.
type shortcut struct {
	client    *direct.Client
	checksums aws.RequestChecksumCalculation
	verifies  bool // the checksum of what is read
	get, put  direct.Pattern
}

// newShortcut returns nil for a client that there is none for.
func newShortcut(c Client) *shortcut {
	client, ok := c.(*s3.Client)
	if !ok || client == nil {
		return nil
	}
	o := client.Options()
	way := direct.NewClient(direct.Options{
		HTTP: o.HTTPClient, Credentials: o.Credentials, RawPath: true,
		APIOptions: o.APIOptions, Interceptors: o.Interceptors, LogMode: o.ClientLogMode, Tracer: o.TracerProvider, Meter: o.MeterProvider,
		Retryer: o.Retryer, RetryMode: o.RetryMode, Schemes: o.AuthSchemes, Rules: []any{o.EndpointResolverV2, o.AuthSchemeResolver, o.HTTPSignerV4},
	})
	waits := o.ContinueHeaderThresholdBytes // for S3's consent, from this size on
	//lint:ignore SA1019 who still uses it may change the endpoint with every call
	if way == nil || o.EndpointResolver != nil || waits > 0 && waits <= direct.MaxBody {
		return nil
	}
	return &shortcut{client: way, checksums: o.RequestChecksumCalculation, verifies: o.ResponseChecksumValidation != aws.ResponseChecksumValidationWhenRequired}
}

// via lets the SDK send one call by way of another HTTP client.
func via(wrap func(aws.HTTPClient) aws.HTTPClient) func(*s3.Options) {
	return func(o *s3.Options) { o.HTTPClient = wrap(o.HTTPClient) }
}

// getObject is Client.GetObject, by the shortcut where there is one.
func (o *Object) getObject(ctx context.Context, in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
	way := o.bucket.shortcut
	if way == nil || in.VersionId != nil {
		return o.bucket.client.GetObject(ctx, in, atMost(0))
	}
	r := o.request(in.ExpectedBucketOwner, nil)
	set(r.Header, "If-None-Match", in.IfNoneMatch)
	answer, sent := way.get.Send(ctx, way.client, r)
	if !sent {
		watch := func(next aws.HTTPClient) aws.HTTPClient { return way.get.Watch(next, way.client, r) }
		return o.bucket.client.GetObject(ctx, in, via(watch), atMost(0))
	}
	defer answer.Close()
	switch out := way.gotten(answer); {
	case out != nil:
		return out, nil
	case answer.Status() == http.StatusNotModified:
		return nil, &notModified{smithy.GenericAPIError{Code: "NotModified"}, answer.Response().Header.Get("X-Amz-Version-Id")}
	}
	return o.bucket.client.GetObject(ctx, in, via(answer.Replay), atMost(0))
}

// putObject is Client.PutObject, by the shortcut where there is one; body is
// in.Body. It is sent once.
func (o *Object) putObject(ctx context.Context, in *s3.PutObjectInput, body []byte, sent *attempts) (*s3.PutObjectOutput, error) {
	way := o.bucket.shortcut
	through := func(ctx context.Context, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
		return o.bucket.client.PutObject(ctx, in, append(optFns, sendOnce, sent.watch, checksum(in, body), atMost(maxAnswer))...)
	}
	if way == nil {
		return through(ctx)
	}
	checksum(in, body)(&s3.Options{RequestChecksumCalculation: way.checksums})
	r := o.request(in.ExpectedBucketOwner, body)
	set(r.Header, "Content-Type", in.ContentType)
	set(r.Header, "If-Match", in.IfMatch)
	set(r.Header, "If-None-Match", in.IfNoneMatch)
	set(r.Header, "X-Amz-Checksum-Crc32", in.ChecksumCRC32)
	set(r.Header, "X-Amz-Server-Side-Encryption", optional(string(in.ServerSideEncryption)))
	set(r.Header, "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", in.SSEKMSKeyId)
	for name, value := range in.Metadata {
		set(r.Header, http.CanonicalHeaderKey(metaPrefix+name), &value)
	}
	answer, done := way.put.Send(ctx, way.client, r)
	if !done {
		watch := func(next aws.HTTPClient) aws.HTTPClient { return way.put.Watch(next, way.client, r) }
		return through(ctx, via(watch))
	}
	defer answer.Close()
	if answer.Status() == http.StatusOK && answer.Response().ContentLength == 0 { // S3 may say 200 and then, in the body, that it failed
		return &s3.PutObjectOutput{ETag: first(answer.Response().Header, "Etag"), VersionId: first(answer.Response().Header, "X-Amz-Version-Id")}, nil
	}
	// The request was sent, and what became of it is what counts, even if the
	// context has ended meanwhile. Nothing is left to wait for: this call sends
	// nothing more, and has the credentials that it needs.
	sent.unseen = true
	return through(context.WithoutCancel(ctx), via(answer.Replay), func(o *s3.Options) { o.Credentials = answer })
}

// request is what all requests about the object have.
func (o *Object) request(owner *string, body []byte) direct.Request {
	r := direct.Request{Path: "/" + httpbinding.EscapePath(o.key, false), Header: make(http.Header, 8), Body: body}
	set(r.Header, "X-Amz-Expected-Bucket-Owner", owner)
	return r
}

func set(h http.Header, name string, value *string) {
	if value != nil {
		h[name] = []string{*value}
	}
}

// metaPrefix begins the names of the headers with user metadata.
const metaPrefix = "X-Amz-Meta-"

// gotten returns what a plain answer to a GET says, or nil if the SDK should
// read it.
func (way *shortcut) gotten(answer *direct.Answer) *s3.GetObjectOutput {
	if answer.Status() != http.StatusOK {
		return nil
	}
	r := answer.Response()
	out := &s3.GetObjectOutput{
		Body: r.Body, ETag: first(r.Header, "Etag"), VersionId: first(r.Header, "X-Amz-Version-Id"),
		Metadata: map[string]string{},
	}
	if r.ContentLength >= 0 {
		out.ContentLength = &r.ContentLength
	}
	if modified := first(r.Header, "Last-Modified"); modified != nil {
		t, err := smithytime.ParseHTTPDate(*modified)
		if err != nil {
			return nil
		}
		out.LastModified = &t
	}
	for name := range r.Header {
		value := r.Header.Get(name)
		if meta, ok := strings.CutPrefix(name, metaPrefix); ok {
			out.Metadata[strings.ToLower(meta)] = value
		}
		kind, ok := strings.CutPrefix(name, "X-Amz-Checksum-")
		switch {
		case !ok, !way.verifies, kind == "Type", strings.Contains(value, "-"): // of several parts: nobody can verify it
		case kind == "Crc32":
			out.Body = &verified{ReadCloser: r.Body, sum: crc32.NewIEEE(), want: value}
		default:
			return nil
		}
	}
	answer.Take()
	return out
}

// first returns a header as the SDK does.
func first(h http.Header, name string) *string {
	if values := h[name]; len(values) > 0 {
		return &values[0]
	}
	return nil
}

// verified is a body with the CRC32 that S3 stored with it.
type verified struct {
	io.ReadCloser
	sum  hash.Hash32
	want string // base64 of the big-endian number
}

var errChecksum = errors.New("the body does not have its checksum")

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.sum.Write(p[:n])
	if err == io.EOF && base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, v.sum.Sum32())) != v.want {
		err = errChecksum
	}
	return n, err
}

// notModified is the error of a GET with If-None-Match whose value is still
// the current one.
type notModified struct {
	smithy.GenericAPIError
	versionID string
}

// versionOf returns the version id that came with a NotModified, if any.
func versionOf(err error) string {
	if known, ok := err.(*notModified); ok {
		return known.versionID
	}
	return header(err, "X-Amz-Version-Id")
}
