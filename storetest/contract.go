package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/unwrap"
)

func missing(t *testing.T, s awsjar.Store) {
	mustBeMissing(t, s)
	mustBeMissing(t, s)
}

func createAndOverwrite(t *testing.T, s awsjar.Store) {
	mustSave(t, s, `{"first":1}`, awsjar.None)
	mustLoad(t, s, `{"first":1}`)
	for _, other := range []string{`{"second":2}`, `{"first":1}`} { // equal bytes are another's too
		mustRefuse(t, s, other, awsjar.None, awsjar.ErrExists)
	}
	mustLoad(t, s, `{"first":1}`)
	mustSave(t, s, `{"third":3}`, awsjar.Any)
	mustLoad(t, s, `{"third":3}`)
}

func replaceCurrent(t *testing.T, s awsjar.Store) {
	saved := mustSave(t, s, `"one"`, awsjar.Any)
	saved = mustSave(t, s, `"two"`, saved.Revision)
	mustLoad(t, s, `"two"`)
	loaded := mustLoad(t, s, `"two"`)
	if loaded.Revision != saved.Revision {
		t.Fatalf("Load returned the revision %q, the Save before it %q", loaded.Revision, saved.Revision)
	}
	mustSave(t, s, `"three"`, loaded.Revision)
	mustLoad(t, s, `"three"`)
}

func replaceStale(t *testing.T, s awsjar.Store) {
	first := mustSave(t, s, `"first value"`, awsjar.Any)
	second := mustSave(t, s, `"second value"`, first.Revision)
	if first.Revision == second.Revision {
		t.Fatalf("two values have the same revision %q", first.Revision)
	}
	for _, other := range []string{`"third value"`, `"second value"`, `"first value"`} {
		mustRefuse(t, s, other, first.Revision, awsjar.ErrConflict)
	}
	mustLoad(t, s, `"second value"`)
}

func replaceMissing(t *testing.T, s awsjar.Store) {
	saved := mustSave(t, s, `"some value"`, awsjar.None)
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	_, err := s.Save(within(t), []byte(`"other value"`), saved.Revision)
	if !errors.Is(err, awsjar.ErrConflict) || errors.Is(err, awsjar.ErrExists) {
		t.Fatalf("Save of a revision whose value is gone: %v; want ErrConflict", err)
	}
	mustBeMissing(t, s)
}

// equalValues: a store that knows a write by its bytes alone loses it where the
// same bytes come again.
func equalValues(t *testing.T, s awsjar.Store) {
	a := mustSave(t, s, `{"on":true}`, awsjar.None)
	b := mustSave(t, s, `{"on":false}`, a.Revision)
	again := mustSave(t, s, `{"on":true}`, b.Revision)
	mustLoad(t, s, `{"on":true}`)
	if again.Revision == a.Revision {
		t.Fatalf("equal values have the same revision %q though another value was between them", a.Revision)
	}
	mustRefuse(t, s, `{"on":null}`, a.Revision, awsjar.ErrConflict)
	mustLoad(t, s, `{"on":true}`)
}

// valueReturns: a value that returns after many others is another state. A
// store that tells its writes apart by the bytes, or that remembers the last
// few only, would take an old revision for the current one.
func valueReturns(t *testing.T, s awsjar.Store) {
	const value = `{"state":"idle"}`
	first := mustSave(t, s, value, awsjar.None)
	last := first
	for n := 1; n <= 20; n++ {
		between := mustSave(t, s, fmt.Sprintf(`{"state":"job %d"}`, n), last.Revision)
		last = mustSave(t, s, value, between.Revision)
		if n == 1 || n >= 8 {
			mustRefuse(t, s, `{"state":"late"}`, first.Revision, awsjar.ErrConflict)
			mustRefuse(t, s, `{"state":"late"}`, between.Revision, awsjar.ErrConflict)
			if err := s.Delete(within(t), first.Revision); !errors.Is(err, awsjar.ErrConflict) {
				t.Fatalf("Delete at the revision of %d writes ago: %v; want a conflict", 2*n, err)
			}
		}
		if now := mustLoad(t, s, value); now.Revision != last.Revision {
			t.Fatalf("Load returned the revision %q; Save had returned %q", now.Revision, last.Revision)
		}
	}
}

// revisionNamesState: reading changes nothing, and two reads agree.
func revisionNamesState(t *testing.T, s awsjar.Store) {
	mustSave(t, s, `[1,2,3]`, awsjar.Any)
	first, second := mustLoad(t, s, `[1,2,3]`), mustLoad(t, s, `[1,2,3]`)
	if first.Revision != second.Revision {
		t.Fatalf("two Loads of one state returned the revisions %q and %q", first.Revision, second.Revision)
	}
	mustSave(t, s, `[4]`, first.Revision)
}

// revisionAfterDelete: a store that counts its writes, and begins again with each
// new value, would take the revision of a deleted value for that of another one.
func revisionAfterDelete(t *testing.T, s awsjar.Store) {
	first := mustSave(t, s, `"before the deletion"`, awsjar.None)
	if err := s.Delete(within(t), first.Revision); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	second := mustSave(t, s, `"after the deletion"`, awsjar.None)
	if first.Revision == second.Revision {
		t.Fatalf("the value before a deletion and the one after it have the same revision %q", first.Revision)
	}
	mustRefuse(t, s, `"late, of before"`, first.Revision, awsjar.ErrConflict)
	if err := s.Delete(within(t), first.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Fatalf("Delete at the revision of a value that was deleted before: %v; want ErrConflict", err)
	}
	mustLoad(t, s, `"after the deletion"`)
}

func deleteAny(t *testing.T, s awsjar.Store) {
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete of nothing: %v", err)
	}
	mustSave(t, s, `"value"`, awsjar.Any)
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	mustBeMissing(t, s)
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("second Delete: %v", err)
	}
	mustSave(t, s, `"created again"`, awsjar.None)
	mustLoad(t, s, `"created again"`)
}

func deleteConditional(t *testing.T, s awsjar.Store) {
	if err := s.Delete(within(t), awsjar.None); !errors.Is(err, awsjar.ErrInvalid) {
		t.Fatalf("Delete of None: %v; want ErrInvalid", err)
	}
	first := mustSave(t, s, `"first"`, awsjar.Any)
	second := mustSave(t, s, `"second"`, first.Revision)
	if err := s.Delete(within(t), first.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Fatalf("Delete of a stale revision: %v; want ErrConflict", err)
	}
	mustLoad(t, s, `"second"`)
	if err := s.Delete(within(t), second.Revision); err != nil {
		t.Fatalf("Delete of the current revision: %v", err)
	}
	mustBeMissing(t, s)
	if err := s.Delete(within(t), second.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Fatalf("Delete of a revision whose value is gone: %v; want ErrConflict", err)
	}
}

// values of every kind come back to the byte.
func values(t *testing.T, s awsjar.Store) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for name, value := range map[string]string{
		"empty":           "",
		"space":           " ",
		"JSON string":     `""`,
		"null":            "null",
		"every byte":      string(every),
		"NUL":             "\x00",
		"invalid UTF-8":   "\xff\xfe\xc3",
		"quotes":          strings.Repeat(`"\`, 20),
		"Unicode":         "é☃😀\u2028\u2029\ufffd\ufeff",
		"newlines":        "\r\n\t\v\x7f\n",
		"looks like zlib": "eJyrVkpUslIwrAUACeUCKQ==",
		"trailing spaces": `{"a":1}   `,
		"not quite JSON":  `{"a":1`,
		"one character":   "%",
		"two characters":  "%1",
	} {
		t.Run(name, func(t *testing.T) {
			mustSave(t, s, value, awsjar.Any)
			mustLoad(t, s, value)
		})
	}
}

func large(t *testing.T, s awsjar.Store, size int) {
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; b.Len() < size-16; i++ {
		fmt.Fprintf(&b, "%d,", i)
	}
	b.WriteString("0]")
	value := b.String() + strings.Repeat(" ", max(0, size-b.Len()))
	meta := mustSave(t, s, value, awsjar.Any)
	mustLoad(t, s, value)
	mustSave(t, s, `"small"`, meta.Revision)
	mustLoad(t, s, `"small"`)
}

func isolation(t *testing.T, s awsjar.Store) {
	data := []byte(`"original"`)
	if _, err := s.Save(within(t), data, awsjar.Any); err != nil {
		t.Fatalf("Save: %v", err)
	}
	if string(data) != `"original"` {
		t.Fatalf("Save changed the slice that it was given to %s", short(string(data)))
	}
	copy(data, `"changed!"`)
	loaded, _, err := s.Load(within(t))
	if err != nil || string(loaded) != `"original"` {
		t.Fatalf("Load returned %s, %v after the saved slice was changed", short(string(loaded)), err)
	}
	copy(loaded, `"changed!"`)
	mustLoad(t, s, `"original"`)
	mustSave(t, s, `"replaced"`, awsjar.Any)
	mustLoad(t, s, `"replaced"`)
	if string(loaded) != `"changed!"` {
		t.Fatalf("the slice that Load returned became %s by later calls", short(string(loaded)))
	}
}

func endedContext(t *testing.T, s awsjar.Store) {
	ctx := cancelled(t)
	if _, err := s.Save(ctx, []byte(`"first"`), awsjar.None); !errors.Is(err, context.Canceled) {
		t.Errorf("Save of a first value with an ended context: %v; want context.Canceled", err)
	}
	mustBeMissing(t, s)
	meta := mustSave(t, s, `"before"`, awsjar.Any)
	if _, _, err := s.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Load with an ended context: %v; want context.Canceled", err)
	}
	for _, replaces := range []awsjar.Revision{awsjar.Any, meta.Revision} {
		if _, err := s.Save(ctx, []byte(`"after"`), replaces); !errors.Is(err, context.Canceled) {
			t.Errorf("Save with an ended context: %v; want context.Canceled", err)
		}
		if err := s.Delete(ctx, replaces); !errors.Is(err, context.Canceled) {
			t.Errorf("Delete with an ended context: %v; want context.Canceled", err)
		}
	}
	mustLoad(t, s, `"before"`)
}

// target: a store has one name for its place.
func target(t *testing.T, s awsjar.Store) {
	named, ok := unwrap.As[fmt.Stringer](s)
	if !ok || named.String() == "" {
		t.Fatal("the store has no String method that returns its URL, nor an Unwrap that leads to one: errors cannot name the place")
	}
	_, _, err := s.Load(within(t))
	if e, ok := errors.AsType[*awsjar.Error](err); ok && e.Target != "" && e.Target != named.String() {
		t.Fatalf("the error of a Load of nothing names %q, String returns %q", e.Target, named.String())
	}
}
