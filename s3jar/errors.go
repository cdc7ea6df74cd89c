package s3jar

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/failure"
)

// An error of a request gets its kind, its text and its hint where the request
// is made, by said; the place is added by the public methods, by at.

// at names the object in an error.
func (o *Object) at(err error) error {
	if err == nil {
		return nil // without making the name of the place
	}
	return failure.At(o.target(), err)
}

// during names the bucket and the call in an error, for a method that no Jar
// calls. The place is the bucket, also where an error is about a scratch
// object in it.
func (b *Bucket) during(op string, err error) error {
	known, ok := errors.AsType[*awsjar.Error](failure.At(b.String(), err))
	if !ok {
		return nil
	}
	return &awsjar.Error{Op: op, Target: b.String(), Hint: known.Hint, Err: known.Err}
}

// withoutHint returns the error that a hint was added to.
func withoutHint(err error) error {
	if known, ok := err.(*awsjar.Error); ok {
		return known.Err
	}
	return err
}

// invalid is an [awsjar.ErrInvalid] with a hint.
func invalid(hint, format string, args ...any) error {
	return failure.Hinted(hint, fmt.Errorf("%w: "+format, append([]any{awsjar.ErrInvalid}, args...)...))
}

// said returns the error of a request about the object. actions are those that a
// policy must allow for it.
func (o *Object) said(err error, actions string) error { return o.bucket.said(err, o.key, actions) }

// said returns the error of a request with the sentinel of its kind, a short
// text, and a hint. key is "" for a request about the bucket.
func (b *Bucket) said(err error, key, actions string) error {
	if err == nil {
		return nil
	}
	rule, _ := awserr.Match(meanings, err)
	kind := rule.Kind
	if failure.Known(err) {
		kind = nil
	}
	text := short(err)
	switch kind {
	case nil:
	case awsjar.ErrNotFound: // the sentinel says it all
		text = kind.Error()
	case awsjar.ErrNoStore:
		text = "the bucket does not exist: " + text
	default:
		text = kind.Error() + ": " + text
	}
	return failure.Hinted(b.filled(rule.Hint, key, actions, err), failure.Said(text, kind, err))
}

// short is the text of an error without the ids of requests, the number of
// attempts and the URL that the SDK puts around its cause.
func short(err error) string {
	operation, ok := errors.AsType[*smithy.OperationError](err)
	if !ok {
		return err.Error()
	}
	text := awserr.Short(operation.Operation(), operation)
	if message := awserr.Message(operation); message != "" {
		text += ": " + message
	}
	return strings.Replace(err.Error(), operation.Error(), text, 1)
}

// filled fills in the parts that a hint leaves open.
func (b *Bucket) filled(hint, key, actions string, err error) string {
	switch hint {
	case "{region}":
		region := awserr.Header(err, regionHeader)
		if region == "" {
			return "the bucket is in another Region: make the client for that one"
		}
		return "the bucket is in " + region + ": make the client for that Region, for instance with AWS_REGION=" + region
	case "{permission}":
		return b.permission(key, actions)
	}
	return strings.ReplaceAll(hint, "{bucket}", b.whole())
}

// permission is the hint on the actions that a policy must allow.
func (b *Bucket) permission(key, actions string) string {
	hint := "the caller's policy must allow " + actions + " on " + b.resource(key)
	switch {
	case b.isDirectory(): // where the session allows all of them (API reference, CreateSession)
		hint = "the caller's policy must allow s3express:CreateSession on " + b.whole()
	case key != "" && strings.Contains(actions, "s3:Get"):
		hint += "; without s3:ListBucket on " + b.resource("") + " a key that does not exist gives this error too"
	}
	if b.opts.ExpectedOwner != "" {
		hint += "; and account " + b.opts.ExpectedOwner + " must own the bucket"
	}
	return hint
}
