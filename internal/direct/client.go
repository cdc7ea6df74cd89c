package direct

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Options are those of an SDK client.
type Options struct {
	HTTP         aws.HTTPClient
	Credentials  aws.CredentialsProvider
	APIOptions   []func(*middleware.Stack) error
	Interceptors smithyhttp.InterceptorRegistry
	LogMode      aws.ClientLogMode
	Tracer       tracing.TracerProvider
	Meter        metrics.MeterProvider
	Retryer      aws.Retryer
	RetryMode    aws.RetryMode
	Schemes      []smithyhttp.AuthScheme
	Rules        []any // the parts that make endpoints, choose a scheme, and sign
}

// Client sends for an SDK client.
type Client struct{ options Options }

// NewClient returns nil for the options of a client that may do more with a
// request than the SDK's own: one with middleware, interceptors, logs, traces,
// metrics or rules of its user's, or one that slows itself down.
func NewClient(o Options) *Client {
	_, noTraces := o.Tracer.(*tracing.NopTracerProvider)
	_, noMetrics := o.Meter.(metrics.NopMeterProvider)
	_, slows := o.Retryer.(*retry.AdaptiveMode)
	if o.HTTP == nil || o.Credentials == nil || len(o.APIOptions) > 0 || intercepted(o.Interceptors) || o.LogMode != 0 ||
		!noTraces || !noMetrics || slows || o.RetryMode == aws.RetryModeAdaptive {
		return nil
	}
	theirs := append([]any{o.Retryer}, o.Rules...)
	for _, scheme := range o.Schemes {
		theirs = append(theirs, scheme, scheme.Signer())
	}
	for _, part := range theirs {
		if !isSDKs(part) {
			return nil
		}
	}
	return &Client{o}
}

// client returns the HTTP client that sends a request.
func (c *Client) client(r Request) aws.HTTPClient {
	if r.HTTP != nil {
		return r.HTTP
	}
	return c.options.HTTP
}

// retryer returns the Retryer of the call that a request is of.
func (c *Client) retryer(r Request) aws.Retryer {
	if r.Retryer != nil {
		return r.Retryer
	}
	return c.options.Retryer
}

// attempt returns the Amz-Sdk-Request of the first attempt at a request.
func (c *Client) attempt(r Request) string {
	if max := c.retryer(r).MaxAttempts(); max != retry.DefaultMaxAttempts {
		return firstAttempt + strconv.Itoa(max)
	}
	return usualAttempt
}

const firstAttempt = "attempt=1; max="

var usualAttempt = firstAttempt + strconv.Itoa(retry.DefaultMaxAttempts)

// intercepted reports whether there may be interceptors.
func intercepted(registry smithyhttp.InterceptorRegistry) bool {
	for _, list := range reflect.ValueOf(registry).Fields() {
		if list.Kind() != reflect.Slice || list.Len() > 0 {
			return true
		}
	}
	return false
}

// isSDKs reports whether v is, or points to, something that the SDK defines.
func isSDKs(v any) bool {
	t := reflect.TypeOf(v)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t != nil && strings.HasPrefix(t.PkgPath(), "github.com/aws/")
}
