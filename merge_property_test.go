package awsjar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
)

// The types of an older program. Documents of the property test hold members
// that they lack, as those of a newer program do.
type (
	older struct {
		ID    int               `json:"id"`
		Count int               `json:"count,omitempty"`
		Name  string            `json:"name"`
		Ratio float64           `json:"ratio"`
		At    time.Time         `json:"at"`
		Pair  [2]int            `json:"pair"`
		Nums  []float64         `json:"nums,omitempty"`
		Sub   leaf              `json:"sub"`
		Next  *older            `json:"next,omitempty"`
		Maybe *leaf             `json:"maybe"`
		Kids  []older           `json:"kids,omitempty"`
		Tags  map[string]leaf   `json:"tags"`
		Lists map[string][]leaf `json:"lists,omitempty"`
		Order ordered           `json:"order"`
	}
	leaf struct {
		ID   int    `json:"id"`
		Text string `json:"text,omitempty"`
		N    uint8
	}
)

// ordered is a map of which the order is a part of its value. It does not know names
// that begin with an x.
type ordered []named

type named struct {
	name  string
	value leaf
}

func (n named) known() bool { return !strings.HasPrefix(n.name, "x") }

func (o ordered) MarshalJSON() ([]byte, error) {
	members := make([]string, len(o))
	for i, n := range o {
		members[i] = text(n.name) + ":" + text(n.value)
	}
	return []byte("{" + strings.Join(members, ",") + "}"), nil
}

// UnmarshalJSON reads an object; of equal names the last counts.
func (o *ordered) UnmarshalJSON(data []byte) error {
	*o = nil
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errors.Join(err, errors.New("no object"))
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		n, value := named{name: name.(string)}, json.RawMessage{}
		if err := dec.Decode(&value); err != nil {
			return err
		}
		if !n.known() {
			continue
		}
		if err := json.Unmarshal(value, &n.value); err != nil {
			return err
		}
		*o = append(slices.DeleteFunc(*o, func(other named) bool { return other.name == n.name }), n)
	}
	return nil
}

var rounds = flag.Int("documents", 200, "how many random documents of each type are updated")

// A change that an older type makes to its own members is made to the stored
// text, and nothing else is: the result is known to the byte.
func TestUpdateChangesOnlyWhatChanged(t *testing.T) {
	total, merged := 0, 0
	for seed := range uint64(*rounds) {
		for _, check := range []func(*testing.T, uint64) bool{
			checkUpdate[older], checkUpdate[leaf], checkUpdate[[]older], checkUpdate[[]leaf], checkUpdate[map[string]older], checkUpdate[ordered],
		} {
			total++
			if check(t, seed) {
				merged++
			}
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	}
	if merged < total/2 {
		t.Errorf("only %d of %d documents were merged", merged, total)
	}
	t.Logf("%d documents, %d of them merged", total, merged)
}

// checkUpdate makes one document and one change, and reports whether it had to
// be merged.
func checkUpdate[T any](t *testing.T, seed uint64) (merged bool) {
	t.Helper()
	g := &generator{rng: rand.New(rand.NewPCG(seed, 1))}
	doc := g.value(reflect.TypeFor[T](), 2)
	stored := g.spaced(doc)
	var value T
	if err := (awsjar.JSON{}).Unmarshal([]byte(stored), &value); err != nil {
		t.Fatalf("%s: %v", stored, err)
	}
	before := text(value)
	store := holding(t, stored)
	_, err := awsjar.New[T](store).Update(t.Context(), func(v *T) error {
		g.edit(reflect.ValueOf(v).Elem(), doc)
		value = *v
		return nil
	})
	if err != nil {
		t.Fatalf("Update of %s: %v", stored, err)
	}
	want := doc.String()
	switch after := text(value); {
	case after == before:
		want = stored
	case stored == before:
		want = after
	default:
		merged = true
	}
	if data, _, _ := store.Load(t.Context()); string(data) != want {
		at := 0
		for at < min(len(data), len(want)) && data[at] == want[at] {
			at++
		}
		t.Errorf("%s became\n%s; want\n%s", from(stored, 0), from(string(data), at), from(want, at))
	}
	return merged
}

// from returns a part of a long text.
func from(text string, at int) string {
	at = max(0, at-100)
	return text[at:min(len(text), at+400)]
}

// text is how the default codec writes a value.
func text(v any) string {
	data, err := awsjar.JSON{}.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// node is a part of a document: an object, an array, or any text.
type node struct {
	kind    byte // '{', '[' or 0
	text    string
	members []member
	elems   []*node
}

type member struct {
	name, spelled string // as it is read, and as it is written
	value         *node
}

func (n *node) String() string { return n.render(func() string { return "" }) }

func (n *node) render(space func() string) string {
	var b strings.Builder
	switch n.kind {
	case '{':
		b.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprint(&b, space(), m.spelled, space(), ":", space(), m.value.render(space), space())
		}
		b.WriteByte('}')
	case '[':
		b.WriteByte('[')
		for i, e := range n.elems {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprint(&b, space(), e.render(space), space())
		}
		b.WriteByte(']')
	default:
		return n.text
	}
	return b.String()
}

func (n *node) set(text string) { *n = node{text: text} }

// generator makes documents and changes them.
type generator struct {
	rng *rand.Rand
	ids int // elements of an array have different ids, so that each can be found again
}

func (g *generator) id() int                { g.ids++; return g.ids }
func (g *generator) chance(of float64) bool { return g.rng.Float64() < of }
func (g *generator) spaced(n *node) string {
	if g.chance(0.5) {
		return n.String()
	}
	return n.render(func() string { return []string{"", " ", "\n\t"}[g.rng.IntN(3)] })
}

func (g *generator) one(of ...string) string { return of[g.rng.IntN(len(of))] }

// value makes a document that a type can read.
func (g *generator) value(t reflect.Type, depth int) *node {
	if t == reflect.TypeFor[time.Time]() {
		return &node{text: g.one(`"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.000+00:00"`, `"2026-01-02T03:04:05.10+01:00"`)}
	}
	if t == reflect.TypeFor[ordered]() {
		n := g.value(reflect.TypeFor[map[string]leaf](), depth)
		for _, name := range []string{"x", "xé"} {
			at := g.rng.IntN(len(n.members) + 1)
			n.members = slices.Insert(n.members, at, g.member(name, &node{text: "[1.0]"}))
		}
		return n
	}
	switch t.Kind() {
	case reflect.Int, reflect.Uint8:
		return &node{text: g.one("0", "1", "2")}
	case reflect.Float64:
		return &node{text: fmt.Sprintf(g.one("%d", "%d.0", "%de0", "%d.50"), g.id())}
	case reflect.String:
		return &node{text: g.one(`""`, `"a"`, `"\u0061"`, `"\u00e9\/"`, `"<&>"`)}
	case reflect.Array:
		return &node{text: g.one("[]", "[1]", "[1,2]", "[1,2,3]", "[2,1]")}
	case reflect.Pointer:
		if depth == 0 || g.chance(0.3) {
			return &node{text: "null"}
		}
		return g.value(t.Elem(), depth-1)
	case reflect.Slice:
		if g.chance(0.1) {
			return &node{text: "null"}
		}
		n := &node{kind: '['}
		for range g.rng.IntN(4) {
			if depth > 0 {
				n.elems = append(n.elems, g.element(t.Elem(), depth-1))
			}
		}
		return n
	case reflect.Map:
		n := &node{kind: '{'}
		for _, name := range g.shuffled("a", "A", "b", "é") {
			if depth > 0 && g.chance(0.6) {
				n.members = append(n.members, g.member(name, g.value(t.Elem(), depth-1)))
			}
		}
		return n
	}
	return g.object(t, depth)
}

// element makes a value with an id that no other has.
func (g *generator) element(t reflect.Type, depth int) *node {
	n := g.value(t, depth)
	if t.Kind() != reflect.Struct {
		return n
	}
	n.members = slices.DeleteFunc(n.members, func(m member) bool { return strings.EqualFold(m.name, "id") })
	n.members = append(n.members, g.member("id", &node{text: fmt.Sprint(g.id())}))
	return n
}

// object makes an object with members that a struct knows and others.
func (g *generator) object(t reflect.Type, depth int) *node {
	n := &node{kind: '{'}
	for f := range fieldsOf(t) {
		if !g.chance(0.5) {
			continue
		}
		if scalar(f.Type) && g.chance(0.1) {
			n.members = append(n.members, g.member(g.otherCase(f.name), g.value(f.Type, depth)))
		}
		n.members = append(n.members, g.member(g.one(f.name, f.name, f.name, g.otherCase(f.name)), g.value(f.Type, depth)))
		if g.chance(0.05) {
			n.members = append(n.members, g.member(f.name, g.value(f.Type, depth)))
		}
	}
	for _, name := range g.shuffled("x", "x\"", "unknown", "zé", "x") {
		if g.chance(0.4) {
			value := g.one("1.0e+2", `"\u0078"`, "null", `{"id":1,"x":[1,2]}`, `[{"id":2}]`)
			n.members = append(n.members, g.member(name, &node{text: value}))
		}
	}
	g.rng.Shuffle(len(n.members), func(i, j int) { n.members[i], n.members[j] = n.members[j], n.members[i] })
	return n
}

func (g *generator) otherCase(name string) string {
	return g.one(strings.ToUpper(name), strings.ToLower(name[:1])+strings.ToUpper(name[1:]))
}

func (g *generator) shuffled(names ...string) []string {
	g.rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}

// member writes its name as some program does: with escapes or without.
func (g *generator) member(name string, value *node) member {
	spelled := text(name)
	if g.chance(0.2) {
		first := []rune(name)[0]
		spelled = fmt.Sprintf(`"\u%04x`, first) + text(string([]rune(name)[1:]))[1:]
	}
	return member{name, spelled, value}
}

type fieldOf struct {
	reflect.StructField
	name string
	omit bool
}

func fieldsOf(t reflect.Type) func(func(fieldOf) bool) {
	return func(yield func(fieldOf) bool) {
		for _, f := range reflect.VisibleFields(t) {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				name = f.Name
			}
			if !yield(fieldOf{f, name, options == "omitempty"}) {
				return
			}
		}
	}
}

func scalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Pointer:
		return t == reflect.TypeFor[time.Time]()
	}
	return true
}

// edit changes a value, and the document that it was read from, in the same
// places.
func (g *generator) edit(v reflect.Value, n *node) {
	switch {
	case scalar(v.Type()):
		before := text(v.Interface())
		g.scalar(v)
		if after := text(v.Interface()); after != before {
			n.set(after)
		}
	case v.Type() == reflect.TypeFor[ordered]():
		g.ordered(v.Addr().Interface().(*ordered), n)
	case v.Kind() == reflect.Pointer:
		g.pointer(v, n)
	case v.Kind() == reflect.Slice:
		g.slice(v, n)
	case v.Kind() == reflect.Map:
		g.entries(v, n)
	default:
		for f := range fieldsOf(v.Type()) {
			if f.name != "id" && g.chance(0.4) {
				g.field(v.FieldByIndex(f.Index), n, f)
			}
		}
	}
}

func (g *generator) scalar(v reflect.Value) {
	switch v.Kind() {
	case reflect.Int:
		v.SetInt(g.rng.Int64N(3))
	case reflect.Uint8:
		v.SetUint(g.rng.Uint64N(3))
	case reflect.Float64:
		v.SetFloat(float64(g.id()))
	case reflect.String:
		v.SetString(g.one("", "a", "é/", "<&>"))
	case reflect.Array:
		v.Index(g.rng.IntN(v.Len())).SetInt(g.rng.Int64N(4))
	default:
		v.Set(reflect.ValueOf(time.Unix(g.rng.Int64N(3), 0).UTC()))
	}
}

// field changes a field, and the member that it was read from: the last of that
// name, in any case.
func (g *generator) field(v reflect.Value, n *node, f fieldOf) {
	var at []int
	for i, m := range n.members {
		if strings.EqualFold(m.name, f.name) {
			at = append(at, i)
		}
	}
	before, place := text(v.Interface()), &node{}
	if len(at) == 1 {
		place = n.members[at[0]].value
	}
	g.edit(v, place)
	after := text(v.Interface())
	switch omitted := f.omit && (after == "0" || after == `""` || after == "null" || after == "[]" || after == "{}"); {
	case after == before:
	case omitted && (before == "null" || before == "[]" || before == "{}"): // it was left out as well
		if len(at) == 1 {
			place.set(before)
		}
	case omitted:
		n.members = slices.DeleteFunc(n.members, func(m member) bool { return strings.EqualFold(m.name, f.name) })
	case len(at) == 0:
		n.members = append(n.members, member{f.name, text(f.name), &node{text: after}})
	default:
		last := &n.members[at[len(at)-1]]
		*last = member{f.name, text(f.name), last.value}
		if len(at) > 1 {
			last.value = &node{text: after}
		}
		for _, i := range slices.Backward(at[:len(at)-1]) {
			if m := n.members[i]; m.name == f.name || strings.ContainsAny(m.value.String()[:1], "{[") {
				n.members = slices.Delete(n.members, i, i+1)
			}
		}
	}
}

func (g *generator) pointer(v reflect.Value, n *node) {
	switch {
	case v.IsNil() && g.chance(0.5):
		v.Set(reflect.New(v.Type().Elem()))
		g.edit(v.Elem(), &node{})
		n.set(text(v.Interface()))
	case v.IsNil():
	case g.chance(0.2):
		v.SetZero()
		n.set("null")
	default:
		g.edit(v.Elem(), n)
	}
}

// slice changes elements, and where they are. An element that is changed itself
// is written as its type has it.
func (g *generator) slice(v reflect.Value, n *node) {
	before, elems := text(v.Interface()), slices.Clone(n.elems)
	if n.kind != '[' {
		elems = make([]*node, v.Len())
	}
	for range g.rng.IntN(4) {
		size := v.Len()
		if size == 0 || g.chance(0.3) {
			fresh := reflect.New(v.Type().Elem()).Elem()
			if fresh.Kind() == reflect.Struct {
				fresh.FieldByName("ID").SetInt(int64(g.id()))
			}
			g.edit(fresh, &node{})
			at := g.rng.IntN(size + 1)
			v.Set(reflect.AppendSlice(reflect.Append(v.Slice3(0, at, at), fresh), v.Slice(at, size)))
			elems = slices.Insert(elems, at, &node{text: text(fresh.Interface())})
			continue
		}
		i, j := g.rng.IntN(size), g.rng.IntN(size)
		switch was := text(v.Index(i).Interface()); g.rng.IntN(3) {
		case 0:
			reflect.Swapper(v.Interface())(i, j)
			elems[i], elems[j] = elems[j], elems[i]
		case 1:
			v.Set(reflect.AppendSlice(v.Slice3(0, i, i), v.Slice(i+1, size)))
			elems = slices.Delete(elems, i, i+1)
		case 2:
			if !slices.Contains(n.elems, elems[i]) {
				break // a second change may undo the first
			}
			g.edit(v.Index(i), &node{})
			if now := text(v.Index(i).Interface()); now != was {
				elems[i] = &node{text: now}
			}
		}
	}
	switch after := text(v.Interface()); {
	case n.kind == '[':
		n.elems = elems
	case after != before:
		n.set(after)
	}
}

// entries changes the entries of a map, each one once.
func (g *generator) entries(v reflect.Value, n *node) {
	before := text(v.Interface())
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, name := range []string{"A", "B", "a", "b", "é"} { // sorted, as they are written
		key := reflect.ValueOf(name)
		at := slices.IndexFunc(n.members, func(m member) bool { return m.name == name })
		entry := reflect.New(v.Type().Elem()).Elem()
		known := v.MapIndex(key)
		switch {
		case !g.chance(0.4):
		case !known.IsValid():
			g.edit(entry, &node{})
			v.SetMapIndex(key, entry)
			n.members = append(n.members, member{name, text(name), &node{text: text(entry.Interface())}})
		case g.chance(0.3):
			v.SetMapIndex(key, reflect.Value{})
			if at >= 0 {
				n.members = slices.Delete(slices.Clone(n.members), at, at+1)
			}
		default:
			entry.Set(known)
			was, place := text(known.Interface()), &node{}
			if at >= 0 {
				place = n.members[at].value
			}
			g.edit(entry, place)
			if at >= 0 && text(entry.Interface()) != was {
				n.members[at].spelled = text(name)
			}
			v.SetMapIndex(key, entry)
		}
	}
	if after := text(v.Interface()); n.kind != '{' && after != before {
		n.set(after)
	}
}

// ordered changes the values of members, takes some away, moves them, and puts new
// ones anywhere between them.
func (g *generator) ordered(o *ordered, n *node) {
	before := text(*o)
	members := slices.DeleteFunc(slices.Clone(n.members), func(m member) bool { return !named{name: m.name}.known() })
	if n.kind != '{' {
		members = make([]member, len(*o))
	}
	var names []string
	for i, n := range *o {
		names = append(names, n.name)
		if !g.chance(0.3) {
			continue
		}
		value, place := &(*o)[i].value, members[i].value
		if place == nil {
			place = &node{}
		}
		was := text(*value)
		g.edit(reflect.ValueOf(value).Elem(), place)
		if text(*value) != was {
			members[i].spelled = text((*o)[i].name)
		}
	}
	if len(*o) > 0 && g.chance(0.3) {
		i := g.rng.IntN(len(*o))
		*o, members = slices.Delete(*o, i, i+1), slices.Delete(members, i, i+1)
	}
	if g.chance(0.3) {
		g.rng.Shuffle(len(*o), func(i, j int) {
			(*o)[i], (*o)[j] = (*o)[j], (*o)[i]
			members[i], members[j] = members[j], members[i]
		})
	}
	for _, name := range []string{"a", "A", "b", "é", "new"} {
		if slices.Contains(names, name) || !g.chance(0.2) {
			continue
		}
		fresh := named{name: name}
		g.edit(reflect.ValueOf(&fresh.value).Elem(), &node{})
		i := g.rng.IntN(len(*o) + 1)
		*o = slices.Insert(*o, i, fresh)
		members = slices.Insert(members, i, member{name, text(name), &node{text: text(fresh.value)}})
	}
	switch after := text(*o); {
	case n.kind == '{':
		n.members = inPlaces(n.members, members)
	case after != before:
		n.set(after)
	}
}

// inPlaces returns the members of an ordered object that knows others now: they take the
// places of those that it still knows, and then the end.
func inPlaces(all, known []member) []member {
	var placed []member
	left := known
	for _, m := range all {
		switch {
		case !(named{name: m.name}).known():
			placed = append(placed, m)
		case slices.ContainsFunc(known, func(other member) bool { return other.name == m.name }):
			placed, left = append(placed, left[0]), left[1:]
		}
	}
	return append(placed, left...)
}

// FuzzUpdate changes any stored text through a type that knows a part of it.
// The stored text reads as the changed value, and a second Update finds it so.
func FuzzUpdate(f *testing.F) {
	f.Add(`{"id":1,"Count":5,"count":7,"x":1,"kids":[{"id":1,"x":1},{"id":2}],"tags":{"a":{"x":1}}}`, uint64(1))
	f.Add(`{"kids":[{"count":1}],"KIDS":[{"x":1}],"pair":[1],"maybe":{"id":1},"maybe":{"N":2}}`, uint64(2))
	f.Add(`{"sub":{"\u0069d":1,"x":{}},"at":"2026-01-02T03:04:05.000+00:00","next":{"next":{"x":1}}}`, uint64(3))
	f.Add(`{"order":{"b":{"x":1},"a":{"id":1},"\u0062":{"id":2},"A":{}},"x":1}`, uint64(4))
	f.Fuzz(func(t *testing.T, stored string, seed uint64) {
		var value older
		if (awsjar.JSON{}).Unmarshal([]byte(stored), &value) != nil {
			return
		}
		store := holding(t, stored)
		jar := awsjar.New[older](store)
		g := &generator{rng: rand.New(rand.NewPCG(seed, 1))}
		got, err := jar.Update(t.Context(), func(v *older) error {
			g.edit(reflect.ValueOf(v).Elem(), &node{})
			value = *v
			return nil
		})
		if err != nil || text(got) != text(value) {
			t.Fatalf("Update returned %s, %v; want %s", text(got), err, text(value))
		}
		before, _, _ := store.Load(t.Context())
		again, err := jar.Update(t.Context(), func(v *older) error { return nil })
		if after, _, _ := store.Load(t.Context()); err != nil || text(again) != text(value) || !bytes.Equal(before, after) {
			t.Fatalf("%s was stored for %s", before, text(value))
		}
	})
}
