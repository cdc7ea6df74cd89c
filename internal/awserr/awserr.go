// Package awserr reads the errors of the AWS SDK: the answer of the service, or
// why there is none. Each store has tables of Rules with the meaning of an answer.
package awserr

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Code returns the error code that the service answered, or "".
func Code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok && !HasNoCredentials(err) {
		return api.ErrorCode()
	}
	return ""
}

// Message returns the text that the service answered, or "". It may repeat
// parts of the request.
func Message(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok && !HasNoCredentials(err) {
		return api.ErrorMessage()
	}
	return ""
}

// Status returns the HTTP status of the answer, or 0 if there is none.
func Status(err error) int {
	if response := answer(err); response != nil {
		return response.StatusCode
	}
	return 0
}

// Header returns a header of the answer, or "".
func Header(err error, name string) string {
	if response := answer(err); response != nil {
		return response.Header.Get(name)
	}
	return ""
}

func answer(err error) *http.Response {
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || response.Response == nil || HasNoCredentials(err) {
		return nil
	}
	return response.Response.Response
}

// RetryAfter returns how long the answer asks to wait, or 0. HTTP allows a
// date there too (RFC 9110, section 10.2.3); AWS sends seconds.
func RetryAfter(err error) time.Duration {
	seconds, parseErr := strconv.ParseUint(Header(err, "Retry-After"), 10, 31)
	if parseErr != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// IsUnsent reports whether an error certainly came before the request was
// sent: there was no connection to the service, or to the proxy before it.
func IsUnsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	_, unnamed := errors.AsType[*net.DNSError](err)
	return ok && (op.Op == "dial" || op.Op == "proxyconnect") || unnamed || IsUntrusted(err)
}

// IsUntrusted reports whether the service's certificate was refused, or it does
// not speak TLS at all. Nothing was sent, and the next attempt would end so too.
func IsUntrusted(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	return certificate || noTLS || errors.Is(err, http.ErrSchemeMismatch)
}

// IsThrottle reports whether the service takes no more requests for now.
func IsThrottle(err error) bool {
	_, known := retry.DefaultThrottleErrorCodes[Code(err)]
	return known || Status(err) == http.StatusTooManyRequests
}

// IsRepeatable reports whether the SDK would send the request again.
func IsRepeatable(err error) bool {
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}

// IsCut reports whether an answer ended too early, or did not begin.
func IsCut(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// HasNoCredentials reports whether there were no credentials to sign the
// request with. The SDK's error has no type and is known by its text. An answer in
// it is that of another service, such as STS or the metadata service of EC2, and says
// nothing about the request, which was not sent: so it counts for none here.
func HasNoCredentials(err error) bool {
	op, ok := errors.AsType[*smithy.OperationError](err)
	if !ok || op.Err == nil {
		return false
	}
	if _, answered := op.Err.(interface{ HTTPStatusCode() int }); answered { // as nearly all are, whose text takes long to make
		return false
	}
	text := op.Err.Error()
	return strings.HasPrefix(text, "get identity: ") || strings.Contains(text, "get credentials: ")
}

// HasNoRegion reports whether the client has no Region, which the SDK says in
// the text of an error from before the request.
func HasNoRegion(err error) bool {
	op, ok := errors.AsType[*smithy.OperationError](err)
	return ok && op.Err != nil &&
		(strings.Contains(op.Err.Error(), "Missing Region") || strings.Contains(op.Err.Error(), "A region must be set"))
}

// HasNoEndpoint reports whether the endpoint is not a URL with a host, which the SDK
// and the HTTP client say in the text of an error from before any answer.
func HasNoEndpoint(err error) bool {
	if Code(err) != "" || Status(err) != 0 {
		return false
	}
	text := Cause(err).Error()
	return slices.ContainsFunc([]string{
		"was not a valid URI", "Failed to parse uri", "unsupported protocol scheme", "no Host in request URL",
	}, func(part string) bool { return strings.Contains(text, part) })
}

// EndpointHint is the next step where HasNoEndpoint.
const EndpointHint = "the endpoint must be a URL such as http://127.0.0.1:9000: check AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL_LAMBDA"

// IsUnread reports whether there is an answer that is none of the service's protocol.
func IsUnread(err error) bool {
	_, unread := errors.AsType[*smithy.DeserializationError](err)
	return unread && !IsCut(err)
}

// Cause returns the error that the SDK and the HTTP client have wrapped.
func Cause(err error) error {
	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err
	}
	if send, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		return send.Err
	}
	if op, ok := errors.AsType[*smithy.OperationError](err); ok && op.Err != nil {
		return op.Err
	}
	return err
}

// Short returns "action: status code" of an answer, without its message, or
// "action: cause" where there was none.
func Short(action string, err error) string {
	code, status := Code(err), Status(err)
	switch {
	case code != "" && status != 0:
		return fmt.Sprintf("%s: %d %s", action, status, code)
	case code != "":
		return action + ": " + code
	case status >= 300:
		return fmt.Sprintf("%s: %d %s", action, status, http.StatusText(status))
	case HasNoCredentials(err):
		text := Cause(err).Error()
		for _, around := range []string{"get identity: ", "get credentials: ", "failed to refresh cached credentials, "} {
			text = strings.TrimPrefix(text, around)
		}
		return action + ": no credentials: " + text
	case HasNoRegion(err):
		return action + ": no Region is set"
	}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return action + ": " + cause.Error()
		}
	}
	if IsUnread(err) {
		return action + ": the answer cannot be read"
	}
	if IsCut(err) {
		return action + ": the answer was cut short"
	}
	return action + ": " + Cause(err).Error()
}

// Rule is the meaning of an answer. It matches an error that has one of the
// Codes or Statuses, or for which Is returns true, and whose message contains
// Text.
type Rule struct {
	Codes    []string
	Statuses []int
	Is       func(error) bool
	Text     string

	Kind error  // the sentinel; nil if none fits
	Says string // the text that is shown in the place of the service's message
	Hint string // the next step of the user; the store fills in the names between braces
}

// Match returns the first rule that matches the error.
func Match(rules []Rule, err error) (Rule, bool) {
	code, status, message := Code(err), Status(err), Message(err)
	for _, r := range rules {
		matches := code != "" && slices.Contains(r.Codes, code) || slices.Contains(r.Statuses, status) || r.Is != nil && r.Is(err)
		if matches && strings.Contains(message, r.Text) {
			return r, true
		}
	}
	return Rule{}, false
}
