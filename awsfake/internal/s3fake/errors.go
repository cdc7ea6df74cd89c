package s3fake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
)

// apiError is an answer that refuses a request: an HTTP status and an S3 error body.
type apiError struct {
	status        int
	code, message string
	details       []detail
	header        []outgoing // further headers of the answer
}

// detail is one further element of an error body, such as Key or Condition.
type detail struct{ name, value string }

func (e *apiError) Error() string { return e.code + ": " + e.message }

// refuse makes an apiError. The details are pairs of element name and value.
func refuse(status int, code, message string, details ...string) *apiError {
	e := &apiError{status: status, code: code, message: message}
	for i := 0; i+1 < len(details); i += 2 {
		e.details = append(e.details, detail{details[i], details[i+1]})
	}
	return e
}

// withHeader adds a header to the answer of e and returns e.
func (e *apiError) withHeader(name, value string) *apiError {
	e.header = append(e.header, outgoing{name, value})
	return e
}

// The texts below are AWS's own, as recorded in LocalStack's AWS-validated
// snapshots of 2026 or, where those are silent, as printed on the page "Error
// responses" of the S3 API reference.

func noSuchBucket(name string) *apiError {
	return refuse(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist", "BucketName", name)
}

func noSuchKey(key string) *apiError {
	return refuse(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.", "Key", key)
}

func noSuchVersion(key, id string) *apiError {
	return refuse(http.StatusNotFound, "NoSuchVersion", "The specified version does not exist.", "Key", key, "VersionId", id)
}

func invalidArgument(message, name, value string) *apiError {
	return refuse(http.StatusBadRequest, "InvalidArgument", message, "ArgumentName", name, "ArgumentValue", value)
}

func invalidRequest(message string) *apiError {
	return refuse(http.StatusBadRequest, "InvalidRequest", message)
}

func malformedXML() *apiError {
	return refuse(http.StatusBadRequest, "MalformedXML",
		"The XML you provided was not well-formed or did not validate against our published schema")
}

func preconditionFailed(condition string) *apiError {
	return refuse(http.StatusPreconditionFailed, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold", "Condition", condition)
}

func conditionalConflict(condition, key string) *apiError {
	return refuse(http.StatusConflict, "ConditionalRequestConflict",
		"The conditional request cannot succeed due to a conflicting operation against this resource.",
		"Condition", condition, "Key", key)
}

// headerNotImplemented refuses a header that AWS does not accept on this call. The
// additional message may be empty.
func headerNotImplemented(header, additional string) *apiError {
	e := refuse(http.StatusNotImplemented, "NotImplemented",
		"A header you provided implies functionality that is not implemented", "Header", header)
	if additional != "" {
		e.details = append(e.details, detail{"additionalMessage", additional})
	}
	return e
}

func methodNotAllowed(method, resource string) *apiError {
	return refuse(http.StatusMethodNotAllowed, "MethodNotAllowed",
		"The specified method is not allowed against this resource.", "Method", method, "ResourceType", resource)
}

func accessDenied() *apiError {
	return refuse(http.StatusForbidden, "AccessDenied", "Access Denied")
}

// asAPIError gives the answer for any error: an apiError is its own, anything else
// is an InternalError that names the cause.
func asAPIError(err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	return refuse(http.StatusInternalServerError, "InternalError",
		"We encountered an internal error. Please try again.", "Cause", err.Error())
}

// Error is a refusal in the shape that every refusal of the service has.
type Error struct {
	Status        int
	Code, Message string
	Details       []string // further elements: pairs of name and value
}

// Write answers with the error. A HEAD request gets the status and the headers
// alone. It does not read the request's body; a caller that answers early must do
// so first.
func (e Error) Write(w http.ResponseWriter, r *http.Request) {
	refuse(e.Status, e.Code, e.Message, e.Details...).write(w, r)
}

func (e *apiError) write(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header(), e.header)
	w.Header().Set("Content-Type", "application/xml")
	if r.Method == http.MethodHead {
		w.WriteHeader(e.status)
		return
	}
	body := e.body(w.Header())
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.status)
	_, _ = w.Write(body) // the client may be gone; there is nobody else to tell
}

func (e *apiError) body(h http.Header) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + "<Error>")
	element(&b, "Code", e.code)
	element(&b, "Message", e.message)
	for _, d := range e.details {
		element(&b, d.name, d.value)
	}
	element(&b, "RequestId", map[string][]string(h)["x-amz-request-id"][0])
	element(&b, "HostId", map[string][]string(h)["x-amz-id-2"][0])
	b.WriteString("</Error>")
	return b.Bytes()
}

func element(b *bytes.Buffer, name, value string) {
	b.WriteString("<" + name + ">" + escapeXML(value) + "</" + name + ">")
}
