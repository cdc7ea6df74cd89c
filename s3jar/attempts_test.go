package s3jar_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// quickly keeps the SDK's attempts, and takes away the time between them.
func quickly(o *s3.Options) {
	o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}

// lastAnswers are those that hide the fate of the attempt before them.
var lastAnswers = map[string]awsfake.Fault{
	"403":            {Code: "AccessDenied"},
	"SlowDown":       {Code: "SlowDown", Times: -1},
	"expired":        {Code: "ExpiredToken"},
	"no such bucket": {Code: "NoSuchBucket"},
}

// TestLostAttempt: the SDK repeats a request without a condition, and its
// last answer hides the fate of the first attempt.
func TestLostAttempt(t *testing.T) {
	t.Parallel()
	for op, call := range map[string]func(context.Context, *s3jar.Object) error{
		"PutObject": func(ctx context.Context, o *s3jar.Object) error {
			_, err := o.Save(ctx, []byte(`2`), awsjar.Any)
			return err
		},
		"DeleteObject": func(ctx context.Context, o *s3jar.Object) error { return o.Delete(ctx, awsjar.Any) },
	} {
		for name, last := range lastAnswers {
			for _, c := range []struct {
				name  string
				fault awsfake.Fault
				want  error
			}{
				{"answer lost", awsfake.Fault{Op: op, Drop: true, After: true}, nil},
				{"request lost", awsfake.Fault{Op: op, Drop: true}, awsjar.ErrUncertain},
			} {
				t.Run(op+", "+c.name+", "+name, func(t *testing.T) {
					srv := newServer(t)
					object := s3jar.NewBucket(newClient(srv, quickly), bucketName).Object(keyName)
					save(t, object, `1`, awsjar.Any)
					srv.Inject(c.fault)
					last.Op = op
					srv.Inject(last)
					if err := call(within(t), object); !errors.Is(err, c.want) {
						t.Errorf("got %v; want %v", err, c.want)
					}
				})
			}
			t.Run(op+", nothing lost, "+name, func(t *testing.T) {
				srv := newServer(t)
				object := s3jar.NewBucket(newClient(srv, quickly), bucketName).Object(keyName)
				last.Op = op
				srv.Inject(last)
				if err := call(within(t), object); err == nil || errors.Is(err, awsjar.ErrUncertain) {
					t.Errorf("got %v; want a plain error", err)
				}
			})
		}
		t.Run(op+", lost, reading denied", func(t *testing.T) {
			srv := newServer(t)
			object := s3jar.NewBucket(newClient(srv, quickly), bucketName).Object(keyName)
			srv.Inject(awsfake.Fault{Op: op, Drop: true, After: true})
			srv.Inject(awsfake.Fault{Op: op, Code: "AccessDenied"})
			srv.Deny("HeadObject", "", "")
			mustBe(t, call(within(t), object), awsjar.ErrUncertain)
		})
	}
}

// TestNeverSent: an error from before the first attempt leaves nothing
// uncertain.
func TestNeverSent(t *testing.T) {
	srv := newServer(t)
	client := newClient(srv, func(o *s3.Options) { o.Region, o.BaseEndpoint = "", nil })
	object := s3jar.NewBucket(client, bucketName).Object(keyName)
	for _, replaces := range []awsjar.Revision{awsjar.Any, awsjar.None, `"x"`} {
		_, err := object.Save(within(t), []byte(`1`), replaces)
		if err == nil || errors.Is(err, awsjar.ErrUncertain) {
			t.Errorf("Save over %q: %v; want a plain error", replaces, err)
		}
	}
	if err := object.Delete(within(t), awsjar.Any); err == nil || errors.Is(err, awsjar.ErrUncertain) {
		t.Errorf("Delete: %v; want a plain error", err)
	}
}

// cancelsAfterPut ends the context once a PUT was answered.
type cancelsAfterPut struct {
	*s3.Client
	cancel context.CancelFunc
}

func (c cancelsAfterPut) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	defer c.cancel()
	return c.Client.PutObject(ctx, in, optFns...)
}

// TestCancelledWait: a call that ends between attempts that S3 refused has
// stored nothing.
func TestCancelledWait(t *testing.T) {
	srv := newServer(t)
	srv.Inject(awsfake.Fault{Op: "PutObject", Code: "SlowDown", Times: -1})
	for _, replaces := range []awsjar.Revision{awsjar.Any, awsjar.None} {
		ctx, cancel := context.WithCancel(within(t))
		_, err := s3jar.NewBucket(cancelsAfterPut{newClient(srv), cancel}, bucketName).Object(keyName).Save(ctx, []byte(`1`), replaces)
		mustBe(t, err, context.Canceled)
		if errors.Is(err, awsjar.ErrUncertain) {
			t.Errorf("got %v; nothing was stored", err)
		}
	}
}
