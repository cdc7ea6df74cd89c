// Package storetest checks an [awsjar.Store] against its contract. The
// author of a store calls it from a plain test:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) awsjar.Store { return mystore.New(t.TempDir()) })
//	}
//
// [Run] is for every store, [RunVersions] for those that keep versions, [RunFaults]
// for those that talk to something that can fail, and [RunAdversary] for those that
// keep files. RunVersions and RunFaults check an [awsjar.Reviver] where a store is one.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
)

// Options of [Run], [RunVersions] and [RunFaults].
type Options struct {
	// Except names checks that cannot pass at this place, with the reason:
	// a server that does not do as AWS does. They are skipped, and the
	// reason is printed. Default: none. A store has no business to set it.
	Except map[string]string

	// LargeValue is the size of the large value in bytes. Default: 1 MiB.
	LargeValue int

	// Increments is how often each of the 16 concurrent writers counts up.
	// Default: 8.
	Increments int

	// Parallel lets the checks run in parallel with each other, for a store that
	// mostly waits. The functions that make stores are then called at once.
	Parallel bool

	// Second returns another handle on the place of a store, as another process
	// would hold it. Set it for every store whose place others can use. Default:
	// none. Then nothing checks what the contract says of other handles: SecondHandle
	// is skipped, and a cache that misses the writes of others passes.
	Second func(t *testing.T, s awsjar.Store) awsjar.Store
}

// patience bounds every test: a call that takes longer hangs.
const patience = 60 * time.Second

// Run checks the contract of Store. Every call of newStore returns a store
// over a new and empty place. Without [Options].Second other handles are not checked.
func Run(t *testing.T, newStore func(t *testing.T) awsjar.Store, optFns ...func(*Options)) {
	opts := options(optFns)
	for _, c := range []struct {
		name  string
		check func(*testing.T, awsjar.Store)
	}{
		{"Missing", missing},
		{"CreateAndOverwrite", createAndOverwrite},
		{"ReplaceCurrent", replaceCurrent},
		{"ReplaceStale", replaceStale},
		{"ReplaceMissing", replaceMissing},
		{"EqualValues", equalValues},
		{"ValueReturns", valueReturns},
		{"RevisionNamesState", revisionNamesState},
		{"RevisionAfterDelete", revisionAfterDelete},
		{"Delete", deleteAny},
		{"DeleteConditional", deleteConditional},
		{"Values", values},
		{"Large", func(t *testing.T, s awsjar.Store) { large(t, s, opts.LargeValue) }},
		{"Isolation", isolation},
		{"EndedContext", endedContext},
		{"Target", target},
		{"Clock", clock},
		{"CurrentOfConflict", currentOfConflict},
		{"SecondHandle", func(t *testing.T, s awsjar.Store) {
			if opts.Second == nil {
				t.Skip("Options.Second is not set: what other handles see is not checked")
			}
			secondHandle(t, s, opts.Second(t, s))
		}},
		{"Counter", func(t *testing.T, s awsjar.Store) { counter(t, s, opts.second(t, s), opts.Increments) }},
		{"OneCreator", func(t *testing.T, s awsjar.Store) { oneCreator(t, s, opts.second(t, s)) }},
		{"OneReplacer", func(t *testing.T, s awsjar.Store) { oneReplacer(t, s, opts.second(t, s)) }},
	} {
		opts.run(t, c.name, func(t *testing.T) { c.check(t, newStore(t)) })
	}
}

func options(optFns []func(*Options)) Options {
	opts := Options{
		LargeValue: 1 << 20,
		Increments: 8,
	}
	for _, fn := range optFns {
		fn(&opts)
	}
	return opts
}

// second returns the other handle, or the store itself where there is none.
func (o Options) second(t *testing.T, s awsjar.Store) awsjar.Store {
	if o.Second == nil {
		return s
	}
	return o.Second(t, s)
}

// run runs one check, unless it is excepted.
func (o Options) run(t *testing.T, name string, check func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		if reason, excepted := o.Except[name]; excepted {
			t.Skipf("%s cannot pass here: %s", name, reason)
		}
		if o.Parallel {
			t.Parallel()
		}
		check(t)
	})
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// mustLoad loads and checks the bytes.
func mustLoad(t *testing.T, s awsjar.Store, want string) awsjar.Meta {
	t.Helper()
	data, meta, err := s.Load(within(t))
	if err != nil {
		t.Fatalf("Load: %v; want %s", err, short(want))
	}
	if string(data) != want {
		t.Fatalf("Load returned %s; want %s", short(string(data)), short(want))
	}
	if meta.Revision == awsjar.None || meta.Revision == awsjar.Any {
		t.Fatalf("Load of a value returned the revision %q", meta.Revision)
	}
	if meta.Size != int64(len(want)) {
		t.Fatalf("Load returned Size %d; want %d", meta.Size, len(want))
	}
	return meta
}

// mustBeMissing checks that there is no value, and that nobody could take
// that for a missing place.
func mustBeMissing(t *testing.T, s awsjar.Store) {
	t.Helper()
	_, meta, err := s.Load(within(t))
	if !errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrNoStore) {
		t.Fatalf("Load of nothing: %v; want ErrNotFound, not ErrNoStore", err)
	}
	if meta.Revision != awsjar.None {
		t.Fatalf("Load of nothing returned the revision %q; want None", meta.Revision)
	}
}

func mustSave(t *testing.T, s awsjar.Store, data string, replaces awsjar.Revision) awsjar.Meta {
	t.Helper()
	meta, err := s.Save(within(t), []byte(data), replaces)
	if err != nil {
		t.Fatalf("Save(%s, %q): %v", short(data), replaces, err)
	}
	if meta.Revision == awsjar.None || meta.Revision == awsjar.Any {
		t.Fatalf("Save returned the revision %q", meta.Revision)
	}
	return meta
}

// mustRefuse checks that a Save fails in the given way.
func mustRefuse(t *testing.T, s awsjar.Store, data string, replaces awsjar.Revision, want error) {
	t.Helper()
	if _, err := s.Save(within(t), []byte(data), replaces); !errors.Is(err, want) {
		t.Fatalf("Save(%s, %q): %v; want %v", short(data), replaces, err, want)
	} else {
		mustHide(t, err, data)
	}
}

// mustHide checks that an error does not show a value, in its text or in the fields
// of an error in its chain. Short values may stand in any text by chance.
func mustHide(t *testing.T, err error, value string) {
	t.Helper()
	if err == nil || len(value) < 8 {
		return
	}
	if strings.Contains(err.Error(), value) {
		t.Fatalf("the error shows the stored value: %v", err)
	}
	eachCause(err, func(cause error) {
		if fields := fmt.Sprintf("%#v", cause); strings.Contains(fields, value) || strings.Contains(fields, strconv.Quote(value)) ||
			strings.Contains(fields, strings.TrimPrefix(fmt.Sprintf("%#v", []byte(value)), "[]byte")) {
			t.Fatalf("a field of an error of type %T has the stored value", cause)
		}
	})
}

// eachCause calls visit with each error in the chain of err.
func eachCause(err error, visit func(error)) {
	if err == nil {
		return
	}
	visit(err)
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		eachCause(e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, cause := range e.Unwrap() {
			eachCause(cause, visit)
		}
	}
}

func short(s string) string {
	if len(s) > 40 {
		return fmt.Sprintf("%q... (%d bytes)", s[:40], len(s))
	}
	return fmt.Sprintf("%q", s)
}
