package e2e

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// TestPythonDifferences shows both sides of the table "Differences" in
// docs/python.md.
func TestPythonDifferences(t *testing.T) {
	srv, p := newFake(t)
	srv.CreateBucket("versioned")
	srv.SetVersioning("versioned", "Enabled")
	store := p.jar(lambdajar.FormPlain)
	jar := awsjar.New[any](store, withCodec(python.Codec{Bare: python.BareJar}))
	original := fmt.Sprintf("Jar(%q, **DATETIMES)", p.function)
	for name, test := range map[string]func(t *testing.T){
		"delete": func(t *testing.T) {
			mustPut(t, jar, "x")
			mustBe(t, jar.Delete(t.Context()), nil)
			checkVariables(t, srv, map[string]string{"STAGE": "prod"})
			p.python.eval(t, "%s.delete()", original)
			checkVariables(t, srv, map[string]string{})
		},
		"another variable meanwhile": func(t *testing.T) {
			deploy := func() {
				srv.Inject(awsfake.Fault{Op: updateFunction, Hook: func() { srv.ReplaceEnvironment(p.function, map[string]string{"STAGE": "test"}) }})
			}
			deploy()
			p.python.eval(t, "%s.put([1])", original)
			checkVariables(t, srv, map[string]string{"STAGE": "prod", "jar": "[1]"})
			deploy()
			mustPut(t, jar, []any{})
			if now := p.variables(t); now["STAGE"] != "test" {
				t.Errorf("Go rolled back STAGE to %s", now["STAGE"])
			}
		},
		"an update in progress": func(t *testing.T) {
			release := srv.HoldUpdates(p.function)
			mustPut(t, jar, "x")
			_, err := p.python.try("%s.put([1])", original)
			var exception *pythonError
			if !errors.As(err, &exception) || exception.Class != "ResourceConflictException" {
				t.Errorf("Python: %v; want ResourceConflictException", err)
			}
			srv.Inject(awsfake.Fault{Op: "GetFunctionConfiguration", Skip: 1, Hook: release}) // when Go looks a second time
			mustPut(t, jar, "y")
			if got, err := jar.Get(t.Context()); got != "y" || err != nil {
				t.Errorf("Get: %v, %v", got, err)
			}
		},
		"code": func(t *testing.T) {
			placeText(t, srv, p, `{"x": {"_dt_": true, "repr": "[1].append(2) or 6 * 7"}}`)
			checkPython(t, p, original, `{"x": 42}`)
			mustBeCorrupt(t, jar)
		},
		"damaged": func(t *testing.T) {
			placeText(t, srv, p, `{"x": [1, 2`)
			checkPython(t, p, original, `"{\"x\": [1, 2"`)
			mustBeCorrupt(t, awsjar.New[any](store, withCodec(python.Codec{})))
		},
		"a member _dt_": func(t *testing.T) {
			p.python.eval(t, "%s.put({'kept': 1, 'mine': {'_dt_': False}})", original)
			checkPython(t, p, original, `"{\"kept\": 1, \"mine\": {\"_dt_\": false}}"`)
			got, err := jar.Get(t.Context())
			if want := fromJSON(t, `{"kept": 1, "mine": {"_dt_": false}}`); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("Get: %v, %v; want %v", got, err, want)
			}
		},
		"not a number": func(t *testing.T) {
			p.python.eval(t, "%s.put([float('nan')])", original)
			mustBeCorrupt(t, jar)
			if got, err := awsjar.New[[]float64](store, withCodec(python.Codec{NonFinite: true})).Get(t.Context()); err != nil || got[0] == got[0] {
				t.Errorf("with NonFinite: %v, %v; want NaN", got, err)
			}
		},
		"a longer key": func(t *testing.T) {
			srv.PutObject("versioned", "state.json.backup", []byte(`"another's"`), nil)
			checkPython(t, p, "Bucket('versioned', 'state.json')", `"another's"`)
			_, err := awsjar.New[any](p.object("versioned")).Load(t.Context())
			mustBe(t, err, awsjar.ErrNotFound)
		},
		"no key": func(t *testing.T) {
			srv.PutObject("versioned", "a", []byte(`"some object"`), nil)
			checkPython(t, p, "Bucket('versioned')", `"some object"`)
			_, err := awsjar.New[any](s3jar.NewBucket(p.s3, "versioned").Object("")).Get(t.Context())
			mustBe(t, err, awsjar.ErrInvalid)
		},
		"not UTF-8": func(t *testing.T) {
			srv.PutObject("versioned", "latin1", []byte("\"\xe9\""), nil)
			if _, err := p.python.try("Bucket('versioned', 'latin1').get()"); err == nil {
				t.Error("Python reads it")
			}
			mustBeCorrupt(t, awsjar.New[any](s3jar.NewBucket(p.s3, "versioned").Object("latin1"), withCodec(python.Codec{Bare: python.BareBucket})))
		},
		"requests": func(t *testing.T) {
			srv.PutObject("versioned", "k", []byte("1"), nil)
			srv.ResetRequests()
			p.python.eval(t, "awsjar.Bucket('versioned', 'k').get()")
			checkRequests(t, srv, "HeadBucket", "GetBucketVersioning", "ListObjectVersions", "GetObject")
			srv.ResetRequests()
			if _, err := awsjar.New[int](s3jar.NewBucket(p.s3, "versioned").Object("k")).Get(t.Context()); err != nil {
				t.Error(err)
			}
			checkRequests(t, srv, "GetObject")
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv.ReplaceEnvironment(p.function, map[string]string{"STAGE": "prod"})
			test(t)
		})
	}
}

// TestPythonScalars: of a value that is neither list nor dict Python's own
// get returns another, while a value that Go put comes back to both sides.
func TestPythonScalars(t *testing.T) {
	_, p := newFake(t)
	jar := awsjar.New[any](p.jar(lambdajar.FormPlain), withCodec(python.Codec{Bare: python.BareJar}))
	original := fmt.Sprintf("Jar(%q)", p.function)
	for expr, want := range map[string]string{ // the result of Python's get, "" for the value itself
		`'hello'`: "", `42`: "", `3.0`: "", `' '`: "",
		`'123'`: `123`, `'007'`: `7.0`, `'+5'`: `5.0`, `'1_000'`: `1000.0`, `'.5'`: `0.5`,
		`'true'`: `true`, `'null'`: `null`, `'{"a": 1}'`: `{"a": 1}`, `'"x"'`: `"x"`, `'eJwzBAAAMgAy'`: `1`,
		`''`: `{}`, `True`: `"True"`, `None`: `"None"`,
	} {
		t.Run(expr, func(t *testing.T) {
			value := p.python.eval(t, "%s", expr)
			p.python.eval(t, "%s.put(%s)", original, expr)
			if want == "" {
				want = asJSON(value)
			}
			checkPython(t, p, original, want)
			mustPut(t, jar, value)
			checkPython(t, p, original, asJSON(value))
			if got, err := jar.Get(t.Context()); err != nil || !reflect.DeepEqual(got, value) {
				t.Errorf("Go put %v and gets %v, %v", value, got, err)
			}
		})
	}
}

// placeText stores a text in the variable jar, as no put would.
func placeText(t *testing.T, srv *awsfake.Server, p *interop, text string) {
	t.Helper()
	if err := srv.ReplaceEnvironment(p.function, map[string]string{"jar": text}); err != nil {
		t.Fatal(err)
	}
}

func mustPut(t *testing.T, jar *awsjar.Jar[any], v any) {
	t.Helper()
	if err := jar.Put(t.Context(), v); err != nil {
		t.Fatal(err)
	}
}

func mustBe(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		t.Errorf("%v; want %v", err, want)
	}
}

func mustBeCorrupt(t *testing.T, jar *awsjar.Jar[any]) {
	t.Helper()
	v, err := jar.Get(t.Context())
	mustBe(t, err, awsjar.ErrCorrupt)
	if v != nil {
		t.Errorf("Get returned %v", v)
	}
}

// checkPython checks the result of the original's get.
func checkPython(t *testing.T, p *interop, original, want string) {
	t.Helper()
	if got := p.python.eval(t, "%s.get()", original); !reflect.DeepEqual(got, fromJSON(t, want)) {
		t.Errorf("%s.get() returns %s; want %s", original, asJSON(got), want)
	}
}

func checkVariables(t *testing.T, srv *awsfake.Server, want map[string]string) {
	t.Helper()
	if got, _ := srv.Environment("sams-lambda"); !reflect.DeepEqual(got, want) {
		t.Errorf("the variables are %v; want %v", got, want)
	}
}

func checkRequests(t *testing.T, srv *awsfake.Server, want ...string) {
	t.Helper()
	var got []string
	for _, r := range srv.Requests() {
		got = append(got, r.Op)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the requests are %v; want %v", got, want)
	}
}
