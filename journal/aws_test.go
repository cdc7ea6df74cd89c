package journal_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/lease"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/storetest"
)

// account is a function and a bucket for its history.
type account struct {
	aws *awsfake.Server
}

func newAccount(t *testing.T, versioning string) account {
	aws := awsfake.NewServer(t)
	if err := errors.Join(aws.CreateFunction("sams-lambda", map[string]string{"STAGE": "prod"}), aws.CreateBucket("history")); err != nil {
		t.Fatal(err)
	}
	if versioning != "" {
		if err := aws.SetVersioning("history", versioning); err != nil {
			t.Fatal(err)
		}
	}
	return account{aws}
}

func (a account) open() *journal.Store {
	object := s3jar.NewBucket(s3.NewFromConfig(a.aws.Config()), "history").Object("history/sams-lambda")
	return journal.New(lambdajar.New(lambda.NewFromConfig(a.aws.Config()), "sams-lambda"), object)
}

// TestFunctionWithBucket: a function's environment with the history of a bucket
// keeps the whole contract.
func TestFunctionWithBucket(t *testing.T) {
	t.Parallel()
	var accounts sync.Map // of each store
	fresh := func(t *testing.T) *journal.Store {
		a := newAccount(t, "Enabled")
		s := a.open()
		accounts.Store(s, a)
		return s
	}
	options := func(o *storetest.Options) {
		o.LargeValue = 3000
		o.Increments = 1
		o.Parallel = true
		o.Second = func(_ *testing.T, s awsjar.Store) awsjar.Store {
			a, _ := accounts.Load(s)
			return a.(account).open()
		}
	}
	storetest.Run(t, func(t *testing.T) awsjar.Store { return fresh(t) }, options)
	storetest.RunVersions(t, func(t *testing.T) awsjar.Versioned { return fresh(t) }, options)
}

// TestReset: a deploy tool resets the variables; the value comes back, though
// nobody had read it since it was written.
func TestReset(t *testing.T) {
	a := newAccount(t, "Enabled")
	if err := awsjar.New[int](a.open()).Put(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	if err := a.aws.ReplaceEnvironment("sams-lambda", map[string]string{"STAGE": "prod"}); err != nil {
		t.Fatal(err)
	}
	jar := awsjar.New[int](a.open())
	if _, err := jar.Undelete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := jar.Get(t.Context()); n != 7 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
}

// TestRequests: the requests that the history adds to those of the store.
func TestRequests(t *testing.T) {
	a := newAccount(t, "Enabled")
	jar := awsjar.New[int](a.open())
	for _, want := range [][]string{
		{"GetObject", "PutObject"}, // the first write of a handle
		{"PutObject"},
		{"PutObject"},
	} {
		a.aws.ResetRequests()
		if _, err := jar.Update(t.Context(), func(n *int) error { *n++; return nil }); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range a.aws.Requests() {
			if r.Service == "s3" {
				got = append(got, r.Op)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("an update sent %v, want %v", got, want)
		}
	}
}

// TestWithoutVersioning: a bucket that keeps no versions is refused before the
// function is written.
func TestWithoutVersioning(t *testing.T) {
	a := newAccount(t, "")
	err := awsjar.New[int](a.open()).Put(t.Context(), 7)
	if !errors.Is(err, awsjar.ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
	if env, _ := a.aws.Environment("sams-lambda"); len(env) != 1 {
		t.Errorf("the environment is %v", env)
	}
}

// TestLimits: the limits are those of the store that holds the value.
func TestLimits(t *testing.T) {
	_, err := lease.New(newAccount(t, "Enabled").open()).TryAcquire(t.Context())
	if !errors.Is(err, awsjar.ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
}
