package lambdajar_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/google/go-cmp/cmp"
)

// requests returns how many requests of each kind the server has seen since it
// was asked last.
func requests(srv *awsfake.Server) map[string]int {
	count := map[string]int{}
	for _, r := range srv.Requests() {
		count[r.Op]++
	}
	srv.ResetRequests()
	return count
}

const (
	get    = "GetFunctionConfiguration"
	update = "UpdateFunctionConfiguration"
)

func TestRequestsPerCall(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	type step struct {
		name string
		call func(*awsjar.Jar[int]) error
		want map[string]int
	}
	var revision awsjar.Revision
	for _, steps := range [][]step{
		{{"New", func(*awsjar.Jar[int]) error { return nil }, map[string]int{}}},
		{{"Get of nothing", func(j *awsjar.Jar[int]) error { _, err := j.Get(ctx); return err }, map[string]int{get: 1}}},
		{{"Delete of nothing", func(j *awsjar.Jar[int]) error { return j.Delete(ctx) }, map[string]int{get: 1}}},
		{
			{"Put", func(j *awsjar.Jar[int]) error { return j.Put(ctx, 1) }, map[string]int{get: 1, update: 1}},
			{"Put of the same", func(j *awsjar.Jar[int]) error { return j.Put(ctx, 1) }, map[string]int{get: 1}},
			{"Get", func(j *awsjar.Jar[int]) error { _, err := j.Get(ctx); return err }, map[string]int{get: 1}},
			{"Put after Get", func(j *awsjar.Jar[int]) error { return j.Put(ctx, 2) }, map[string]int{get: 1, update: 1}},
			{"Delete", func(j *awsjar.Jar[int]) error { return j.Delete(ctx) }, map[string]int{get: 1, update: 1}},
		},
		{
			{"Create", func(j *awsjar.Jar[int]) error { return j.Create(ctx, 1) }, map[string]int{get: 1, update: 1}},
			{"first Update", increment, map[string]int{get: 1, update: 1}},
			{"second Update", increment, map[string]int{get: 1, update: 1}},
			{"Update that changes nothing", func(j *awsjar.Jar[int]) error {
				_, err := j.Update(ctx, func(*int) error { return nil })
				return err
			}, map[string]int{get: 1}},
			{"Create of what exists", func(j *awsjar.Jar[int]) error {
				if err := j.Create(ctx, 7); !errors.Is(err, awsjar.ErrExists) {
					t.Errorf("Create: %v; want ErrExists", err)
				}
				return nil
			}, map[string]int{get: 1}},
		},
		{
			{"Update from nothing", increment, map[string]int{get: 1, update: 1}},
			{"Load", func(j *awsjar.Jar[int]) error {
				entry, err := j.Load(ctx)
				revision = entry.Revision
				return err
			}, map[string]int{get: 1}},
			{"PutIf after Load", func(j *awsjar.Jar[int]) error {
				meta, err := j.PutIf(ctx, 5, revision)
				revision = meta.Revision
				return err
			}, map[string]int{update: 1}},
			{"PutIf after PutIf", func(j *awsjar.Jar[int]) error {
				meta, err := j.PutIf(ctx, 6, revision)
				revision = meta.Revision
				return err
			}, map[string]int{get: 1, update: 1}},
			{"Load again", func(j *awsjar.Jar[int]) error { _, err := j.Load(ctx); return err }, map[string]int{get: 1}},
			{"PutIf of the same", func(j *awsjar.Jar[int]) error { _, err := j.PutIf(ctx, 6, revision); return err }, map[string]int{get: 1}},
			{"Load once more", func(j *awsjar.Jar[int]) error { _, err := j.Load(ctx); return err }, map[string]int{get: 1}},
			{"DeleteIf after Load", func(j *awsjar.Jar[int]) error { return j.DeleteIf(ctx, revision) }, map[string]int{update: 1}},
		},
	} {
		srv := newServer(t)
		jar := awsjar.New[int](newStore(srv))
		for _, s := range steps {
			if err := s.call(jar); err != nil {
				t.Errorf("%s: %v", s.name, err)
			}
			if diff := cmp.Diff(s.want, requests(srv)); diff != "" {
				t.Errorf("%s: requests (-want +got):\n%s", s.name, diff)
			}
		}
	}
}

func increment(j *awsjar.Jar[int]) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := j.Update(ctx, func(n *int) error { *n++; return nil })
	return err
}

// TestStaleLoad: the configuration that a Load has read is used only while it is
// true. A PutIf of the very same value must not succeed because of it either.
func TestStaleLoad(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	mine, other := awsjar.New[string](newStore(srv)), awsjar.New[string](newStore(srv))
	for _, value := range []string{"mine", "as it was"} {
		if err := mine.Put(ctx, "as it was"); err != nil {
			t.Fatal(err)
		}
		entry, err := mine.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Put(ctx, "theirs"); err != nil {
			t.Fatal(err)
		}
		if _, err := mine.PutIf(ctx, value, entry.Revision); !errors.Is(err, awsjar.ErrConflict) {
			t.Errorf("PutIf(%q) over a stale revision: %v; want ErrConflict", value, err)
		}
		if err := mine.DeleteIf(ctx, entry.Revision); !errors.Is(err, awsjar.ErrConflict) {
			t.Errorf("DeleteIf of a stale revision: %v; want ErrConflict", err)
		}
		if got, err := other.Get(ctx); got != "theirs" || err != nil {
			t.Errorf("Get: %q, %v; want theirs", got, err)
		}
	}
}

// TestRepeatedReadIsUsedOnce: of two saves after one load only the first takes
// the short way; the second sees the first.
func TestRepeatedReadIsUsedOnce(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	s := newStore(srv)
	if _, _, err := s.Load(ctx); !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, []byte("1"), awsjar.None); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, []byte("2"), awsjar.None); !errors.Is(err, awsjar.ErrExists) {
		t.Errorf("second create: %v; want ErrExists", err)
	}
	if diff := cmp.Diff(map[string]int{get: 2, update: 1}, requests(srv)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestNothingIsRequested(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	var none *lambdajar.Store
	for name, c := range map[string]struct {
		store    *lambdajar.Store
		ctx      context.Context
		replaces awsjar.Revision
		want     error
	}{
		"ended context":   {newStore(srv), ended, awsjar.Any, context.Canceled},
		"nil client":      {lambdajar.New(nil, fn), within(t), awsjar.Any, awsjar.ErrInvalid},
		"no function":     {lambdajar.New(client(srv), ""), within(t), awsjar.Any, awsjar.ErrInvalid},
		"bad variable":    {newStore(srv, named("with-dash")), within(t), awsjar.Any, awsjar.ErrInvalid},
		"reserved":        {newStore(srv, named("AWS_REGION")), within(t), awsjar.Any, awsjar.ErrInvalid},
		"unknown form":    {newStore(srv, func(o *lambdajar.Options) { o.Form = "Plain" }), within(t), awsjar.Any, awsjar.ErrInvalid},
		"nil Store":       {none, within(t), awsjar.Any, awsjar.ErrInvalid},
		"zero Store":      {&lambdajar.Store{}, within(t), awsjar.Any, awsjar.ErrInvalid},
		"nil SDK client":  {lambdajar.New((*nilClient)(nil), fn), within(t), awsjar.Any, awsjar.ErrInvalid},
		"revision wanted": {newStore(srv), ended, "stale", context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, loadErr := c.store.Load(c.ctx)
			_, saveErr := c.store.Save(c.ctx, []byte("1"), c.replaces)
			_, usageErr := c.store.Usage(c.ctx)
			deleteErr := c.store.Delete(c.ctx, c.replaces)
			for call, err := range map[string]error{"Load": loadErr, "Save": saveErr, "Usage": usageErr, "Delete": deleteErr} {
				var e *awsjar.Error
				if !errors.Is(err, c.want) || !errors.As(err, &e) || e.Target != c.store.String() {
					t.Errorf("%s: %v; want %v that names %s", call, err, c.want, c.store)
				} else if c.want == awsjar.ErrInvalid && e.Hint == "" {
					t.Errorf("%s: %v has no hint", call, err)
				}
			}
		})
	}
	if got := requests(srv); len(got) > 0 {
		t.Errorf("requests: %v; want none", got)
	}
}

func named(name string) func(*lambdajar.Options) {
	return func(o *lambdajar.Options) { o.Name = name }
}

type nilClient struct{ lambdajar.Client }
