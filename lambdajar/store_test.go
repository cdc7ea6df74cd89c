package lambdajar_test

import (
	"context"
	"flag"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/storetest"
)

var increments = flag.Int("increments", 2, "how often each of the concurrent writers counts up, where updates settle at once")

// fn is the function of every test.
const fn = "sams-lambda"

// foreign are variables that no test may change.
func foreign() map[string]string {
	return map[string]string{
		"STAGE": "test", "EMPTY": "", "QUERY": `<a href="x">&'é☃😀</a>\`, "PEM": "-----BEGIN-----\nabc\n-----END-----\n",
		"LINE_SEPARATORS": "\u2028\u2029\u202c", "TABS": "a\tb\rc\fd\be", "jarx": "not a jar", "jar_ids": "neither",
	}
}

// newServer starts a server with the function and its foreign variables.
func newServer(t *testing.T, optFns ...func(*awsfake.Options)) *awsfake.Server {
	t.Helper()
	srv := awsfake.NewServer(t, optFns...)
	srv.CreateFunction(fn, foreign())
	return srv
}

func client(srv *awsfake.Server, optFns ...func(*aws.Config)) *lambda.Client {
	cfg := srv.Config()
	for _, fn := range optFns {
		fn(&cfg)
	}
	return lambda.NewFromConfig(cfg)
}

func newStore(srv *awsfake.Server, optFns ...func(*lambdajar.Options)) *lambdajar.Store {
	return lambdajar.Hasten(lambdajar.New(client(srv), fn, optFns...))
}

// within returns a context that ends before the test hangs.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestContract runs the contract in the ways in which AWS may turn out to
// behave: documentation leaves some of it open.
func TestContract(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings   func(*awsfake.Options)
		increments int
	}{
		"settled at once":       {func(*awsfake.Options) {}, *increments},
		"settling":              {func(o *awsfake.Options) { o.Settle = 5 * time.Millisecond }, 2},
		"settling, 409 first":   {func(o *awsfake.Options) { o.Settle, o.ConflictFirst = 5*time.Millisecond, true }, 2},
		"old value until later": {func(o *awsfake.Options) { o.OldWhileInProgress = true }, *increments},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := func(t *testing.T) awsjar.Store { return newStore(newServer(t, c.settings)) }
			storetest.Run(t, open, func(o *storetest.Options) {
				o.LargeValue, o.Increments = 3000, c.increments
			})
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	faults := map[string]awsfake.Fault{
		"dropped":          {Drop: true},
		"500":              {Status: 500, Code: "ServiceException"},
		"503":              {Status: 503},
		"dropped for long": {Drop: true, Times: 3},
		"500 for long":     {Status: 500, Code: "ServiceException", Times: 3},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunFaults(t, func(t *testing.T) (awsjar.Store, func(storetest.Fault)) {
				srv := newServer(t)
				return newStore(srv), func(kind storetest.Fault) {
					f := fault
					f.Op, f.After = "UpdateFunctionConfiguration", kind == storetest.Stored
					srv.Inject(f)
				}
			})
		})
	}
}
