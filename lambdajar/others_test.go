package lambdajar_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/google/go-cmp/cmp"
)

// variables returns the function's variables.
func variables(t *testing.T, srv *awsfake.Server) map[string]string {
	t.Helper()
	env, ok := srv.Environment(fn)
	if !ok {
		t.Fatal("the function is gone")
	}
	return env
}

// mustKeep checks that the variables that are not of the named jars are want.
func mustKeep(t *testing.T, srv *awsfake.Server, want map[string]string, names ...string) {
	t.Helper()
	got := variables(t, srv)
	for _, name := range names {
		delete(got, name)
		delete(got, name+"_awsjar")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the other variables (-want +got):\n%s", diff)
	}
}

// lineOf returns the lineage of the jar.
func lineOf(t *testing.T, srv *awsfake.Server) lineage.Line {
	t.Helper()
	env := variables(t, srv)
	return jarvar.Read("jar", func(name string) (string, bool) { v, ok := env[name]; return v, ok }).Line
}

// deploy sets variables behind everybody's back, as a deploy tool does that
// keeps those that it does not know.
func deploy(t *testing.T, srv *awsfake.Server, changed map[string]string) {
	env := variables(t, srv)
	maps.Copy(env, changed)
	srv.ReplaceEnvironment(fn, env)
}

func TestOtherVariablesStay(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	jar := awsjar.New[string](newStore(srv))
	for _, step := range []func() error{
		func() error { return jar.Put(ctx, "one") },
		func() error { _, err := jar.Update(ctx, func(s *string) error { *s = "two"; return nil }); return err },
		func() error { return jar.Put(ctx, strings.Repeat("long ", 1000)) },
		func() error { return jar.Delete(ctx) },
		func() error { return jar.Create(ctx, "again") },
		func() error { return jar.Delete(ctx) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		mustKeep(t, srv, foreign(), "jar")
	}
	if env := variables(t, srv); env["jar"] != "" || env["jar_awsjar"] != "" {
		t.Errorf("after a Delete jar is %q and jar_awsjar is %q", env["jar"], env["jar_awsjar"])
	}
}

// TestDeleteLeavesNoOthers: a function whose only variables are the jar's has
// none afterwards, which is not the same as sending no map at all.
func TestFunctionWithoutVariables(t *testing.T) {
	t.Parallel()
	srv := awsfake.NewServer(t)
	srv.CreateFunction(fn, nil)
	ctx := within(t)
	jar := awsjar.New[int](newStore(srv))
	if n, err := jar.Get(ctx); n != 0 || err != nil {
		t.Fatalf("Get: %d, %v", n, err)
	}
	if err := increment(jar); err != nil {
		t.Fatal(err)
	}
	if err := jar.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	if env := variables(t, srv); len(env) != 0 {
		t.Errorf("after the Delete there are %v", env)
	}
	if n, err := jar.Get(ctx); n != 0 || err != nil {
		t.Fatalf("Get: %d, %v", n, err)
	}
}

// TestDeployBetweenReadAndWrite: somebody changes other variables after the
// read. The write must not roll that back, and must not be refused either.
func TestDeployBetweenReadAndWrite(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(context.Context, *awsjar.Jar[int]) error{
		"Put":    func(ctx context.Context, j *awsjar.Jar[int]) error { return j.Put(ctx, 7) },
		"Update": func(_ context.Context, j *awsjar.Jar[int]) error { return increment(j) },
		"PutIf": func(ctx context.Context, j *awsjar.Jar[int]) error {
			entry, err := j.Load(ctx)
			if err == nil {
				_, err = j.PutIf(ctx, 9, entry.Revision)
			}
			return err
		},
		"Delete": func(ctx context.Context, j *awsjar.Jar[int]) error { return j.Delete(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			jar := awsjar.New[int](newStore(srv))
			if err := jar.Put(within(t), 1); err != nil {
				t.Fatal(err)
			}
			want := foreign()
			want["STAGE"], want["NEW"] = "production", "variable"
			hit := srv.Inject(awsfake.Fault{Op: update, Hook: func() {
				deploy(t, srv, map[string]string{"STAGE": "production", "NEW": "variable"})
			}})
			if err := write(within(t), jar); err != nil {
				t.Fatal(err)
			}
			if hit.Fired() != 1 {
				t.Fatal("nobody deployed")
			}
			mustKeep(t, srv, want, "jar")
		})
	}
}

// TestPythonWriter: a writer that knows nothing of the ids changes the value
// and leaves jar_awsjar as it is.
func TestPythonWriter(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	jar := awsjar.New[int](newStore(srv))
	var before awsjar.Entry[int]
	for n := range 3 {
		if err := jar.Put(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	before, err := jar.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	line := lineOf(t, srv)
	deploy(t, srv, map[string]string{"jar": "100"})

	if _, err := jar.PutIf(ctx, 3, before.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Fatalf("PutIf over the Python writer's value: %v; want ErrConflict", err)
	}
	theirs, err := jar.Load(ctx)
	if err != nil || theirs.Value != 100 || theirs.Revision == before.Revision {
		t.Fatalf("Load: %+v, %v; want 100 at another revision than %q", theirs, err, before.Revision)
	}
	if n, err := jar.Update(ctx, func(n *int) error { *n++; return nil }); n != 101 || err != nil {
		t.Fatalf("Update: %d, %v; want 101", n, err)
	}
	after := lineOf(t, srv)
	if len(after) != len(line)+1 || !after.Has(line.Newest().ID) {
		t.Errorf("the lineage went from %v to %v; want one more, the earlier kept", line, after)
	}
	deploy(t, srv, map[string]string{"jar": "100"})
	again, err := jar.Load(ctx)
	if err != nil || again.Revision == theirs.Revision {
		t.Errorf("Load: %+v, %v; want another revision than at the first 100", again, err)
	}
}

// TestPythonWriterMeanwhile: the same, between the read and the write of an
// Update.
func TestPythonWriterMeanwhile(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[int](newStore(srv))
	if err := jar.Put(within(t), 1); err != nil {
		t.Fatal(err)
	}
	srv.Inject(awsfake.Fault{Op: update, Hook: func() { deploy(t, srv, map[string]string{"jar": "100"}) }})
	if n, err := jar.Update(within(t), func(n *int) error { *n++; return nil }); n != 101 || err != nil {
		t.Fatalf("Update: %d, %v; want 101", n, err)
	}
}

// TestStub: deploy tools create the variable empty, so that it is there.
func TestStub(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	deploy(t, srv, map[string]string{"jar": ""})
	s := newStore(srv)
	if _, meta, err := s.Load(ctx); !errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrNoStore) || meta.Revision != awsjar.None {
		t.Fatalf("Load of a stub: %+v, %v; want ErrNotFound at None", meta, err)
	}
	requests(srv)
	if err := s.Delete(ctx, awsjar.Any); err != nil || requests(srv)[update] != 0 {
		t.Errorf("Delete of a stub: %v; want nil and no update", err)
	}
	if _, err := s.Save(ctx, []byte("1"), awsjar.None); err != nil {
		t.Errorf("create over a stub: %v", err)
	}
	deploy(t, srv, map[string]string{"jar": ""}) // the deploy tool again
	if _, err := s.Save(ctx, []byte("2"), awsjar.None); err != nil {
		t.Errorf("create over a reset stub: %v", err)
	}
	if got := lineOf(t, srv); len(got) != 2 {
		t.Errorf("the lineage is %v; want both writes", got)
	}
}

func TestSeveralJars(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	names := []string{"jar", "acorns", "hideouts"}
	var wg sync.WaitGroup
	for _, name := range names {
		jar := awsjar.New[string](newStore(srv, named(name)))
		wg.Go(func() {
			for range 3 {
				if _, err := jar.Update(ctx, func(s *string) error { *s += name; return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, name := range names {
		got, err := awsjar.New[string](newStore(srv, named(name))).Get(ctx)
		if want := strings.Repeat(name, 3); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	if err := awsjar.New[string](newStore(srv, named("acorns"))).Delete(ctx); err != nil {
		t.Fatal(err)
	}
	mustKeep(t, srv, foreign(), names...)
	if env := variables(t, srv); env["jar"] == "" || env["hideouts"] == "" || env["acorns"] != "" {
		t.Errorf("after the delete of acorns: %v", env)
	}
}

// TestNames: all ways to name a function lead to the same one.
func TestNames(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:" + fn
	for i, name := range []string{fn, arn, "123456789012:function:" + fn, fn + ":$LATEST", arn + ":$LATEST", "123456789012:function:" + fn + ":$LATEST"} {
		s := lambdajar.New(client(srv), name)
		if got, err := awsjar.New[int](s).Update(ctx, func(n *int) error { *n++; return nil }); got != i+1 || err != nil {
			t.Errorf("Update through %s: %d, %v; want %d", name, got, err, i+1)
		}
		if want := "lambda://" + strings.TrimSuffix(name, ":$LATEST"); s.String() != want {
			t.Errorf("String: %s; want %s", s, want)
		}
	}
	if got, want := newStore(srv, named("acorns")).String(), "lambda://sams-lambda?name=acorns"; got != want {
		t.Errorf("String: %s; want %s", got, want)
	}
	version, err := srv.PublishVersion(fn)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{fn + ":" + version, arn + ":live"} {
		var e *awsjar.Error
		err := awsjar.New[int](lambdajar.New(client(srv), name)).Put(ctx, 1)
		if !errors.As(err, &e) || !errors.Is(err, awsjar.ErrInvalid) || !strings.Contains(e.Hint, "leave out the qualifier: ") {
			t.Errorf("Put to %s: %v; want ErrInvalid with a hint", name, err)
		}
	}
}

// TestPublishedVersion: a published version is read as it was, and never written.
func TestPublishedVersion(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	latest := awsjar.New[int](newStore(srv))
	if err := latest.Put(ctx, 1); err != nil {
		t.Fatal(err)
	}
	version, err := srv.PublishVersion(fn)
	if err != nil {
		t.Fatal(err)
	}
	if err := latest.Put(ctx, 2); err != nil {
		t.Fatal(err)
	}
	published := awsjar.New[int](lambdajar.New(client(srv), fn+":"+version))
	requests(srv) // those before do not count
	for name, err := range map[string]error{
		"Put":    published.Put(ctx, 3),
		"Create": published.Create(ctx, 3),
		"Delete": published.Delete(ctx),
	} {
		if !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("%s: %v; want ErrInvalid", name, err)
		}
	}
	if _, err := published.Update(ctx, func(n *int) error { *n++; return nil }); !errors.Is(err, awsjar.ErrInvalid) {
		t.Errorf("Update: %v; want ErrInvalid", err)
	}
	if got, err := published.Get(ctx); got != 1 || err != nil {
		t.Errorf("the published version has %d, %v; want 1", got, err)
	}
	if sent := requests(srv)[update]; sent != 0 {
		t.Errorf("%d updates were sent", sent)
	}
	if got, err := latest.Get(ctx); got != 2 || err != nil {
		t.Errorf("$LATEST has %d, %v; want 2", got, err)
	}
}

// TestOldWhileInProgress: should AWS show the old configuration until an update
// has settled, a Load may be behind, but nothing is lost.
func TestOldWhileInProgress(t *testing.T) {
	t.Parallel()
	srv := newServer(t, func(o *awsfake.Options) { o.OldWhileInProgress, o.Settle = true, 20*time.Millisecond })
	ctx := within(t)
	const writers, increments = 8, 2
	var wg sync.WaitGroup
	for range writers {
		jar := awsjar.New[int](newStore(srv))
		wg.Go(func() {
			for range increments {
				if err := increment(jar); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	mustSettle(t, srv)
	if n, err := awsjar.New[int](newStore(srv)).Get(ctx); n != writers*increments || err != nil {
		t.Errorf("the count is %d, %v; want %d", n, err, writers*increments)
	}
	first, err := newStore(srv).Save(ctx, []byte("a"), awsjar.Any)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newStore(srv).Save(ctx, []byte("b"), first.Revision); err != nil {
		t.Errorf("a Save over the revision of the Save before: %v", err)
	}
}

// mustSettle waits until no update is in progress.
func mustSettle(t *testing.T, srv *awsfake.Server) {
	t.Helper()
	err := lambda.NewFunctionUpdatedV2Waiter(client(srv), func(o *lambda.FunctionUpdatedV2WaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Millisecond, 10*time.Millisecond
	}).Wait(within(t), &lambda.GetFunctionInput{FunctionName: ptr(fn)}, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }
