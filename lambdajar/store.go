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
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/pack"
)

// Client is what a Store needs of the AWS SDK. A *lambda.Client is one; leave
// its retries on.
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
	// a millisecond or two of a whole processor for most states, 20 for 4 KB of
	// prose, at most 100.
	FormDense = Form(pack.FormDense)
	// FormPython packs as Python awsjar does with compression=True.
	FormPython = Form(pack.FormPython)
)

// Options of a [Store]. The zero value is the default.
type Options struct {
	// Name is the environment variable that holds the value; a second one,
	// named Name and "_id", holds the ids of the last writes. It must begin
	// with a letter, go on with letters, digits and underscores, not end in
	// "_id", and not be one of those that AWS Lambda reserves. Jars of
	// several names can share a function. Default: "jar".
	Name string

	// Form is how values are written. Default: FormAuto.
	Form Form

	// Unguarded lets writes through to a service that answers without a
	// RevisionId, as moto does. Nothing then keeps concurrent writers, of
	// this jar or of other variables, from overwriting each other. Default:
	// false; AWS Lambda always has one.
	Unguarded bool

	// Overflow takes a value that does not fit, however packed: an Object of
	// an s3jar.Bucket for instance. The variable then keeps a pointer of some
	// 40 bytes, with a checksum. A value that fits again comes back.
	//
	// The Store must have a method Beside(id string) awsjar.Store that
	// returns another, always the same place for each id: every write goes
	// to a place of its own, and what a variable points to is never
	// overwritten. A place is removed once nothing can point to it again,
	// which is one write later. A call that is interrupted may leave a place
	// that is never used; that harms nothing. Whoever reads the jar needs
	// the same Overflow.
	//
	// Default: nil, and such a value is a [*TooLargeError].
	Overflow awsjar.Store

	// Logger hears, at debug level, of waits and repetitions, and of what
	// could not be tidied up. It never hears a value. Default: nil, no logging.
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
	invalid    error         // why no call can succeed; or nil

	mu   sync.Mutex
	last *configuration // what the last Load read, for one Save or Delete
}

// New returns the Store in a function's environment. The function is a name, a
// partial ARN or an ARN, with the qualifier $LATEST or none. New makes no
// request; what is wrong with its arguments is told by the first call, as
// [awsjar.ErrInvalid].
func New(client Client, function string, optFns ...func(*Options)) *Store {
	opts := Options{Name: jarvar.DefaultName, Form: FormAuto}
	for _, fn := range optFns {
		fn(&opts)
	}
	s := &Store{client: client, function: function, opts: opts, firstPause: firstPause}
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

// Load returns the value as the function's configuration has it, by one
// request, and by one more if it is in the Overflow. A variable that is empty
// counts as absent: [awsjar.ErrNotFound].
func (s *Store) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, s.fail(err)
	}
	c, err := s.read(ctx)
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	c, data, meta, err := s.follow(ctx, c)
	s.remember(c, meta, err)
	if errors.Is(err, awsjar.ErrCorrupt) {
		err = s.explainCorrupt(err)
	}
	return data, meta, s.fail(err)
}

// Save stores data: by one request if it replaces what this Store has just
// loaded, else by two, and by none that changes anything if the variable has
// this very text already. If another update of the function is in progress it
// waits.
//
// The value is there when AWS has accepted the update. AWS makes it the
// environment of new execution environments a second or two later; should it
// fail to, because the function's KMS key was disabled for instance,
// LastUpdateStatus of the function says so.
//
// The errors are those of [awsjar.Store]; a value that does not fit is a
// [*TooLargeError]. With Options.Overflow such a value is stored there by one
// more request, before the update; one that fails there fails as a whole.
func (s *Store) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	c := &change{replaces: replaces, id: lineage.NewID()}
	p := &spill{store: s, id: c.id, data: data}
	var after jarvar.State
	c.edit = func(cur *configuration) (map[string]string, error) {
		if err := c.check(cur); err != nil {
			return nil, err
		}
		next := s.next(cur, c.id)
		variables := cur.with(s.opts.Name, next)
		text, err := s.fit(ctx, cur, next, data)
		if s.opts.Overflow != nil && errors.Is(err, awsjar.ErrTooLarge) {
			text, err = p.place(ctx, cur, variables, next.Line)
		}
		if err != nil {
			return nil, err
		}
		if text == cur.jar.Text {
			after = cur.jar
			return nil, nil
		}
		variables[s.opts.Name] = text
		after = jarvar.State{Text: text, Line: next.Line}
		return variables, nil
	}
	err := s.apply(ctx, c)
	s.tidy(ctx, c, p, after, err)
	if err != nil {
		return awsjar.Meta{}, err
	}
	return awsjar.Meta{Revision: after.Revision(), Size: int64(len(data))}, nil
}

// Delete removes the two variables of this jar and nothing else, by one request
// if it replaces what this Store has just loaded, else by two, and by one that
// only reads if they are absent. If the value is in the Overflow it waits until
// the update has settled, a second or two, and removes the value there too, as
// well as it can: nil means that the variables are gone.
func (s *Store) Delete(ctx context.Context, replaces awsjar.Revision) error {
	if err := s.ready(ctx); err != nil {
		return s.fail(err)
	}
	if replaces == awsjar.None {
		return s.fail(fmt.Errorf("%w: there is nothing to delete at the revision None", awsjar.ErrInvalid))
	}
	c := &change{replaces: replaces}
	c.edit = func(cur *configuration) (map[string]string, error) {
		if err := c.check(cur); err != nil {
			return nil, err
		}
		if _, hasIDs := cur.variables[jarvar.IDName(s.opts.Name)]; cur.jar.Text == "" && !hasIDs {
			return nil, nil
		}
		return cur.without(s.opts.Name), nil
	}
	err := s.apply(ctx, c)
	if err == nil {
		s.tidyDeleted(ctx, c)
	}
	return err
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

// remember keeps what a Load read for the Save that probably follows.
func (s *Store) remember(c *configuration, meta awsjar.Meta, err error) {
	kept := *c
	kept.remembered = true
	kept.revision = meta.Revision
	if err != nil { // the Meta may be empty
		kept.revision = c.jar.Revision()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = &kept
}

// recall returns, once, what the last Load read, if it is what is to be
// replaced.
func (s *Store) recall(replaces awsjar.Revision) *configuration {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.last
	s.last = nil
	if last == nil || replaces == awsjar.Any || last.revision != replaces {
		return nil
	}
	return last
}

func (s *Store) log(ctx context.Context, text string, args ...any) {
	if s.opts.Logger != nil {
		s.opts.Logger.DebugContext(ctx, "awsjar: "+text, append(args, "target", s.String())...)
	}
}
