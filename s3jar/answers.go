package s3jar

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/failure"
)

// outcomes has the meaning of each answer to a PUT or DELETE for the write; the
// first row that fits counts. An answer that no row names is Lost: a
// 5xx leaves it open whether the request was processed (user guide, "Best
// practices for handling errors"), and so does a bare 503, which a gateway may
// send after it has passed the request on.
var outcomes = []exchange.Row{
	// A 404 NoSuchKey answers an If-Match where there is no object (API
	// reference, PutObject).
	{From: 412, To: 412, Codes: []string{"NoSuchKey"}, Outcome: commit.Mismatch},
	// S3 throttles in the place of processing.
	{Is: awserr.IsThrottle, Outcome: commit.Throttled},
	// S3 asks for a new attempt (API reference, PutObject).
	{Codes: []string{"InvalidBucketState"}, Outcome: commit.Refused},
	{From: 409, To: 409, Codes: busyCodes, Outcome: commit.Busy},
	// A gateway that gave up waiting may have passed the request on.
	{Is: isGatewayTimeout, Outcome: commit.Lost},
	// The SDK would repeat these: a slow body, a wrong clock, a redirect.
	{Is: func(err error) bool {
		return awserr.IsRepeatable(err) && slices.Contains([]int{3, 4}, awserr.Status(err)/100)
	}, Outcome: commit.Busy},
	{From: 300, To: 499, Outcome: commit.Refused},
	{From: 501, To: 501, Outcome: commit.Refused},
}

// busyCodes are the errors of a write that met another one of the key.
var busyCodes = []string{"ConditionalRequestConflict", "OperationAborted"}

// isBusy reports whether S3 has asked for a new attempt to the last: another
// write of the key was always under way. That is a conflict, and the write was
// not stored.
func isBusy(err error) bool {
	return slices.Contains(busyCodes, awserr.Code(err)) && !failure.Known(err)
}

// isGatewayTimeout reports whether a 408 or 499 is not from S3 itself, whose
// own has a code.
func isGatewayTimeout(err error) bool {
	status := awserr.Status(err)
	return (status == http.StatusRequestTimeout || status == 499) && awserr.Code(err) != "RequestTimeout"
}

// errStrange is the error of a success that S3 itself would not send.
var errStrange = errors.New("the answer has a body, which an answer of S3 to a write has not")

// answer returns the result of a request that writes, for package commit.
func (o *Object) answer(err error, seen *exchange.Seen, actions string) commit.Answer {
	switch {
	case err == nil && !seen.HasBody:
		return commit.Answer{Outcome: commit.Accepted}
	case err == nil:
		return commit.Answer{Outcome: commit.Lost, Err: errStrange}
	}
	answer := commit.Answer{Outcome: seen.Outcome(outcomes, err), RetryAfter: awserr.RetryAfter(err), Err: o.said(err, actions)}
	if answer.Outcome == commit.Mismatch { // a 404 then says that there is no such revision, and not that nothing is stored
		answer.Err = failure.Said(short(err), err)
	}
	return answer
}

// meanings have the kind of each error of S3, and a hint; the first that matches
// counts. The names between braces are filled in by Bucket.filled.
var meanings = []awserr.Rule{
	{Is: func(err error) bool { return hasNoSession(err, "NoSuchBucket: ") }, Kind: awsjar.ErrNoStore,
		Hint: "check the name, and whether the bucket is in the Region of the client"},
	{Is: func(err error) bool { return hasNoSession(err, "api error AccessDenied: ") }, Kind: awsjar.ErrAccessDenied,
		Hint: "{permission}"},
	{Is: func(err error) bool { return hasNoSession(err, "https response error StatusCode: ") },
		Hint: "S3 opens no session for the directory bucket: its answer says why"},
	{Is: func(err error) bool { return awserr.HasNoCredentials(err) && !errors.Is(err, context.Canceled) }, Kind: awsjar.ErrAccessDenied,
		Hint: "there are no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run on a role"},
	{Is: func(err error) bool { return awserr.Code(err) == "" && awserr.HasNoRegion(err) }, Kind: awsjar.ErrInvalid,
		Hint: "say in which Region the bucket is: set AWS_REGION"},
	{Codes: []string{"NoSuchKey", "NoSuchVersion"}, Kind: awsjar.ErrNotFound},
	{Codes: []string{"NoSuchBucket"}, Kind: awsjar.ErrNoStore,
		Hint: "check the name, or make the bucket with: aws s3 mb {bucket}"},
	{Codes: []string{"NotFound"},
		Hint: "S3 names what is missing, and this answer does not: " + checkTheWay},
	{Codes: []string{"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}, Kind: awsjar.ErrAccessDenied,
		Hint: "the credentials have expired: renew them, for instance with: aws sso login"},
	{Codes: []string{"InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "XAdminUserNotFound"}, Kind: awsjar.ErrAccessDenied,
		Hint: "S3 does not accept the credentials: see where they come from with: aws configure list"},
	{Codes: []string{"RequestTimeTooSkewed"}, Kind: awsjar.ErrAccessDenied,
		Hint: "the clock of this machine is wrong: set it"},
	{Codes: []string{"EntityTooLarge", "MaxMessageLengthExceeded", "MetadataTooLarge"}, Kind: awsjar.ErrTooLarge},
	{Codes: []string{"InvalidArgument", "InvalidRequest"}, Text: "x-amz-checksum", Kind: awsjar.ErrUnsupported,
		Hint: checksumsHint},
	{Codes: []string{"InvalidBucketName"}, Kind: awsjar.ErrInvalid,
		Hint: bucketRule},
	{Codes: []string{"InvalidArgument", "KeyTooLongError", "InvalidURI", "XMinioInvalidResourceName"}, Kind: awsjar.ErrInvalid},
	{Statuses: []int{http.StatusMovedPermanently}, Codes: []string{"AuthorizationHeaderMalformed"}, Is: isElsewhere,
		Hint: "{region}"},
	{Codes: []string{"InvalidBucketState"}, Kind: awsjar.ErrUnsupported,
		Hint: "a bucket with Object Lock keeps its versioning"},
	{Codes: []string{"InvalidObjectState"},
		Hint: "the object is archived: restore it first with: aws s3api restore-object"},
	{Is: awserr.IsThrottle,
		Hint: "S3 is throttling this bucket or key: send fewer requests at once"},
	{Statuses: []int{http.StatusForbidden}, Text: "explicit deny in a resource-based policy", Kind: awsjar.ErrAccessDenied,
		Hint: "the bucket's policy denies it, whatever the caller's own allows. If it demands encryption, ask for that: ?sse=aws:kms&kms-key=ARN or ?sse=AES256 in a URL, Options.Encryption and KMSKeyID in a program. Else see what it demands: aws s3api get-bucket-policy"},
	{Statuses: []int{http.StatusForbidden}, Text: "explicit deny in ", Kind: awsjar.ErrAccessDenied,
		Hint: "the policy that the message names denies it, whatever the caller's own allows: ask whoever set that policy"},
	{Statuses: []int{http.StatusForbidden, http.StatusUnauthorized}, Text: "kms:", Kind: awsjar.ErrAccessDenied,
		Hint: "the caller's policy, and that of the bucket's KMS key, must allow kms:GenerateDataKey and kms:Decrypt on the key"},
	{Statuses: []int{http.StatusForbidden, http.StatusUnauthorized}, Kind: awsjar.ErrAccessDenied,
		Hint: "{permission}"},
	{Codes: []string{"NotImplemented"}, Statuses: []int{http.StatusNotImplemented}, Text: "hecksum", Kind: awsjar.ErrUnsupported,
		Hint: checksumsHint},
	{Statuses: []int{http.StatusNotImplemented}, Text: "ncryption", Kind: awsjar.ErrUnsupported,
		Hint: "the server has no such encryption: leave sse= and kms-key= out of the URL, or Options.Encryption and KMSKeyID unset"},
	{Is: isHeaderRefusal, Kind: awsjar.ErrUnsupported,
		Hint: checksumsHint + "; if it is the condition of the write, the server cannot keep this store's promises: see awsjar check"},
	{Is: func(err error) bool { return isNameless(err) && isUnknownRequest(err) }, Kind: awsjar.ErrUnsupported,
		Hint: namelessHint},
	{Is: isUnknownRequest, Kind: awsjar.ErrUnsupported},
	{Is: awserr.IsUnsent,
		Hint: "nothing answers there: check the Region (AWS_REGION), the endpoint (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL) and the network"},
	{Is: awserr.HasNoEndpoint, Hint: awserr.EndpointHint},
	{Is: func(err error) bool { return awserr.Code(err) == "" && awserr.IsCut(err) },
		Hint: "try again; if it lasts, check the proxies and the network on the way"},
	{Statuses: []int{500, 502, 503, 504},
		Hint: "S3 has failed for the moment: try again later; if it lasts, " + checkTheWay},
	{Is: isNameless, Hint: namelessHint},
}

const (
	checkTheWay  = "check the endpoint, and the proxies on the way"
	namelessHint = "S3 says what is wrong, and this answer does not: " + checkTheWay
)

// isNameless reports whether an answer has a status and no error of S3: the SDK then
// takes the words of the status for its message.
func isNameless(err error) bool {
	status := awserr.Status(err)
	return awserr.IsUnread(err) || status != 0 && awserr.Message(err) == http.StatusText(status)
}

// isUnknownRequest reports whether a server does not know a request.
func isUnknownRequest(err error) bool {
	status := awserr.Status(err)
	return status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented
}

// hasNoSession reports whether S3 has refused the session that each request to a
// directory bucket needs (API reference, CreateSession), with that in the text of
// the error: the SDK keeps no more of it.
func hasNoSession(err error, text string) bool {
	return awserr.HasNoCredentials(err) && strings.Contains(err.Error(), "operation error S3: CreateSession, ") &&
		strings.Contains(err.Error(), text)
}

// checksumsHint is about servers that refuse the header x-amz-checksum-crc32.
const checksumsHint = "the server refuses a header of the request: if it is the checksum, switch that off with ?checksums=when-required in a URL or AWS_REQUEST_CHECKSUM_CALCULATION=when_required in the environment"

// isHeaderRefusal reports whether a server does not know a header of a request:
// "A header you provided implies functionality that is not implemented".
func isHeaderRefusal(err error) bool {
	status := awserr.Status(err)
	return (status == http.StatusNotImplemented || status == http.StatusBadRequest && awserr.Code(err) == "NotImplemented") &&
		strings.Contains(awserr.Message(err), "header")
}

// isElsewhere reports whether the bucket is in another Region.
func isElsewhere(err error) bool {
	return awserr.Status(err) == http.StatusBadRequest && awserr.Header(err, regionHeader) != ""
}

// regionHeader names the Region of the bucket (API reference, HeadBucket).
const regionHeader = "X-Amz-Bucket-Region"
