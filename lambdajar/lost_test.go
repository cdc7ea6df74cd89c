package lambdajar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/google/go-cmp/cmp"
)

// statuses returns the answers to the updates that the server has seen.
func statuses(srv *awsfake.Server) (got []int) {
	for _, r := range srv.Requests() {
		if r.Op == update {
			got = append(got, r.Status)
		}
	}
	return got
}

// TestLostAndStored: the answer to an update was lost, and a read shows it: also
// while it is in progress. It is not sent again.
func TestLostAndStored(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*awsfake.Options){
		"412": func(*awsfake.Options) {},
		"409": func(o *awsfake.Options) { o.ConflictFirst = true },
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, settings)
			release := func() {}
			if name == "409" {
				release = srv.HoldUpdates(fn)
			}
			srv.Inject(awsfake.Fault{Op: update, After: true, Status: http.StatusInternalServerError, Code: "ServiceException"})
			jar := awsjar.New[int](newStore(srv))
			err := increment(jar)
			release()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]int{500}, statuses(srv)); diff != "" {
				t.Errorf("answers to the updates (-want +got):\n%s", diff)
			}
			if n, err := jar.Get(within(t)); n != 1 || err != nil {
				t.Errorf("the count is %d, %v; want 1", n, err)
			}
		})
	}
}

// TestEqualValues: of two writers that store equal bytes over the same revision
// each learns the fate of its own write.
func TestEqualValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		stored   bool // whether the first writer's request has its effect
		want     error
		theirErr error
	}{
		{"first stored", true, nil, awsjar.ErrConflict},
		{"first not stored", false, awsjar.ErrConflict, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := newServer(t)
			ctx := within(t)
			first, second := newStore(srv), newStore(srv)
			meta, err := first.Save(ctx, []byte("1"), awsjar.Any)
			if err != nil {
				t.Fatal(err)
			}
			theirs := make(chan error, 1)
			once := func() {
				_, err := second.Save(context.Background(), []byte("2"), meta.Revision)
				theirs <- err
			}
			fault := awsfake.Fault{Op: update, Drop: true, After: c.stored, Hook: once}
			if c.stored {
				fault.Hook, fault.Then = nil, once
			}
			srv.Inject(fault)
			mine, err := first.Save(ctx, []byte("2"), meta.Revision)
			if !errors.Is(err, c.want) {
				t.Errorf("the first writer: %v; want %v", err, c.want)
			}
			if err := <-theirs; !errors.Is(err, c.theirErr) {
				t.Errorf("the second writer: %v; want %v", err, c.theirErr)
			}
			if _, now, err := second.Load(ctx); err != nil || c.stored != (now.Revision == mine.Revision) {
				t.Errorf("the revision is %q, %v; the first writer's is %q", now.Revision, err, mine.Revision)
			}
		})
	}
}

// lose makes the next update lose its answer. meanwhile runs before its effect
// or after it.
func lose(srv *awsfake.Server, stored bool, meanwhile func()) {
	fault := awsfake.Fault{Op: update, Drop: true, After: stored, Hook: meanwhile}
	if stored {
		fault.Hook, fault.Then = nil, meanwhile
	}
	srv.Inject(fault)
}

// TestLostAnswers: the result of a call whose answer was lost, for each thing
// that others do before the call can look.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	overwrite := func(t *testing.T, srv *awsfake.Server, times int) {
		// Not through the server: the faults would strike these requests.
		env := variables(t, srv)
		jar := jarvar.Read("jar", func(name string) (string, bool) { v, ok := env[name]; return v, ok })
		for n := range times {
			jar = jar.Next(fmt.Sprint(100+n), lineage.NewID())
		}
		deploy(t, srv, map[string]string{"jar": jar.Text, "jar_awsjar": jar.LineText()})
	}
	put := func(j *awsjar.Jar[int]) error { return j.Put(ctx, 7) }
	create := func(j *awsjar.Jar[int]) error { return j.Create(ctx, 7) }
	remove := func(j *awsjar.Jar[int]) error { return j.Delete(ctx) }
	putIf := func(j *awsjar.Jar[int]) error {
		entry, err := j.Load(ctx)
		if err == nil {
			_, err = j.PutIf(ctx, 7, entry.Revision)
		}
		return err
	}
	deleteIf := func(j *awsjar.Jar[int]) error {
		entry, err := j.Load(ctx)
		if err == nil {
			err = j.DeleteIf(ctx, entry.Revision)
		}
		return err
	}
	nobody := func(*testing.T, *awsfake.Server) {}
	one := func(t *testing.T, srv *awsfake.Server) { overwrite(t, srv, 1) }
	five := func(t *testing.T, srv *awsfake.Server) { overwrite(t, srv, 5) }
	otherVariable := func(t *testing.T, srv *awsfake.Server) { deploy(t, srv, map[string]string{"NEW": "variable"}) }
	textAlone := func(t *testing.T, srv *awsfake.Server) { deploy(t, srv, map[string]string{"jar": "100"}) }
	// Where a test begins with the value 1, it has these ids.
	const ids = "~before01"
	rollBack := func(text string) func(*testing.T, *awsfake.Server) {
		return func(t *testing.T, srv *awsfake.Server) {
			deploy(t, srv, map[string]string{"jar": text, "jar_awsjar": ids})
		}
	}
	reset := func(t *testing.T, srv *awsfake.Server) { srv.ReplaceEnvironment(fn, foreign()) }
	recreate := func(t *testing.T, srv *awsfake.Server) {
		reset(t, srv)
		deploy(t, srv, map[string]string{"jar": "55", "jar_awsjar": "~others01"})
	}
	for _, c := range []struct {
		name      string
		fresh     bool // nothing is stored before
		call      func(*awsjar.Jar[int]) error
		stored    bool
		meanwhile func(*testing.T, *awsfake.Server)
		want      error
		value     string // afterwards
	}{
		{"Put, stored, nobody", false, put, true, nobody, nil, "7"},
		{"Put, stored, overwritten", false, put, true, one, nil, "100"},
		{"Put, stored, overwritten beyond the lineage", false, put, true, five, awsjar.ErrUncertain, "104"},
		{"Put, stored, reset by a deploy tool", false, put, true, reset, awsjar.ErrUncertain, ""},
		{"Put, stored, other variable", false, put, true, otherVariable, nil, "7"},
		{"Put, not stored, nobody", false, put, false, nobody, nil, "7"},
		{"Put, not stored, overwritten", false, put, false, one, nil, "7"},
		{"Put, not stored, reset by a deploy tool", false, put, false, reset, awsjar.ErrUncertain, ""},
		{"Put, not stored, other variable", false, put, false, otherVariable, nil, "7"},
		{"Put, stored, other text", false, put, true, textAlone, nil, "100"},
		{"Put, not stored, other text", false, put, false, textAlone, awsjar.ErrUncertain, "100"},
		{"Put, stored, other text and ids of before", false, put, true, rollBack("100"), awsjar.ErrUncertain, "100"},
		{"Put, stored, text and ids of before", false, put, true, rollBack("1"), nil, "7"},

		{"PutIf, stored, overwritten", false, putIf, true, one, nil, "100"},
		{"PutIf, not stored, overwritten", false, putIf, false, one, awsjar.ErrConflict, "100"},
		{"PutIf, not stored, overwritten beyond the lineage", false, putIf, false, five, awsjar.ErrUncertain, "104"},
		{"PutIf, not stored, other variable", false, putIf, false, otherVariable, nil, "7"},
		{"PutIf, not stored, other text", false, putIf, false, textAlone, awsjar.ErrUncertain, "100"},
		{"PutIf, stored, other text and ids of before", false, putIf, true, rollBack("100"), awsjar.ErrUncertain, "100"},
		{"PutIf, stored, text and ids of before", false, putIf, true, rollBack("1"), nil, "7"},

		{"Create, stored, nobody", true, create, true, nobody, nil, "7"},
		{"Create, stored, overwritten", true, create, true, one, nil, "100"},
		{"Create, stored, deleted", true, create, true, reset, awsjar.ErrUncertain, ""},
		{"Create, not stored, nobody", true, create, false, nobody, nil, "7"},
		{"Create, not stored, created by another", true, create, false, one, awsjar.ErrUncertain, "100"},
		{"Create, stored, deleted and created by another", true, create, true, recreate, awsjar.ErrUncertain, "55"},
		{"Create, not stored, other variable", true, create, false, otherVariable, awsjar.ErrUncertain, ""},

		{"Delete, stored, nobody", false, remove, true, nobody, nil, ""},
		{"Delete, stored, recreated", false, remove, true, recreate, awsjar.ErrUncertain, "55"},
		{"Delete, not stored, nobody", false, remove, false, nobody, nil, ""},
		{"Delete, not stored, overwritten", false, remove, false, one, nil, ""},
		{"Delete, not stored, other text", false, remove, false, textAlone, awsjar.ErrUncertain, "100"},
		{"Delete, stored, other text and ids of before", false, remove, true, rollBack("100"), awsjar.ErrUncertain, "100"},
		{"Delete, stored, text and ids of before", false, remove, true, rollBack("1"), nil, ""},
		{"DeleteIf, stored, nobody", false, deleteIf, true, nobody, nil, ""},
		{"DeleteIf, not stored, nobody", false, deleteIf, false, nobody, nil, ""},
		{"DeleteIf, not stored, overwritten", false, deleteIf, false, one, awsjar.ErrConflict, "100"},
		{"DeleteIf, not stored, deleted by another", false, deleteIf, false, reset, nil, ""},
		{"DeleteIf, not stored, recreated", false, deleteIf, false, recreate, awsjar.ErrUncertain, "55"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := newServer(t)
			jar := awsjar.New[int](newStore(srv))
			if !c.fresh {
				deploy(t, srv, map[string]string{"jar": "1", "jar_awsjar": ids})
			}
			lose(srv, c.stored, func() { c.meanwhile(t, srv) })
			err := c.call(jar)
			if c.want == nil && err != nil || !errors.Is(err, c.want) {
				t.Errorf("%v; want %v", err, c.want)
			}
			if errors.Is(err, awsjar.ErrUncertain) && errors.Is(err, awsjar.ErrConflict) {
				t.Errorf("%v is uncertain and a conflict at once", err)
			}
			if got := variables(t, srv)["jar"]; got != c.value {
				t.Errorf("the variable is %q afterwards; want %q", got, c.value)
			}
		})
	}
}

// TestSaveOfTheLoadedValue: a Save that changes nothing about the configuration
// that was loaded may be too late all the same.
func TestSaveOfTheLoadedValue(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	mine, other := newStore(srv), newStore(srv)
	if _, err := mine.Save(ctx, []byte("1"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		theirs string
		want   error
	}{{"1", nil}, {"2", awsjar.ErrConflict}} {
		_, meta, err := mine.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Save(ctx, []byte(c.theirs), meta.Revision); err != nil {
			t.Fatal(err)
		}
		if _, err := mine.Save(ctx, []byte("1"), meta.Revision); !errors.Is(err, c.want) {
			t.Errorf("after another writer stored %s: %v; want %v", c.theirs, err, c.want)
		}
	}
}

// TestOutage: while nothing of the answers arrives, nothing can be promised.
// The request is made again with the same id a few times, not for ever.
func TestOutage(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	recorder := &recording{Client: client(srv)}
	s := lambdajar.Hasten(lambdajar.New(recorder, fn))
	srv.Inject(awsfake.Fault{Op: update, Times: -1, Status: http.StatusServiceUnavailable})
	err := awsjar.New[string](s).Put(within(t), "a stored value")
	var e *awsjar.Error
	if !errors.Is(err, awsjar.ErrUncertain) || !errors.As(err, &e) || e.Hint == "" || e.Target != s.String() {
		t.Errorf("Put: %v; want ErrUncertain with a hint", err)
	}
	sent := requests(srv)
	if sent[update]+sent[get] > 24 || sent[update] < 2 {
		t.Errorf("the requests were %v; want some updates, and at most 24 requests", sent)
	}
	if ids := slices.Compact(recorder.ids); len(ids) != 1 || ids[0] == "" || len(recorder.ids) != sent[update] {
		t.Errorf("the requests had the ids %q; want the same each time, and no repetition by the SDK", recorder.ids)
	}
	mustKeep(t, srv, foreign())
}

// recording notes the lineage that each update carries.
type recording struct {
	*lambda.Client
	ids []string
}

func (c *recording) UpdateFunctionConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	c.ids = append(c.ids, in.Environment.Variables["jar_awsjar"])
	return c.Client.UpdateFunctionConfiguration(ctx, in, optFns...)
}

// TestBlindAfterLostAnswer: the answer was lost, and the configuration cannot be
// read back.
func TestBlindAfterLostAnswer(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[int](newStore(srv))
	if _, err := jar.Load(within(t)); !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatal(err)
	}
	lose(srv, true, nil)
	once := srv.Inject(awsfake.Fault{Op: get, Times: 6, Status: http.StatusServiceUnavailable})
	if _, err := jar.PutIf(within(t), 1, awsjar.None); err != nil || once.Fired() != 6 {
		t.Errorf("PutIf that could read back at the third time: %v; want nil (%d reads failed)", err, once.Fired())
	}
	entry, err := jar.Load(within(t))
	if err != nil {
		t.Fatal(err)
	}
	lose(srv, true, nil)
	srv.Inject(awsfake.Fault{Op: get, Times: -1, Status: http.StatusForbidden, Code: "AccessDeniedException"})
	_, err = jar.PutIf(within(t), 2, entry.Revision)
	if !errors.Is(err, awsjar.ErrUncertain) || !errors.Is(err, awsjar.ErrAccessDenied) {
		t.Errorf("PutIf that could not read back: %v; want ErrUncertain and why", err)
	}
}

// TestContextEndsInFlight: the request is on its way when the context ends.
func TestContextEndsInFlight(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[int](newStore(srv))
	ctx, cancel := context.WithCancel(within(t))
	srv.Inject(awsfake.Fault{Op: update, After: true, Then: cancel, Drop: true})
	err := jar.Put(ctx, 1)
	if !errors.Is(err, awsjar.ErrUncertain) || !errors.Is(err, context.Canceled) {
		t.Errorf("Put: %v; want ErrUncertain that wraps context.Canceled", err)
	}
	if n, err := jar.Get(within(t)); n != 1 || err != nil {
		t.Errorf("Get: %d, %v; want 1, for the request had arrived", n, err)
	}
}

// TestContextEndsBetween: the context ends after the read and before the
// request is sent: nothing is stored, and that is sure.
func TestContextEndsBetween(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx, cancel := context.WithCancel(within(t))
	s := lambdajar.New(between{client(srv), cancel}, fn)
	_, err := s.Save(ctx, []byte("1"), awsjar.Any)
	if errors.Is(err, awsjar.ErrUncertain) || !errors.Is(err, context.Canceled) {
		t.Errorf("Save: %v; want context.Canceled and no doubt", err)
	}
	if got := requests(srv)[update]; got != 0 {
		t.Errorf("%d updates; want none", got)
	}
}

// TestContextEndsBeforeSending: the same, as late as possible.
func TestContextEndsBeforeSending(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx, cancel := context.WithCancel(within(t))
	slow := client(srv, func(c *aws.Config) {
		inner := c.Credentials
		c.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			cancel()
			return inner.Retrieve(context.WithoutCancel(ctx))
		})
	})
	_, err := lambdajar.New(split{client(srv), slow}, fn).Save(ctx, []byte("1"), awsjar.Any)
	if errors.Is(err, awsjar.ErrUncertain) || !errors.Is(err, context.Canceled) {
		t.Errorf("Save: %v; want context.Canceled and no doubt", err)
	}
	mustKeep(t, srv, foreign())
}

// TestProxyThatRepeats: a proxy on the way may send a PUT twice, for HTTP calls
// it idempotent. The answer that arrives is that to the second.
func TestProxyThatRepeats(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[int](lambdajar.Hasten(lambdajar.New(client(srv, func(c *aws.Config) { c.HTTPClient = twice{srv.HTTPClient()} }), fn)))
	for range 3 {
		if err := increment(jar); err != nil {
			t.Fatal(err)
		}
	}
	if got := variables(t, srv)["jar"]; got != "3" {
		t.Errorf("the count is %s; want 3", got)
	}
	if got := len(statuses(srv)); got != 6 {
		t.Errorf("%d updates arrived; want 6", got)
	}
}

// TestUnsentAndOvertaken: a Put and a Delete did not reach AWS, the read after
// that failed, and others wrote more often than a lineage names. Nothing of ours
// was stored, and there is no condition: it is sent again.
func TestUnsentAndOvertaken(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*awsjar.Jar[int]) error{
		"Put":    func(j *awsjar.Jar[int]) error { return j.Put(within(t), 7) },
		"Delete": func(j *awsjar.Jar[int]) error { return j.Delete(within(t)) },
	} {
		srv := newServer(t)
		other := awsjar.New[int](newStore(srv))
		if err := other.Put(within(t), 1); err != nil {
			t.Fatal(err)
		}
		refuse := &refusing{Client: srv.HTTPClient(), meanwhile: func() {
			for n := range 6 {
				if err := other.Put(within(t), n); err != nil {
					t.Error(err)
				}
			}
			srv.Inject(awsfake.Fault{Op: get, Status: http.StatusServiceUnavailable})
		}}
		jar := awsjar.New[int](lambdajar.New(client(srv, func(c *aws.Config) { c.HTTPClient = refuse }), fn))
		if err := call(jar); err != nil || refuse.meanwhile != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// refusing is a client whose first update is not connected to AWS.
type refusing struct {
	*http.Client
	meanwhile func()
}

func (c *refusing) Do(r *http.Request) (*http.Response, error) {
	if meanwhile := c.meanwhile; meanwhile != nil && r.Method == http.MethodPut {
		c.meanwhile = nil
		meanwhile()
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	return c.Client.Do(r)
}

type twice struct{ *http.Client }

func (c twice) Do(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPut {
		again := r.Clone(r.Context())
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		again.Body, r.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
		first, err := c.Client.Do(again)
		if err != nil {
			return nil, err
		}
		first.Body.Close()
	}
	return c.Client.Do(r)
}

// TestRefusedAfterDoubt: an answer was lost, and then it turned out that the
// request was not stored and never will be. The requests after it are no longer
// in doubt.
func TestRefusedAfterDoubt(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[int](newStore(srv))
	if err := jar.Put(within(t), 1); err != nil {
		t.Fatal(err)
	}
	lose(srv, false, func() { deploy(t, srv, map[string]string{"NEW": "variable"}) })
	srv.Inject(awsfake.Fault{Op: update, Status: http.StatusForbidden, Code: "AccessDeniedException"})
	err := jar.Put(within(t), 2)
	mustExplain(t, err, awsjar.ErrAccessDenied, "lambda:UpdateFunctionConfiguration")

	// Without the other change the lost request might still arrive.
	lose(srv, false, nil)
	srv.Inject(awsfake.Fault{Op: update, Status: http.StatusForbidden, Code: "AccessDeniedException"})
	err = jar.Put(within(t), 2)
	mustExplain(t, err, awsjar.ErrUncertain, "load the value")
	if !errors.Is(err, awsjar.ErrAccessDenied) {
		t.Errorf("Put: %v; want it to tell of the refusal, too", err)
	}
}

// TestDeletedByAnotherFirst: nothing was lost, so that the other one's delete is
// not taken for this one's.
func TestDeletedByAnotherFirst(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := newStore(srv)
	meta, err := s.Save(within(t), []byte("1"), awsjar.Any)
	if err != nil {
		t.Fatal(err)
	}
	srv.Inject(awsfake.Fault{Op: update, Hook: func() { srv.ReplaceEnvironment(fn, foreign()) }})
	if err := s.Delete(within(t), meta.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Delete: %v; want ErrConflict", err)
	}
}

// TestLostWhileOldIsShown: the answer was lost, and until the update has settled
// AWS shows the value of before.
func TestLostWhileOldIsShown(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*lambdajar.Store, awsjar.Revision) error{
		"Put": func(s *lambdajar.Store, _ awsjar.Revision) error {
			_, err := s.Save(context.Background(), []byte("2"), awsjar.Any)
			return err
		},
		"PutIf": func(s *lambdajar.Store, revision awsjar.Revision) error {
			_, err := s.Save(context.Background(), []byte("2"), revision)
			return err
		},
		"Delete": func(s *lambdajar.Store, revision awsjar.Revision) error {
			return s.Delete(context.Background(), revision)
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, func(o *awsfake.Options) { o.OldWhileInProgress = true })
			s := newStore(srv)
			for _, before := range []string{"", "1"} {
				var revision awsjar.Revision
				if before != "" {
					deploy(t, srv, map[string]string{"jar": before, "jar_awsjar": ""})
					_, meta, err := s.Load(within(t))
					if err != nil {
						t.Fatal(err)
					}
					revision = meta.Revision
				} else if name == "Delete" {
					continue
				}
				release := srv.HoldUpdates(fn)
				lose(srv, true, nil)
				releaseAt(srv, 4, release)
				if err := call(s, revision); err != nil {
					t.Errorf("over %q: %v", before, err)
				}
				release()
			}
		})
	}
}

type between struct {
	*lambda.Client
	hook func()
}

func (c between) UpdateFunctionConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	c.hook()
	return c.Client.UpdateFunctionConfiguration(ctx, in, optFns...)
}

// TestClientThatHidesItsAttempts: a Client of somebody else's may ignore the
// options of a call. Then every failure is looked into.
func TestClientThatHidesItsAttempts(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := lambdajar.New(deaf{client(srv)}, fn)
	srv.Inject(awsfake.Fault{Op: update, After: true, Status: http.StatusInternalServerError, Code: "ServiceException"})
	if err := increment(awsjar.New[int](s)); err != nil {
		t.Error(err)
	}
	lose(srv, true, nil)
	if err := increment(awsjar.New[int](s)); err != nil {
		t.Error(err)
	}
	if got := variables(t, srv)["jar"]; got != "2" {
		t.Errorf("the count is %s; want 2", got)
	}
}

type deaf struct{ *lambda.Client }

func (c deaf) UpdateFunctionConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, _ ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	return c.Client.UpdateFunctionConfiguration(ctx, in)
}

// TestNoRevisionID: a server that does not tell the RevisionId cannot guard the
// other variables, so nothing is sent to it.
func TestNoRevisionID(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := lambdajar.New(unguarded{client(srv)}, fn)
	if _, err := s.Save(within(t), []byte("1"), awsjar.Any); !errors.Is(err, awsjar.ErrUnsupported) {
		t.Errorf("Save: %v; want ErrUnsupported", err)
	}
	if got := requests(srv)[update]; got != 0 {
		t.Errorf("%d updates; want none", got)
	}
}

type unguarded struct{ *lambda.Client }

func (c unguarded) GetFunctionConfiguration(ctx context.Context, in *lambda.GetFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error) {
	out, err := c.Client.GetFunctionConfiguration(ctx, in, optFns...)
	if out != nil {
		out.RevisionId = nil
	}
	return out, err
}

// TestTruncatedAnswers: an answer that ends in the middle.
func TestTruncatedAnswers(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[string](newStore(srv))
	srv.Inject(awsfake.Fault{Op: update, Truncate: 20})
	if _, err := jar.Update(within(t), func(s *string) error { *s += "once"; return nil }); err != nil {
		t.Errorf("Update whose answer was cut: %v", err)
	}
	if got, err := jar.Get(within(t)); got != "once" || err != nil {
		t.Errorf("Get: %q, %v", got, err)
	}
	srv.Inject(awsfake.Fault{Op: get, Truncate: 100, Times: -1})
	if got, err := jar.Get(within(t)); err == nil {
		t.Errorf("Get from an answer that was cut: %q; want an error", got)
	}
}

// TestFullLineageProvesNothing: six writes came between a refusal and the read
// that follows it. A read at once shows that they were others'; one after a read
// that failed may have missed our own, sent twice by a proxy.
func TestFullLineageProvesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failed int
		want   error
	}{"at once": {0, awsjar.ErrConflict}, "after a read that failed": {1, awsjar.ErrUncertain}} {
		srv := newServer(t)
		s, other := newStore(srv), newStore(srv)
		mustSave(t, s, "1")
		_, meta, err := s.Load(within(t))
		if err != nil {
			t.Fatal(err)
		}
		srv.Inject(awsfake.Fault{Op: update, Hook: func() {
			for n := range 6 {
				if _, err := other.Save(context.Background(), fmt.Append(nil, n), awsjar.Any); err != nil {
					t.Error(err)
				}
			}
			if c.failed > 0 {
				srv.Inject(awsfake.Fault{Op: get, Times: c.failed, Status: http.StatusServiceUnavailable})
			}
		}})
		if _, err := s.Save(within(t), []byte("mine"), meta.Revision); !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
	}
}
