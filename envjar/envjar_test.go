package envjar_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/envjar"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/google/go-cmp/cmp"
)

func from(env map[string]string) func(*envjar.Options) {
	return func(o *envjar.Options) {
		o.Lookup = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	}
}

func TestProcessEnvironment(t *testing.T) {
	jar := awsjar.New[map[string]int](envjar.New("acorns"))
	if got, err := jar.Get(t.Context()); got != nil || err != nil {
		t.Errorf("Get of an absent variable: %v, %v", got, err)
	}
	t.Setenv("acorns", `{"n":1}`)
	got, err := jar.Get(t.Context())
	if diff := cmp.Diff(map[string]int{"n": 1}, got); diff != "" || err != nil {
		t.Errorf("Get: %v, (-want +got):\n%s", err, diff)
	}
	t.Setenv("acorns", "")
	if _, err := jar.Load(t.Context()); !errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrNoStore) {
		t.Errorf("Load of an empty variable: %v; want ErrNotFound", err)
	}
	if jar.String() != "env:acorns" {
		t.Errorf("String: %s", jar)
	}
}

func TestErrors(t *testing.T) {
	const damaged = "^0damaged"
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var none *envjar.Store
	good := from(map[string]string{"jar": "1"})
	for name, c := range map[string]struct {
		ctx   context.Context
		store *envjar.Store
		load  error
		write error
	}{
		"read-only":     {t.Context(), envjar.New("jar", good), nil, awsjar.ErrUnsupported},
		"damaged":       {t.Context(), envjar.New("jar", from(map[string]string{"jar": damaged})), awsjar.ErrCorrupt, awsjar.ErrUnsupported},
		"malformed":     {t.Context(), envjar.New("with-dash", good), awsjar.ErrInvalid, awsjar.ErrInvalid},
		"nil":           {t.Context(), none, awsjar.ErrInvalid, awsjar.ErrInvalid},
		"zero":          {t.Context(), &envjar.Store{}, awsjar.ErrInvalid, awsjar.ErrInvalid},
		"ended context": {ended, envjar.New("jar", good), context.Canceled, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			_, meta, loadErr := c.store.Load(c.ctx)
			_, saveErr := c.store.Save(c.ctx, []byte("1"), awsjar.Any)
			deleteErr := c.store.Delete(c.ctx, awsjar.Any)
			for call, err := range map[string]error{"Save": saveErr, "Delete": deleteErr} {
				if !errors.Is(err, c.write) {
					t.Errorf("%s: %v; want %v", call, err, c.write)
				}
			}
			if !errors.Is(loadErr, c.load) || c.load == nil && loadErr != nil {
				t.Errorf("Load: %v; want %v", loadErr, c.load)
			}
			if name == "damaged" && (meta.Revision == awsjar.None || strings.Contains(loadErr.Error(), damaged)) {
				t.Errorf("Load: %v at the revision %q", loadErr, meta.Revision)
			}
			for _, err := range []error{loadErr, saveErr, deleteErr} {
				var e *awsjar.Error
				if err != nil && (!errors.As(err, &e) || e.Target != c.store.String()) {
					t.Errorf("%v does not name %s", err, c.store)
				}
			}
		})
	}
	if err := envjar.New("jar", good).Delete(t.Context(), awsjar.None); !errors.Is(err, awsjar.ErrInvalid) {
		t.Errorf("Delete of None: %v; want ErrInvalid", err)
	}
}

// TestRevisionsAgree: lambdajar takes the revision of a read here, for values of
// every origin.
func TestRevisionsAgree(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", nil)
	store := lambdajar.New(lambda.NewFromConfig(srv.Config()), "fn")
	writers := map[string]func() error{
		"lambdajar": func() error { _, err := store.Save(t.Context(), []byte(`"one"`), awsjar.Any); return err },
		"again":     func() error { _, err := store.Save(t.Context(), []byte(`"two"`), awsjar.Any); return err },
		"packed": func() error {
			_, err := store.Save(t.Context(), []byte(strings.Repeat(`"packed"`, 1000)), awsjar.Any)
			return err
		},
		"Python": func() error { return srv.ReplaceEnvironment("fn", map[string]string{"jar": `"from Python"`}) },
	}
	for _, name := range []string{"lambdajar", "again", "packed", "Python"} {
		if err := writers[name](); err != nil {
			t.Fatal(err)
		}
		env, _ := srv.Environment("fn") // that of a process which starts now
		data, here, err := envjar.New("jar", from(env)).Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		there, thereMeta, err := store.Load(t.Context())
		if string(data) != string(there) || here != thereMeta || err != nil {
			t.Errorf("%s: here %q %+v, there %q %+v, %v", name, data, here, there, thereMeta, err)
		}
		fresh := lambdajar.New(lambda.NewFromConfig(srv.Config()), "fn")
		if _, err := fresh.Save(t.Context(), []byte(name), here.Revision); err != nil {
			t.Errorf("%s: Save over the revision read here: %v", name, err)
		}
		if _, err := fresh.Save(t.Context(), []byte("late"), here.Revision); !errors.Is(err, awsjar.ErrConflict) {
			t.Errorf("%s: second Save over it: %v; want ErrConflict", name, err)
		}
	}
}

func Example() {
	env := map[string]string{"jar": `{"num_acorns":50}`} // AWS Lambda sets it
	jar := awsjar.New[map[string]int](envjar.New("jar", func(o *envjar.Options) {
		o.Lookup = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	}))
	state, err := jar.Get(context.Background())
	fmt.Println(state["num_acorns"], err)
	// Output: 50 <nil>
}
