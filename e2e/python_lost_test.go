package e2e

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
)

type count = map[string]int

// pythonAdds is the Python program that adds ten.
const pythonAdds = "(lambda store: store.put({'n': store.get().get('n', 0) + 10}))(%s)"

const (
	updateFunction = "UpdateFunctionConfiguration"
	putObject      = "PutObject"
)

// lostWrite is a write of Go over {"n": 1} whose answer is lost, and around
// which a Python program adds ten.
type lostWrite struct {
	name   string
	call   func(context.Context, *awsjar.Jar[count], awsjar.Revision) error
	stored bool // the write had its effect, and Python comes after it; else Python is first
	stale  bool // Python had read the function's variables before the write, and sets them all after it
	want   error
	final  int // the stored value in the end
}

func add(ctx context.Context, jar *awsjar.Jar[count], _ awsjar.Revision) error {
	_, err := jar.Update(ctx, func(v *count) error { (*v)["n"]++; return nil })
	return err
}

func putIf(ctx context.Context, jar *awsjar.Jar[count], at awsjar.Revision) error {
	_, err := jar.PutIf(ctx, count{"n": 2}, at)
	return err
}

func put(ctx context.Context, jar *awsjar.Jar[count], _ awsjar.Revision) error {
	return jar.Put(ctx, count{"n": 2})
}

// TestPythonAndLostAnswers: a Python program may write at any time around a
// write of Go whose answer is lost, and yet the error of Go is true of the
// value that is stored in the end. Python leaves Go's ids alone; or it undoes
// the write and brings back the ids of before, and then nobody can tell whether
// the write ever was.
func TestPythonAndLostAnswers(t *testing.T) {
	srv, p := newFake(t)
	jar := awsjar.New[count](p.jar(lambdajar.FormAuto))
	for _, mode := range []string{"", ", compression=True"} {
		original := fmt.Sprintf("Jar(%q%s)", p.function, mode)
		for _, c := range []lostWrite{
			{"Update, stored, then Python", add, true, false, nil, 12},
			{"Update, not stored, Python first", add, false, false, awsjar.ErrUncertain, 11},
			{"Update, stored, then Python as of before", add, true, true, awsjar.ErrUncertain, 11},
			{"PutIf, stored, then Python", putIf, true, false, nil, 12},
			{"PutIf, not stored, Python first", putIf, false, false, awsjar.ErrUncertain, 11},
			{"PutIf, stored, then Python as of before", putIf, true, true, awsjar.ErrUncertain, 11},
			{"Put, stored, then Python", put, true, false, nil, 12},
			{"Put, not stored, Python first", put, false, false, awsjar.ErrUncertain, 11},
			{"Put, stored, then Python as of before", put, true, true, awsjar.ErrUncertain, 11},
		} {
			t.Run(c.name+mode, func(t *testing.T) { c.check(t, srv, p, original, updateFunction, jar) })
		}
	}
	if stage := p.variables(t)["STAGE"]; stage != "prod" {
		t.Errorf("STAGE is %q", stage)
	}
}

// TestPythonAndLostAnswersInBucket: the same with an object. Python's object
// has no ids of Go, so that nothing can be told but by a condition. A Put has
// none, and the SDK repeats it.
func TestPythonAndLostAnswersInBucket(t *testing.T) {
	srv, p := newFake(t)
	for _, versioned := range []bool{false, true} {
		bucket := newBucket(t, p.s3, versioned)
		jar := awsjar.New[count](p.object(bucket))
		original := fmt.Sprintf("Bucket(%q, 'state.json')", bucket)
		for _, c := range []lostWrite{
			{"Update, stored, then Python", add, true, false, awsjar.ErrUncertain, 12},
			{"Update, not stored, Python first", add, false, false, awsjar.ErrUncertain, 11},
			{"PutIf, stored, then Python", putIf, true, false, awsjar.ErrUncertain, 12},
			{"PutIf, not stored, Python first", putIf, false, false, awsjar.ErrUncertain, 11},
			{"Put, stored, then Python", put, true, false, nil, 2},
			{"Put, not stored, Python first", put, false, false, nil, 2},
		} {
			t.Run(fmt.Sprintf("%s, versioned %v", c.name, versioned), func(t *testing.T) {
				c.check(t, srv, p, original, putObject, jar)
			})
		}
	}
}

func (c lostWrite) check(t *testing.T, srv *awsfake.Server, p *interop, original, op string, jar *awsjar.Jar[count]) {
	if err := jar.Put(t.Context(), count{"n": 1}); err != nil {
		t.Fatal(err)
	}
	entry, err := jar.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = c.run(t, srv, op, func() error {
		_, err := p.python.try(pythonAdds, original)
		return err
	}, func() error { return c.call(t.Context(), jar, entry.Revision) })
	if c.want == nil && err != nil || !errors.Is(err, c.want) {
		t.Errorf("%v; want %v", err, c.want)
	}
	mustHold(t, p, original, jar, c.final)
}

// run makes the call, loses its answer, and lets Python write.
func (c lostWrite) run(t *testing.T, srv *awsfake.Server, op string, python, call func() error) error {
	t.Helper()
	var pythonErr error
	write := func() { pythonErr = python() }
	lost := awsfake.Fault{Op: op, Drop: true, After: c.stored}
	switch {
	case c.stale:
		between, finish := straddle(t, srv, python)
		write = func() { pythonErr = finish() }
		<-between
		lost.Then = write
	case c.stored:
		lost.Then = write
	default:
		lost.Hook = write
	}
	fault := srv.Inject(lost)
	err := call()
	if fault.Fired() != 1 || pythonErr != nil {
		t.Fatalf("%d answers were lost; Python: %v", fault.Fired(), pythonErr)
	}
	return err
}

// straddle starts a put of Python. It has read the function's variables when
// between is closed, and sets them when finish is called.
func straddle(t *testing.T, srv *awsfake.Server, put func() error) (between <-chan struct{}, finish func() error) {
	read, resume, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	srv.Inject(awsfake.Fault{Op: updateFunction, Hook: func() { close(read); <-resume }})
	go func() { ended <- put() }()
	return read, func() error { close(resume); return <-ended }
}

// TestPythonPutAsOfBefore: Go's writes are answered, and a put of Python that
// had begun before rolls them back, ids included. Go takes nothing of that for
// its own.
func TestPythonPutAsOfBefore(t *testing.T) {
	srv, p := newFake(t)
	jar := awsjar.New[count](p.jar(lambdajar.FormAuto))
	original := fmt.Sprintf("Jar(%q)", p.function)
	for n := 1; n <= 3; n++ { // Go's writes that Python undoes
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if err := jar.Put(t.Context(), count{"n": 1}); err != nil {
				t.Fatal(err)
			}
			before, err := jar.Load(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ids := p.variables(t)["jar_awsjar"]
			between, finish := straddle(t, srv, func() error {
				_, err := p.python.try(pythonAdds, original)
				return err
			})
			<-between
			for range n {
				if err := add(t.Context(), jar, ""); err != nil {
					t.Fatal(err)
				}
			}
			gone, err := jar.Load(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := finish(); err != nil {
				t.Fatal(err)
			}
			if now := p.variables(t)["jar_awsjar"]; now != ids {
				t.Fatalf("Python did not bring back the ids: they are %s; want %s", now, ids)
			}
			mustHold(t, p, original, jar, 11)
			for name, revision := range map[string]awsjar.Revision{"before": before.Revision, "gone": gone.Revision} {
				if _, err := jar.PutIf(t.Context(), count{"n": 0}, revision); !errors.Is(err, awsjar.ErrConflict) {
					t.Errorf("PutIf at the revision %s: %v; want ErrConflict", name, err)
				}
			}
			if err := add(t.Context(), jar, ""); err != nil {
				t.Fatal(err)
			}
			mustHold(t, p, original, jar, 12)
		})
	}
}

// TestPythonBetween: Python writes between the read and the write of Go, and
// no answer is lost: an Update starts again, a PutIf fails.
func TestPythonBetween(t *testing.T) {
	srv, p := newFake(t)
	bucket := newBucket(t, p.s3, false)
	versioned := newBucket(t, p.s3, true)
	setVersioning(t, p.s3, versioned, types.BucketVersioningStatusEnabled)
	for _, c := range []struct {
		op, original string
		store        awsjar.Store
	}{
		{updateFunction, fmt.Sprintf("Jar(%q)", p.function), p.jar(lambdajar.FormAuto)},
		{putObject, fmt.Sprintf("Bucket(%q, 'state.json')", bucket), p.object(bucket)},
		{putObject, fmt.Sprintf("Bucket(%q, 'state.json')", versioned), p.object(versioned)},
	} {
		t.Run(c.original, func(t *testing.T) {
			jar := awsjar.New[count](c.store)
			if err := jar.Put(t.Context(), count{"n": 1}); err != nil {
				t.Fatal(err)
			}
			interfere := func() { srv.Inject(awsfake.Fault{Op: c.op, Hook: func() { p.python.try(pythonAdds, c.original) }}) }
			interfere()
			if err := add(t.Context(), jar, ""); err != nil {
				t.Fatal(err)
			}
			mustHold(t, p, c.original, jar, 12)
			entry, err := jar.Load(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			interfere()
			if err := putIf(t.Context(), jar, entry.Revision); !errors.Is(err, awsjar.ErrConflict) {
				t.Errorf("PutIf: %v; want ErrConflict", err)
			}
			mustHold(t, p, c.original, jar, 22)
		})
	}
}

// mustHold checks that both sides read the count.
func mustHold(t *testing.T, p *interop, original string, jar *awsjar.Jar[count], want int) {
	t.Helper()
	got, err := jar.Get(t.Context())
	if err != nil || !reflect.DeepEqual(got, count{"n": want}) {
		t.Errorf("Go reads %v, %v; want %d", got, err, want)
	}
	if python := p.python.eval(t, "%s.get()", original); asJSON(python) != asJSON(count{"n": want}) {
		t.Errorf("Python reads %s; want %d", asJSON(python), want)
	}
}
