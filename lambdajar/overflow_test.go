package lambdajar_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/storetest"
	"github.com/google/go-cmp/cmp"
)

const (
	bucketName = "sams-bucket"
	overflowed = "overflow.json" // the key of the Overflow
)

// bucket returns the bucket in which values overflow.
func bucket(srv *awsfake.Server, optFns ...func(*aws.Config)) *s3jar.Bucket {
	cfg := srv.Config()
	for _, fn := range optFns {
		fn(&cfg)
	}
	return s3jar.NewBucket(s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }), bucketName)
}

// newOverflowing returns a Store with an Overflow; the client has the options.
func newOverflowing(srv *awsfake.Server, optFns ...func(*aws.Config)) *lambdajar.Store {
	object := bucket(srv, optFns...).Object(overflowed)
	return lambdajar.Hasten(lambdajar.New(client(srv, optFns...), fn, func(o *lambdajar.Options) {
		o.Overflow = object
		o.Form = lambdajar.FormPython // the fastest that takes any bytes
	}))
}

func newOverflowServer(t *testing.T, optFns ...func(*awsfake.Options)) *awsfake.Server {
	t.Helper()
	srv := newServer(t, optFns...)
	srv.CreateBucket(bucketName)
	return srv
}

// noise is a text that no packing makes fit.
func noise(seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 0))
	text := make([]byte, 8000)
	for i := range text {
		text[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[random.IntN(36)]
	}
	return string(text)
}

// places returns the keys in which values overflow.
func places(t *testing.T, srv *awsfake.Server) (keys []string) {
	t.Helper()
	for meta, err := range bucket(srv).Keys(within(t), "") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, meta.Key)
	}
	return keys
}

// pointedTo returns the key that the variable points to.
func pointedTo(t *testing.T, srv *awsfake.Server) string {
	t.Helper()
	env := variables(t, srv)
	state := jarvar.Read("jar", func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	pointer, ok := state.Pointer()
	if !ok {
		t.Fatalf("the variable holds no pointer but %d characters", len(state.Text))
	}
	return overflowed + "." + pointer.ID
}

func mustSave(t *testing.T, s awsjar.Store, value string) awsjar.Meta {
	t.Helper()
	meta, err := s.Save(within(t), []byte(value), awsjar.Any)
	if err != nil {
		t.Fatalf("Save of %d bytes: %v", len(value), err)
	}
	return meta
}

func mustLoad(t *testing.T, s awsjar.Store, want string) awsjar.Meta {
	t.Helper()
	data, meta, err := s.Load(within(t))
	if err != nil || string(data) != want || meta.Size != int64(len(want)) {
		t.Fatalf("Load: %.20q (%d bytes), Size %d, %v; want %.20q (%d bytes)", data, len(data), meta.Size, err, want, len(want))
	}
	return meta
}

// padded makes every value overflow.
type padded struct{ awsjar.Store }

var padding = []byte(noise(0))

func (p padded) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	data, meta, err := p.Store.Load(ctx)
	if err == nil {
		meta.Size -= int64(len(padding))
		data = bytes.TrimPrefix(data, padding)
	}
	return data, meta, err
}

func (p padded) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	meta, err := p.Store.Save(ctx, slices.Concat(padding, data), replaces)
	if err == nil {
		meta.Size -= int64(len(padding))
	}
	return meta, err
}

func (p padded) String() string { return p.Store.(*lambdajar.Store).String() }

// TestOverflowContract runs the contract once with values that overflow if they
// are large, and once with all of them in the overflow.
func TestOverflowContract(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(*lambdajar.Store) awsjar.Store{
		"large values": func(s *lambdajar.Store) awsjar.Store { return s },
		"all values":   func(s *lambdajar.Store) awsjar.Store { return padded{s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := func(t *testing.T) awsjar.Store { return wrap(newOverflowing(newOverflowServer(t))) }
			storetest.Run(t, open, func(o *storetest.Options) { o.LargeValue, o.Increments = 1<<20, 2 })
		})
	}
}

func TestOverflowFaults(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"PutObject", "DeleteObject", update} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			storetest.RunFaults(t, func(t *testing.T) (awsjar.Store, func(storetest.Fault)) {
				srv := newOverflowServer(t)
				return padded{newOverflowing(srv)}, func(kind storetest.Fault) {
					srv.Inject(awsfake.Fault{Op: op, After: kind == storetest.Stored, Drop: true})
				}
			})
		})
	}
}

// TestOverflowGrowAndShrink follows a state out of the variable and back, with
// the requests that it takes and the places that are left in the overflow.
func TestOverflowGrowAndShrink(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	s := newOverflowing(srv)
	for _, step := range []struct {
		name, value string
		requests    map[string]int
		places      int
	}{
		{"small", "1", map[string]int{get: 1, update: 1}, 0},
		{"grows", noise(1), map[string]int{get: 1, "PutObject": 1, update: 1}, 1},
		{"the same", noise(1), map[string]int{get: 1, "GetObject": 1}, 1},
		{"another", noise(2), map[string]int{get: 1, "PutObject": 1, update: 1}, 2},
		{"a third", noise(3), map[string]int{get: 1, "PutObject": 1, update: 1, "DeleteObject": 1}, 2},
		{"shrinks", "2", map[string]int{get: 1, update: 1, "DeleteObject": 1}, 1},
		{"stays small", "3", map[string]int{get: 1, update: 1, "DeleteObject": 1}, 0},
		{"still small", "4", map[string]int{get: 1, update: 1}, 0},
		{"grows again", noise(4), map[string]int{get: 1, "PutObject": 1, update: 1}, 1},
	} {
		srv.ResetRequests()
		saved := mustSave(t, s, step.value)
		if diff := cmp.Diff(step.requests, requests(srv)); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", step.name, diff)
		}
		if loaded := mustLoad(t, s, step.value); loaded.Revision != saved.Revision {
			t.Errorf("%s: the revision is %q, and %q when loaded", step.name, saved.Revision, loaded.Revision)
		}
		if got := places(t, srv); len(got) != step.places {
			t.Errorf("%s: the overflow has %q; want %d", step.name, got, step.places)
		}
		if text := variables(t, srv)["jar"]; len(step.value) < 10 && strings.HasPrefix(text, "^@") {
			t.Errorf("%s: the variable is %q", step.name, text)
		}
	}
	if body, _, _ := srv.Object(bucketName, pointedTo(t, srv)); string(body) != noise(4) {
		t.Errorf("the object has %d bytes that are not the value", len(body))
	}
	srv.ResetRequests()
	mustLoad(t, s, noise(4))
	if diff := cmp.Diff(map[string]int{get: 1, "GetObject": 1}, requests(srv)); diff != "" {
		t.Errorf("Load: requests (-want +got):\n%s", diff)
	}
	mustKeep(t, srv, foreign(), "jar")
}

func TestOverflowDelete(t *testing.T) {
	t.Parallel()
	for name, replaces := range map[string]func(*lambdajar.Store) awsjar.Revision{
		"any":         func(*lambdajar.Store) awsjar.Revision { return awsjar.Any },
		"conditional": func(s *lambdajar.Store) awsjar.Revision { return mustLoad(t, s, noise(2)).Revision },
	} {
		srv := newOverflowServer(t)
		s := newOverflowing(srv)
		mustSave(t, s, noise(1))
		mustSave(t, s, noise(2))
		if err := s.Delete(within(t), replaces(s)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := places(t, srv); len(got) != 0 {
			t.Errorf("%s: %q stays in the overflow", name, got)
		}
		mustKeep(t, srv, foreign())
	}
}

// TestOverflowAfterForeignWrite: somebody who knows nothing of pointers sets the
// variable; the place that it pointed to goes with the next write.
func TestOverflowAfterForeignWrite(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	s := newOverflowing(srv)
	mustSave(t, s, noise(1))
	mustSave(t, s, noise(2))
	deploy(t, srv, map[string]string{"jar": "5"})
	mustLoad(t, s, "5")
	mustSave(t, s, "6")
	if got := places(t, srv); len(got) != 0 {
		t.Errorf("%q stays in the overflow", got)
	}
}

// TestOverflowWriterWithout: a Store without Overflow replaces a pointer; a
// Store with it tidies up behind.
func TestOverflowWriterWithout(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	with, without := newOverflowing(srv), newStore(srv)
	mustSave(t, with, noise(1))
	_, meta, err := without.Load(within(t))
	if errors.Is(err, awsjar.ErrCorrupt) || !errors.Is(err, awsjar.ErrUnsupported) || !strings.Contains(err.Error(), "Options.Overflow is not set") {
		t.Errorf("Load without Overflow: %v; want an ErrUnsupported that names the missing option, for the value is whole", err)
	}
	if _, err := without.Save(within(t), []byte("2"), meta.Revision); err != nil {
		t.Errorf("Save without Overflow: %v", err)
	}
	mustLoad(t, with, "2")
	mustSave(t, with, "3")
	if got := places(t, srv); len(got) != 0 {
		t.Errorf("%q stays in the overflow", got)
	}
}

// TestOverflowUsage: the budget names the bytes that are in the overflow.
func TestOverflowUsage(t *testing.T) {
	t.Parallel()
	s := newOverflowing(newOverflowServer(t))
	for value, want := range map[string]int64{"1": 0, noise(1): 8000} {
		mustSave(t, s, value)
		if u, err := s.Usage(within(t)); err != nil || u.OverflowSize != want || u.State == 0 || u.State > 100 {
			t.Errorf("Usage with %d bytes: %+v, %v; want Overflow %d", len(value), u, err, want)
		}
	}
}

// TestOverflowWriters: writers whose values overflow at the same time, with
// readers between them: no count is lost, and nothing stays behind.
func TestOverflowWriters(t *testing.T) {
	t.Parallel()
	const writers, each = 6, 4
	srv := newOverflowServer(t)
	ctx := within(t)
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for range writers {
		jar := awsjar.New[int](padded{newOverflowing(srv)})
		writing.Go(func() {
			for range each {
				if err := increment(jar); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		jar := awsjar.New[int](padded{newOverflowing(srv)})
		reading.Go(func() {
			for last := 0; ; {
				n, err := jar.Get(ctx)
				if err != nil || n < last {
					t.Errorf("a reader sees %d after %d, %v", n, last, err)
					return
				}
				last = n
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	s := newOverflowing(srv)
	if n, err := awsjar.New[int](padded{s}).Get(ctx); n != writers*each || err != nil {
		t.Errorf("the count is %d, %v; want %d", n, err, writers*each)
	}
	if got := places(t, srv); len(got) != 2 || !slices.Contains(got, pointedTo(t, srv)) {
		t.Errorf("the overflow has %q; want the value and the one before", got)
	}
	mustKeep(t, srv, foreign(), "jar")
}
