package awsjar_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

func withCodec(c awsjar.Codec) func(*awsjar.Options) {
	return func(o *awsjar.Options) { o.Codec = c }
}

// holding returns a store that holds a text.
func holding(t *testing.T, text string) *memjar.Store {
	t.Helper()
	store := memjar.New()
	if _, err := store.Save(t.Context(), []byte(text), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	return store
}

func mustHold(t *testing.T, store awsjar.Store, want string) {
	t.Helper()
	if data, _, err := store.Load(t.Context()); err != nil || string(data) != want {
		t.Errorf("the store holds %s, %v; want %s", data, err, want)
	}
}

// A change that the function makes in place is stored, though it changes the very
// bytes that were read.
func TestUpdateInPlace(t *testing.T) {
	ctx := t.Context()
	sorted := func(b []byte) error { slices.Sort(b); return nil }
	for name, update := range map[string]func(awsjar.Store) (string, error){
		"[]byte by Bytes": func(s awsjar.Store) (string, error) {
			got, err := awsjar.New[[]byte](s, withCodec(awsjar.Bytes{})).Update(ctx, func(b *[]byte) error { return sorted(*b) })
			return string(got), err
		},
		"RawMessage by Bytes": func(s awsjar.Store) (string, error) {
			got, err := awsjar.New[json.RawMessage](s, withCodec(awsjar.Bytes{})).Update(ctx, func(b *json.RawMessage) error { return sorted(*b) })
			return string(got), err
		},
		"RawMessage by JSON": func(s awsjar.Store) (string, error) {
			got, err := awsjar.New[json.RawMessage](s).Update(ctx, func(b *json.RawMessage) error { return sorted(*b) })
			return string(got), err
		},
		"[]byte by a codec of the user": func(s awsjar.Store) (string, error) {
			got, err := awsjar.New[[]byte](s, withCodec(&pooled{})).Update(ctx, func(b *[]byte) error { return sorted(*b) })
			return string(got), err
		},
	} {
		store := holding(t, "321")
		if got, err := update(store); err != nil || got != "123" {
			t.Errorf("%s: Update returned %q, %v; want 123", name, got, err)
		}
		mustHold(t, store, "123")
	}
}

// pooled is a codec that uses one buffer for all that it writes, and reads
// without a copy.
type pooled struct {
	mu  sync.Mutex
	buf []byte
}

func (p *pooled) Marshal(v any) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.buf = p.buf[:0]
	switch v := v.(type) {
	case []byte:
		p.buf = append(p.buf, v...)
	default:
		p.buf = fmt.Append(p.buf, v)
	}
	return p.buf, nil
}

func (p *pooled) Unmarshal(data []byte, v any) error {
	switch v := v.(type) {
	case *[]byte:
		*v = data
	default:
		_, err := fmt.Sscan(string(data), v)
		return err
	}
	return nil
}

func TestCodecWithOneBuffer(t *testing.T) {
	ctx := t.Context()
	store := holding(t, "1")
	jar := awsjar.New[int](store, withCodec(&pooled{}))
	for n := range 3 {
		if got, err := jar.Update(ctx, func(n *int) error { *n++; return nil }); err != nil || got != n+2 {
			t.Errorf("Update returned %d, %v; want %d", got, err, n+2)
		}
	}
	mustHold(t, store, "4")
	if err := jar.Put(ctx, 7); err != nil {
		t.Fatal(err)
	}
	mustHold(t, store, "7")
}

// A value that was returned shares nothing with the bytes that were sent.
func TestReturnedValueIsItsOwn(t *testing.T) {
	ctx := t.Context()
	for name, codec := range map[string]awsjar.Codec{"Bytes": awsjar.Bytes{}, "a codec that shares its bytes": &pooled{}} {
		spy := &keeping{Store: memjar.New()}
		jar := awsjar.New[[]byte](spy, withCodec(codec))
		mine := []byte("abc")
		if err := jar.Put(ctx, mine); err != nil {
			t.Fatal(err)
		}
		mine[0] = 'X'
		got, err := jar.Update(ctx, func(b *[]byte) error { (*b)[0] = 'b'; return nil })
		if err != nil {
			t.Fatal(err)
		}
		got[0] = 'X'
		if string(spy.sent[0]) != "abc" || string(spy.sent[1]) != "bbc" {
			t.Errorf("%s: the bytes that were sent became %q", name, spy.sent)
		}
	}
}

// keeping keeps the slices that it is given.
type keeping struct {
	*memjar.Store
	sent [][]byte
}

func (k *keeping) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	k.sent = append(k.sent, data)
	return k.Store.Save(ctx, data, replaces)
}

type (
	failed  struct{ Err error }
	stringy struct{ Name fmt.Stringer }
	level   int
	hint    struct{ Text string }
	folded  int
)

func (level) MarshalJSON() ([]byte, error) { return []byte(`"high"`), nil }

func (f folded) MarshalText() ([]byte, error)     { return fmt.Append(nil, f%2), nil }
func (f *folded) UnmarshalText(text []byte) error { *f = folded(text[0] - '0'); return nil }

func (hint) MarshalText() ([]byte, error) { return []byte("hint"), nil }

// A value that could not be read again is refused by every write, and what was
// there stays.
func TestRefusesWhatCannotBeReadAgain(t *testing.T) {
	refuses(t, "an error in a field", failed{}, failed{errors.New("secret")}, "field Err")
	refuses(t, "a value in an interface field", stringy{}, stringy{netip.MustParseAddr("10.1.2.3")}, "field Name")
	refuses(t, "an interface in a slice", []fmt.Stringer{}, []fmt.Stringer{big.NewInt(12345678)}, "fmt.Stringer")
	refuses(t, "MarshalJSON without UnmarshalJSON", map[string]level{}, map[string]level{"secret": 1}, "level")
	refuses(t, "MarshalText without UnmarshalText", []hint{}, []hint{{"secret"}}, "hint")
	refuses(t, "keys with equal texts", map[folded]int{}, map[folded]int{1: 1, 3: 2}, "folded")
	refuses(t, "half of a surrogate pair in a RawMessage", json.RawMessage(`1`), json.RawMessage(`"secret\ud800"`), "")
	refuses(t, "an invalid byte in a RawMessage", json.RawMessage(`1`), json.RawMessage("\"secret\xff\""), "")
	refuses(t, "UnmarshalJSON of an embedded type alone", readsOnly{}, readsOnly{N: 5}, "")
}

type inner struct{ A int }

func (i *inner) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &struct{ A *int }{&i.A})
}

type readsOnly struct {
	inner
	N int
}

// refuses checks that good can be stored and bad cannot, by any write.
func refuses[T any](t *testing.T, name string, good, bad T, hint string) {
	t.Helper()
	ctx := t.Context()
	store := memjar.New()
	jar := awsjar.New[T](store)
	if err := jar.Put(ctx, good); err != nil {
		t.Errorf("%s: Put of a value without it: %v", name, err)
		return
	}
	before, _, _ := store.Load(ctx)
	other := awsjar.New[T](memjar.New())
	for call, err := range map[string]error{
		"Put":    jar.Put(ctx, bad),
		"Create": other.Create(ctx, bad),
		"PutIf":  second(jar.PutIf(ctx, bad, awsjar.Any)),
		"Update": second(jar.Update(ctx, func(v *T) error { *v = bad; return nil })),
	} {
		var e *awsjar.Error
		if !errors.Is(err, awsjar.ErrInvalid) || !errors.As(err, &e) || !strings.Contains(e.Hint, hint) {
			t.Errorf("%s: %s: %#v; want ErrInvalid with a hint that has %q", name, call, err, hint)
			continue
		}
		if text := err.Error() + e.Hint; strings.Contains(text, "secret") || strings.Contains(text, "12345678") || strings.Contains(text, "10.1") {
			t.Errorf("%s: the error shows the value: %s", name, text)
		}
	}
	mustHold(t, store, string(before))
	if _, err := other.Load(ctx); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("%s: something was created: %v", name, err)
	}
}

type (
	hidesN struct {
		time.Time
		N int
	}
	hidesByText struct {
		netip.Addr
		Port int
	}
	hidesBehindPointer struct {
		*big.Int
		Names []string
	}
	ownMethods struct {
		time.Time
		N int
	}
	//lint:ignore U1000 a type without an exported field is the case
	private struct{ n int }
	twins   struct {
		A int `json:"B"`
		B int
	}
	embedsTwins struct {
		HasID
		HasIDToo
		N int
	}
	onlyLock struct{ sync.Mutex }
	tagged   struct {
		time.Time
		N int `json:"-"`
	}
)

func (o ownMethods) MarshalJSON() ([]byte, error) { return json.Marshal([]any{o.Time, o.N}) }
func (o *ownMethods) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&o.Time, &o.N})
}

// A type whose values can never come back is refused, and the field is named;
// types that look like one are not.
func TestTypes(t *testing.T) {
	refusesType[hidesN](t, "field N")
	refusesType[[]hidesN](t, "field N")
	refusesType[hidesByText](t, "field Port")
	refusesType[hidesBehindPointer](t, "field Names")
	refusesType[private](t, "private")
	refusesType[struct{ Sub map[string]private }](t, "field Sub")
	refusesType[twins](t, `"B"`)
	refusesType[embedsTwins](t, `"ID"`)
	refusesType[struct {
		shadowed
		pointing
		Sub struct{ embedsTwins }
	}](t, "field Sub")
	refusesType[onlyLock](t, "onlyLock")
	refusesType[map[string]big.Int](t, "big.Int")
	refusesType[struct {
		Sums map[string][2]struct{ Sum big.Int }
	}](t, "field Sums.Sum")
	accepts(t, map[string]*inner{"a": {1}})
	refusesType[func()](t, "type func()")
	refusesType[chan int](t, "type chan int")
	refusesType[complex128](t, "type complex128")
	refusesType[[2]func()](t, "type func()")
	refusesType[struct{ Sub struct{ F func() } }](t, "field Sub.F")
	refusesType[error](t, "type error")
	refusesType[json.Marshaler](t, "type json.Marshaler")

	accepts(t, ownMethods{time.Unix(1, 0).UTC(), 5})
	accepts(t, tagged{time.Unix(1, 0).UTC(), 0})
	accepts(t, struct {
		HasID
		HasIDToo
		ID string
	}{ID: "a"})
	accepts(t, struct{}{})
	accepts(t, map[string]struct{}{"a": {}})
	accepts(t, locked2{N: 5})
	accepts(t, failed{})
	accepts(t, [][]func(){nil, {}})
	accepts(t, [0]chan int{})
	accepts(t, map[string]func(){})
	accepts(t, struct {
		HasFunc
		F int
		G func() `json:",omitzero"`
		H func() `json:"-"`
		P *HasFunc
	}{F: 5})
	accepts(t, time.Unix(1, 5).UTC())
	accepts(t, []netip.Addr{netip.MustParseAddr("::1"), {}})
	accepts(t, map[netip.Addr]int{netip.MustParseAddr("::1"): 1})
	accepts[any](t, []any{json.Number("1.50"), "a", nil, true, map[string]any{"b": "c"}})
	accepts(t, json.RawMessage(`{"z":1,"a":[1.0e2,"\u00e9"]}`))
	accepts(t, list{1, &list{2, nil}})
	if err := awsjar.New[unlocking](memjar.New()).Put(t.Context(), unlocking{5, func() {}}); err != nil {
		t.Error(err)
	}
	if err := awsjar.New[*big.Int](memjar.New()).Put(t.Context(), new(big.Int).Lsh(big.NewInt(1), 200)); err != nil {
		t.Error(err)
	}
}

type HasFunc struct{ F func() }

type unlocking struct {
	N      int
	unlock func()
}

type locked2 struct {
	*sync.Mutex
	N int
}

type list struct {
	N    int
	Next *list
}

// TestPointerMethods: a MarshalJSON of the pointer of a type counts, although
// encoding/json calls it only where it can take an address.
func TestPointerMethods(t *testing.T) {
	type account struct {
		Total big.Int `json:"total"`
		N     int     `json:"n"`
	}
	ctx := t.Context()
	store := holding(t, `{"total":5,"n":1}`)
	got, err := awsjar.New[account](store).Update(ctx, func(a *account) error {
		a.Total.Add(&a.Total, big.NewInt(1))
		return nil
	})
	if err != nil || got.Total.Int64() != 6 {
		t.Errorf("Update returned %v, %v", &got.Total, err)
	}
	mustHold(t, store, `{"total":6,"n":1}`)
	number := holding(t, `5`)
	if _, err := awsjar.New[big.Int](number).Update(ctx, func(n *big.Int) error { n.Add(n, big.NewInt(1)); return nil }); err != nil {
		t.Error(err)
	}
	mustHold(t, number, `6`)
	if data, err := (awsjar.JSON{}).Marshal([1]account{{N: 1}}); string(data) != `[{"total":0,"n":1}]` {
		t.Errorf("Marshal: %s, %v", data, err)
	}
}

// TestUnchangedText: a value whose text holds too little of it is not taken for an
// unchanged one.
func TestUnchangedText(t *testing.T) {
	type account struct{ Total big.Int }
	store := holding(t, `{"Total":5}`)
	jar := awsjar.New[account](store, func(o *awsjar.Options) { o.Codec = plainJSON{} })
	if _, err := jar.Update(t.Context(), func(a *account) error {
		a.Total.Add(&a.Total, big.NewInt(1))
		return nil
	}); !errors.Is(err, awsjar.ErrInvalid) {
		t.Errorf("Update: %v; want ErrInvalid", err)
	}
	mustHold(t, store, `{"Total":5}`)
}

// plainJSON calls no MarshalJSON of the pointer of a type.
type plainJSON struct{}

func (plainJSON) Marshal(v any) ([]byte, error)      { return json.Marshal(v) }
func (plainJSON) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

func refusesType[T any](t *testing.T, field string) {
	t.Helper()
	var zero T
	store := memjar.New()
	err := awsjar.New[T](store).Put(t.Context(), zero)
	var e *awsjar.Error
	if !errors.Is(err, awsjar.ErrInvalid) || !errors.As(err, &e) || e.Hint == "" || !strings.Contains(err.Error(), field) {
		t.Errorf("Put of a %T: %v; want ErrInvalid that has %q", zero, err, field)
	}
	if _, err := awsjar.New[T](store).Update(t.Context(), func(*T) error { return nil }); !errors.Is(err, awsjar.ErrInvalid) {
		t.Errorf("Update of a %T: %v; want ErrInvalid", zero, err)
	}
}

func accepts[T any](t *testing.T, value T) {
	t.Helper()
	jar := awsjar.New[T](memjar.New())
	if err := jar.Put(t.Context(), value); err != nil {
		t.Errorf("Put of a %T: %v", value, err)
		return
	}
	got, err := jar.Get(t.Context())
	if err != nil {
		t.Errorf("Get of a %T: %v", value, err)
	}
	if diff := cmp.Diff(value, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("a %T came back changed (-want +got):\n%s", value, diff)
	}
}

// An any may hold a struct or a set, which come back in another order.
func TestOrderIsNoChange(t *testing.T) {
	ctx := t.Context()
	type pair struct{ B, A int }
	if err := awsjar.New[any](memjar.New()).Put(ctx, []any{pair{1, 2}}); err != nil {
		t.Errorf("Put of a struct in an any: %v", err)
	}
	store := memjar.New()
	jar := awsjar.New[set](store)
	for n := range 40 {
		want := fmt.Sprint(n)
		if _, err := jar.Update(ctx, func(s *set) error { (*s)[want] = true; return nil }); err != nil {
			t.Fatalf("Update of a set with %d elements: %v", n, err)
		}
	}
	if got, err := jar.Get(ctx); err != nil || len(got) != 40 {
		t.Errorf("the set has %d elements, %v; want 40", len(got), err)
	}
}

// set is written as a list in the random order of its map.
type set map[string]bool

func (s set) MarshalJSON() ([]byte, error) {
	var names []string
	for name := range s {
		names = append(names, name)
	}
	return json.Marshal(names)
}

func (s *set) UnmarshalJSON(data []byte) error {
	var names []string
	*s = set{}
	if err := json.Unmarshal(data, &names); err != nil {
		return err
	}
	for _, name := range names {
		(*s)[name] = true
	}
	return nil
}

// sealed is a codec whose bytes are no JSON, which has the methods of JSON for
// the value inside.
type sealed struct {
	awsjar.JSON
	broken bool
}

func (s sealed) Marshal(v any) ([]byte, error) {
	data, err := s.JSON.Marshal(v)
	if s.broken {
		return []byte("secret"), err
	}
	return append([]byte{1}, data...), err
}

func (s sealed) Unmarshal(data []byte, v any) error {
	if len(data) == 0 || data[0] != 1 {
		return errors.New("it is not sealed")
	}
	return s.JSON.Unmarshal(data[1:], v)
}

// A codec that embeds JSON keeps its bytes as they are, and each value is read
// before it is stored.
func TestCodecThatEmbedsJSON(t *testing.T) {
	ctx := t.Context()
	if _, ok := any(sealed{}).(awsjar.Merger); ok {
		t.Error("a codec that embeds JSON is a Merger")
	}
	store := holding(t, "\x01"+`{"num_acorns": 1, "x": 1}`)
	if _, err := awsjar.New[acorns](store, withCodec(sealed{})).Update(ctx, add(1)); err != nil {
		t.Fatal(err)
	}
	mustHold(t, store, "\x01"+`{"num_acorns":2,"acorn_hideouts":null}`)
	err := awsjar.New[acorns](store, withCodec(sealed{broken: true})).Put(ctx, acorns{})
	if !errors.Is(err, awsjar.ErrInvalid) || strings.Contains(err.Error(), "secret") {
		t.Errorf("Put by a codec that cannot read what it writes: %v; want ErrInvalid", err)
	}
	mustHold(t, store, "\x01"+`{"num_acorns":2,"acorn_hideouts":null}`)
}

// While nothing is stored, and where null is, a map or pointer can be written
// into.
func TestUpdateOfNilMapOrPointer(t *testing.T) {
	ctx := t.Context()
	for name, store := range map[string]func() *memjar.Store{
		"nothing stored": func() *memjar.Store { return memjar.New() },
		"null stored":    func() *memjar.Store { return holding(t, "null") },
	} {
		counts := store()
		if got, err := awsjar.New[map[string]int](counts).Update(ctx, func(m *map[string]int) error { (*m)["a"]++; return nil }); err != nil || got["a"] != 1 {
			t.Errorf("%s: Update of a map returned %v, %v", name, got, err)
		}
		mustHold(t, counts, `{"a":1}`)
		pointed := store()
		if got, err := awsjar.New[*acorns](pointed).Update(ctx, func(a **acorns) error { (*a).Num++; return nil }); err != nil || got.Num != 1 {
			t.Errorf("%s: Update of a pointer returned %v, %v", name, got, err)
		}
		mustHold(t, pointed, `{"num_acorns":1,"acorn_hideouts":null}`)

		for change, fn := range map[string]func(*map[string]int) error{
			"no change":  func(*map[string]int) error { return nil },
			"set to nil": func(m *map[string]int) error { *m = nil; return nil },
		} {
			counter := &counting{Store: store()}
			if got, err := awsjar.New[map[string]int](counter).Update(ctx, fn); err != nil || got != nil {
				t.Errorf("%s, %s: Update returned %v, %v; want nil, as Get does", name, change, got, err)
			}
			if n := counter.saves.Load(); n != 0 {
				t.Errorf("%s, %s: %d writes; want none", name, change, n)
			}
		}
	}
}

type clocked struct {
	N       int
	At      time.Time
	Names   []string `json:",omitempty"`
	Skipped int      `json:"-"`
	private int
}

// Update returns the value that the next Get returns, also where a Go value
// holds more than JSON does.
func TestUpdateReturnsWhatGetReturns(t *testing.T) {
	ctx := t.Context()
	jar := awsjar.New[clocked](memjar.New())
	for name, change := range map[string]func(*clocked) error{
		"stored": func(c *clocked) error {
			*c = clocked{c.N + 1, time.Now(), []string{}, 1, 1}
			return nil
		},
		"not stored": func(c *clocked) error { c.Skipped, c.private = 2, 2; return nil },
	} {
		got, err := jar.Update(ctx, change)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jar.Get(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(clocked{})); diff != "" || got.At != want.At {
			t.Errorf("%s: Update did not return what Get returns (-Get +Update):\n%s", name, diff)
		}
	}
	type plain struct {
		N       int
		private int
	}
	if got, err := awsjar.New[plain](memjar.New()).Update(ctx, func(p *plain) error { *p = plain{1, 1}; return nil }); err != nil || got != (plain{N: 1}) {
		t.Errorf("Update returned %+v, %v; want N alone", got, err)
	}
	if got, err := jar.Update(ctx, func(c *clocked) error { c.N = 99; return errors.New("no") }); err == nil || got.N != 0 {
		t.Errorf("Update returned %+v, %v after an error; want the zero value", got, err)
	}
	refusing := awsjar.New[int](&counting{Store: memjar.New(), err: awsjar.ErrUncertain})
	if got, err := refusing.Update(ctx, func(n *int) error { *n = 7; return nil }); !errors.Is(err, awsjar.ErrUncertain) || got != 0 {
		t.Errorf("Update returned %d, %v after an error of the store; want the zero value", got, err)
	}
}

type (
	HasID    struct{ ID int }
	HasIDToo struct{ ID int }
	shadowed struct {
		HasID
		ID string
	}
	Optional struct {
		N int `json:",omitempty"`
	}
	pointing struct {
		*Optional
		Other int
	}
)

// A field that another one hides from JSON has its zero value after an Update,
// as after a Get, and so has an embedded pointer of which nothing is stored.
func TestUpdateReturnsHiddenFieldsAsGetDoes(t *testing.T) {
	if got, err := awsjar.New[shadowed](memjar.New()).Update(t.Context(), func(s *shadowed) error {
		*s = shadowed{HasID{7}, "a"}
		return nil
	}); err != nil || got != (shadowed{ID: "a"}) {
		t.Errorf("Update returned %+v, %v; want the ID alone that is stored", got, err)
	}
	if got, err := awsjar.New[pointing](memjar.New()).Update(t.Context(), func(p *pointing) error {
		*p = pointing{&Optional{}, 1}
		return nil
	}); err != nil || got != (pointing{Other: 1}) {
		t.Errorf("Update returned %+v, %v; want a nil pointer", got, err)
	}
}

func TestMustExist(t *testing.T) {
	ctx := t.Context()
	store := memjar.New()
	jar := awsjar.New[acorns](store, func(o *awsjar.Options) { o.MustExist = true })
	for call, err := range map[string]error{
		"Get":    second(jar.Get(ctx)),
		"Warm":   jar.Warm(ctx),
		"Update": second(jar.Update(ctx, add(1))),
	} {
		var e *awsjar.Error
		if !errors.Is(err, awsjar.ErrNotFound) || !errors.As(err, &e) || !strings.Contains(e.Hint, "name") {
			t.Errorf("%s: %#v; want ErrNotFound with a hint about the name", call, err)
		}
	}
	if _, _, err := store.Load(ctx); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("something was stored: %v", err)
	}
	if err := jar.Create(ctx, acorns{Num: 1}); err != nil {
		t.Fatal(err)
	}
	if got, err := jar.Update(ctx, add(1)); err != nil || got.Num != 2 {
		t.Errorf("Update returned %v, %v; want 2", got, err)
	}
}

// losing is a store whose first Saves meet another writer. It judges them by a
// read, which its error carries.
type losing struct {
	*memjar.Store
	loses  int
	delete bool
	loads  int
	fails  error // of the read
}

func (l *losing) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	l.loads++
	return l.Store.Load(ctx)
}

func (l *losing) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if l.loses > 0 {
		l.loses--
		if l.delete {
			l.Store.Delete(ctx, awsjar.Any)
		} else {
			l.Store.Save(ctx, fmt.Appendf(nil, `{"num_acorns":%d}`, 100*(l.loses+1)), awsjar.Any)
		}
	}
	meta, err := l.Store.Save(ctx, data, replaces)
	if errors.Is(err, awsjar.ErrConflict) {
		err = &judged{err, func() ([]byte, awsjar.Meta, error) {
			if l.fails != nil {
				return nil, awsjar.Meta{}, l.fails
			}
			return l.Store.Load(ctx)
		}}
	}
	return meta, err
}

type judged struct {
	error
	current func() ([]byte, awsjar.Meta, error)
}

func (j *judged) Unwrap() error                                     { return j.error }
func (j *judged) Current(awsjar.Store) ([]byte, awsjar.Meta, error) { return j.current() }

// The first lost race goes on with the read that showed it; a later one waits
// and reads again.
func TestUpdateUsesTheReadOfTheConflict(t *testing.T) {
	ctx := t.Context()
	for name, test := range map[string]struct {
		store        losing
		value, loads int
	}{
		"one lost race":           {losing{loses: 1}, 101, 1},
		"two lost races":          {losing{loses: 2}, 101, 2},
		"deleted by the other":    {losing{loses: 1, delete: true}, 1, 1},
		"a read that had failed":  {losing{loses: 1, fails: awsjar.ErrAccessDenied}, 101, 2},
		"the place is gone, once": {losing{loses: 1, fails: awsjar.ErrNoStore}, 101, 2},
	} {
		store := test.store
		store.Store = holding(t, `{"num_acorns":5}`)
		got, err := awsjar.New[acorns](&store).Update(ctx, add(1))
		if err != nil || got.Num != test.value || store.loads != test.loads {
			t.Errorf("%s: Update returned %v, %v with %d loads; want %d with %d", name, got.Num, err, store.loads, test.value, test.loads)
		}
	}
}

func TestFailingMerger(t *testing.T) {
	ctx := t.Context()
	store := holding(t, `{"num_acorns":1,"x":1}`)
	_, err := awsjar.New[acorns](store, withCodec(noMerge{})).Update(ctx, add(1))
	if !errors.Is(err, awsjar.ErrInvalid) || !errors.Is(err, errMerge) {
		t.Errorf("Update: %v; want ErrInvalid and the error of Merge", err)
	}
	mustHold(t, store, `{"num_acorns":1,"x":1}`)
}

var errMerge = errors.New("cannot be merged")

type noMerge struct{ awsjar.JSON }

func (noMerge) Merge(_, _, _ []byte) ([]byte, error) { return nil, errMerge }

// TestMergerThatUsesItsBufferAgain: a Jar has a copy of the bytes that Merge
// returned, and the next Update begins with the value that this Jar stored.
func TestMergerThatUsesItsBufferAgain(t *testing.T) {
	codec := oneBuffer{new([]byte)}
	first, second := holding(t, `{"num_acorns":1,"x":1}`), holding(t, `{"num_acorns":7,"x":2}`)
	jar := awsjar.New[acorns](first, withCodec(codec))
	for _, j := range []*awsjar.Jar[acorns]{jar, awsjar.New[acorns](second, withCodec(codec)), jar} {
		if _, err := j.Update(t.Context(), add(1)); err != nil {
			t.Fatal(err)
		}
	}
	mustHold(t, first, `{"num_acorns":3,"x":1}`)
	mustHold(t, second, `{"num_acorns":8,"x":2}`)
}

type oneBuffer struct{ text *[]byte }

func (oneBuffer) Marshal(v any) ([]byte, error)      { return json.Marshal(v) }
func (oneBuffer) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }
func (b oneBuffer) Merge(stored, before, after []byte) ([]byte, error) {
	*b.text = append((*b.text)[:0], awsjar.MergeJSON(stored, before, after)...)
	return *b.text, nil
}

// TestUnchangedValueIsTheStoredOne: an Update that leaves the encoding alone
// returns the value that a Get does, whatever the program made of it.
func TestUnchangedValueIsTheStoredOne(t *testing.T) {
	type state struct{ List *[]int } // a pointer to nil is stored as null
	jar := awsjar.New[state](memjar.New())
	if err := jar.Put(t.Context(), state{}); err != nil {
		t.Fatal(err)
	}
	got, err := jar.Update(t.Context(), func(s *state) error { s.List = new([]int); return nil })
	if err != nil || got.List != nil {
		t.Errorf("Update returned %v, %v; want the nil pointer that a Get returns", got.List, err)
	}
}

// restless writes another text each time for the same value.
type restless struct {
	awsjar.Codec
	texts int
}

func (r *restless) Marshal(v any) ([]byte, error) {
	r.texts++
	return fmt.Appendf(nil, "%d:%v", r.texts, v), nil
}

func (r *restless) Unmarshal(data []byte, v any) error {
	var text int
	_, err := fmt.Sscanf(string(data), "%d:%d", &text, v)
	return err
}

// TestCodecWithoutOneText: a codec need not write one text for a value.
func TestCodecWithoutOneText(t *testing.T) {
	jar := awsjar.New[int](memjar.New(), withCodec(&restless{}))
	if err := jar.Put(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	if got, err := jar.Get(t.Context()); err != nil || got != 5 {
		t.Errorf("Get returned %d, %v", got, err)
	}
}

// TestPointerToJSON: a pointer to a JSON is that JSON.
func TestPointerToJSON(t *testing.T) {
	type hidden struct{ n int }
	put := func(codec awsjar.Codec) error {
		jar := awsjar.New[hidden](memjar.New(), func(o *awsjar.Options) { o.Codec = codec })
		return jar.Put(t.Context(), hidden{1})
	}
	of, ofPointer := put(awsjar.JSON{}), put(&awsjar.JSON{})
	if of == nil || ofPointer == nil || of.Error() != ofPointer.Error() {
		t.Errorf("Put by a JSON: %v; by a pointer: %v", of, ofPointer)
	}
}
