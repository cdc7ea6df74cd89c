package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/pack"
)

// Client is what a Store needs of the AWS SDK. A *lambda.Client is one. An
// implementation must pass the options on: they say which requests must not be
// repeated.
type Client interface {
	GetFunctionConfiguration(context.Context, *lambda.GetFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error)
	UpdateFunctionConfiguration(context.Context, *lambda.UpdateFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error)
}

// Form is how a value is written into its variable. Every form is read,
// whatever the Form.
type Form int

const (
	// FormAuto keeps the value as it is while that fits, so that people can
	// read it, and packs it when it does not: as FormFlate while that fits,
	// then as FormDense. It takes no form whose reading costs more than 10 ms
	// of a whole processor, which are 0.14 s in a function with 128 MB of
	// memory; with an Overflow, none that costs more than a GET would.
	FormAuto = Form(pack.FormAuto)
	// FormPlain keeps the value as it is. Values that are not text are refused.
	FormPlain = Form(pack.FormPlain)
	// FormFlate compresses the value with DEFLATE, in a tenth of a millisecond.
	FormFlate = Form(pack.FormFlate)
	// FormDense packs the value as small as can be, whatever reading it costs:
	// a millisecond or two of a whole processor for most states, 20 for 4 KB full of
	// prose, at most 100.
	FormDense = Form(pack.FormDense)
	// FormPython packs as Python awsjar does with compression=True.
	FormPython = Form(pack.FormPython)
)

// Overflow keeps values that fit into no variable. An *s3jar.Object is one.
type Overflow interface {
	// Beside returns the place of one value: always the same for an id, which
	// has eight letters, digits, "-" and "_", and another for each id. Every
	// write goes to a place of its own, and a place that a variable points to
	// is never written again.
	Beside(id string) awsjar.Store
}

// Options of a [Store]. The zero value means the defaults, and so does the zero
// value of each field.
type Options struct {
	// Name is the environment variable that holds the value; a second one,
	// named Name and "_awsjar", holds the ids of the last writes. Name must
	// begin with a letter, go on with letters, digits and underscores, not end
	// in "_awsjar", and be neither one that AWS Lambda reserves nor one of the
	// SDK's for credentials. Jars of several names can share a function. If
	// the second variable holds a value that awsjar did not write, nothing of
	// the jar is written or removed: an [awsjar.ErrInvalid]. Default "": "jar".
	Name string

	// Form is how values are written. Default: FormAuto.
	Form Form

	// Confirm makes a Save or Delete wait until AWS Lambda has put the update
	// into force: one to two seconds, for a function in a VPC up to a minute,
	// by two to four reads. Without it nil means that the update was accepted;
	// AWS goes back to the value before if it then cannot use the function's
	// KMS key or role, and the next call of the Store that notices says so by
	// an [ErrUndone]. With it a Save that was undone is an ErrUndone itself,
	// and one whose context ends while it waits an [awsjar.ErrUncertain].
	// Default: false.
	Confirm bool

	// Unguarded lets writes through to a service that answers without a
	// RevisionId, as moto does. Nothing then keeps concurrent writers, of
	// this jar or of other variables, from overwriting each other. Default:
	// false; AWS Lambda always has one, and an answer without it is refused.
	Unguarded bool

	// Overflow takes a value that does not fit, however packed. The variable
	// then keeps a pointer of some 40 bytes, with a checksum. A value that
	// fits again comes back. A place is removed once nothing can point to it
	// again, which is one write later. A call that is interrupted may leave a
	// place that is never used. Every reader of the jar needs the same
	// Overflow; for one without, the value is an [awsjar.ErrUnsupported].
	//
	// Default: nil, and such a value is a [*TooLargeError].
	Overflow Overflow

	// Logger hears, at debug level, of waits and repetitions, of answers that
	// were lost and then resolved, and of places that could not be removed. It
	// never hears a value. Default: nil, no logging.
	Logger *slog.Logger
}

// Store is an [awsjar.Store] in the environment variables of a Lambda
// function. It is safe for concurrent use.
//
// Between a Load and the next Load, Save or Delete a Store remembers what it
// read, the function's other variables included.
type Store struct {
	client     Client
	function   string // without a qualifier
	opts       Options
	firstPause time.Duration // ceiling of the first wait; a field so that tests need not wait as for AWS
	maxPause   time.Duration // the highest ceiling
	invalid    error         // why no call can succeed; or nil

	mu      sync.Mutex
	memory  jarvar.Memory
	last    *configuration // the read of the last Load, for one Save or Delete
	pending *change        // the last write that was accepted, until it is in force
}

// New returns the Store in a function's environment. The function is a name, a
// partial ARN or an ARN, with the qualifier $LATEST or none. New sends nothing.
// Invalid arguments make the first call return an [awsjar.ErrInvalid].
func New(client Client, function string, optFns ...func(*Options)) *Store {
	var opts Options
	for _, fn := range optFns {
		fn(&opts)
	}
	if opts.Name == "" {
		opts.Name = jarvar.DefaultName
	}
	s := &Store{client: client, function: function, opts: opts, firstPause: firstPause, maxPause: maxPause}
	name, err := parseFunction(function)
	if err == nil {
		s.function = name
	}
	v := reflect.ValueOf(client)
	switch {
	case !v.IsValid(), v.Kind() == reflect.Pointer && v.IsNil():
		s.invalid = fmt.Errorf("%w: the Store was made with a nil Client", awsjar.ErrInvalid)
	case err != nil:
		s.invalid = err
	case opts.Form < FormAuto || opts.Form > FormPython:
		s.invalid = fmt.Errorf("%w: there is no Form %d", awsjar.ErrInvalid, opts.Form)
	default:
		s.invalid = jarvar.CheckName(opts.Name)
	}
	if s.invalid == nil {
		s.invalid = jarvar.CheckOverflow(opts.Overflow)
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
	c, err := s.read(ctx)
	if err == nil {
		err = s.undone(c)
	}
	if err != nil {
		return nil, awsjar.Meta{}, s.fail(err)
	}
	c, data, meta, err := s.follow(ctx, c)
	s.remember(c)
	return data, meta, s.fail(s.explainCorrupt(err))
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
	if err := s.ready(ctx); err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	c := &change{store: s, replaces: replaces, id: lineage.NewID(), data: data}
	err := c.run(ctx)
	c.tidy(ctx, err)
	if err == nil {
		err = c.accepted(ctx)
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
// value there too. nil means what it means for a Save.
func (s *Store) Delete(ctx context.Context, replaces awsjar.Revision) error {
	if err := s.ready(ctx); err != nil {
		return s.fail(err)
	}
	if replaces == awsjar.None {
		return s.fail(fmt.Errorf("%w: there is nothing to delete at the revision None", awsjar.ErrInvalid))
	}
	c := &change{store: s, replaces: replaces}
	err := c.run(ctx)
	if err == nil {
		err = c.accepted(ctx)
	}
	if err == nil {
		c.tidyDeleted(ctx)
	}
	return s.fail(err)
}

// String returns the URL of the store: "lambda://" and the function, and
// "?name=" and the variable if that is not "jar".
func (s *Store) String() string {
	switch {
	case s == nil:
		return "lambda://"
	case s.opts.Name == jarvar.DefaultName:
		return "lambda://" + s.function
	}
	return "lambda://" + s.function + "?name=" + s.opts.Name
}

// ready refuses a call that cannot succeed.
func (s *Store) ready(ctx context.Context) error {
	if s == nil || s.client == nil && s.invalid == nil {
		return fmt.Errorf("%w: use New to make a Store", awsjar.ErrInvalid)
	}
	if s.invalid != nil {
		return s.invalid
	}
	return ctx.Err()
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
func (s *Store) fail(err error) error {
	if _, hinted := err.(*awsjar.Error); !hinted && errors.Is(err, awsjar.ErrUncertain) {
		err = failure.Hinted("load the value and see whether it is the one written before writing it again", err)
	}
	return failure.At(s.String(), err)
}

func (s *Store) log(ctx context.Context, text string, args ...any) {
	if s.opts.Logger != nil {
		s.opts.Logger.DebugContext(ctx, "awsjar: "+text, append(args, "target", s.String())...)
	}
}
