// Package envjar reads the jar that a Lambda function finds in its own
// environment: no request, no credentials, no wait.
//
//	started := awsjar.New[Acorns](envjar.New("jar"))
//	state, err := started.Get(ctx)
//
// The environment of a running process never changes: AWS Lambda sets it when
// it starts an execution environment (Lambda Developer Guide, "Lambda execution
// environment"). A read here returns the value as it was then, and the writes
// of this very process do not show. It is right for state that changes seldom,
// and to save a request before a write:
//
//	entry, err := started.Load(ctx) // no request
//	_, err = jar.PutIf(ctx, next(entry.Value), entry.Revision)
//
// Package lambdajar, which jar is of, gives the same value the same revision:
// the PutIf succeeds if the value is still the one that was read, and fails
// with [awsjar.ErrConflict] if not.
//
// The package reads every form that lambdajar or Python awsjar writes. It does not link
// the AWS SDK.
package envjar

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/jarvar"
)

// Options of a [Store]. The zero value means the defaults.
type Options struct {
	// Lookup returns the value of an environment variable and whether it is
	// set. It is called at each Load. Default nil: os.LookupEnv.
	Lookup func(name string) (string, bool)

	// Overflow is the lambdajar.Overflow of the Store that writes the jar: values that
	// do not fit are kept there, and a Load of such a value makes a request. A
	// value that was replaced since this process started may be gone, an
	// [awsjar.ErrCorrupt]. Default nil: a value that is there is an
	// [awsjar.ErrUnsupported] that says so.
	Overflow interface{ Beside(id string) awsjar.Store }
}

// Store is a read-only [awsjar.Store] over the environment variables of this
// process. It is safe for concurrent use. It remembers the value, so keep one
// Store for a process: then only the first Load of a packed value unpacks it.
type Store struct {
	name   string
	opts   Options
	memory jarvar.Memory
}

// New returns the store of the jar in the environment variable of that name;
// "jar" is the default of lambdajar. A name that no jar can have makes the first
// call return an [awsjar.ErrInvalid].
func New(name string, optFns ...func(*Options)) *Store {
	var opts Options
	for _, fn := range optFns {
		fn(&opts)
	}
	if opts.Lookup == nil {
		opts.Lookup = os.LookupEnv
	}
	return &Store{name: name, opts: opts}
}

// Load returns the value as it was when this process started, and a revision
// that lambdajar takes. If the variable is absent or empty the error is
// [awsjar.ErrNotFound], if it cannot be unpacked [awsjar.ErrCorrupt]. It makes no
// request, except for a value in the Overflow.
func (s *Store) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, s.fail(err)
	}
	state := jarvar.Read(s.name, s.opts.Lookup)
	data, meta, err := state.Follow(ctx, s.opts.Overflow, &s.memory)
	_, elsewhere := state.Pointer()
	var known *awsjar.Error
	if elsewhere && s.opts.Overflow != nil && errors.Is(err, awsjar.ErrCorrupt) && errors.As(err, &known) {
		err = &awsjar.Error{
			Target: known.Target,
			Hint:   "the value was probably replaced since this process started: load it with a lambdajar.Store",
			Err:    known.Err,
		}
	}
	return data, meta, s.fail(err)
}

// Save fails with [awsjar.ErrUnsupported].
func (s *Store) Save(ctx context.Context, _ []byte, _ awsjar.Revision) (awsjar.Meta, error) {
	return awsjar.Meta{}, s.refuse(ctx)
}

// Delete fails with [awsjar.ErrUnsupported], or with [awsjar.ErrInvalid] if it
// replaces [awsjar.None].
func (s *Store) Delete(ctx context.Context, replaces awsjar.Revision) error {
	if replaces == awsjar.None {
		return s.fail(fmt.Errorf("%w: there is nothing to delete at the revision None", awsjar.ErrInvalid))
	}
	return s.refuse(ctx)
}

// String returns the URL of the store: "env:" and the name of the variable.
func (s *Store) String() string {
	if s == nil {
		return "env:"
	}
	return "env:" + s.name
}

func (s *Store) ready(ctx context.Context) error {
	if s == nil || s.opts.Lookup == nil {
		return fmt.Errorf("%w: use New to make a Store", awsjar.ErrInvalid)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := jarvar.CheckOverflow(s.opts.Overflow); err != nil {
		return err
	}
	return jarvar.CheckName(s.name)
}

func (s *Store) refuse(ctx context.Context) error {
	if err := s.ready(ctx); err != nil {
		return s.fail(err)
	}
	return s.fail(failure.Hinted("write with a lambdajar.Store; a running process keeps the environment that it was started with",
		fmt.Errorf("%w: a process only reads its environment", awsjar.ErrUnsupported)))
}

// fail names the place in an error.
func (s *Store) fail(err error) error { return failure.At(s.String(), err) }
