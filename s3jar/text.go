package s3jar

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar"
)

// told is an error with a text of our own over causes that stay reachable,
// and a hint if there is one.
type told struct {
	text   string
	hint   string
	causes []error
}

func (t *told) Error() string   { return t.text }
func (t *told) Unwrap() []error { return t.causes }

// advised gives an error a hint.
func advised(hint string, err error) error {
	return &told{err.Error(), hint, []error{err}}
}

// invalid is an [awsjar.ErrInvalid] with a hint.
func invalid(hint, format string, args ...any) error {
	return advised(hint, fmt.Errorf("%w: "+format, append([]any{awsjar.ErrInvalid}, args...)...))
}

// shortened leaves out of the text of an error what the SDK says around its
// cause: the ids of requests, the number of attempts, the URL.
func shortened(err error) error {
	var operation *smithy.OperationError
	if !errors.As(err, &operation) {
		return err
	}
	whole, long := err.Error(), operation.Error()
	short := shortText(operation)
	if code, _ := answer(operation); isPlain(code) && (errors.Is(err, awsjar.ErrConflict) || errors.Is(err, awsjar.ErrNotFound)) {
		// The sentinel before it says the same.
		whole = strings.Replace(whole, ": "+long, "", 1)
	}
	return &told{text: strings.Replace(whole, long, short, 1), causes: []error{err}}
}

// isPlain reports whether an answer of that code means no more than its
// sentinel.
func isPlain(code string) bool {
	return isAbsent(code) || code == "PreconditionFailed" || code == "ConditionalRequestConflict"
}

// shortText is "operation: status code: message", or what there is instead of
// an answer.
func shortText(operation *smithy.OperationError) string {
	name := operation.Operation()
	var api smithy.APIError
	if errors.As(operation, &api) {
		text := name + ": " + api.ErrorCode()
		if _, status := answer(operation); status != 0 {
			text = fmt.Sprintf("%s: %d %s", name, status, api.ErrorCode())
		}
		if message := api.ErrorMessage(); message != "" {
			text += ": " + message
		}
		return text
	}
	cause := innermost(operation)
	switch {
	case noCredentials(operation):
		text := strings.TrimPrefix(cause.Error(), "get identity: ")
		text = strings.TrimPrefix(text, "get credentials: ")
		return name + ": no credentials: " + strings.TrimPrefix(text, "failed to refresh cached credentials, ")
	case isCut(cause):
		return name + ": " + errCut.Error()
	}
	return name + ": " + cause.Error()
}

// innermost leaves out what the SDK and the HTTP client say around an error.
func innermost(operation *smithy.OperationError) error {
	var request *url.Error
	var send *smithyhttp.RequestSendError
	var unread *smithy.DeserializationError
	switch {
	case errors.As(operation, &request):
		return request.Err
	case errors.As(operation, &send):
		return send.Err
	case errors.As(operation, &unread):
		return unread
	}
	return operation.Err
}

var errCut = errors.New("the answer was cut short")

// isCut reports whether an answer ended too early, or did not begin.
func isCut(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, errCut)
}
