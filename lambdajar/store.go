package lambdajar

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
)

// Client has the calls of AWS Lambda that a Store makes. A *lambda.Client is one.
// An implementation must pass the options on: they say which requests must not be
// repeated.
type Client interface {
	GetFunctionConfiguration(context.Context, *lambda.GetFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error)
	UpdateFunctionConfiguration(context.Context, *lambda.UpdateFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error)
}

// Store is an [awsjar.Store] in the environment variables of a Lambda
// function. It is safe for concurrent use.
//
// Between a Load and the next Load, Save or Delete a Store remembers the
// configuration that it read, the function's other variables included.
type Store struct {
	function *function
	values   *values
	pending  *pending
	confirm  bool  // Options.Confirm
	invalid  error // why no call can succeed; or nil

	mu   sync.Mutex
	last *configuration // the read of the last Load, for one Save or Delete
}

// New returns the Store in a function's environment. The function is a name, a
// partial ARN or an ARN. With a qualifier other than $LATEST, the number of a published
// version or an alias, the Store can be read, but for a value in an Overflow that was
// replaced since, and each write is an [awsjar.ErrInvalid]. New sends nothing.
// Invalid arguments make the first call return an [awsjar.ErrInvalid].
func New(client Client, function string, optFns ...func(*Options)) *Store {
	var opts Options
	for _, fn := range optFns {
		fn(&opts)
	}
	f, err := newFunction(client, function, opts)
	form, known := opts.Form.packed()
	s := &Store{
		function: f,
		values:   &values{function: f, form: form, overflow: opts.Overflow},
		pending:  &pending{function: f},
		confirm:  opts.Confirm,
	}
	v := reflect.ValueOf(client)
	switch {
	case !v.IsValid(), v.Kind() == reflect.Pointer && v.IsNil():
		s.invalid = failure.Hinted("make one with lambda.NewFromConfig and give it to New", fmt.Errorf("%w: the Store was made with a nil Client", awsjar.ErrInvalid))
	case err != nil:
		s.invalid = err
	case !known:
		s.invalid = failure.Hinted("the forms are auto, plain, flate, dense and python", fmt.Errorf("%w: there is no Form %q", awsjar.ErrInvalid, opts.Form))
	default:
		s.invalid = cmp.Or(jarvar.CheckName(f.jar), jarvar.CheckOverflow(opts.Overflow))
	}
	return s
}

// Load returns the value that the function's configuration holds, by one
// request, and by one more if the value is in the Overflow. A variable that is
// empty counts as absent: [awsjar.ErrNotFound]. A Load that notices that the
// last write of this Store was undone returns an [ErrUndone], once.
func (s *Store) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, s.fail(err)
	}
	c, err := s.function.read(ctx)
	if err == nil {
		err = s.pending.undone(c)
	}
	if err != nil {
		return nil, awsjar.Meta{}, s.fail(err)
	}
	c, data, meta, err := s.values.follow(ctx, c)
	s.remember(c)
	return data, meta, s.fail(s.function.explainCorrupt(err))
}

// Save stores data: by one request if it replaces the value that this Store has
// just loaded, else by two, and by none that changes anything if the variable
// has this very text already. If another update of the function is in progress
// it waits for it, at most five minutes.
//
// nil means that AWS Lambda has accepted the update; it puts the value into
// force a second or two later. Options.Confirm waits for that.
//
// The errors are those of [awsjar.Store] and [ErrUndone]; a value that does not
// fit is a [*TooLargeError]. With Options.Overflow such a value is stored there
// by one more request, before the update; one that fails there fails as a whole.
func (s *Store) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if err := s.readyToWrite(ctx); err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	c := s.change(write{id: lineage.NewID(), data: data}, replaces)
	err := c.run(ctx)
	c.tidy(ctx, err)
	if err == nil {
		err = s.accepted(ctx, c.sent)
	}
	if err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	return awsjar.Meta{Revision: c.after.Revision(), Size: int64(len(data))}, nil
}

// Delete removes the two variables of this jar and nothing else, by one request
// if it replaces the value that this Store has just loaded, else by two, and by
// one that only reads if they are absent. If the value is in the Overflow it
// waits until the update has settled, a second or two, and tries to remove the
// value there too. nil means the same as for a Save.
func (s *Store) Delete(ctx context.Context, replaces awsjar.Revision) error {
	if err := s.readyToWrite(ctx); err != nil {
		return s.fail(err)
	}
	if replaces == awsjar.None {
		return s.fail(fmt.Errorf("%w: there is nothing to delete at the revision None", awsjar.ErrInvalid))
	}
	c := s.change(write{}, replaces)
	err := c.run(ctx)
	if err == nil {
		err = s.accepted(ctx, c.sent)
	}
	if err == nil {
		c.tidyDeleted(ctx)
	}
	return s.fail(err)
}

// change returns the change that brings a write into the configuration.
func (s *Store) change(w write, replaces awsjar.Revision) *change {
	return &change{
		function: s.function, values: s.values, pending: s.pending,
		write: w, replaces: replaces, loaded: s.recall(replaces),
	}
}

// accepted waits with Options.Confirm until an accepted update is in force.
// Without it the next read of the Store notices if the update was undone.
func (s *Store) accepted(ctx context.Context, u *update) error {
	switch {
	case u == nil: // there was nothing to change
		return nil
	case s.confirm:
		return s.function.confirm(ctx, u)
	}
	s.pending.set(u)
	return nil
}

// String returns the URL of the store: "lambda://" and the function, and
// "?name=" and the variable if that is not "jar".
func (s *Store) String() string {
	if s == nil || s.function == nil {
		return "lambda://"
	}
	return s.function.String()
}

// ready refuses a call that cannot succeed.
func (s *Store) ready(ctx context.Context) error {
	if s == nil || s.function == nil {
		return failure.Hinted("make it with New", fmt.Errorf("%w: the Store is nil or zero", awsjar.ErrInvalid))
	}
	if s.invalid != nil {
		return s.invalid
	}
	return ctx.Err()
}

// readyToWrite refuses a write that cannot succeed.
func (s *Store) readyToWrite(ctx context.Context) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return checkUnpublished(s.function.name)
}

// remember keeps the read of a Load for the Save that probably follows.
func (s *Store) remember(c *configuration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = c
}

// recall returns, once, the read of the last Load, if its revision is the one
// that is to be replaced.
func (s *Store) recall(replaces awsjar.Revision) *configuration {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.last
	s.last = nil
	if last == nil || replaces == awsjar.Any || last.jar.Revision() != replaces {
		return nil
	}
	return last
}

// fail names the place in an error. Every error passes it once, in a public
// method.
func (s *Store) fail(err error) error { return failure.At(s.String(), err) }
