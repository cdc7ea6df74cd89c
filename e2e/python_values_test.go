package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/lambdajar"
)

// vector is a case of codec/python/testdata/python-vectors.json; its member
// readme explains the fields.
type vector struct {
	Name        string
	Expr        string `json:"python_expr"`
	Store       string
	Compression bool
	Pretty      bool
	Encoder     string
	Stored      *string
	PutError    string `json:"put_error"`
	ByHand      bool   `json:"decode_only"`
}

// putByPython returns the cases that the original's put was given.
func putByPython(t *testing.T) (vectors []vector) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "codec", "python", "testdata", "python-vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Cases {
		if !v.ByHand {
			vectors = append(vectors, v)
		}
	}
	return vectors
}

// readByGo are the cases in which Go does not read the value that the
// original's get returns, with the one that it reads; nil for ErrCorrupt. The
// reasons stand in docs/python.md.
var readByGo = map[string]any{
	"jar/gz/dict-lone-surrogate": nil,
	"jar/dt/offset-micros":       nil,
	"jar/dt/offset-max":          nil,
	"jar/dt/fold-utc":            map[string]any{"dt1": map[string]any{"$datetime": map[string]any{"iso": "2019-11-03T01:30:00.000005+00:00", "tzname": "UTC"}}},
	"jar/dt/user-marker":         map[string]any{"_dt_": true, "x": json.Number("1")},
	"jar/dt/user-marker-nested":  map[string]any{"ok": json.Number("1"), "in": map[string]any{"_dt_": false}},
}

// refusedByGo are the values that Go reads but does not write, for the
// original would not read them back.
var refusedByGo = map[string]bool{
	"jar/dict-dt-marker-by-user": true,
	"jar/dt/user-marker":         true,
	"jar/dt/user-marker-nested":  true,
}

// exchange is one vector on its way from Python to Go and back.
type exchange struct {
	vector
	*interop
	original string // the Python expression for the store
	store    awsjar.Store
	jar      *awsjar.Jar[any]
	stored   func(t *testing.T) string // the text in the store
}

func newExchange(p *interop, v vector, bucket string) *exchange {
	x := &exchange{vector: v, interop: p}
	options := ""
	if v.Encoder == "datetime" {
		options = ", **DATETIMES"
	}
	codec := python.Codec{NonFinite: true, Pretty: v.Pretty}
	if v.Store == "jar" {
		x.original = fmt.Sprintf("Jar(%q, compression=%s%s)", p.function, pythonBool(v.Compression), options)
		x.store, codec.Bare = p.jar(lambdajar.FormPlain), python.BareJar
		if v.Compression {
			x.store = p.jar(lambdajar.FormPython)
		}
		x.stored = func(t *testing.T) string { return p.variables(t)["jar"] }
	} else {
		x.original = fmt.Sprintf("Bucket(%q, 'state.json', pretty=%s%s)", bucket, pythonBool(v.Pretty), options)
		x.store, codec.Bare = p.object(bucket), python.BareBucket
		x.stored = func(t *testing.T) string { return p.body(t, bucket, "state.json") }
	}
	x.jar = awsjar.New[any](x.store, withCodec(codec))
	return x
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// body returns the content of an object.
func (p *interop) body(t *testing.T, bucket, key string) string {
	t.Helper()
	out, err := p.s3.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: aws.String(key)})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// exchangeValues sends every value of the vectors from Python to Go and from
// Go to Python.
func exchangeValues(t *testing.T, p *interop) {
	bucket := newBucket(t, p.s3, false)
	read, written := 0, 0
	for _, v := range putByPython(t) {
		t.Run(v.Name, func(t *testing.T) {
			x := newExchange(p, v, bucket)
			value, ok := x.fromPython(t)
			if !ok {
				return
			}
			read++
			if x.fromGo(t, value) {
				written++
			}
		})
	}
	if stage := p.variables(t)["STAGE"]; stage != "prod" {
		t.Errorf("STAGE is %q", stage)
	}
	t.Logf("Go read %d values that Python put, and Python read %d that Go put", read, written)
}

// fromPython puts the value by Python and returns the value that Go reads.
func (x *exchange) fromPython(t *testing.T) (value any, ok bool) {
	_, err := x.python.try("%s.put(%s)", x.original, x.Expr)
	if class, _, refused := strings.Cut(x.PutError, ":"); refused {
		var exception *pythonError
		if !errors.As(err, &exception) || exception.Class != class {
			t.Errorf("put: %v; want %s", err, x.PutError)
		}
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	if text := x.stored(t); !x.Compression && text != *x.Stored {
		t.Errorf("stored is %q; want %q as in the vectors", text, *x.Stored)
	}
	want := x.python.eval(t, "%s.get()", x.original)
	value, err = x.jar.Get(t.Context())
	if other, differs := readByGo[x.Name]; differs && other == nil {
		if !errors.Is(err, awsjar.ErrCorrupt) {
			t.Errorf("Get returned %v, %v; want ErrCorrupt", value, err)
		}
		return nil, false
	} else if differs {
		want = other
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := tagged(value); !reflect.DeepEqual(got, want) {
		t.Errorf("Go reads %s; Python %s", asJSON(got), asJSON(want))
	}
	return value, true
}

// fromGo puts the value by Go, where nothing is stored, for Python to get.
func (x *exchange) fromGo(t *testing.T, value any) (ok bool) {
	if err := x.jar.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := x.python.eval(t, "%s.get()", x.original); !reflect.DeepEqual(got, map[string]any{}) {
		t.Errorf("after Delete get returns %s; want {}", asJSON(got))
	}
	err := x.jar.Put(t.Context(), value)
	if refusedByGo[x.Name] {
		if !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("Put: %v; want ErrInvalid", err)
		}
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	got := x.python.eval(t, "%s.get()", x.original)
	if want := tagged(value); !reflect.DeepEqual(got, want) {
		t.Errorf("Python reads %s; Go wrote %s", asJSON(got), asJSON(want))
	}
	return true
}

// tagged turns a value that the codec read into the notation of session.py.
func tagged(v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, member := range v {
			object[name] = tagged(member)
		}
		return object
	case []any:
		list := []any{}
		for _, element := range v {
			list = append(list, tagged(element))
		}
		return list
	case float64:
		text := strings.ToLower(strconv.FormatFloat(v, 'g', -1, 64))
		return map[string]any{"$float": strings.TrimPrefix(text, "+")}
	case time.Time:
		return map[string]any{"$datetime": taggedTime(v)}
	}
	return v
}

// taggedTime is Python's description of a datetime.
func taggedTime(v time.Time) map[string]any {
	layout := "2006-01-02T15:04:05"
	if v.Nanosecond() != 0 {
		layout += ".000000"
	}
	if python.IsNaive(v) {
		fields := map[string]any{"iso": v.Format(layout)}
		if text, err := (python.Codec{}).Marshal(v); err != nil || bytes.Contains(text, []byte("fold=1")) {
			fields["fold"] = json.Number("1") // a time.Time shows it nowhere else
		}
		return fields
	}
	name, offset := v.Zone()
	clock := "Z"
	if offset != 0 || name != "UTC" {
		clock = isoOffset(offset)
	}
	if name == "" {
		name = "UTC" + strings.TrimPrefix(clock, "Z")
	}
	return map[string]any{"iso": v.Format(layout) + strings.Replace(clock, "Z", "+00:00", 1), "tzname": name}
}

func isoOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign = '-'
	}
	seconds = int(math.Abs(float64(seconds)))
	text := fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf(":%02d", seconds%60)
	}
	return text
}

// asJSON is the beginning of a value's JSON.
func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text[:min(len(text), 500)])
}
