package lambdafake

import (
	"cmp"
	"fmt"
	"net/http"
)

// apiError is an error as the Lambda API answers it.
type apiError struct {
	status  int
	code    string
	message string
	reason  string // of a TooManyRequestsException; "" for the usual one
}

// refuse makes an apiError.
func refuse(status int, code, message string) *apiError {
	return &apiError{status: status, code: code, message: message}
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func validation(format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, "ValidationException", "1 validation error detected: "+fmt.Sprintf(format, args...))
}

func notFound(message string) *apiError {
	return refuse(http.StatusNotFound, "ResourceNotFoundException", message)
}

func invalid(message string) *apiError {
	return refuse(http.StatusBadRequest, "InvalidParameterValueException", message)
}

func malformed(why string) *apiError {
	return refuse(http.StatusBadRequest, "SerializationException", why)
}

func conflict(message string) *apiError {
	return refuse(http.StatusConflict, "ResourceConflictException", message)
}

func (s *Service) denied(op, resource string) *apiError {
	return refuse(http.StatusForbidden, "AccessDeniedException", fmt.Sprintf(
		"User: arn:aws:iam::%s:user/awsfake is not authorized to perform: lambda:%s on resource: %s because no resource-based policy allows the lambda:%s action",
		s.options.AccountID, op, resource, op))
}

// stale is the answer to a RevisionId that is not the current one: LocalStack's
// TestLambdaRevisions.
func stale() *apiError {
	return refuse(http.StatusPreconditionFailed, "PreconditionFailedException",
		"The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id")
}

// busy is the answer to a change of a function that is still being changed, or nil
// if it is not. The texts: LocalStack's test_lambda_concurrent_config_updates, and
// for Pending the developer guide's page on function states.
func (s *Service) busy(f *function) *apiError {
	switch {
	case f.Change == nil:
		return nil
	case f.State == pending:
		return conflict("The operation cannot be performed at this time. The function is currently in the following state: Pending")
	}
	return conflict("The operation cannot be performed at this time. An update is in progress for resource: " + s.arn(f.Name, ""))
}

// notImplemented is the answer to a request for something that AWS has and the
// service does not imitate, or that is unknown to both. It never takes effect
// without that.
func notImplemented(what string) *apiError {
	return refuse(http.StatusNotImplemented, "NotImplementedException", "awsfake does not imitate "+what)
}

func tooLarge(limit int64, op string) *apiError {
	if op == "Invoke" {
		op = "InvokeFunction"
	}
	return refuse(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException",
		fmt.Sprintf("Request must be smaller than %d bytes for the %s operation", limit, op))
}

// internal is the answer when the state could not be kept.
func internal(err error) *apiError {
	return refuse(http.StatusInternalServerError, "ServiceException", err.Error())
}

// errorBody is the body of an error. AWS spells the text "Message" in some of its
// exceptions and "message" in others, and clients of typed exceptions look for the
// one or the other; the SDKs' models say which.
type errorBody struct {
	Type    string `json:"Type,omitempty"`
	Reason  string `json:"Reason,omitempty"`
	Upper   string `json:"Message,omitempty"`
	Message string `json:"message,omitempty"`
}

// WriteError answers with a Lambda error: JSON, and the code in the header
// x-amzn-ErrorType.
func WriteError(w http.ResponseWriter, _ *http.Request, status int, code, message string) {
	refuse(status, code, message).write(w)
}

func (e *apiError) write(w http.ResponseWriter) {
	code, message := e.code, e.message
	body := errorBody{Type: "User", Message: message}
	switch code {
	case "ResourceNotFoundException":
		body.Upper, body.Message = message, ""
	case "ServiceException":
		body = errorBody{Type: "Service", Upper: message}
	case "TooManyRequestsException":
		body.Reason = cmp.Or(e.reason, "CallerRateLimitExceeded")
	case "NotImplementedException", "AccessDeniedException", "SerializationException", "UnknownOperationException":
		body = errorBody{Upper: message}
	case "ValidationException", "InvalidSignatureException", "UnrecognizedClientException", "MissingAuthenticationTokenException",
		"ExpiredTokenException", "ThrottlingException", "IncompleteSignatureException", "RequestEntityTooLargeException":
		body = errorBody{Message: message}
	}
	w.Header().Set("X-Amzn-ErrorType", code)
	answer(w, e.status, body)
}
