package lambdajar_test

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/google/go-cmp/cmp"
)

// seen are the variables of the function at three times, all with a jar.
type seen struct {
	old  map[string]string // when the jar said 4
	page map[string]string // when the jar said 5, before the call that is tested
	now  map[string]string // at the time of the write
}

// tool is a program that replaces the environment as a whole, without asking
// for a RevisionId. It knows nothing of jars.
type tool struct {
	name string
	// write returns the variables that the tool sends.
	write func(seen) map[string]string
	// last is the value of the jar if the tool writes after our call, first if
	// it writes before our write; kept and dropped if it writes after an
	// answer was lost, of a write that was stored and of one that was not.
	// "5+1" is our write over 5, "?" an ErrUncertain.
	last, first, kept, dropped string
}

// own are the variables that a deploy tool declares, and those of more.
func own(more ...map[string]string) map[string]string {
	variables := map[string]string{"STAGE": "production", "NEW": "variable"}
	for _, m := range more {
		maps.Copy(variables, m)
	}
	return variables
}

// pick returns the named variables, those that are there.
func pick(variables map[string]string, names ...string) map[string]string {
	picked := map[string]string{}
	for _, name := range names {
		if value, ok := variables[name]; ok {
			picked[name] = value
		}
	}
	return picked
}

// edited returns all variables, one of them changed.
func edited(variables map[string]string, name, value string) map[string]string {
	variables = maps.Clone(variables)
	variables[name] = value
	return variables
}

var tools = []tool{
	{
		name:  "Terraform",
		write: func(seen) map[string]string { return own() },
		last:  "absent", first: "0+1", kept: "? absent", dropped: "? absent",
	},
	{
		name:  "Terraform with a stub",
		write: func(seen) map[string]string { return own(map[string]string{"jar": "", "jar_awsjar": ""}) },
		last:  "absent", first: "0+1", kept: "? absent", dropped: "? absent",
	},
	{
		name:  "Terraform, jar and jar_awsjar ignored",
		write: func(s seen) map[string]string { return own(pick(s.now, "jar", "jar_awsjar")) },
		last:  "5+1", first: "5+1", kept: "5+1", dropped: "5+1",
	},
	{
		name:  "Terraform, only jar ignored", // the lineage is gone, so nobody can tell
		write: func(s seen) map[string]string { return own(pick(s.now, "jar")) },
		last:  "5+1", first: "5+1", kept: "? 5+1", dropped: "? 5",
	},
	{
		name:  "Terraform, only jar_awsjar ignored", // the value is gone, but the lineage tells if ours was there
		write: func(s seen) map[string]string { return own(pick(s.now, "jar_awsjar"), map[string]string{"jar": ""}) },
		last:  "absent", first: "0+1", kept: "absent", dropped: "? absent",
	},
	{
		name:  "Terraform, ignored, applying an earlier plan",
		write: func(s seen) map[string]string { return own(pick(s.page, "jar", "jar_awsjar")) },
		last:  "5", first: "5+1", kept: "5+1", dropped: "5+1",
	},
	{
		name:  "SAM, Environment changed",
		write: func(seen) map[string]string { return own() },
		last:  "absent", first: "0+1", kept: "? absent", dropped: "? absent",
	},
	{
		name:  "SAM, something else changed",
		write: func(s seen) map[string]string { return s.now },
		last:  "5+1", first: "5+1", kept: "5+1", dropped: "5+1",
	},
	{
		name:  "console",
		write: func(s seen) map[string]string { return edited(s.now, "STAGE", "production") },
		last:  "5+1", first: "5+1", kept: "5+1", dropped: "5+1",
	},
	{
		name: "console, jar deleted",
		write: func(s seen) map[string]string {
			variables := maps.Clone(s.now)
			delete(variables, "jar")
			return variables
		},
		last: "absent", first: "0+1", kept: "absent", dropped: "? absent",
	},
	{
		name:  "console, stale page",
		write: func(s seen) map[string]string { return edited(s.page, "STAGE", "production") },
		last:  "5", first: "5+1", kept: "5+1", dropped: "5+1",
	},
	{
		name:  "console, older page",
		write: func(s seen) map[string]string { return edited(s.old, "STAGE", "production") },
		last:  "4", first: "4+1", kept: "? 4", dropped: "? 4",
	},
	{
		name:  "Python awsjar",
		write: func(s seen) map[string]string { return edited(s.now, "jar", "100") },
		last:  "100", first: "100+1", kept: "100", dropped: "? 100",
	},
	{
		name:  "Python awsjar, read earlier", // ids of before beside another text: ours may have been between
		write: func(s seen) map[string]string { return edited(s.page, "jar", "100") },
		last:  "100", first: "100+1", kept: "? 100", dropped: "? 100",
	},
}

// rival is a tool at work on the function.
type rival struct {
	tool
	srv    *awsfake.Server
	seen   seen
	others map[string]string // the variables that it sent, without those of the jar
}

// variables returns the variables that the tool sends now.
func (r *rival) variables(t *testing.T) map[string]string {
	r.seen.now = variables(t, r.srv)
	sent := r.write(r.seen)
	r.others = maps.Clone(sent)
	delete(r.others, "jar")
	delete(r.others, "jar_awsjar")
	return sent
}

// replace writes behind the API's back, so that no fault strikes it.
func (r *rival) replace(t *testing.T) { r.srv.ReplaceEnvironment(fn, r.variables(t)) }

// send writes through the API.
func (r *rival) send(t *testing.T) error {
	_, err := client(r.srv).UpdateFunctionConfiguration(within(t), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: ptr(fn), Environment: &types.Environment{Variables: r.variables(t)},
	})
	return err
}

// moments are the times at which a tool can write, relative to our call.
var moments = []struct {
	name string
	want func(tool) string
	run  func(t *testing.T, r *rival, call func() error) error
}{
	{"before our read", func(x tool) string { return x.first }, func(t *testing.T, r *rival, call func() error) error {
		r.replace(t)
		return call()
	}},
	{"between our read and our write", func(x tool) string { return x.first }, func(t *testing.T, r *rival, call func() error) error {
		hit := r.srv.Inject(awsfake.Fault{Op: update, Hook: func() { r.replace(t) }})
		err := call()
		if hit.Fired() != 1 {
			t.Error("the tool wrote nothing")
		}
		return err
	}},
	{"its update in progress", func(x tool) string { return x.first }, duringTheirs},
	{"its update in progress, old variables shown", func(x tool) string { return x.first }, duringTheirs},
	{"our update in progress", func(x tool) string { return x.last }, duringOurs},
	{"between our lost answer and our look, stored", func(x tool) string { return x.kept }, func(t *testing.T, r *rival, call func() error) error {
		lose(r.srv, true, func() { r.replace(t) })
		return call()
	}},
	{"between our lost answer and our look, not stored", func(x tool) string { return x.dropped }, func(t *testing.T, r *rival, call func() error) error {
		lose(r.srv, false, func() { r.replace(t) })
		return call()
	}},
	{"after our update", func(x tool) string { return x.last }, func(t *testing.T, r *rival, call func() error) error {
		err := call()
		r.replace(t)
		return err
	}},
}

// duringTheirs calls while AWS still makes the tool's variables take effect.
func duringTheirs(t *testing.T, r *rival, call func() error) error {
	release := r.srv.HoldUpdates(fn)
	defer release()
	if err := r.send(t); err != nil {
		t.Fatal(err)
	}
	released := releaseAt(r.srv, 3, release)
	err := call()
	if released.Fired() != 1 {
		t.Error("the call did not wait")
	}
	return err
}

// duringOurs lets the tool write while AWS still makes our variables take
// effect. AWS refuses that, and the tool tries again.
func duringOurs(t *testing.T, r *rival, call func() error) error {
	release := r.srv.HoldUpdates(fn)
	defer release()
	result := call()
	var busy *types.ResourceConflictException
	if err := r.send(t); !errors.As(err, &busy) {
		t.Errorf("the tool was answered %v; want ResourceConflictException", err)
	}
	release()
	mustSettle(t, r.srv)
	if err := r.send(t); err != nil {
		t.Error(err)
	}
	return result
}

// newRival returns a tool, and the store of a jar that said 4 and says 5.
func newRival(t *testing.T, x tool, optFns ...func(*awsfake.Options)) (*rival, awsjar.Store) {
	t.Helper()
	r := &rival{tool: x, srv: newServer(t, optFns...)}
	s := newStore(r.srv)
	for _, c := range []struct {
		value int
		seen  *map[string]string
	}{{4, &r.seen.old}, {5, &r.seen.page}} {
		if err := awsjar.New[int](s).Put(within(t), c.value); err != nil {
			t.Fatal(err)
		}
		mustSettle(t, r.srv)
		*c.seen = variables(t, r.srv)
	}
	return r, s
}

// TestDeployTools: the variables of each tool survive our write, at whichever
// moment the tool writes, and our value is lost only where the tool sent another
// or none. Then the value is absent, not empty, and the function keeps its other
// variables.
func TestDeployTools(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *awsjar.Jar[int]) error{
		"Put": func(ctx context.Context, j *awsjar.Jar[int]) error { return j.Put(ctx, 7) },
		"Update": func(ctx context.Context, j *awsjar.Jar[int]) error {
			_, err := j.Update(ctx, func(n *int) error { *n++; return nil })
			return err
		},
	}
	for _, x := range tools {
		for _, m := range moments {
			for name, call := range calls {
				t.Run(x.name+"/"+m.name+"/"+name, func(t *testing.T) {
					t.Parallel()
					r, s := newRival(t, x, func(o *awsfake.Options) {
						o.OldWhileInProgress = strings.HasSuffix(m.name, "old variables shown")
					})
					jar := awsjar.New[int](s)
					err := m.run(t, r, func() error { return call(within(t), jar) })
					want, uncertain := strings.CutPrefix(m.want(x), "? ")
					if uncertain && !errors.Is(err, awsjar.ErrUncertain) || !uncertain && err != nil {
						t.Errorf("the call: %v; want %q", err, m.want(x))
					}
					mustSettle(t, r.srv)
					mustKeep(t, r.srv, r.others, "jar")
					mustSay(t, r.srv, result(want, name))
				})
			}
		}
	}
}

// result returns the value of the jar after a call: "5+1" is 6 after an Update
// and 7 after a Put.
func result(want, call string) string {
	base, ours := strings.CutSuffix(want, "+1")
	switch n, err := strconv.Atoi(base); {
	case ours && call == "Put":
		return "7"
	case ours && err == nil:
		return strconv.Itoa(n + 1)
	}
	return want
}

// mustSay checks the value of the jar for a program that has not read it before.
func mustSay(t *testing.T, srv *awsfake.Server, want string) {
	t.Helper()
	jar := awsjar.New[int](newStore(srv))
	entry, err := jar.Load(within(t))
	n, getErr := jar.Get(within(t))
	if want != "absent" {
		if got := strconv.Itoa(entry.Value); err != nil || got != want || getErr != nil || n != entry.Value {
			t.Errorf("Load: %d, %v; Get: %d, %v; want %s", entry.Value, err, n, getErr, want)
		}
		return
	}
	if !errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrNoStore) || entry.Revision != awsjar.None {
		t.Errorf("Load: %+v, %v; want ErrNotFound, and the function to be there", entry, err)
	}
	if n != 0 || getErr != nil {
		t.Errorf("Get: %d, %v; want the zero value", n, getErr)
	}
}

// TestRemovedByDeploy: each call on a jar that a tool has removed.
func TestRemovedByDeploy(t *testing.T) {
	t.Parallel()
	for _, x := range tools {
		if x.last != "absent" {
			continue
		}
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			r, s := newRival(t, x)
			jar, ctx := awsjar.New[int](s), within(t)
			entry, err := jar.Load(ctx)
			if err != nil {
				t.Fatal(err)
			}
			r.replace(t)
			if _, err := jar.PutIf(ctx, 6, entry.Revision); !errors.Is(err, awsjar.ErrConflict) {
				t.Errorf("PutIf over the removed value: %v; want ErrConflict", err)
			}
			mustSay(t, r.srv, "absent")
			if err := jar.Create(ctx, 8); err != nil {
				t.Errorf("Create: %v", err)
			}
			mustKeep(t, r.srv, r.others, "jar")
			mustSay(t, r.srv, "8")
		})
	}
}

// TestRolledBack: a tool that saves variables which it read before our write,
// without the RevisionId, takes the jar back to the value of that time.
// Nothing can prevent that, but it is noticed.
func TestRolledBack(t *testing.T) {
	t.Parallel()
	for _, x := range tools {
		if x.last != "5" {
			continue
		}
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			r, s := newRival(t, x)
			jar, ctx := awsjar.New[int](s), within(t)
			before, err := jar.Load(ctx)
			if err != nil {
				t.Fatal(err)
			}
			ours, err := jar.PutIf(ctx, 6, before.Revision)
			if err != nil {
				t.Fatal(err)
			}
			r.replace(t)
			if _, err := jar.PutIf(ctx, 7, ours.Revision); !errors.Is(err, awsjar.ErrConflict) {
				t.Errorf("PutIf over the write that was rolled back: %v; want ErrConflict", err)
			}
			after, err := jar.Load(ctx)
			if diff := cmp.Diff(before, after); diff != "" || err != nil {
				t.Errorf("Load: %v; before and after:\n%s", err, diff)
			}
			mustKeep(t, r.srv, r.others, "jar")
		})
	}
}

// TestToolThatAsks: a tool that sends the RevisionId of its page cannot take a
// jar back.
func TestToolThatAsks(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[int](newStore(srv))
	if err := increment(jar); err != nil {
		t.Fatal(err)
	}
	page, err := client(srv).GetFunctionConfiguration(within(t), &lambda.GetFunctionConfigurationInput{FunctionName: ptr(fn)})
	if err != nil {
		t.Fatal(err)
	}
	if err := increment(jar); err != nil {
		t.Fatal(err)
	}
	_, err = client(srv).UpdateFunctionConfiguration(within(t), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: ptr(fn), RevisionId: page.RevisionId, Environment: &types.Environment{Variables: page.Environment.Variables},
	})
	var stale *types.PreconditionFailedException
	if !errors.As(err, &stale) {
		t.Errorf("the tool was answered %v; want PreconditionFailedException", err)
	}
	mustSay(t, srv, "2")
}

// TestDeployedAgainAndAgain: a tool that writes between every read and write of
// ours holds up an Update, but when it is done the Update is, too.
func TestDeployedAgainAndAgain(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	jar := awsjar.New[int](newStore(srv))
	deploys := 0
	hit := srv.Inject(awsfake.Fault{Op: update, Times: 6, Hook: func() {
		deploys++
		deploy(t, srv, map[string]string{"BUILD": strconv.Itoa(deploys)})
	}})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if n, err := jar.Update(ctx, func(n *int) error { *n++; return nil }); n != 1 || err != nil {
		t.Fatalf("Update: %d, %v; want 1", n, err)
	}
	if hit.Fired() != 6 {
		t.Errorf("the tool wrote %d times; want 6", hit.Fired())
	}
	want := foreign()
	want["BUILD"] = "6"
	mustKeep(t, srv, want, "jar")
}
