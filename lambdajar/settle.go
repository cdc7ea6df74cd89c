package lambdajar

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
)

// After an update AWS Lambda takes a second or two, in a VPC up to a minute,
// until it accepts the next one and until the RevisionId is final (Lambda
// Developer Guide, "Lambda function states"). The waits between two looks are
// random up to a ceiling that doubles: all programs of an account share 15
// requests a second.
const (
	firstPause = 500 * time.Millisecond
	maxPause   = 2 * time.Second

	// patience is how many reads in a row may fail once a call has begun to
	// wait or has sent something.
	patience = 3
	// statusless is how many reads may come without a status before it is
	// taken that there will be none.
	statusless = 4
)

// settled returns the configuration as soon as no update is in progress, or it
// shows that the change is done. With cur == nil it reads first.
func (s *Store) settled(ctx context.Context, c *change, cur *configuration) (*configuration, error) {
	failures := 0
	for looks := 0; ; looks++ {
		if cur == nil {
			var err error
			if cur, err = s.read(ctx); err != nil {
				failures++
				switch first := looks == 0 && c.base == nil; {
				case looks > 0 && ctx.Err() != nil:
					return nil, s.stillWaiting(ctx.Err())
				case first || failures == patience || !passing(err):
					return nil, err
				}
			}
		}
		if cur != nil {
			if !cur.busy(looks) || c.done(cur) {
				return cur, nil
			}
			failures = 0
			s.log(ctx, "an update of the function is in progress; waiting", "looks", looks+1)
		}
		if err := s.pause(ctx, looks); err != nil {
			return nil, s.stillWaiting(err)
		}
		cur = nil
	}
}

// stillWaiting is the error of a context that ended meanwhile.
func (s *Store) stillWaiting(err error) error {
	return s.fail(&awsjar.Error{
		Hint: "see what it waits for: aws lambda get-function-configuration --function-name " + s.function +
			" --query '[State,LastUpdateStatus,LastUpdateStatusReason]'",
		Err: &described{"an update of the function is still in progress: " + err.Error(), []error{err}},
	})
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

// passing reports whether a read that failed may succeed if repeated.
func passing(err error) bool {
	for _, lasting := range []error{awsjar.ErrNotFound, awsjar.ErrAccessDenied, awsjar.ErrInvalid, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, lasting) {
			return false
		}
	}
	return true
}

// pause waits, longer the more pauses were before, or until the context ends:
// then it returns the context's error.
func (s *Store) pause(ctx context.Context, before int) error {
	timer := time.NewTimer(rand.N(min(s.firstPause<<min(before, 16), maxPause)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
