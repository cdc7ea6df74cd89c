package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/failure"
)

// After an update AWS Lambda takes a second or two, in a VPC up to a minute,
// until it accepts the next one and until the RevisionId is final (Lambda
// Developer Guide, "Lambda function states"). The waits between two reads are
// random up to a ceiling that doubles: all programs of an account share 15
// requests a second.
const (
	firstPause = time.Second
	maxPause   = 2 * time.Second

	// patience is how many reads in a row may fail once a read has shown that
	// an update is in progress.
	patience = 3
	// longest is how long one wait for an update may take.
	longest = 5 * time.Minute
)

// settled returns the configuration as soon as no update of the function is in
// progress, or enough is true of it. It begins with cur, or with a read if that
// is nil.
func (f *function) settled(ctx context.Context, cur *configuration, enough func(*configuration) bool, optFns ...func(*lambda.Options)) (*configuration, error) {
	began, failures := time.Now(), 0
	for looks := 0; ; looks++ {
		var err error
		if cur == nil {
			cur, err = f.read(ctx, optFns...)
		}
		decided := err == nil && enough(cur)
		switch {
		case decided, err == nil && !cur.busy(looks):
			return cur, nil
		case err == nil:
			failures = 0
			f.log(ctx, "an update of the function is in progress; waiting", "looks", looks+1)
		case looks > 0 && ctx.Err() != nil:
			return nil, f.stillWaiting(ctx.Err())
		case failures == patience-1, looks == 0, isLasting(err):
			return nil, err
		default:
			failures++
		}
		if time.Since(began) > longest {
			return nil, f.stillWaiting(fmt.Errorf("after %v", longest))
		}
		if !commit.Pause(ctx, looks, f.firstPause, f.maxPause) {
			return nil, f.stillWaiting(ctx.Err())
		}
		cur = nil
	}
}

// never is true of no configuration: a wait for it ends when the update has.
func never(*configuration) bool { return false }

// stillWaiting is the error of a wait that ended too early.
func (f *function) stillWaiting(err error) error {
	return failure.Hinted("see what it waits for: aws lambda get-function-configuration --function-name "+f.name+
		" --query '[State,LastUpdateStatus,LastUpdateStatusReason]'",
		fmt.Errorf("an update of the function is still in progress: %w", err))
}

// isLasting reports whether a read that failed would fail again.
func isLasting(err error) bool {
	for _, kind := range []error{awsjar.ErrNotFound, awsjar.ErrAccessDenied, awsjar.ErrInvalid, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
