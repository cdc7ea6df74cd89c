package awsfake

import "net/http"

// apiError is an error as the API of a service answers it.
type apiError struct {
	status        int
	code, message string
}

// lambdaErrors and s3Errors are the errors that tests want most, in AWS's words.
var lambdaErrors = []apiError{
	{http.StatusInternalServerError, "ServiceException", "An error occurred and the request cannot be processed."},
	{http.StatusTooManyRequests, "TooManyRequestsException", "Rate exceeded"},
	{http.StatusBadRequest, "ThrottlingException", "Rate exceeded"},
	{http.StatusConflict, "ResourceConflictException", "The function could not be updated due to a concurrent update operation."},
	{http.StatusPreconditionFailed, "PreconditionFailedException", "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"},
	{http.StatusNotFound, "ResourceNotFoundException", "The resource you requested does not exist."},
	{http.StatusForbidden, "AccessDeniedException", "User is not authorized to perform this action"},
	{http.StatusServiceUnavailable, "ServiceUnavailableException", "Service is unavailable, please try again."},
	{http.StatusBadGateway, "KMSAccessDeniedException", "Lambda was unable to decrypt the environment variables because KMS access was denied. Check the function's KMS permissions."},
	{http.StatusForbidden, "ExpiredTokenException", "The security token included in the request is expired"},
	{http.StatusForbidden, "UnrecognizedClientException", "The security token included in the request is invalid."},
	{http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token"},
	{http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "Request must be smaller than 5120 bytes for the UpdateFunctionConfiguration operation"},
	{http.StatusBadRequest, "InvalidParameterValueException", "One of the parameters in the request is not valid."},
}

var s3Errors = []apiError{
	{http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again."},
	{http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."},
	{http.StatusServiceUnavailable, "ServiceUnavailable", "Service is unable to handle request."},
	{http.StatusConflict, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation against this resource."},
	{http.StatusConflict, "OperationAborted", "A conflicting conditional operation is currently in progress against this resource. Please try again."},
	{http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"},
	{http.StatusNotFound, "NoSuchKey", "The specified key does not exist."},
	{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"},
	{http.StatusNotFound, "NoSuchVersion", "The specified version does not exist."},
	{http.StatusForbidden, "AccessDenied", "Access Denied"},
	{http.StatusBadRequest, "ExpiredToken", "The provided token has expired."},
	{http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."},
	{http.StatusBadRequest, "RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed."},
	{http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented"},
	{http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"},
}

// apiError completes the error of a fault from AWS's error of its code or, without
// a code, of its status.
func (f Fault) apiError(r *received) apiError {
	e := apiError{f.Status, f.Code, f.Message}
	for _, known := range r.errors {
		if e.code == known.code || e.code == "" && e.status == known.status {
			e.code = known.code
			if e.status == 0 {
				e.status = known.status
			}
			if e.message == "" {
				e.message = known.message
			}
			break
		}
	}
	if e.status == 0 {
		e.status = http.StatusBadRequest
	}
	if e.code == "" {
		e.code = "UnknownError"
	}
	return e
}
