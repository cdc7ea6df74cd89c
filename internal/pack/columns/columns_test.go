package columns

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/pack/entropy"
	"github.com/awsjar/awsjar/internal/pack/packtest"
)

func TestRoundTrip(t *testing.T) {
	for _, d := range documents() {
		checkRoundTrip(t, []byte(d))
		for _, indent := range []string{"", "\t", "    "} {
			var laid bytes.Buffer
			if json.Indent(&laid, []byte(d), "", indent) == nil {
				checkRoundTrip(t, laid.Bytes())
				checkRoundTrip(t, append(laid.Bytes(), '\n'))
			}
		}
	}
}

// TestLayoutCostsNothing: white space that follows a rule takes a byte or two.
func TestLayoutCostsNothing(t *testing.T) {
	indents := []string{"\t"}
	for n := range mostIndent + 1 {
		indents = append(indents, strings.Repeat(" ", n))
	}
	states := packtest.States()
	check := func(name string, compact, laid []byte) {
		least, _ := mustEncode(t, compact)
		if code, _ := mustEncode(t, laid); len(code) > len(least)+3 {
			t.Errorf("%s: %d bytes with white space, %d compact", name, len(code), len(least))
		}
	}
	for i, name := range slices.Sorted(maps.Keys(states)) {
		indent := indents[i%len(indents)]
		var laid bytes.Buffer
		if err := json.Indent(&laid, []byte(states[name]), "", indent); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		check(fmt.Sprintf("%s by %q", name, indent), []byte(states[name]), append(laid.Bytes(), '\n'))
	}
	// no string here has a comma or a colon
	spaces := strings.NewReplacer(",", ", ", ":", ": ")
	for _, name := range []string{"sequence", "shapes", "map"} {
		check(name+" with spaces", []byte(states[name]), []byte(spaces.Replace(states[name])))
	}
}

// TestEveryPlanIsReached keeps the documents of the tests whole: each plan, each
// form of numbers and each kind is taken for one of them.
func TestEveryPlanIsReached(t *testing.T) {
	r := reached{map[uint32]bool{}, map[bool]bool{}, map[kind]bool{}}
	for _, d := range packtest.States() {
		code, _ := mustEncode(t, []byte(d))
		c := newCodec(t.Context(), entropy.NewReader(code), len(d))
		c.codeLayout(0)
		r.note(c.codeColumn(1, nil, documentText, 0))
	}
	for number := range uint32(planCount) {
		if !r.plans[number] {
			t.Errorf("no document reaches a %T", newPlan(number))
		}
	}
	for isDecimal := range 2 {
		if !r.decimals[isDecimal == 1] {
			t.Errorf("numbers that are decimals: %t is not reached", isDecimal == 1)
		}
	}
	for k := range kinds {
		if !r.kinds[k] {
			t.Errorf("no document has the kind %d", k)
		}
	}
}

type reached struct {
	plans    map[uint32]bool
	decimals map[bool]bool
	kinds    map[kind]bool
}

func (r *reached) note(x *column) {
	for _, k := range x.kinds {
		r.kinds[k] = true
	}
	for _, k := range x.kinds {
		if k == kindNumber {
			r.decimals[x.numbers.plan == nil] = true
		}
	}
	r.notePlan(x.strings.plan)
	for _, g := range x.groups {
		if g == nil {
			continue
		}
		r.notePlan(g.keys.plan)
		for _, column := range g.columns {
			r.note(column)
		}
	}
}

func (r *reached) notePlan(p plan) {
	if p == nil {
		r.plans[planText] = true
		return
	}
	r.plans[p.number()] = true
	switch p := p.(type) {
	case *dictionaryPlan:
		r.notePlan(p.entries)
	case *splitPlan:
		for _, pieces := range p.pieces {
			for _, piece := range pieces {
				r.notePlan(piece.plan)
			}
		}
	}
}

// TestIntegerModes: each mode is the best of some column.
func TestIntegerModes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	column := func(value func(i int) int64) []int64 {
		v := make([]int64, 60)
		for i := range v {
			v[i] = value(i)
		}
		return v
	}
	sibling := column(func(int) int64 { return r.Int64N(1 << 40) })
	for mode, v := range map[uint32][]int64{
		integerRaw:        column(func(int) int64 { return r.Int64N(1000) }),
		integerDelta:      sumsOf(column(func(int) int64 { return r.Int64N(1000) })),
		integerDelta2:     sumsOf(sumsOf(column(func(int) int64 { return r.Int64N(9) }))),
		integerSibling:    column(func(i int) int64 { return sibling[i] + r.Int64N(9) }),
		integerDictionary: column(func(int) int64 { return []int64{3, 1 << 40, -9e15}[r.IntN(3)] }),
	} {
		c := newCodec(t.Context(), entropy.NewWriter(), 1000)
		c.integers[len(sibling)] = sibling
		if p, _ := c.planIntegers(v, true); p.mode != mode {
			t.Errorf("mode %d is taken where %d is best", p.mode, mode)
		}
		c.codeIntegers(len(v), v)
		d := newCodec(t.Context(), entropy.NewReader(c.Finish()), 1000)
		d.integers[len(sibling)] = sibling
		if got := d.codeIntegers(len(v), nil); !slices.Equal(got, v) {
			t.Errorf("mode %d: %v came back as %v", mode, v, got)
		}
	}
}

func sumsOf(v []int64) []int64 {
	for i := 1; i < len(v); i++ {
		v[i] += v[i-1]
	}
	return v
}

// TestNothingButText: a value that cannot be columns is one text.
func TestNothingButText(t *testing.T) {
	for _, value := range []string{"not json", strings.Repeat("[", 70) + strings.Repeat("]", 70), `{"a":  1}`, "[1, 2\n]"} {
		if _, _, err := encodeDocument(t.Context(), []byte(value)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q is taken for columns: %v", value, err)
		}
		checkRoundTrip(t, []byte(value))
	}
}

// TestHostileClaims reads random codes that claim the largest size, and codes of
// states that claim a larger one: they end within the work that is allowed.
func TestHostileClaims(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 300 {
		code := make([]byte, r.IntN(200))
		for k := range code {
			code[k] = byte(r.Uint32() >> (i % 9 * 3))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, cost, err := Decode(t.Context(), code, MaxValue)
		runtime.ReadMemStats(&after)
		if err != nil && !errors.Is(err, ErrCorrupt) || cost > MaxCost {
			t.Fatalf("%x: %v, at a cost of %d", code, err, cost)
		}
		const most = 64 << 20
		if got := after.TotalAlloc - before.TotalAlloc; got > most {
			t.Errorf("%x allocates %d bytes", code, got)
		}
	}
}

// TestCanceled: both ways end with their context.
func TestCanceled(t *testing.T) {
	value := []byte(`["` + strings.Repeat("long enough to look at the context ", 1000) + `"]`)
	code, _ := mustEncode(t, value)
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("the caller had enough")
	cancel(reason)
	if _, _, err := Encode(ctx, value); !errors.Is(err, reason) {
		t.Errorf("Encode: %v", err)
	}
	if got, _, err := Decode(ctx, code, len(value)); !errors.Is(err, reason) || got != nil {
		t.Errorf("Decode: %.20q, %v", got, err)
	}
}

// TestTooCostly: a value whose reading would cost more than is allowed is refused.
func TestTooCostly(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	prose := make([]byte, MaxValue-2)
	for i := range prose {
		prose[i] = "etaoin shrdlu"[r.IntN(13)]
	}
	for _, value := range [][]byte{append(append([]byte(`"`), prose...), '"'), prose, make([]byte, MaxValue+1)} {
		if _, _, err := Encode(t.Context(), value); !errors.Is(err, ErrTooCostly) {
			t.Errorf("%.20q: %v", value, err)
		}
	}
}

// TestHostileParameters: a reader refuses parameters that no writer uses.
func TestHostileParameters(t *testing.T) {
	for name, v := range map[string]struct {
		write func(c *codec)
		read  func(c *codec)
	}{
		"31 places": {
			func(c *codec) {
				c.isDecimal.Code(c.Coder, 1, 1)
				c.least.Code(c.Coder, 5, 31)
				c.most.Code(c.Coder, 5, 31)
				c.codeIntegers(1, []int64{1})
			},
			func(c *codec) { c.codeNumbers(1, new(numberColumn), documentText) },
		},
		"a length of -1": {
			func(c *codec) { c.codeAlphabet(0); c.codeIntegers(1, []int64{-1}) },
			func(c *codec) { new(randomPlan).code(c, 1, documentText, 0) },
		},
		"no column to go by": {
			func(c *codec) {
				c.integerMode.Code(c.Coder, 3, integerSibling)
				c.codeIntegerPlan(&integerPlan{mode: integerSibling})
			},
			func(c *codec) { c.codeIntegers(2, nil) },
		},
	} {
		c := newCodec(t.Context(), entropy.NewWriter(), 1000)
		v.write(c)
		var err error
		func() {
			defer recoverStop(&err)
			v.read(newCodec(t.Context(), entropy.NewReader(c.Finish()), 1000))
		}()
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHostilePieces: pieces that are all one long string end as soon as the
// document is longer than it claims.
func TestHostilePieces(t *testing.T) {
	const marks, size = 10_000, 1000
	long := piece{plan: &textPlan{[]string{strings.Repeat("x", 100_000)}}}
	p := &splitPlan{
		skeletons: []string{strings.Repeat("\x01", marks)}, ids: []uint32{0}, place: []int{0},
		pieces: [][]piece{slices.Repeat([]piece{long}, marks)}, size: size,
	}
	var err error
	func() {
		defer recoverStop(&err)
		p.append(nil, 0)
	}()
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("%v", err)
	}
}

// TestTextIsBounded: a text that never ends is ended, though a repeat that goes
// on costs next to nothing.
func TestTextIsBounded(t *testing.T) {
	w := newWork(t.Context(), 1000)
	var err error
	bytes := 0
	func() {
		defer recoverStop(&err)
		for ; bytes < 100_000; bytes++ {
			w.textByte(0)
		}
	}()
	if !errors.Is(err, ErrCorrupt) || bytes < 2000 || bytes > 10_000 {
		t.Errorf("%d bytes, %v", bytes, err)
	}
}

// TestChangedCodes reads codes with some bytes changed: for every content
// nothing but ErrCorrupt comes of it, or a value of the size claimed.
func TestChangedCodes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, d := range documents() {
		code, _ := mustEncode(t, []byte(d))
		for range 25 {
			changed := bytes.Clone(code)
			for range 1 + r.IntN(4) {
				if len(changed) > 0 {
					changed[r.IntN(min(len(changed), 60))] = byte(r.Uint32())
				}
			}
			got, _, err := Decode(t.Context(), changed, len(d))
			if err != nil && !errors.Is(err, ErrCorrupt) || err == nil && len(got) != len(d) {
				t.Fatalf("%.40q: %x gives %d bytes, %v", d, changed, len(got), err)
			}
		}
	}
}
