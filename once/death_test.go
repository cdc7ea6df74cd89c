package once

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/mortal"
	"github.com/awsjar/awsjar/s3jar"
)

// TestKilledAtEachRequest: a program is killed at each of its requests, before
// or after the server has carried it out. The next program, after the time of
// the run, finds a claim that it understands: nothing runs twice at most once,
// and at least once everything runs to its end.
func TestKilledAtEachRequest(t *testing.T) {
	for _, mode := range []Mode{AtLeastOnce, AtMostOnce} {
		for _, after := range []bool{false, true} {
			for at := int64(1); at <= 3; at++ {
				t.Run(fmt.Sprintf("mode %d, request %d, after %v", mode, at, after), func(t *testing.T) {
					t.Parallel()
					killed(t, mode, at, after)
				})
			}
		}
	}
}

func killed(t *testing.T, mode Mode, at int64, after bool) {
	now := time.Now()
	aws := awsfake.NewServer(t, func(o *awsfake.Options) { o.Now = func() time.Time { return now } })
	if err := aws.CreateBucket("state"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := &mortal.Network{Client: aws.HTTPClient(), At: at, After: after, Ends: cancel}
	effects := 0
	run := func(ctx context.Context) (int, error) {
		if ctx.Err() == nil {
			effects++
		}
		return effects, ctx.Err()
	}
	options := func(o *Options) { o.Mode, o.TTL = mode, time.Minute }
	dying := s3jar.NewBucket(s3.NewFromConfig(aws.Config(), func(o *s3.Options) { o.HTTPClient = m }), "state").Object("message")
	_, _ = Do(ctx, dying, run, options)

	now = now.Add(2 * time.Minute)
	object := s3jar.NewBucket(s3.NewFromConfig(aws.Config()), "state").Object("message")
	result, err := Do(t.Context(), object, run, options)
	switch {
	case mode == AtLeastOnce && (err != nil || effects == 0 || effects > 2):
		t.Errorf("at least once, killed at request %d, after %v: %d effects, result %d, %v", at, after, effects, result, err)
	case mode == AtMostOnce && (effects > 1 || err != nil && !errors.Is(err, ErrInDoubt) || err == nil && effects != 1):
		t.Errorf("at most once, killed at request %d, after %v: %d effects, result %d, %v", at, after, effects, result, err)
	}
}
