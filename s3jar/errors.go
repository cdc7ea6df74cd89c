package s3jar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar"
)

// answer returns the code and the HTTP status of an error that S3 answered;
// without an answer they are "" and 0.
func answer(err error) (code string, status int) {
	var api smithy.APIError
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
	}
	return code, status
}

// header returns a header of the answer that an error came with.
func header(err error, name string) string {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil {
		return response.Response.Header.Get(name)
	}
	return ""
}

// isAbsent reports whether the code says that there is no object: a GET is
// answered NoSuchKey, a HEAD NotFound.
func isAbsent(code string) bool { return code == "NoSuchKey" || code == "NotFound" }

// ended adds the context's error to another one that it may have caused.
func ended(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// uncertain is the error for a write of which nobody can tell whether it was
// stored.
func uncertain(ctx context.Context, err error) error {
	return fmt.Errorf("%w: %w", awsjar.ErrUncertain, ended(ctx, err))
}

func (o *Object) explain(err error, actions string) error {
	if err == nil {
		return nil
	}
	if o == nil {
		o = &Object{}
	}
	return o.bucket.explainFor(o.target(), o.key, actions, err)
}

func (b *Bucket) explain(err error, actions string) error {
	if b == nil {
		b = &Bucket{}
	}
	return b.explainFor(b.String(), "", actions, err)
}

// during is explain for a call that no Jar names: it sets Op too. The place
// is the bucket, also where an error tells of a scratch object in it.
func (b *Bucket) during(op, actions string, err error) error {
	if err == nil {
		return nil
	}
	var known *awsjar.Error
	if !errors.As(err, &known) {
		errors.As(b.explain(err, actions), &known)
	}
	return &awsjar.Error{Op: op, Target: b.String(), Hint: known.Hint, Err: known.Err}
}

// explainList is explain for a call that lists the bucket: what it needs is
// asked for on the bucket, not on the key.
func (o *Object) explainList(err error, actions string) error {
	if o == nil {
		o = &Object{}
	}
	return o.bucket.explainFor(o.target(), "", actions, err)
}

// explainFor makes an [awsjar.Error] of an error: with the sentinel that says
// what kind it is, if it does not wrap one already, and a hint. actions are
// what a policy must allow for the call.
func (b *Bucket) explainFor(target, key, actions string, err error) error {
	if err == nil {
		return nil
	}
	hint, kind := meaning(err)
	var own *told
	if errors.As(err, &own) && own.hint != "" {
		hint = own.hint
	}
	if kind != nil && !isKnown(err) {
		err = fmt.Errorf("%w: %w", kind, err)
	}
	if hint == "" || errors.Is(err, awsjar.ErrUncertain) {
		hint = b.hint(key, actions, err)
	}
	return &awsjar.Error{Target: target, Hint: hint, Err: shortened(err)}
}

// isKnown reports whether an error wraps a sentinel already.
func isKnown(err error) bool {
	for _, kind := range []error{
		awsjar.ErrNotFound, awsjar.ErrConflict, awsjar.ErrUncertain, awsjar.ErrTooLarge,
		awsjar.ErrCorrupt, awsjar.ErrAccessDenied, awsjar.ErrUnsupported, awsjar.ErrInvalid,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// meaning returns the sentinel for S3's error code, and the hint where it
// does not depend on the call.
func meaning(err error) (hint string, kind error) {
	code, status := answer(err)
	switch {
	case noCredentials(err) && !errors.Is(err, context.Canceled):
		return "there are no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run on a role", awsjar.ErrAccessDenied
	case code == "" && noRegion(err):
		return "say in which Region the bucket is: set AWS_REGION", awsjar.ErrInvalid
	}
	switch code {
	case "NoSuchKey", "NoSuchVersion", "NotFound":
		return "", awsjar.ErrNotFound
	case "NoSuchBucket":
		return "", awsjar.ErrNoStore
	case "PreconditionFailed", "ConditionalRequestConflict":
		return "", awsjar.ErrConflict
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
		return "the credentials have expired: renew them, for instance with: aws sso login", awsjar.ErrAccessDenied
	case "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "XAdminUserNotFound":
		return "S3 does not accept the credentials: see who they are with: aws sts get-caller-identity", awsjar.ErrAccessDenied
	case "RequestTimeTooSkewed":
		return "the clock of this machine is wrong: set it", awsjar.ErrAccessDenied
	case "EntityTooLarge", "MaxMessageLengthExceeded":
		return "", awsjar.ErrTooLarge
	case "InvalidArgument", "InvalidBucketName", "KeyTooLongError", "InvalidURI":
		return "", awsjar.ErrInvalid
	case "InvalidBucketState":
		return "a bucket with Object Lock keeps its versioning", awsjar.ErrUnsupported
	case "InvalidObjectState":
		return "the object is archived: restore it first with: aws s3api restore-object", nil
	}
	switch status {
	case http.StatusForbidden, http.StatusUnauthorized:
		return "", awsjar.ErrAccessDenied
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return "", awsjar.ErrUnsupported
	}
	return "", nil
}

// hint returns the hint that depends on the call.
func (b *Bucket) hint(key, actions string, err error) string {
	code, status := answer(err)
	region := header(err, "X-Amz-Bucket-Region")
	switch {
	case errors.Is(err, awsjar.ErrUncertain):
		return "load the value and decide: a blind repetition may apply a change twice"
	case errors.Is(err, errHolds):
		return "some servers take a delete marker for an object: remove the marker, or store the value once without a condition, with Put"
	case errors.Is(err, awsjar.ErrConflict):
		return "load the value again and decide, or use Update"
	case unsent(err):
		return "nothing answers there: check the Region (AWS_REGION), the endpoint (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL) and the network"
	case code == "" && isCut(err):
		return "try again; if it lasts, check the proxies and the network on the way"
	case code == "NoSuchBucket":
		return "check the name, or make the bucket with: aws s3 mb " + b.String()
	case status == http.StatusMovedPermanently, code == "AuthorizationHeaderMalformed", status == http.StatusBadRequest && region != "":
		if region == "" {
			return "the bucket is in another Region: make the client for that one"
		}
		return "the bucket is in " + region + ": make the client for that Region, for instance with AWS_REGION=" + region
	case status == http.StatusForbidden:
		return b.permission(key, actions, err)
	case code == "SlowDown":
		return "S3 is throttling this bucket or key: send fewer requests at once"
	}
	return ""
}

// permission says what a policy must allow.
func (b *Bucket) permission(key, actions string, err error) string {
	if strings.Contains(err.Error(), "kms:") {
		return "the caller's policy, and that of the bucket's KMS key, must allow kms:GenerateDataKey and kms:Decrypt on the key"
	}
	hint := "the caller's policy must allow " + actions + " on " + b.resource(key)
	if key != "" && strings.Contains(actions, "s3:Get") {
		hint += "; without s3:ListBucket on " + b.resource("") + " a key that does not exist gives this error too"
	}
	if b.opts.ExpectedOwner != "" {
		hint += "; and account " + b.opts.ExpectedOwner + " must own the bucket"
	}
	return hint
}
