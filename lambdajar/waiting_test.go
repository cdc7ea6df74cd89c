package lambdajar_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
)

// busyServer returns a server whose function is held in an update that set the
// jar to 1, and a function that ends the update.
func busyServer(t *testing.T) (*awsfake.Server, func()) {
	srv := newServer(t)
	release := srv.HoldUpdates(fn)
	if err := awsjar.New[int](newStore(srv)).Put(within(t), 1); err != nil {
		t.Fatal(err)
	}
	return srv, release
}

// releaseAt calls release when the server sees its nth read.
func releaseAt(srv *awsfake.Server, n int, release func()) *awsfake.Injected {
	return srv.Inject(awsfake.Fault{Op: get, Skip: n - 1, Hook: release})
}

func TestWaitsForUpdateInProgress(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *awsjar.Jar[int]) error{
		"Put":    func(ctx context.Context, j *awsjar.Jar[int]) error { return j.Put(ctx, 2) },
		"Update": func(_ context.Context, j *awsjar.Jar[int]) error { return increment(j) },
		"Delete": func(ctx context.Context, j *awsjar.Jar[int]) error { return j.Delete(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, release := busyServer(t)
			srv.ResetRequests()
			released := releaseAt(srv, 3, release)
			if err := call(within(t), awsjar.New[int](newStore(srv))); err != nil {
				t.Fatal(err)
			}
			if got := statuses(srv); released.Fired() != 1 || len(got) != 1 || got[0] != http.StatusOK {
				t.Errorf("updates were answered %v; want one success after the other update", got)
			}
			mustKeep(t, srv, foreign(), "jar")
		})
	}
}

// TestLoadDuringUpdate: reading does not wait.
func TestLoadDuringUpdate(t *testing.T) {
	t.Parallel()
	srv, release := busyServer(t)
	defer release()
	srv.ResetRequests()
	if n, err := awsjar.New[int](newStore(srv)).Get(within(t)); n != 1 || err != nil {
		t.Errorf("Get: %d, %v; want 1", n, err)
	}
	if got := requests(srv)[get]; got != 1 {
		t.Errorf("%d reads; want 1", got)
	}
}

// TestUpdateStartsBetweenReadAndWrite: AWS answers 409 though the read saw a
// settled function.
func TestUpdateStartsBetweenReadAndWrite(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(awsfake.Fault{Op: update, Times: 2, Code: "ResourceConflictException", Status: http.StatusConflict})
	if err := increment(awsjar.New[int](newStore(srv))); err != nil {
		t.Fatal(err)
	}
	if got := variables(t, srv)["jar"]; got != "1" {
		t.Errorf("the count is %q; want 1", got)
	}
}

// TestHeldPastContext: an update that never ends ends the call with its
// context, and it is sure that nothing was stored.
func TestHeldPastContext(t *testing.T) {
	t.Parallel()
	srv, release := busyServer(t)
	defer release()
	ctx, cancel := context.WithCancel(within(t))
	releaseAt(srv, 2, cancel)
	s := newStore(srv)
	_, err := s.Save(ctx, []byte("a stored value"), awsjar.Any)
	var e *awsjar.Error
	if !errors.Is(err, context.Canceled) || errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Save: %v; want context.Canceled and no doubt", err)
	}
	if !errors.As(err, &e) || e.Target != s.String() {
		t.Errorf("Save: %v; want it to name %s", err, s)
	}
	if got := variables(t, srv)["jar"]; got != "1" {
		t.Errorf("the variable is %q; want 1 as before", got)
	}
	short, cancel := context.WithTimeout(within(t), time.Second) // ends between two reads
	defer cancel()
	err = s.Delete(short, awsjar.Any)
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || !strings.Contains(e.Hint, "LastUpdateStatus") {
		t.Errorf("Delete: %v; want context.DeadlineExceeded and a hint", err)
	}
}

// TestReadsFailWhileWaiting: a read that is throttled while a call waits
// anyway does not end the call.
func TestReadsFailWhileWaiting(t *testing.T) {
	t.Parallel()
	srv, release := busyServer(t)
	throttled := srv.Inject(awsfake.Fault{Op: get, Skip: 1, Times: 6, Code: "TooManyRequestsException", Status: http.StatusTooManyRequests})
	releaseAt(srv, 2, release)
	if err := awsjar.New[int](newStore(srv)).Put(within(t), 2); err != nil || throttled.Fired() != 6 {
		t.Errorf("Put: %v, after %d throttled reads", err, throttled.Fired())
	}
}

// TestPending: a function that was just created does not take updates yet.
func TestPending(t *testing.T) {
	t.Parallel()
	srv := awsfake.NewServer(t)
	release := srv.HoldUpdates("new")
	_, err := client(srv).CreateFunction(within(t), &lambda.CreateFunctionInput{
		FunctionName: ptr("new"), Role: ptr("arn:aws:iam::123456789012:role/r"), Runtime: types.RuntimeProvidedal2023, Handler: ptr("bootstrap"),
		Code: &types.FunctionCode{ZipFile: []byte("zip")},
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.ResetRequests()
	releaseAt(srv, 2, release)
	if err := awsjar.New[int](lambdajar.New(client(srv), "new")).Put(within(t), 1); err != nil {
		t.Fatal(err)
	}
	if got := statuses(srv); len(got) != 1 || got[0] != http.StatusOK {
		t.Errorf("updates were answered %v; want one success", got)
	}
}

// TestBackToBack: delete and put without a wait in the caller, while every
// update takes its time.
func TestBackToBack(t *testing.T) {
	t.Parallel()
	srv := newServer(t, func(o *awsfake.Options) { o.Settle = 20 * time.Millisecond })
	ctx := within(t)
	jar := awsjar.New[string](newStore(srv))
	for _, step := range []func() error{
		func() error { return jar.Put(ctx, "one") },
		func() error { return jar.Delete(ctx) },
		func() error { return jar.Put(ctx, "two") },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := jar.Get(ctx); got != "two" || err != nil {
		t.Errorf("Get: %q, %v; want two", got, err)
	}
}

// TestFailedUpdate: an update that AWS has accepted fails afterwards. The old
// configuration stays in force. The handle says so, once, and the next write
// works on it.
func TestFailedUpdate(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	jar := awsjar.New[int](newStore(srv))
	if err := jar.Put(ctx, 1); err != nil {
		t.Fatal(err)
	}
	mustSettle(t, srv)
	srv.FailUpdate(fn, "KMSKeyAccessDenied", "KMS key access denied.")
	if err := jar.Put(ctx, 5); err != nil {
		t.Fatal(err)
	}
	if _, err := jar.Update(ctx, func(n *int) error { *n++; return nil }); !errors.Is(err, lambdajar.ErrUndone) || !strings.Contains(err.Error(), "KMSKeyAccessDenied") {
		t.Errorf("Update after a failed update: %v; want ErrUndone and the reason", err)
	}
	if n, err := jar.Update(ctx, func(n *int) error { *n++; return nil }); n != 2 || err != nil {
		t.Errorf("Update after a failed update: %d, %v; want 2", n, err)
	}
	mustKeep(t, srv, foreign(), "jar")
}

// TestContextEndsBetweenAttempts: AWS refuses the update each time, until the
// context ends while the call waits for its next attempt.
func TestContextEndsBetweenAttempts(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx, cancel := context.WithCancel(within(t))
	refused := srv.Inject(awsfake.Fault{Op: update, Times: -1, Code: "ResourceConflictException", Status: http.StatusConflict})
	s := newStore(srv, func(o *lambdajar.Options) { o.Logger = slog.New(atDebug(func() { cancel() })) })
	_, err := s.Save(ctx, []byte("1"), awsjar.Any)
	var sdk *types.ResourceConflictException
	if !errors.Is(err, context.Canceled) || !errors.As(err, &sdk) || errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Save: %v; want context.Canceled, the refusal before it, and no doubt", err)
	}
	if refused.Fired() != 1 {
		t.Errorf("%d attempts; want 1", refused.Fired())
	}
}

// atDebug is a log handler that calls a function for each record.
type atDebug func()

func (f atDebug) Enabled(context.Context, slog.Level) bool  { return true }
func (f atDebug) Handle(context.Context, slog.Record) error { f(); return nil }
func (f atDebug) WithAttrs([]slog.Attr) slog.Handler        { return f }
func (f atDebug) WithGroup(string) slog.Handler             { return f }

// TestReadsFailAfterThrottledUpdate: an update is throttled, and the reads before
// and after the wait fail. The update is sent again, over the configuration that
// was read before: its RevisionId guards it.
func TestReadsFailAfterThrottledUpdate(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[int](newStore(srv))
	entry, err := jar.Load(within(t))
	if !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatal(err)
	}
	throttled := srv.Inject(awsfake.Fault{Op: update, Times: 1, Code: "TooManyRequestsException", Status: http.StatusTooManyRequests})
	failed := srv.Inject(awsfake.Fault{Op: get, Times: 2, Status: http.StatusServiceUnavailable})
	_, err = jar.PutIf(within(t), 1, entry.Revision)
	if err != nil || throttled.Fired() != 1 || failed.Fired() != 2 {
		t.Errorf("PutIf: %v, after %d throttled updates and %d failed reads", err, throttled.Fired(), failed.Fired())
	}
	if got, err := jar.Get(within(t)); got != 1 || err != nil {
		t.Errorf("the value is %d, %v; want 1", got, err)
	}
}
