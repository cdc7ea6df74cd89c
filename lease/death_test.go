package lease

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/mortal"
	"github.com/awsjar/awsjar/s3jar"
)

// TestKilledAtEachRequest: a program is killed at each of its requests, before
// or after the server has carried it out. The lease is free at once if nothing
// was stored or the release was, and after the TTL in any case; tokens grow.
func TestKilledAtEachRequest(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := int64(1); at <= 5; at++ { // GET, PUT: acquire; PUT: renew; PUT: release; alive
			t.Run(fmt.Sprintf("request %d, after %v", at, after), func(t *testing.T) {
				t.Parallel()
				killed(t, at, after)
			})
		}
	}
}

func killed(t *testing.T, at int64, after bool) {
	now := time.Now()
	fake := awsfake.NewServer(t, func(o *awsfake.Options) { o.Now = func() time.Time { return now } })
	if err := fake.CreateBucket("state"); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	m := &mortal.Network{Client: fake.HTTPClient(), At: at, After: after, Ends: end}
	bucket := func(do aws.HTTPClient) *s3jar.Bucket {
		return s3jar.NewBucket(s3.NewFromConfig(fake.Config(), func(o *s3.Options) { o.HTTPClient = do; o.Retryer = aws.NopRetryer{} }), "state")
	}
	var first uint64
	if held, err := New(bucket(m).Object("job.lease")).TryAcquire(ctx); err == nil {
		first = held.Token()
		_ = held.Renew(ctx)
		_ = held.Release(ctx)
	}
	object := bucket(fake.HTTPClient()).Object("job.lease")
	free := at == 1 || at == 2 && !after || at == 4 && after || at == 5
	held, err := New(object).TryAcquire(t.Context())
	if free != (err == nil) || err != nil && !errors.Is(err, ErrHeld) {
		t.Errorf("%v, want free %v", err, free)
	}
	if err != nil {
		now = now.Add(time.Minute + 3*time.Second + 3*time.Second)
		if held, err = New(object).TryAcquire(t.Context()); err != nil {
			t.Errorf("after the TTL: %v", err)
			return
		}
	}
	if held.Token() <= first {
		t.Errorf("token %d after %d", held.Token(), first)
	}
}
