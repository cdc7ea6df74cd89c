package lambdajar_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/s3jar"
)

// TestOverflowBroken: the value that a pointer points to is gone or was changed.
// That is never an empty state, the place is named, and every kind of write
// repairs it.
func TestOverflowBroken(t *testing.T) {
	t.Parallel()
	damages := map[string]func(srv *awsfake.Server, key string){
		"gone":      func(srv *awsfake.Server, key string) { srv.DeleteObject(bucketName, key) },
		"changed":   func(srv *awsfake.Server, key string) { srv.PutObject(bucketName, key, []byte(noise(9)), nil) },
		"shortened": func(srv *awsfake.Server, key string) { srv.PutObject(bucketName, key, []byte(noise(1)[1:]), nil) },
	}
	repairs := map[string]func(*lambdajar.Store, awsjar.Revision) (string, error){
		"the same": func(s *lambdajar.Store, _ awsjar.Revision) (string, error) {
			_, err := s.Save(context.Background(), []byte(noise(1)), awsjar.Any)
			return noise(1), err
		},
		"another, conditionally": func(s *lambdajar.Store, revision awsjar.Revision) (string, error) {
			_, err := s.Save(context.Background(), []byte(noise(2)), revision)
			return noise(2), err
		},
		"a small one": func(s *lambdajar.Store, revision awsjar.Revision) (string, error) {
			_, err := s.Save(context.Background(), []byte("2"), revision)
			return "2", err
		},
	}
	for damage, do := range damages {
		for repair, save := range repairs {
			srv := newOverflowServer(t)
			s := newOverflowing(srv)
			saved := mustSave(t, s, noise(1))
			key := pointedTo(t, srv)
			do(srv, key)
			data, meta, err := s.Load(within(t))
			if !errors.Is(err, awsjar.ErrCorrupt) || errors.Is(err, awsjar.ErrNotFound) || data != nil || meta.Revision != saved.Revision {
				t.Errorf("%s: Load: %d bytes, %q, %v; want ErrCorrupt and the revision", damage, len(data), meta.Revision, err)
			}
			var known *awsjar.Error
			if !errors.As(err, &known) || known.Target != s.String() || known.Hint == "" || !strings.Contains(err.Error(), "s3://"+bucketName+"/"+key) {
				t.Errorf("%s: %v does not name the place, or has no hint", damage, err)
			}
			if _, err := awsjar.New[int](s).Get(within(t)); !errors.Is(err, awsjar.ErrCorrupt) {
				t.Errorf("%s: Get: %v; want ErrCorrupt", damage, err)
			}
			want, err := save(s, meta.Revision)
			if err != nil {
				t.Errorf("%s, repaired by %s: %v", damage, repair, err)
			}
			mustLoad(t, s, want)
		}
	}
}

// TestOverflowReplacedWhileRead: others replace the value twice, so that its
// place is removed, between the reader's two reads.
func TestOverflowReplacedWhileRead(t *testing.T) {
	t.Parallel()
	for name, hide := range map[string]bool{"404": false, "403": true} {
		srv := newOverflowServer(t)
		reader, writer := newOverflowing(srv), newOverflowing(srv)
		mustSave(t, writer, noise(1))
		srv.SetS3(awsfake.S3Trouble{HideMissingKeys: hide})
		next := uint64(1)
		twice := func() {
			for range 2 {
				next++
				mustSave(t, writer, noise(next))
			}
		}
		srv.Inject(awsfake.Fault{Op: "GetObject", Hook: twice})
		meta := mustLoad(t, reader, noise(3))
		if _, err := reader.Save(within(t), []byte("small"), meta.Revision); err != nil {
			t.Errorf("%s: the revision that came with the value: %v", name, err)
		}
		mustSave(t, writer, noise(100))
		always := srv.Inject(awsfake.Fault{Op: "GetObject", Times: -1, Hook: twice})
		_, _, err := reader.Load(within(t))
		if err == nil || errors.Is(err, awsjar.ErrCorrupt) || errors.Is(err, awsjar.ErrNotFound) || always.Fired() != 5 {
			t.Errorf("%s: Load while others write without end: %v, after %d tries", name, err, always.Fired())
		}
	}
}

// TestOverflowFailedUpdate: AWS accepts an update and returns to the
// configuration before when it fails later. The value that this one points to is
// still there.
func TestOverflowFailedUpdate(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*lambdajar.Store) error{
		"Save": func(s *lambdajar.Store) error {
			_, err := s.Save(context.Background(), []byte(noise(3)), awsjar.Any)
			return err
		},
		"Shrink": func(s *lambdajar.Store) error {
			_, err := s.Save(context.Background(), []byte("3"), awsjar.Any)
			return err
		},
		"Delete": func(s *lambdajar.Store) error { return s.Delete(context.Background(), awsjar.Any) },
	} {
		srv := newOverflowServer(t)
		s := newOverflowing(srv)
		mustSave(t, s, noise(1))
		mustSave(t, s, noise(2))
		srv.FailUpdate(fn, "KMSKeyAccessDenied", "KMS key access denied.")
		if err := call(s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s.Usage(within(t)) // settles it
		if _, _, err := s.Load(within(t)); !errors.Is(err, lambdajar.ErrUndone) {
			t.Errorf("%s: a Load after it was undone: %v; want ErrUndone, once", name, err)
		}
		mustLoad(t, s, noise(2))
		before := places(t, srv)
		mustSave(t, s, noise(4))
		mustLoad(t, s, noise(4))
		if got := places(t, srv); len(got) != len(before)+1 {
			t.Errorf("%s: after an update that failed the overflow had %q, and then %q; want one more", name, before, got)
		}
		mustSave(t, s, noise(5))
		if got := places(t, srv); len(got) > 3 {
			t.Errorf("%s: the overflow has %q; want the value, the one before, and that of the failed update at most", name, got)
		}
	}
}

// TestOverflowRefused: the value cannot be put into the overflow. Nothing has
// changed, the error names the place that failed, and says nothing that is untrue
// of the jar.
func TestOverflowRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		trouble func(*awsfake.Server)
		want    error
	}{
		"denied": {func(srv *awsfake.Server) { srv.Deny("PutObject", "", "s3:PutObject") }, awsjar.ErrAccessDenied},
		"lost answers": {func(srv *awsfake.Server) {
			srv.Inject(awsfake.Fault{Op: "PutObject", After: true, Drop: true})
			outage(srv)
		}, nil},
		"outage": {outage, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newOverflowServer(t)
			s := newOverflowing(srv)
			mustSave(t, s, "1")
			c.trouble(srv)
			srv.ResetRequests()
			_, err := s.Save(within(t), []byte(noise(1)), awsjar.Any)
			if err == nil || !errors.Is(err, c.want) && c.want != nil {
				t.Fatalf("Save: %v; want %v", err, c.want)
			}
			for _, untrue := range []error{awsjar.ErrConflict, awsjar.ErrUncertain, awsjar.ErrNotFound} {
				if errors.Is(err, untrue) {
					t.Errorf("%v is an %q", err, untrue)
				}
			}
			var known *awsjar.Error
			var sdk interface{ Operation() string }
			if !errors.As(err, &known) || !strings.HasPrefix(known.Target, "s3://"+bucketName+"/"+overflowed) || known.Hint == "" || !errors.As(err, &sdk) {
				t.Errorf("%v does not name the place, or has no hint, or hides the SDK's error", err)
			}
			if requests(srv)[update] != 0 {
				t.Error("the function was updated")
			}
			mustLoad(t, s, "1")
		})
	}
}

// outage lets nothing through to S3.
func outage(srv *awsfake.Server) {
	for _, op := range []string{"PutObject", "HeadObject", "GetObject"} {
		srv.Inject(awsfake.Fault{Op: op, Times: -1, Status: 503})
	}
}

func TestOverflowNoBucket(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := newOverflowing(srv)
	if _, err := s.Save(within(t), []byte(noise(1)), awsjar.Any); !errors.Is(err, awsjar.ErrNoStore) {
		t.Errorf("Save: %v; want ErrNoStore", err)
	}
	srv.CreateBucket(bucketName)
	mustSave(t, s, noise(1))
	elsewhere := lambdajar.New(client(srv), fn, func(o *lambdajar.Options) {
		o.Overflow = s3jar.NewBucket(s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true }), "no-bucket").Object("x")
	})
	if _, err := awsjar.New[int](elsewhere).Get(within(t)); !errors.Is(err, awsjar.ErrNoStore) {
		t.Errorf("Get: %v; want ErrNoStore", err)
	}
}

// TestOverflowNoRoom: not even a pointer fits, or the value is too large for
// the overflow, too. Nothing is stored anywhere.
func TestOverflowNoRoom(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	object := bucket(srv).Object(overflowed, func(o *s3jar.Options) { o.MaxSize = 5000 })
	s := lambdajar.New(client(srv), fn, func(o *lambdajar.Options) { o.Overflow = object })
	if _, err := s.Save(within(t), []byte(noise(1)), awsjar.Any); !errors.Is(err, awsjar.ErrTooLarge) {
		t.Errorf("Save: %v; want ErrTooLarge", err)
	}
	u, err := s.Usage(within(t))
	if err != nil {
		t.Fatal(err)
	}
	deploy(t, srv, map[string]string{"BIG": strings.Repeat("x", u.Limit-u.Used-len(`,"BIG":"","jar":"","jar_awsjar":"12345678"`)-20)})
	var tooLarge *lambdajar.TooLargeError
	_, err = newOverflowing(srv).Save(within(t), []byte(noise(1)), awsjar.Any)
	if !errors.As(err, &tooLarge) || tooLarge.State > 150 || tooLarge.State+tooLarge.Others <= tooLarge.Limit {
		t.Errorf("Save: %v; want a TooLargeError that counts the pointer", err)
	}
	if got := places(t, srv); len(got) != 0 {
		t.Errorf("the overflow has %q", got)
	}
}

// TestOverflowTaken: the place is taken, as it never is. The value there stays.
func TestOverflowTaken(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	taken := &takenPlace{Store: memjar.New()}
	s := lambdajar.New(client(srv), fn, func(o *lambdajar.Options) { o.Overflow = taken })
	_, err := s.Save(within(t), []byte(noise(1)), awsjar.Any)
	if err == nil || errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Save: %v; want an error that is no conflict", err)
	}
	mustLoad(t, taken.Store, "theirs")
}

// takenPlace is an overflow whose every place is taken.
type takenPlace struct{ *memjar.Store }

func (p *takenPlace) Beside(string) awsjar.Store {
	p.Store.Save(context.Background(), []byte("theirs"), awsjar.None)
	return p.Store
}

// TestOverflowInvalid: an Overflow that is a nil pointer makes the first call of
// any kind fail.
func TestOverflowInvalid(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := lambdajar.New(client(srv), fn, func(o *lambdajar.Options) { o.Overflow = (*s3jar.Object)(nil) })
	_, _, err := s.Load(within(t))
	var known *awsjar.Error
	if !errors.Is(err, awsjar.ErrInvalid) || !errors.As(err, &known) || known.Hint == "" {
		t.Errorf("%v; want ErrInvalid with a hint", err)
	}
	empty := lambdajar.New(client(srv), fn, func(o *lambdajar.Options) { o.Overflow = bucket(srv).Object("") })
	if _, err := empty.Save(within(t), []byte(noise(1)), awsjar.Any); !errors.Is(err, awsjar.ErrInvalid) {
		t.Errorf("an Object without key: %v; want ErrInvalid", err)
	}
}

// TestOverflowUnguarded: where no answer tells which configuration was in force,
// no stored value is removed.
func TestOverflowUnguarded(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	object := bucket(srv).Object(overflowed)
	s := lambdajar.New(revisionless{client(srv)}, fn, func(o *lambdajar.Options) { o.Overflow, o.Unguarded = object, true })
	for n := range uint64(3) {
		mustSave(t, s, noise(n))
		mustLoad(t, s, noise(n))
	}
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if got := places(t, srv); len(got) != 3 {
		t.Errorf("the overflow has %q; want all three", got)
	}
}

// TestOverflowUncertain: the update is stored, and AWS Lambda does not answer
// any more. The place of the value stays, for the variable may point to it.
func TestOverflowUncertain(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	s := newOverflowing(srv)
	mustSave(t, s, noise(1))
	srv.Inject(awsfake.Fault{Op: update, After: true, Drop: true})
	faults := []*awsfake.Injected{
		srv.Inject(awsfake.Fault{Op: update, Times: -1, Status: 503}),
		srv.Inject(awsfake.Fault{Op: get, Skip: 1, Times: -1, Status: 503}),
	}
	if _, err := s.Save(within(t), []byte(noise(2)), awsjar.Any); !errors.Is(err, awsjar.ErrUncertain) {
		t.Errorf("Save: %v; want ErrUncertain", err)
	}
	for _, fault := range faults {
		fault.Remove()
	}
	mustLoad(t, s, noise(2))
}

// TestOverflowThatFailsIsTriedOnce: a place that refuses the value is asked once,
// also by a Save that begins with the configuration that a Load has read.
func TestOverflowThatFailsIsTriedOnce(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	s := newOverflowing(srv)
	meta := mustSave(t, s, "1")
	mustLoad(t, s, "1")
	srv.Inject(awsfake.Fault{Op: "PutObject", Status: 403, Code: "AccessDenied", Times: -1})
	srv.ResetRequests()
	if _, err := s.Save(within(t), []byte(noise(1)), meta.Revision); !errors.Is(err, awsjar.ErrAccessDenied) {
		t.Fatalf("Save: %v; want ErrAccessDenied", err)
	}
	puts := 0
	for _, r := range srv.Requests() {
		if r.Op == "PutObject" {
			puts++
		}
	}
	if puts != 1 {
		t.Errorf("%d PUTs; want 1", puts)
	}
}

// holding keeps back its first update, whose answer is lost.
type holding struct {
	*lambda.Client
	held *lambda.UpdateFunctionConfigurationInput
}

func (c *holding) UpdateFunctionConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	if c.held == nil {
		c.held = in
		return nil, errors.New("the connection broke")
	}
	return c.Client.UpdateFunctionConfiguration(ctx, in, optFns...)
}

// TestOverflowLateUpdate: a Save of the value that is there already found the
// overflow out of order, and its first update arrives after it. The place to which
// that points is still there.
func TestOverflowLateUpdate(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	mustSave(t, newOverflowing(srv), noise(1))
	mustSettle(t, srv)
	c := &holding{Client: client(srv)}
	s := lambdajar.Hasten(lambdajar.New(c, fn, func(o *lambdajar.Options) {
		o.Overflow, o.Form = bucket(srv).Object(overflowed), lambdajar.FormPython
	}))
	srv.Inject(awsfake.Fault{Op: "GetObject", Code: "AccessDenied", MustFire: true})
	mustSave(t, s, noise(1))
	client(srv).UpdateFunctionConfiguration(within(t), c.held)
	mustLoad(t, s, noise(1))
}

// TestOverflowPublished: a published version keeps its pointer for ever, and the
// value only until the second write after it.
func TestOverflowPublished(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	s := newOverflowing(srv)
	mustSave(t, s, noise(1))
	version, err := srv.PublishVersion(fn)
	if err != nil {
		t.Fatal(err)
	}
	published := lambdajar.New(client(srv), fn+":"+version, func(o *lambdajar.Options) { o.Overflow = bucket(srv).Object(overflowed) })
	mustSave(t, s, noise(2))
	mustLoad(t, published, noise(1))
	mustSave(t, s, noise(3))
	_, _, err = published.Load(within(t))
	mustHint(t, err, awsjar.ErrCorrupt, "leave out the qualifier: "+fn)
}
