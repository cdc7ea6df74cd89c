package once_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/once"
)

type mixed struct {
	A       int
	private int
	Made    time.Time
	List    []int `json:",omitempty"`
	Not     int   `json:"-"`
	Any     any
	P       **int
}

type opaque struct{ n int }

// forgets is read as another value than was written.
type forgets struct{ n int }

func (f forgets) MarshalJSON() ([]byte, error) { return json.Marshal(f.n) }
func (f *forgets) UnmarshalJSON([]byte) error  { *f = forgets{}; return nil }

// spoils writes into the text from which it is read.
type spoils string

func (s *spoils) UnmarshalJSON(text []byte) error {
	*s = spoils(strings.Trim(string(text), `"`))
	clear(text)
	return nil
}

// TestSameResult: the first call and every later one return the same result, the
// one that a Jar gives back.
func TestSameResult(t *testing.T) {
	var none *int
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("CET", 3600))
	same(t, mixed{A: 1, private: 2, Made: at, List: []int{}, Not: 9, Any: 5, P: &none})
	same(t, time.Now())
	same(t, []time.Time{time.Now().In(time.FixedZone("", 3600))})
	same[any](t, 5)
	same[any](t, map[string]any{"a": []byte("b"), "c": []any{1.5, nil, at}})
	same[any](t, nil)
	same(t, none)
	same(t, &none)
	same(t, []int(nil))
	same(t, [][]int{nil, {}})
	same(t, json.RawMessage(`{ "a" : 1.0e2, "b":"<\u00e9>" }`))
	same(t, json.RawMessage(nil))
	same(t, json.Number("1.50"))
	same(t, math.Copysign(0, -1))
	same(t, float32(0.1))
	same(t, new(big.Int).Lsh(big.NewInt(1), 200))
	same(t, *big.NewInt(5)) // its methods for JSON are those of a pointer
	same(t, "<>&\u2028\u2029")
	same(t, struct{}{})
	same(t, []spoils{"kept"})
	same[error](t, nil, "error")
}

// same checks that two calls return what a Jar gives back; or, if part of the
// refusal of the type is given, that the function does not run.
func same[R any](t *testing.T, result R, refusal ...string) {
	t.Helper()
	store, runs := memjar.New(), 0
	run := func(context.Context) (R, error) { runs++; return result, nil }
	first, err := once.Do(t.Context(), store, run)
	if refusal != nil {
		_, _, stored := store.Load(t.Context())
		if !errors.Is(err, awsjar.ErrInvalid) || awsjar.Hint(err) == "" || runs != 0 || !errors.Is(stored, awsjar.ErrNotFound) ||
			!strings.Contains(err.Error(), refusal[0]) {
			t.Errorf("a %T: %d runs, %v; the claim: %v; want ErrInvalid that has %q", &result, runs, err, stored, refusal[0])
		}
		return
	}
	second, err2 := once.Do(t.Context(), store, run)
	if err != nil || err2 != nil || runs != 1 {
		t.Errorf("a %T: %d runs, %v, %v", &result, runs, err, err2)
	}
	jar := awsjar.New[R](memjar.New())
	putErr := jar.Put(t.Context(), result)
	want, err := jar.Get(t.Context())
	if putErr != nil || err != nil || !reflect.DeepEqual(first, want) || !reflect.DeepEqual(second, want) {
		t.Errorf("a %T: first %#v, then %#v; want %#v, %v, %v", &result, first, second, want, putErr, err)
	}
}

// TestTypeThatCannotComeBack: the function does not run, and the id stays free.
func TestTypeThatCannotComeBack(t *testing.T) {
	same(t, opaque{3}, "opaque")
	same(t, []*opaque{{3}}, "opaque")
	same(t, func() {}, "func()")
	same(t, make(chan int), "chan int")
	same(t, complex(1, 2), "complex128")
	same(t, errors.New("soft"), "error")
	same[fmt.Stringer](t, big.NewInt(5), "fmt.Stringer")
	same(t, struct{ Done func() }{}, "field Done")
}

// TestResultThatCannotComeBack: the effect counts, and nobody gets another result
// than the run itself.
func TestResultThatCannotComeBack(t *testing.T) {
	notKept(t, time.Date(1900, 1, 1, 0, 0, 0, 0, time.FixedZone("LMT", 1172))) // RFC 3339 has no seconds in a zone
	notKept(t, forgets{3})
	notKept(t, struct{ Err error }{errors.New("soft")})
	notKept(t, []error{errors.New("soft")})
	notKept(t, math.NaN())
	notKept(t, "caf\xe9")
	notKept(t, json.RawMessage(`"\ud800"`))
	notKept[any](t, forgets{3}.MarshalJSON)
}

func notKept[R any](t *testing.T, result R) {
	t.Helper()
	store, runs := memjar.New(), 0
	run := func(context.Context) (R, error) { runs++; return result, nil }
	if got, err := once.Do(t.Context(), store, run); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", result) || err != nil {
		t.Errorf("a %T: the run itself got %#v, %v", result, got, err)
	}
	for range 2 {
		got, err := once.Do(t.Context(), store, run)
		if !errors.Is(err, once.ErrNoResult) || awsjar.Hint(err) == "" || runs != 1 || !reflect.ValueOf(&got).Elem().IsZero() {
			t.Errorf("a %T: the duplicate got %#v, %v, want ErrNoResult; %d runs", result, got, err, runs)
		}
	}
}

// TestResultWithAnError: also a result that was not kept is as it comes back.
func TestResultWithAnError(t *testing.T) {
	store := memjar.New()
	lost, err := once.Do(t.Context(), store, func(ctx context.Context) (any, error) {
		return 7, store.Delete(ctx, awsjar.Any)
	})
	if lost != any(json.Number("7")) || !errors.Is(err, once.ErrLost) {
		t.Errorf("got %#v, %v", lost, err)
	}
	large, err := once.Do(t.Context(), memjar.New(), func(context.Context) (any, error) { return 77, nil }, func(o *once.Options) { o.MaxResult = 1 })
	if large != any(json.Number("77")) || err != nil {
		t.Errorf("got %#v, %v", large, err)
	}
}
