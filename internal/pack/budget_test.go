package pack

import (
	"bytes"
	"errors"
	"go/build"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// limit is the part of a function's 4,096 bytes that the variable "jar" alone
// leaves.
const limit = 4096 - len(`{"jar":""}`)

// numbers is list(range(n)) as compact JSON.
func numbers(n int) []byte {
	text := []byte("[")
	for i := range n {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, int64(i), 10)
	}
	return append(text, ']')
}

func TestListsThatFit(t *testing.T) {
	for _, v := range []struct {
		n    int
		form Form
	}{{1000, FormPlain}, {1000, FormAuto}, {1500, FormPython}, {5000, FormAuto}} {
		value := numbers(v.n)
		text, err := Encode(t.Context(), value, v.form, Limits{Size: limit})
		if err != nil {
			t.Fatalf("list(range(%d)): %v", v.n, err)
		}
		if plain := string(value) == text; plain != (v.n == 1000) {
			t.Errorf("list(range(%d)) is plain: %t", v.n, plain)
		}
		if got, err := Decode(t.Context(), text); err != nil || !bytes.Equal(got, value) {
			t.Errorf("list(range(%d)) came back with %d bytes, %v", v.n, len(got), err)
		}
	}
}

// TestLadder checks that each step is tried only if the one before does not fit.
func TestLadder(t *testing.T) {
	value := []byte(rows())
	flate, columns := encodeFlate(value), dense(value)
	if len(columns) >= len(flate) || len(flate) >= Measure(string(value)) {
		t.Fatalf("the steps take %d, %d and %d bytes", Measure(string(value)), len(flate), len(columns))
	}
	for _, v := range []struct {
		limit int
		want  string
	}{
		{Measure(string(value)), string(value)},
		{Measure(string(value)) - 1, flate},
		{len(flate), flate},
		{len(flate) - 1, columns},
		{len(columns), columns},
	} {
		if got, err := Encode(t.Context(), value, FormAuto, Limits{Size: v.limit}); err != nil || got != v.want {
			t.Errorf("limit %d: %.20q, %v, want %.20q", v.limit, got, err, v.want)
		}
	}
	var tooLarge *TooLargeError
	if _, err := Encode(t.Context(), value, FormAuto, Limits{Size: len(columns) - 1}); !errors.As(err, &tooLarge) || tooLarge.Size != len(columns) {
		t.Errorf("one byte less than the columns take: %v, want a size of %d", err, len(columns))
	}
}

// TestMemory bounds the sum of all allocations, which is more than the memory in use.
func TestMemory(t *testing.T) {
	value := []byte(strings.Repeat(rows(), 40_000/len(rows())+1)[:40_000])
	var text string
	if got := allocated(func() { text = dense(value) }); got > 20<<20 {
		t.Errorf("encoding %d bytes allocates %d", len(value), got)
	}
	if got := allocated(func() { Decode(t.Context(), text) }); got > 20<<20 {
		t.Errorf("decoding %d bytes allocates %d", len(value), got)
	}
	bomb := encodeZlib(make([]byte, MaxValue*2))
	if got := allocated(func() { Decode(t.Context(), bomb) }); got > 6*MaxValue {
		t.Errorf("a bomb allocates %d bytes", got)
	}
}

func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestImports keeps the compressors of others, of which some are larger than
// all of awsjar, out of every program that uses it.
func TestImports(t *testing.T) {
	for _, dir := range []string{".", "base87", "columns", "entropy", "text"} {
		p, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range p.Imports {
			if strings.Contains(path, ".") && !strings.HasPrefix(path, "github.com/awsjar/awsjar/internal/pack/") {
				t.Errorf("%s imports %s", dir, path)
			}
		}
	}
}
