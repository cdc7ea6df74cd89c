package lambdafake

import (
	"fmt"
	"net/http"
)

// apiError is an error as the Lambda API answers it.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func validation(format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, "ValidationException", "1 validation error detected: " + fmt.Sprintf(format, args...)}
}

func notFound(message string) *apiError {
	return &apiError{http.StatusNotFound, "ResourceNotFoundException", message}
}

func invalid(message string) *apiError {
	return &apiError{http.StatusBadRequest, "InvalidParameterValueException", message}
}

func malformed(why string) *apiError {
	return &apiError{http.StatusBadRequest, "SerializationException", why}
}

func conflict(message string) *apiError {
	return &apiError{http.StatusConflict, "ResourceConflictException", message}
}

func (s *Service) denied(op, resource string) *apiError {
	return &apiError{http.StatusForbidden, "AccessDeniedException", fmt.Sprintf(
		"User: arn:aws:iam::%s:user/awsfake is not authorized to perform: lambda:%s on resource: %s because no resource-based policy allows the lambda:%s action",
		s.options.AccountID, op, resource, op)}
}

// stale is the answer to a RevisionId that is not the current one: LocalStack's TestLambdaRevisions.
func stale() *apiError {
	return &apiError{http.StatusPreconditionFailed, "PreconditionFailedException",
		"The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"}
}

// busy is the answer to a change of a function that is still being changed, or nil if it is not. The texts: LocalStack's
// test_lambda_concurrent_config_updates, and for Pending the developer guide's page on function states.
func (s *Service) busy(f *function) *apiError {
	switch {
	case f.Change == nil:
		return nil
	case f.State == pending:
		return conflict("The operation cannot be performed at this time. The function is currently in the following state: Pending")
	}
	return conflict("The operation cannot be performed at this time. An update is in progress for resource: " + s.arn(f.Name, ""))
}

// internal is the answer when the state could not be kept.
func internal(err error) *apiError {
	return &apiError{http.StatusInternalServerError, "ServiceException", err.Error()}
}

// errorBody is the body of an error. AWS spells the text "Message" in some of its exceptions and "message" in others, and
// clients of typed exceptions look for the one or the other; the SDKs' models say which.
type errorBody struct {
	Type    string `json:"Type,omitempty"`
	Reason  string `json:"Reason,omitempty"`
	Upper   string `json:"Message,omitempty"`
	Message string `json:"message,omitempty"`
}

// WriteError answers with a Lambda error: JSON, and the code in the header x-amzn-ErrorType.
func WriteError(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	body := errorBody{Type: "User", Message: message}
	switch code {
	case "ResourceNotFoundException":
		body.Upper, body.Message = message, ""
	case "ServiceException":
		body = errorBody{Type: "Service", Upper: message}
	case "TooManyRequestsException":
		body.Reason = "CallerRateLimitExceeded"
	case "AccessDeniedException", "SerializationException", "UnknownOperationException":
		body = errorBody{Upper: message}
	case "ValidationException", "InvalidSignatureException", "UnrecognizedClientException", "MissingAuthenticationTokenException",
		"ExpiredTokenException", "ThrottlingException", "IncompleteSignatureException", "RequestEntityTooLargeException":
		body = errorBody{Message: message}
	}
	w.Header().Set("X-Amzn-ErrorType", code)
	answer(w, status, body)
}
