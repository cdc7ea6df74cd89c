// Package awsdirect sends the GETs and PUTs of an S3 client without the SDK's
// middleware, which takes about half of their CPU time.
//
//	client := awsdirect.S3(s3.NewFromConfig(cfg))
//	jar := awsjar.New[State](s3jar.NewBucket(client, "my-bucket").Object("state.json"))
//
// # When to use it
//
// A warm Get takes some 100 microseconds of a whole CPU less. That matters to a
// program that makes many calls from one process, such as a queue worker on a
// function of 128 MB, which has a fourteenth of a CPU. It does not matter to a
// program that makes a few calls: the first two GETs and the first two PUTs go
// through the SDK, and the network takes longer than all of that. Leave it out
// until a profile asks for it.
//
// # How it works
//
// It watches the requests that the SDK hands to its HTTP client. Once two requests with
// different bodies have the same form, and every header in it is of a kind that
// this package knows, later requests are built from that form and signed here.
// Every answer but a success and a "not modified" goes back into the SDK, so
// that errors are the SDK's own. A request that S3 refuses for itself (400, 403
// and so on) is sent by the SDK once more, and the form is learned anew: where
// such refusals are part of the day's work, as a 403 for a missing key is
// without s3:ListBucket, each of them costs one request more.
package awsdirect

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/encoding/httpbinding"

	"github.com/awsjar/awsjar/internal/direct"
	"github.com/awsjar/awsjar/s3jar"
)

// S3 returns a client that sends plain GETs and PUTs of up to 1 MiB without the
// SDK's middleware, and leaves everything else to client. It sends nothing
// itself.
//
// It returns client as it is where somebody must see, change or slow down each
// request: if client has middleware, an interceptor, a log mode, a tracer, a
// meter, an adaptive retryer, or a retryer, signer or endpoint resolver that the
// SDK did not define. Credentials may come from anywhere.
//
// Of the options of one call it heeds HTTPClient and Retryer. Middleware of one
// call runs only if the SDK handles the call, which it does for each answer
// that is no success. A call with any other option goes through the SDK.
//
// The ResultMetadata of an output is empty.
func S3(client *s3.Client) s3jar.Client {
	if client == nil {
		return client
	}
	o := client.Options()
	way := direct.NewClient(direct.Options{
		HTTP: o.HTTPClient, Credentials: o.Credentials,
		APIOptions: o.APIOptions, Interceptors: o.Interceptors, LogMode: o.ClientLogMode, Tracer: o.TracerProvider, Meter: o.MeterProvider,
		Retryer: o.Retryer, RetryMode: o.RetryMode, Schemes: o.AuthSchemes, Rules: []any{o.EndpointResolverV2, o.AuthSchemeResolver, o.HTTPSignerV4},
	})
	waits := o.ContinueHeaderThresholdBytes // for S3's consent, from this size on
	//lint:ignore SA1019 a program that still uses it may change the endpoint with every call
	if way == nil || o.EndpointResolver != nil || waits > 0 && waits <= direct.MaxBody {
		return client
	}
	return &s3Client{Client: client, way: way, options: o, known: newKnown()}
}

// s3Client is an *s3.Client but for GetObject and PutObject.
type s3Client struct {
	*s3.Client
	way     *direct.Client
	options s3.Options
	known   known
	buckets sync.Map // name -> *patterns: the URL differs by more than the path
}

// patterns are those of one bucket.
type patterns struct{ get, put direct.Pattern }

func (c *s3Client) of(bucket string) *patterns {
	if p, ok := c.buckets.Load(bucket); ok {
		return p.(*patterns)
	}
	p, _ := c.buckets.LoadOrStore(bucket, new(patterns))
	return p.(*patterns)
}

// GetObject is that of *s3.Client.
func (c *s3Client) GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	opts, ok := c.optionsOf(optFns)
	if !ok || in == nil || !named(in.Bucket, in.Key) || !onlyHas(in, c.known.get) {
		return c.Client.GetObject(ctx, in, optFns...)
	}
	r := request(*in.Key, opts)
	r.Header = getHeader(in)
	p := &c.of(*in.Bucket).get
	answer, sent := p.Send(ctx, c.way, r)
	if !sent {
		return c.Client.GetObject(ctx, in, append(optFns[:len(optFns):len(optFns)], watched(p, c.way, r))...)
	}
	defer answer.Close()
	switch answer.Status() {
	case http.StatusOK:
		if out := c.gotten(answer); out != nil {
			return out, nil
		}
	case http.StatusNotModified:
		return nil, notModified(answer.Response())
	}
	ctx, optFns = replayed(ctx, answer, optFns)
	out, err := c.Client.GetObject(ctx, in, optFns...)
	return out, picked(answer, "GetObject", err)
}

// PutObject is that of *s3.Client.
func (c *s3Client) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	opts, ok := c.optionsOf(optFns) // which may add a checksum to in
	if !ok || in == nil || !named(in.Bucket, in.Key) || !onlyHas(in, c.known.put) {
		return c.Client.PutObject(ctx, in, optFns...)
	}
	body, ok := bytesOf(in.Body)
	if !ok {
		return c.Client.PutObject(ctx, in, optFns...)
	}
	r := request(*in.Key, opts)
	r.Header, r.Body = putHeader(in), body
	p := &c.of(*in.Bucket).put
	answer, sent := p.Send(ctx, c.way, r)
	if !sent {
		return c.Client.PutObject(ctx, in, append(optFns[:len(optFns):len(optFns)], watched(p, c.way, r))...)
	}
	defer answer.Close()
	if answer.Status() == http.StatusOK && answer.Response().ContentLength == 0 { // S3 may say 200 and then, in the body, that it failed
		if out := stored(answer.Response()); out != nil {
			return out, nil
		}
	}
	ctx, optFns = replayed(ctx, answer, optFns)
	out, err := c.Client.PutObject(ctx, in, optFns...)
	return out, picked(answer, "PutObject", err)
}

// named reports whether there are a bucket and a key.
func named(bucket, key *string) bool { return aws.ToString(bucket) != "" && aws.ToString(key) != "" }

// bytesOf returns a copy of a body that is in memory and not too large, and
// leaves the body as it is.
func bytesOf(body io.Reader) ([]byte, bool) {
	reader, ok := body.(interface {
		io.ReaderAt
		io.Seeker
		Size() int64
	})
	if !ok || reader.Size() > direct.MaxBody {
		return nil, false
	}
	if at, err := reader.Seek(0, io.SeekCurrent); err != nil || at != 0 {
		return nil, false // the SDK sends from here on
	}
	data := make([]byte, reader.Size())
	n, err := reader.ReadAt(data, 0)
	return data, n == len(data) && (err == nil || err == io.EOF)
}

// request returns the parts that all requests about a key have.
func request(key string, opts *s3.Options) direct.Request {
	if strings.Trim(key, unreserved) != "" {
		key = httpbinding.EscapePath(key, false)
	}
	return direct.Request{Path: "/" + key, HTTP: opts.HTTPClient, Retryer: opts.Retryer}
}

// unreserved are the characters that stay as they are in a path.
const unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/"

// watched lets the SDK send one call by an HTTP client that learns from it.
func watched(p *direct.Pattern, c *direct.Client, r direct.Request) func(*s3.Options) {
	return func(o *s3.Options) { o.HTTPClient = p.Watch(o.HTTPClient, c, r) }
}
