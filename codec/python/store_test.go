package python_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/google/go-cmp/cmp"
)

func with(c python.Codec) func(*awsjar.Options) {
	return func(o *awsjar.Options) { o.Codec = c }
}

// values are some of each kind that a store of the original can hold.
func values() []any {
	list := []any{
		map[string]any{"dt1": time.Date(2019, 1, 9, 18, 49, 44, 847202000, python.NaiveUTC()), "list": []any{"a", nil, true}},
		[]any{time.Date(2019, 1, 9, 18, 49, 44, 0, time.FixedZone("CET", 3600))},
		true, nil, map[string]any{}, []any{},
	}
	for _, s := range strange {
		list = append(list, s)
	}
	return list
}

// A Bare that is none of the constants is refused by the first call, whichever it is.
func TestBareThatThereIsNot(t *testing.T) {
	for _, bare := range []python.Bare{-1, 99} {
		store := memjar.New()
		if _, err := store.Save(t.Context(), []byte(`"a"`), awsjar.Any); err != nil {
			t.Fatal(err)
		}
		jar := awsjar.New[string](store, with(python.Codec{Bare: bare}))
		_, got := jar.Get(t.Context())
		_, update := jar.Update(t.Context(), func(s *string) error { *s = "b"; return nil })
		for call, err := range map[string]error{"Get": got, "Put": jar.Put(t.Context(), "b"), "Update": update} {
			if !errors.Is(err, awsjar.ErrInvalid) || errors.Is(err, awsjar.ErrCorrupt) || awsjar.Hint(err) == "" {
				t.Errorf("%s with Bare %d: %v", call, bare, err)
			}
		}
	}
}

// A value that is put into a function's environment comes back, here and from the
// original's Jar, plain and compressed.
func TestInFunction(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.SetSettle(0)
	if err := srv.CreateFunction("fn", map[string]string{"STAGE": "test"}); err != nil {
		t.Fatal(err)
	}
	var texts []storedText
	var want []any
	for _, form := range []lambdajar.Form{lambdajar.FormPlain, lambdajar.FormPython} {
		store := lambdajar.New(lambda.NewFromConfig(srv.Config()), "fn", func(o *lambdajar.Options) { o.Form = form })
		jar := awsjar.New[any](store, with(python.Codec{Bare: python.BareJar}))
		for _, v := range values() {
			if err := jar.Put(t.Context(), v); err != nil {
				t.Errorf("%v: %v", v, err)
				continue
			}
			back, err := jar.Get(t.Context())
			if diff := cmp.Diff(v, back, same...); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			env, _ := srv.Environment("fn")
			texts = append(texts, storedText{"jar", env["jar"]})
			want = append(want, tagged(v))
		}
	}
	checkOriginal(t, texts, want)
}

// The same for an object in S3.
func TestInBucket(t *testing.T) {
	srv := awsfake.NewServer(t)
	if err := srv.CreateBucket("bucket"); err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	var texts []storedText
	var want []any
	for _, pretty := range []bool{false, true} {
		object := s3jar.NewBucket(client, "bucket").Object("state.json")
		jar := awsjar.New[any](object, with(python.Codec{Bare: python.BareBucket, Pretty: pretty}))
		for _, v := range values() {
			if err := jar.Put(t.Context(), v); err != nil {
				t.Errorf("%v: %v", v, err)
				continue
			}
			back, err := jar.Get(t.Context())
			if diff := cmp.Diff(v, back, same...); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			body, _, _ := srv.Object("bucket", "state.json")
			texts = append(texts, storedText{"bucket", string(body)})
			want = append(want, tagged(v))
		}
	}
	checkOriginal(t, texts, want)
}

func checkOriginal(t *testing.T, texts []storedText, want []any) {
	t.Helper()
	got, ok := readByOriginal(t, texts)
	if !ok {
		return
	}
	for i := range got {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Errorf("the original reads %s otherwise (-want +got):\n%s", texts[i].Text, diff)
		}
	}
}

// A value that the original stored is read in every form, and an empty variable
// is no value.
func TestFromFunction(t *testing.T) {
	srv := awsfake.NewServer(t)
	if err := srv.CreateFunction("fn", nil); err != nil {
		t.Fatal(err)
	}
	store := lambdajar.New(lambda.NewFromConfig(srv.Config()), "fn")
	jar := awsjar.New[any](store, with(python.Codec{Bare: python.BareJar, NonFinite: true}))
	cases, _ := vectors(t)
	for _, v := range cases {
		if v.Store != "jar" {
			continue
		}
		if err := srv.ReplaceEnvironment("fn", map[string]string{"jar": *v.Stored}); err != nil {
			t.Fatal(err)
		}
		got, err := jar.Load(t.Context())
		if reason := refusedOnReading[v.Name]; reason != "" {
			if *v.Stored == "" && !errors.Is(err, awsjar.ErrNotFound) || *v.Stored != "" && !errors.Is(err, awsjar.ErrCorrupt) {
				t.Errorf("%s: %v", v.Name, err)
			}
			continue
		}
		if other, ok := readOtherwise[v.Name]; ok {
			v.LoadedJSON = []byte(other.want)
		}
		if diff := cmp.Diff(v.loaded(t), tagged(got.Value)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", v.Name, err, diff)
		}
	}
}

func TestFromBucket(t *testing.T) {
	srv := awsfake.NewServer(t)
	if err := srv.CreateBucket("bucket"); err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	jar := awsjar.New[any](s3jar.NewBucket(client, "bucket").Object("k"), with(python.Codec{Bare: python.BareBucket}))
	cases, _ := vectors(t)
	for _, v := range cases {
		if v.Store != "bucket" {
			continue
		}
		if err := srv.PutObject("bucket", "k", []byte(*v.Stored), http.Header{}); err != nil {
			t.Fatal(err)
		}
		got, err := jar.Get(t.Context())
		if diff := cmp.Diff(v.loaded(t), tagged(got)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", v.Name, err, diff)
		}
	}
}

// A Jar tells its caller which side is wrong, and an Update that changes
// nothing writes nothing.
func TestInJar(t *testing.T) {
	store := memjar.New()
	jar := awsjar.New[map[string]any](store, with(python.Codec{}))
	if err := jar.Put(t.Context(), map[string]any{"_dt_": true}); !errors.Is(err, awsjar.ErrInvalid) {
		t.Errorf("Put returned %v; want ErrInvalid", err)
	}
	if _, err := store.Save(t.Context(), []byte(`{"x": {"_dt_": true, "repr": "1 + 1"}}`), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if v, err := jar.Get(t.Context()); !errors.Is(err, awsjar.ErrCorrupt) || v != nil {
		t.Errorf("Get returned %v, %v; want ErrCorrupt", v, err)
	}
	const text = `{"n": 1.50, "x": {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 0, 0)"}}`
	meta, err := store.Save(t.Context(), []byte(text), awsjar.Any)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jar.Update(t.Context(), func(*map[string]any) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got, err := jar.Load(t.Context()); err != nil || got.Revision != meta.Revision {
		t.Errorf("an Update that changes nothing wrote: %v, %v", got, err)
	}
}

// A text of Python may begin like packed text of awsjar for Go: the hint says so,
// and no character of the text is shown.
func TestTextThatBeginsLikePackedText(t *testing.T) {
	srv := awsfake.NewServer(t)
	if err := srv.CreateFunction("fn", map[string]string{"jar": "^hunter2"}); err != nil {
		t.Fatal(err)
	}
	jar := awsjar.New[any](lambdajar.New(lambda.NewFromConfig(srv.Config()), "fn"), with(python.Codec{Bare: python.BareJar}))
	_, err := jar.Get(t.Context())
	e, ok := errors.AsType[*awsjar.Error](err)
	if !errors.Is(err, awsjar.ErrCorrupt) || !ok || !strings.Contains(e.Hint, "Python awsjar that begins with ^") {
		t.Errorf("Get: %#v; want ErrCorrupt and a hint that names Python", err)
	}
	if err != nil && strings.Contains(err.Error(), "'h'") {
		t.Errorf("the error shows a character: %v", err)
	}
}

// An Update of a state of Python keeps the members that the Go type does not have;
// where the state does not fit the type, the hint names the codec that reads it.
func TestUpdateOfPythonState(t *testing.T) {
	const stored = `{"b": NaN, "n": 1, "at": {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}, "a": {"y": 1, "x": 1.50}}`
	type state struct {
		At time.Time `json:"at"`
		N  int       `json:"n"`
	}
	store := memjar.New()
	if _, err := store.Save(t.Context(), []byte(stored), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if _, err := awsjar.New[state](store, with(python.Codec{NonFinite: true})).Update(t.Context(), func(s *state) error { s.N++; return nil }); err != nil {
		t.Fatal(err)
	}
	data, _, err := store.Load(t.Context())
	if want := strings.Replace(stored, `"n": 1`, `"n": 2`, 1); err != nil || string(data) != want {
		t.Errorf("stored is %s, %v; want %s", data, err, want)
	}
	for _, text := range []string{`{"at": {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}}`, `{'n': 1}`, `{"n": NaN}`} {
		if _, err := store.Save(t.Context(), []byte(text), awsjar.Any); err != nil {
			t.Fatal(err)
		}
		_, err = awsjar.New[state](store).Get(t.Context())
		if e, ok := errors.AsType[*awsjar.Error](err); !ok || !strings.Contains(e.Hint, "codec/python") {
			t.Errorf("Get of %s by plain JSON: %#v; want a hint that names codec/python", text, err)
		}
	}
}
