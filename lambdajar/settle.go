package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// After an update AWS Lambda takes a second or two, in a VPC up to a minute,
// until it accepts the next one and until the RevisionId is final (Lambda
// Developer Guide, "Lambda function states"). The waits between two reads are
// random up to a ceiling that doubles: all programs of an account share 15
// requests a second.
const (
	firstPause = 500 * time.Millisecond
	maxPause   = 2 * time.Second

	// patience is how many reads in a row may fail once a read has shown that
	// an update is in progress.
	patience = 3
	// statusless is how many reads may come without a status before it is
	// taken that there will be none.
	statusless = 4
	// longest is how long one wait for an update may take.
	longest = 5 * time.Minute
)

// settled returns the configuration as soon as no update of the function is in
// progress, or enough is true of it. It begins with cur, or with a read if that
// is nil.
func (s *Store) settled(ctx context.Context, cur *configuration, enough func(*configuration) bool, optFns ...func(*lambda.Options)) (*configuration, error) {
	began, failures := time.Now(), 0
	for looks := 0; ; looks++ {
		var err error
		if cur == nil {
			cur, err = s.read(ctx, optFns...)
		}
		decided := err == nil && enough(cur)
		switch {
		case decided, err == nil && !cur.busy(looks):
			return cur, nil
		case err == nil:
			failures = 0
			s.log(ctx, "an update of the function is in progress; waiting", "looks", looks+1)
		case looks > 0 && ctx.Err() != nil:
			return nil, s.stillWaiting(ctx.Err())
		case failures == patience-1, looks == 0, isLasting(err):
			return nil, err
		default:
			failures++
		}
		if time.Since(began) > longest {
			return nil, s.stillWaiting(fmt.Errorf("after %v", longest))
		}
		if err := s.pause(ctx, looks); err != nil {
			return nil, s.stillWaiting(err)
		}
		cur = nil
	}
}

// stillWaiting is the error of a wait that ended too early.
func (s *Store) stillWaiting(err error) error {
	return failure.Hinted("see what it waits for: aws lambda get-function-configuration --function-name "+s.function+
		" --query '[State,LastUpdateStatus,LastUpdateStatusReason]'",
		fmt.Errorf("an update of the function is still in progress: %w", err))
}

// busy reports whether AWS would refuse an update now, judging by this look
// and by how many were before.
func (c *configuration) busy(looks int) bool {
	switch {
	case c.state == types.StatePending, c.status == types.LastUpdateStatusInProgress:
		return true
	case c.status == "" && c.state != "":
		return looks < statusless // AWS leaves it out now and then, with SnapStart for instance
	}
	return false
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

// pause waits, longer the more pauses were before, or until the context ends:
// then it returns the context's error.
func (s *Store) pause(ctx context.Context, before int) error {
	timer := time.NewTimer(rand.N(min(s.firstPause<<min(before, 16), s.maxPause)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
