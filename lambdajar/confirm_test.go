package lambdajar_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
)

func confirmed(o *lambdajar.Options) { o.Confirm = true }

// failUpdate makes AWS accept the next update and then go back.
func failUpdate(srv *awsfake.Server) {
	srv.FailUpdate(fn, "KMSKeyAccessDenied", "KMS key access denied.")
}

// mustHint checks an error and its hint.
func mustHint(t *testing.T, err, want error, hint string) {
	t.Helper()
	known, ok := errors.AsType[*awsjar.Error](err)
	if !errors.Is(err, want) || !ok || !strings.Contains(known.Hint, hint) {
		t.Errorf("%v; want %v with a hint that says %q", err, want, hint)
	}
}

// TestConfirm: with Confirm a write that AWS undoes is an error, and the value of
// before is there.
func TestConfirm(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *awsjar.Jar[int]) error{
		"Put":    func(ctx context.Context, j *awsjar.Jar[int]) error { return j.Put(ctx, 2) },
		"Update": func(_ context.Context, j *awsjar.Jar[int]) error { return increment(j) },
		"Delete": func(ctx context.Context, j *awsjar.Jar[int]) error { return j.Delete(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			jar := awsjar.New[int](newStore(srv, confirmed))
			if err := jar.Put(within(t), 1); err != nil {
				t.Fatal(err)
			}
			failUpdate(srv)
			err := call(within(t), jar)
			mustHint(t, err, lambdajar.ErrUndone, "LastUpdateStatusReason")
			if errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, awsjar.ErrConflict) || !strings.Contains(err.Error(), "KMSKeyAccessDenied") {
				t.Errorf("%v; want it to say that it was not stored, and the reason", err)
			}
			if n, err := jar.Get(within(t)); n != 1 || err != nil {
				t.Errorf("Get: %d, %v; want the value of before, and no second report", n, err)
			}
			if err := call(within(t), jar); err != nil {
				t.Errorf("the same call again: %v", err)
			}
		})
	}
}

// TestConfirmWaits: a write with Confirm returns when the update has settled, and
// by few reads; without it none is made.
func TestConfirmWaits(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	release := srv.HoldUpdates(fn)
	read := releaseAt(srv, 3, release)
	if _, err := newStore(srv, confirmed).Save(within(t), []byte("1"), awsjar.Any); err != nil || read.Fired() != 1 {
		t.Errorf("Save: %v, before the update had settled", err)
	}
	if got := requests(srv); got[get] != 3 && got[get] != 4 || got[update] != 1 {
		t.Errorf("the requests were %v; want one read before, and two or three after the update", got)
	}
	release = srv.HoldUpdates(fn)
	defer release()
	if _, err := newStore(srv).Save(within(t), []byte("2"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if got := requests(srv); got[get] != 1 || got[update] != 1 {
		t.Errorf("the requests without Confirm were %v; want one of each", got)
	}
}

// TestConfirmInterrupted: the context ends while a write with Confirm waits.
// Nobody knows whether AWS will put the update into force.
func TestConfirmInterrupted(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	release := srv.HoldUpdates(fn)
	defer release()
	ctx, cancel := context.WithCancel(within(t))
	releaseAt(srv, 2, cancel)
	_, err := newStore(srv, confirmed).Save(ctx, []byte("a stored value"), awsjar.Any)
	mustHint(t, err, awsjar.ErrUncertain, "may still fail")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want it to wrap context.Canceled", err)
	}
}

// TestConfirmOvertaken: writes that follow before the update was seen to settle
// do not hide it, and do not look like a failure.
func TestConfirmOvertaken(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	other := newStore(srv)
	s := newStore(srv, confirmed)
	srv.Inject(awsfake.Fault{Op: update, After: true, Then: func() {
		for _, value := range []string{"theirs", "theirs too"} {
			if _, err := other.Save(context.Background(), []byte(value), awsjar.Any); err != nil {
				t.Error(err)
			}
		}
	}})
	if _, err := s.Save(within(t), []byte("mine"), awsjar.Any); err != nil {
		t.Errorf("Save: %v; want nil: it was in force", err)
	}
}

// TestConfirmEqualValue: another writer stores the same value first, so that
// there is nothing left to store, nor to be undone.
func TestConfirmEqualValue(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]func(*lambdajar.Options){"confirmed": confirmed, "accepted": func(*lambdajar.Options) {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			jar := awsjar.New[int](newStore(srv, option))
			if err := jar.Put(within(t), 1); err != nil {
				t.Fatal(err)
			}
			lose(srv, false, func() {
				if err := awsjar.New[int](newStore(srv)).Put(context.Background(), 2); err != nil {
					t.Error(err)
				}
			})
			if err := jar.Put(within(t), 2); err != nil {
				t.Errorf("Put: %v; want nil, for the value is there", err)
			}
			if n, err := jar.Get(within(t)); n != 2 || err != nil {
				t.Errorf("Get: %d, %v; want 2", n, err)
			}
		})
	}
}

// TestUndoneIsSaidOnce: without Confirm the next call that notices says so, and
// one more does not; also where another writer has built on the value of before.
func TestUndoneIsSaidOnce(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*testing.T, *awsfake.Server){
		"nobody": func(*testing.T, *awsfake.Server) {},
		"another writer": func(t *testing.T, srv *awsfake.Server) {
			if _, err := newStore(srv).Save(within(t), []byte("3"), awsjar.Any); err != nil {
				t.Fatal(err)
			}
		},
	} {
		for kind, call := range map[string]func(*lambdajar.Store) error{
			"Load": func(s *lambdajar.Store) error { _, _, err := s.Load(context.Background()); return err },
			"Save": func(s *lambdajar.Store) error {
				_, err := s.Save(context.Background(), []byte("4"), awsjar.Any)
				return err
			},
			"Delete": func(s *lambdajar.Store) error { return s.Delete(context.Background(), awsjar.Any) },
		} {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				srv := newServer(t)
				s := newStore(srv)
				if _, err := s.Save(within(t), []byte("1"), awsjar.Any); err != nil {
					t.Fatal(err)
				}
				mustSettle(t, srv)
				failUpdate(srv)
				if _, err := s.Save(within(t), []byte("2"), awsjar.Any); err != nil {
					t.Fatalf("Save without Confirm: %v", err)
				}
				meanwhile(t, srv)
				requests(srv)
				if err := call(s); !errors.Is(err, lambdajar.ErrUndone) {
					t.Errorf("the first call: %v; want ErrUndone", err)
				}
				if got := requests(srv)[update]; got != 0 {
					t.Errorf("%d updates; want the call to have done nothing", got)
				}
				if err := call(s); err != nil {
					t.Errorf("the second call: %v", err)
				}
			})
		}
	}
}

// TestNotUndone: a deploy tool that sets the environment, and a write of another
// program that fails, are no failures of this handle's write.
func TestNotUndone(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := newStore(srv)
	if _, err := s.Save(within(t), []byte("1"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	srv.ReplaceEnvironment(fn, foreign())
	if _, _, err := s.Load(within(t)); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("Load after a deployment: %v; want ErrNotFound", err)
	}
	if _, err := s.Save(within(t), []byte("1"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	mustSettle(t, srv)
	failUpdate(srv)
	if _, err := newStore(srv).Save(within(t), []byte("theirs"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if data, _, err := s.Load(within(t)); string(data) != "1" || err != nil {
		t.Errorf("Load after another program's write had failed: %q, %v; want 1", data, err)
	}
}

// TestReadOfBefore: a Load that AWS answered before a write of the same handle says
// nothing about that write: no failure of an earlier update passes for its own,
// and its own is still said.
func TestReadOfBefore(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]bool{"in force": false, "undone": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			s := newStore(srv)
			mustSave(t, s, "1")
			failUpdate(srv)
			mustSave(t, newStore(srv), "theirs")
			newStore(srv).Usage(within(t)) // settles it
			srv.Inject(awsfake.Fault{Op: get, After: true, MustFire: true, Then: func() {
				if fails {
					failUpdate(srv)
				}
				if _, err := s.Save(context.Background(), []byte("2"), awsjar.Any); err != nil {
					t.Error(err)
				}
			}})
			mustLoad(t, s, "1")
			newStore(srv).Usage(within(t))
			if _, _, err := s.Load(within(t)); errors.Is(err, lambdajar.ErrUndone) != fails {
				t.Errorf("the next Load: %v; want an ErrUndone: %v", err, fails)
			}
		})
	}
}

// TestOthersAreNotKept: a Store remembers no other variable, which may be a secret,
// once it has saved.
func TestOthersAreNotKept(t *testing.T) {
	t.Parallel()
	s := newStore(newServer(t))
	mustSave(t, s, "1")
	if kept := lambdajar.Kept(s); len(kept) > 0 {
		t.Errorf("it keeps %q", kept)
	}
}

// answering gives its own answers to updates, which are made or not.
type answering struct {
	*lambda.Client
	stored bool
	left   int // how many
	out    *lambda.UpdateFunctionConfigurationOutput
}

func (a *answering) UpdateFunctionConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	if a.left--; a.left < 0 {
		return a.Client.UpdateFunctionConfiguration(ctx, in, optFns...)
	}
	if a.stored {
		if _, err := a.Client.UpdateFunctionConfiguration(ctx, in, optFns...); err != nil {
			return nil, err
		}
	}
	return a.out, nil
}

// TestAnswerShowsTheWrite: a 200 whose body is no configuration, or one without
// the write, is no success, and no failure either: a read decides.
func TestAnswerShowsTheWrite(t *testing.T) {
	t.Parallel()
	for name, out := range map[string]*lambda.UpdateFunctionConfigurationOutput{
		"{}":                {},
		"without variables": {RevisionId: ptr("r")},
		"of before":         {RevisionId: ptr("r"), Environment: &types.EnvironmentResponse{Variables: map[string]string{"jar": "1", "jar_awsjar": "~AAAAAAAA"}}},
	} {
		for _, stored := range []bool{true, false} {
			srv := newServer(t)
			a := &answering{Client: client(srv), stored: stored, left: 1, out: out}
			if err := increment(awsjar.New[int](lambdajar.Hasten(lambdajar.New(a, fn)))); err != nil {
				t.Errorf("%s, stored %v: %v", name, stored, err)
			}
			if got := variables(t, srv)["jar"]; got != "1" {
				t.Errorf("%s, stored %v: the count is %q; want 1", name, stored, got)
			}
		}
	}
}

// TestAnswerToDelete: the same for a Delete, which has no id.
func TestAnswerToDelete(t *testing.T) {
	t.Parallel()
	for _, stored := range []bool{true, false} {
		srv := newServer(t)
		deploy(t, srv, map[string]string{"jar": "1", "jar_awsjar": "~before01"})
		a := &answering{Client: client(srv), stored: stored, left: 1, out: &lambda.UpdateFunctionConfigurationOutput{}}
		if err := lambdajar.Hasten(lambdajar.New(a, fn)).Delete(within(t), awsjar.Any); err != nil {
			t.Errorf("stored %v: %v", stored, err)
		}
		mustKeep(t, srv, foreign())
	}
}

// empty answers reads with nothing.
type empty struct{ *lambda.Client }

func (empty) GetFunctionConfiguration(context.Context, *lambda.GetFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error) {
	return &lambda.GetFunctionConfigurationOutput{}, nil
}

// TestReadOfNothing: a read whose answer is no configuration is an error, and
// never an empty state; for moto too.
func TestReadOfNothing(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, unguarded := range []bool{false, true} {
		s := lambdajar.New(empty{client(srv)}, fn, func(o *lambdajar.Options) { o.Unguarded = unguarded })
		if _, _, err := s.Load(within(t)); errors.Is(err, awsjar.ErrNotFound) || !errors.Is(err, awsjar.ErrUnsupported) {
			t.Errorf("Load, unguarded %v: %v; want ErrUnsupported", unguarded, err)
		}
		if _, err := s.Save(within(t), []byte("1"), awsjar.None); !errors.Is(err, awsjar.ErrUnsupported) || errors.Is(err, awsjar.ErrUncertain) {
			t.Errorf("Save, unguarded %v: %v; want ErrUnsupported", unguarded, err)
		}
	}
	if got := requests(srv)[update]; got != 0 {
		t.Errorf("%d updates; want none", got)
	}
}

// TestForeignLineage: a variable in the place of a jar's ids that awsjar did not
// write is named in the error and stays, even if it looks like ids; so does the
// jar.
func TestForeignLineage(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"acme1234", "4711", "0f8fad5b-d9cb-469f-a165-70867728950e", "AAAAAAAA,BBBBBBBB", "~short"} {
		for _, name := range []string{"jar", "user"} {
			srv := newServer(t)
			theirs := map[string]string{name + "_awsjar": value, name + "_id": value}
			deploy(t, srv, theirs)
			s := newStore(srv, named(name))
			if _, err := s.Save(within(t), []byte("1"), awsjar.Any); !errors.Is(err, awsjar.ErrInvalid) || !strings.Contains(err.Error(), name+"_awsjar") || strings.Contains(err.Error(), value) {
				t.Errorf("%s: Save: %v; want ErrInvalid that names the variable, and not its value", value, err)
			}
			if err := s.Delete(within(t), awsjar.Any); !errors.Is(err, awsjar.ErrInvalid) {
				t.Errorf("%s: Delete: %v; want ErrInvalid", value, err)
			}
			if _, _, err := s.Load(within(t)); !errors.Is(err, awsjar.ErrNotFound) {
				t.Errorf("%s: Load: %v; want ErrNotFound", value, err)
			}
			for variable, want := range theirs {
				if got := variables(t, srv)[variable]; got != want {
					t.Errorf("%s is %q; want %q", variable, got, want)
				}
			}
		}
	}
}

// TestOtherPeoplesIds: variables that end in _id are other people's for a jar of
// any name; and a jar may have such a name beside another.
func TestOtherPeoplesIds(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ids := map[string]string{"user_id": "4711", "jar_id": "acme1234"}
	deploy(t, srv, ids)
	user, jar, third := newStore(srv, named("user")), newStore(srv), newStore(srv, named("ab_id"))
	for _, s := range []*lambdajar.Store{user, jar, third, newStore(srv, named("ab"))} {
		mustSave(t, s, s.String())
	}
	for _, s := range []*lambdajar.Store{user, jar, third} {
		mustLoad(t, s, s.String())
	}
	for _, s := range []*lambdajar.Store{user, jar} {
		if err := s.Delete(within(t), awsjar.Any); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range ids {
		if got := variables(t, srv)[name]; got != want {
			t.Errorf("%s is %q; want %q", name, got, want)
		}
	}
}

// TestUntrusted: a certificate that is refused, like a proxy that does not
// answer, is a plain failure at once: nothing was sent.
func TestUntrusted(t *testing.T) {
	t.Parallel()
	srv := newServer(t, func(o *awsfake.Options) { o.TLS = true })
	trusting := client(srv)
	distrusting := lambda.New(trusting.Options(), func(o *lambda.Options) { o.HTTPClient = http.DefaultClient })
	s := lambdajar.Hasten(lambdajar.New(split{trusting, distrusting}, fn))
	_, err := s.Save(within(t), []byte("1"), awsjar.Any)
	mustExplain(t, err, nil, "certificate")
	if errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Save: %v; want a plain failure", err)
	}
}
