package jarurl

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/envjar"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/internal/lazyregexp"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/s3jar"
)

// Options of Open, OpenBucket and OpenJar. The zero value means the defaults.
type Options struct {
	// Config is the configuration of the AWS clients; the URL goes
	// before it, and its BaseEndpoint before AWS_ENDPOINT_URL_S3 and _LAMBDA
	// in the environment. Default nil: that of the machine, loaded if the URL
	// needs AWS; inside a Lambda function from the environment alone, by
	// package lambdaenv, elsewhere by config.LoadDefaultConfig.
	Config *aws.Config

	// Profile is the profile of the machine's configuration, in ~/.aws. It goes
	// before credentials in the environment. Default "": that of AWS_PROFILE.
	Profile string

	// HTTPClient sends the requests to AWS. Default nil: that of Config.
	HTTPClient aws.HTTPClient

	// Logger is the Options.Logger of every store and journal that the URL opens,
	// and of the Jar where Jar.Logger is nil. No line has a value. Default
	// nil: no logging.
	Logger *slog.Logger

	// SDKLogger gets the warnings of the AWS SDK. Default nil: that of Config.
	SDKLogger logging.Logger

	// Jar are the options of the Jar that OpenJar returns.
	Jar awsjar.Options
}

func settings(optFns []func(*Options)) Options {
	var opts Options
	for _, fn := range optFns {
		fn(&opts)
	}
	return opts
}

// Open opens the store that a URL names. It makes no request to the store; it
// reads the machine's AWS configuration if the URL needs one. A fault that no
// request could mend is an [awsjar.ErrInvalid].
//
// The context ends the reading of the configuration, not the store.
func Open(ctx context.Context, text string, optFns ...func(*Options)) (awsjar.Store, error) {
	target, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return target.Open(ctx, optFns...)
}

// OpenBucket opens the bucket that "s3://BUCKET" names, or the part of it that
// "s3://BUCKET/PREFIX/" names, with the prefix as Options.Prefix of package s3jar:
// keys are written without it, and no object beside it is touched. A prefix that
// does not end in a slash is refused, as the key of an object is.
func OpenBucket(ctx context.Context, text string, optFns ...func(*Options)) (*s3jar.Bucket, error) {
	target, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return target.OpenBucket(ctx, optFns...)
}

// Open opens the store, as the function Open does. Parameters that Parse would
// refuse are an [awsjar.ErrInvalid].
func (t Target) Open(ctx context.Context, optFns ...func(*Options)) (awsjar.Store, error) {
	switch t.Scheme {
	case Lambda:
		return t.openFunction(ctx, optFns)
	case S3:
		if t.Key == "" {
			return nil, t.invalid(&problem{"the key is missing", "write s3://" + t.Bucket + "/KEY, such as s3://" + t.Bucket + "/state.json"})
		}
		return t.openObject(ctx, optFns)
	case File:
		return t.openFile()
	case Env:
		return t.openEnvironment(ctx, optFns)
	case Mem:
		return memjar.New(), nil
	}
	return nil, t.invalid(fmt.Errorf("scheme %q is unknown", t.Scheme))
}

func (t Target) openFunction(ctx context.Context, optFns []func(*Options)) (awsjar.Store, error) {
	if t.Function == "" {
		t.Function = lambdaenv.FunctionName()
		if t.Function == "" {
			return nil, t.invalid(&problem{"this program does not run in a Lambda function", "name the function: lambda://NAME"})
		}
	}
	if t.Region == "" {
		t.Region = regionOf(t.Function)
	}
	opts := settings(optFns)
	cfg, err := t.config(ctx, opts)
	if err != nil {
		return nil, err
	}
	overflow, err := t.openOverflow(ctx, optFns)
	if err != nil {
		return nil, err
	}
	client := t.lambdaClient(cfg, opts)
	store := lambdajar.New(client, t.Function, func(o *lambdajar.Options) {
		o.Form, o.Overflow, o.Logger = t.Form, overflow, opts.Logger
		o.Confirm, o.Unguarded = t.Confirm == SwitchOn, t.Unguarded
		if t.Variable != "" {
			o.Name = t.Variable
		}
	})
	return t.withHistory(ctx, store, optFns)
}

// withHistory gives a store the history that the URL names, if any.
func (t Target) withHistory(ctx context.Context, store awsjar.Store, optFns []func(*Options)) (awsjar.Store, error) {
	if t.History == "" {
		return store, nil
	}
	place, err := Parse(t.History)
	if err != nil {
		return nil, err
	}
	if place.Region == "" {
		place.Region = t.Region
	}
	history, err := place.Open(ctx, optFns...)
	if err != nil {
		return nil, err
	}
	versioned, ok := history.(awsjar.Versioned)
	if !ok {
		return nil, t.invalid(&problem{"the history is not the URL of an object in S3 or of a file", historyHint})
	}
	logger := settings(optFns).Logger
	return journal.New(store, versioned, func(o *journal.Options) { o.Logger = logger }), nil
}

func (t Target) openFile() (awsjar.Store, error) {
	if err := t.checkParameters(); err != nil {
		return nil, t.invalid(err)
	}
	return filejar.New(pathOn(runtime.GOOS, t.Path), func(o *filejar.Options) {
		o.Keep, o.KeepBytes, o.MaxSize = t.Keep, t.KeepBytes, t.MaxSize
	}), nil
}

// drive matches the path of a URL such as file:///C:/state.json.
var drive = lazyregexp.New(`^/[A-Za-z]:(/|$)`)

// pathOn returns the path that a system calls the file by.
func pathOn(system, path string) string {
	if system == "windows" && drive().MatchString(path) {
		path = path[1:]
	}
	return filepath.FromSlash(path)
}

func (t Target) openEnvironment(ctx context.Context, optFns []func(*Options)) (awsjar.Store, error) {
	if err := t.checkParameters(); err != nil {
		return nil, t.invalid(err)
	}
	overflow, err := t.openOverflow(ctx, optFns)
	if err != nil {
		return nil, err
	}
	return envjar.New(t.Variable, func(o *envjar.Options) { o.Overflow = overflow }), nil
}

// openOverflow returns the object beside which values that do not fit are kept,
// or nil.
func (t Target) openOverflow(ctx context.Context, optFns []func(*Options)) (lambdajar.Overflow, error) {
	if t.Overflow == "" {
		return nil, nil
	}
	object, err := Parse(t.Overflow)
	if err != nil {
		return nil, err
	}
	if object.Region == "" {
		object.Region = t.Region
	}
	return object.openObject(ctx, optFns)
}

// config returns the configuration of a client for the target.
func (t Target) config(ctx context.Context, opts Options) (aws.Config, error) {
	if err := t.checkParameters(); err != nil {
		return aws.Config{}, t.invalid(err)
	}
	cfg, err := opts.load(ctx, t.Region)
	if err != nil {
		return cfg, &awsjar.Error{Op: "open", Target: shown(t.String()), Err: err, Hint: "check AWS_PROFILE and the files in ~/.aws"}
	}
	if cfg.Region == "" {
		return cfg, t.invalid(&problem{"no AWS Region is set", "set AWS_REGION, or write ?region=us-east-1 behind the URL"})
	}
	if checkRegion(cfg.Region) != nil {
		return cfg, t.invalid(&problem{"the AWS Region of the configuration is malformed", "set AWS_REGION to one such as us-east-1"})
	}
	return cfg, nil
}

// endpoint returns the one to use instead of that of the machine, if any. One
// in Options.Config is repeated for the client, since a variable such as
// AWS_ENDPOINT_URL_S3 would go before it otherwise.
func (t Target) endpoint(opts Options) *string {
	switch {
	case t.Endpoint != "":
		return &t.Endpoint
	case opts.Config != nil:
		return opts.Config.BaseEndpoint
	}
	return nil
}

// regionOf returns the Region that an ARN names, or "".
func regionOf(function string) string {
	parts := strings.Split(function, ":")
	if len(parts) < 7 || parts[0] != "arn" || !validRegion().MatchString(parts[3]) {
		return ""
	}
	return parts[3]
}

// invalid is the error for a target that can never be opened.
func (t Target) invalid(err error) error { return invalid(t.String(), err) }
