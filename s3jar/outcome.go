package s3jar

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// outcome is what the error of one request that writes says about it.
type outcome int

const (
	lost      outcome = iota // nobody knows whether it was done
	refused                  // not done, and it would not be the next time
	mismatch                 // not done: its condition did not hold
	throttled                // not done, as AWS says; other servers may differ
	busy                     // not done, but it may be the next time
)

// outcomeOf judges by S3's answer. A 5xx leaves it open whether the request
// was processed (user guide, "Best practices for handling errors"), but for
// the throttling codes, which S3 sends instead of processing it. A 404
// NoSuchKey answers an If-Match where there is no object; a 409
// ConditionalRequestConflict asks for a new attempt (API reference,
// PutObject).
func outcomeOf(err error) outcome {
	code, status := answer(err)
	repeatable := retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
	_, isThrottle := retry.DefaultThrottleErrorCodes[code]
	switch {
	case noCredentials(err):
		return refused
	case status == http.StatusPreconditionFailed, code == "NoSuchKey":
		return mismatch
	case isThrottle:
		return throttled
	case code == "ConditionalRequestConflict":
		return busy
	case repeatable && (unsent(err) || status >= 300 && status < 500):
		return busy
	case unsent(err), status >= 300 && status < 500, status == http.StatusNotImplemented:
		return refused
	}
	return lost
}

// unsent reports whether an error certainly came before the request was sent:
// there was no connection.
func unsent(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns) || errors.As(err, &certificate)
}

// noCredentials reports whether there were no credentials to sign the request
// with. It knows the SDK's error by its text, for it has no type.
func noCredentials(err error) bool {
	var op *smithy.OperationError
	return errors.As(err, &op) && op.Err != nil && strings.HasPrefix(op.Err.Error(), "get identity: ")
}

// noRegion reports whether the client has no Region, which the SDK tells by
// the text of an error from before the request.
func noRegion(err error) bool {
	var op *smithy.OperationError
	return errors.As(err, &op) && op.Err != nil &&
		(strings.Contains(op.Err.Error(), "Missing Region") || strings.Contains(op.Err.Error(), "A region must be set"))
}
