package journal_test

import (
	"errors"
	"slices"
	"strings"
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

// TestTimeOfCurrentVersion: a function does not know when its value was stored, and
// the history does: also of a delete, and where newer entries were refused.
func TestTimeOfCurrentVersion(t *testing.T) {
	a := newAccount(t, "Enabled")
	jar := awsjar.New[int](a.open())
	check := func(when string, want int, latestDeleted bool) {
		t.Helper()
		n := 0
		for meta, err := range jar.Versions(t.Context()) {
			if n++; err != nil || meta.Modified.IsZero() || meta.Latest != (n == 1) || meta.Latest && meta.Deleted != latestDeleted {
				t.Errorf("%s: version %d is %+v, %v", when, n, meta, err)
			}
		}
		if n != want {
			t.Errorf("%s: %d versions, want %d", when, n, want)
		}
	}
	for n := range 2 {
		if err := jar.Put(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	check("two values", 2, false)
	a.aws.Inject(awsfake.Fault{Op: "UpdateFunctionConfiguration", Code: "AccessDeniedException", Times: 2})
	for n := range 2 {
		if err := jar.Put(t.Context(), 10+n); err == nil {
			t.Fatal("a refused write succeeded")
		}
	}
	check("newer entries are refused", 3, false)
	if err := jar.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("deleted", 3, true)
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

// TestWithoutBucket: a history in a bucket that is not there is named, with the
// step that makes the bucket, and is no ErrNoStore of the function.
func TestWithoutBucket(t *testing.T) {
	a := newAccount(t, "Enabled")
	nowhere := s3jar.NewBucket(s3.NewFromConfig(a.aws.Config()), "nobody").Object("history")
	err := awsjar.New[int](journal.New(lambdajar.New(lambda.NewFromConfig(a.aws.Config()), "sams-lambda"), nowhere)).Put(t.Context(), 7)
	if errors.Is(err, awsjar.ErrNoStore) || err == nil || !strings.Contains(err.Error(), "the history: s3://nobody/history: ") ||
		!strings.Contains(awsjar.Hint(err), "aws s3 mb s3://nobody") {
		t.Errorf("got %v, with the hint %q", err, awsjar.Hint(err))
	}
}

// TestLimits: the limits are those of the store that holds the value.
func TestLimits(t *testing.T) {
	_, err := lease.New(newAccount(t, "Enabled").open()).TryAcquire(t.Context())
	if !errors.Is(err, awsjar.ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
}
