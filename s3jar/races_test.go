package s3jar_test

import (
	"context"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// TestCheckFindsRaces: a server that refuses a condition that does not hold,
// but only where nobody else writes, is racy.
func TestCheckFindsRaces(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	setVersioning(t, srv, "Enabled")
	found, err := s3jar.NewBucket(racing{newClient(srv), newWave(2, 2)}, bucketName).Check(within(t))
	mustBe(t, err, awsjar.ErrUnsupported)
	want := s3jar.Capabilities{Create: s3jar.SupportRacy, Replace: s3jar.SupportRacy, Delete: s3jar.SupportHonoured, Versions: true, Rounds: 1}
	if found != want {
		t.Errorf("Check found %+v; want %+v", found, want)
	}
	mustBeClean(t, srv)
}

// TestCheckRounds: as many rounds as the option says, and each sends 5
// or 13 requests, by turns, to a bucket without versions.
func TestCheckRounds(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t)
	for rounds, want := range map[int]int{-1: 0, 1: 5, 2: 5 + 13, 3: 5 + 13 + 5} {
		srv.ResetRequests()
		found, err := bucket.Check(within(t), func(o *s3jar.CheckOptions) { o.Rounds = rounds })
		if err != nil || found.Rounds != max(rounds, 0) {
			t.Errorf("%d rounds: %+v, %v", rounds, found, err)
		}
		if n := len(ops(srv)); n != 7+want {
			t.Errorf("%d rounds: %d requests; want %d", rounds, n, 7+want)
		}
	}
	mustBeClean(t, srv)
}

// TestCheckEnds: the context ends the rounds too.
func TestCheckEnds(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx, cancel := context.WithCancel(within(t))
	client := &ending{Client: newClient(srv), end: cancel}
	client.after.Store(40)
	_, err := s3jar.NewBucket(client, bucketName).Check(ctx)
	mustBe(t, err, context.Canceled)
	if n := len(ops(srv)); n > 60 {
		t.Errorf("%d requests", n)
	}
}

// TestCheckThrottled: a round in which no write of a condition was stored says
// nothing of that condition, and is not counted.
func TestCheckThrottled(t *testing.T) {
	t.Parallel()
	const alone = 4 // the PUTs before the rounds
	for name, skip := range map[string]int{"the creates": alone, "the replacements": alone + 2} {
		srv, bucket := newServerBucket(t)
		srv.Inject(awsfake.Fault{Op: "PutObject", Skip: skip, Times: 2, Code: "SlowDown"})
		found, err := bucket.Check(within(t), func(o *s3jar.CheckOptions) { o.Rounds = 2 })
		if err != nil || found.Rounds != 1 {
			t.Errorf("%s of the first of two rounds are throttled: %+v, %v; want one round", name, found, err)
		}
	}
}
