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

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/encoding/httpbinding"
	smithytime "github.com/aws/smithy-go/time"

	"github.com/awsjar/awsjar/internal/direct"
)

// shortcut is the way past the SDK's middleware for the GETs and PUTs of a
// bucket.
type shortcut struct {
	client   *direct.Client
	options  s3.Options // of the S3 client; not changed
	get, put direct.Pattern
}

// newShortcut returns nil for a client that there is none for.
func newShortcut(c Client) *shortcut {
	client, ok := c.(*s3.Client)
	if !ok || client == nil {
		return nil
	}
	o := client.Options()
	way := direct.NewClient(direct.Options{
		HTTP: o.HTTPClient, Credentials: o.Credentials, APIOptions: o.APIOptions, Interceptors: o.Interceptors,
		LogMode: o.ClientLogMode, Tracer: o.TracerProvider, Meter: o.MeterProvider, Retryer: o.Retryer, RetryMode: o.RetryMode,
		Rules: []any{o.EndpointResolverV2, o.AuthSchemeResolver, o.HTTPSignerV4},
	})
	//lint:ignore SA1019 who still uses it may change the endpoint with every call
	if way == nil || o.EndpointResolver != nil {
		return nil
	}
	return &shortcut{client: way, options: o}
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
		return o.bucket.client.GetObject(ctx, in, func(o *s3.Options) { o.HTTPClient = way.get.Watch(o.HTTPClient, way.client, r) }, atMost(0))
	}
	if answer.Err == nil {
		switch out := gotten(answer.Response); {
		case out != nil:
			return out, nil
		case answer.Response.StatusCode == http.StatusNotModified:
			answer.Response.Body.Close()
			return nil, &notModified{smithy.GenericAPIError{Code: "NotModified"}, answer.Response.Header.Get("X-Amz-Version-Id")}
		}
	}
	return o.bucket.client.GetObject(ctx, in, func(o *s3.Options) { o.HTTPClient = answer.Replay(o.HTTPClient) }, atMost(0))
}

// putObject is Client.PutObject, by the shortcut where there is one; body is
// in.Body.
func (o *Object) putObject(ctx context.Context, in *s3.PutObjectInput, body []byte, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	way := o.bucket.shortcut
	if way == nil {
		return o.bucket.client.PutObject(ctx, in, append(optFns, atMost(maxAnswer))...)
	}
	checksum(in, body)(&way.options)
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
	answer, sent := way.put.Send(ctx, way.client, r)
	if !sent {
		optFns = append(optFns, func(o *s3.Options) { o.HTTPClient = way.put.Watch(o.HTTPClient, way.client, r) }, atMost(maxAnswer))
		return o.bucket.client.PutObject(ctx, in, optFns...)
	}
	if answer.Err == nil && answer.Response.StatusCode == http.StatusOK {
		drain(answer.Response.Body)
		header := answer.Response.Header
		return &s3.PutObjectOutput{ETag: first(header, "Etag"), VersionId: first(header, "X-Amz-Version-Id")}, nil
	}
	// The request has been sent, and what became of it is what counts, even if
	// the context has ended meanwhile. Nothing more is sent.
	optFns = append(optFns, sendOnce, func(o *s3.Options) { o.HTTPClient = answer.Replay(o.HTTPClient) }, atMost(maxAnswer))
	return o.bucket.client.PutObject(context.WithoutCancel(ctx), in, optFns...)
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
func gotten(r *http.Response) *s3.GetObjectOutput {
	if r.StatusCode != http.StatusOK {
		return nil
	}
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
		case !ok, kind == "Type", strings.Contains(value, "-"): // of several parts: nobody can verify it
		case kind == "Crc32":
			out.Body = &verified{ReadCloser: r.Body, sum: crc32.NewIEEE(), want: value}
		default:
			return nil
		}
	}
	return out
}

// first returns a header as the SDK does.
func first(h http.Header, name string) *string {
	if values := h[name]; len(values) > 0 {
		return &values[0]
	}
	return nil
}

// drain reads the rest of a body that should be empty, so that its connection
// can be used again.
func drain(body io.ReadCloser) {
	io.CopyN(io.Discard, body, 64<<10) // whatever comes, the answer has been understood
	body.Close()
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
