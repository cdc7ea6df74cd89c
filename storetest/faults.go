package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/awsjar/awsjar"
)

// Fault is a way in which a write can fail.
type Fault int

const (
	// NotStored: the write fails and has no effect.
	NotStored Fault = iota
	// Stored: the write has its effect, and its answer is lost.
	Stored
)

// String returns the name of the fault, for the names of tests.
func (f Fault) String() string { return [...]string{"NotStored", "Stored"}[f] }

// RunFaults checks how a store ends writes that fail. newStore returns a
// store over a new and empty place, and a function that arms the next request
// that writes or deletes: that one fails, in the given way, and those after
// it do not.
func RunFaults(t *testing.T, newStore func(t *testing.T) (awsjar.Store, func(Fault)), optFns ...func(*Options)) {
	opts := options(optFns)
	for _, fault := range []Fault{NotStored, Stored} {
		for name, check := range map[string]func(*testing.T, awsjar.Store, func()){
			"Create":        faultyCreate,
			"Replace":       faultyReplace,
			"Overwrite":     faultyOverwrite,
			"Delete":        faultyDelete,
			"DeleteCurrent": faultyDeleteCurrent,
			"Revive":        faultyRevive,
			"FirstUpdate":   func(t *testing.T, s awsjar.Store, arm func()) { faultyUpdate(t, s, 0, arm) },
			"Update":        func(t *testing.T, s awsjar.Store, arm func()) { faultyUpdate(t, s, 5, arm) },
			"EqualValues":   func(t *testing.T, s awsjar.Store, arm func()) { faultyEqualValues(t, s, arm) },
		} {
			opts.run(t, fmt.Sprintf("%v/%s", fault, name), func(t *testing.T) {
				s, arm := newStore(t)
				check(t, s, func() { arm(fault) })
			})
		}
	}
}

// mustBeHonest checks that an outcome agrees with the stored value: success
// means the new value, a plain failure the old one, and a conflict cannot be,
// for nobody else wrote.
func mustBeHonest(t *testing.T, s awsjar.Store, err error, before, after string) {
	t.Helper()
	switch {
	case errors.Is(err, awsjar.ErrConflict):
		t.Fatalf("%v, but nobody else wrote", err)
	case errors.Is(err, awsjar.ErrUncertain):
		mustHide(t, err, after)
		return
	case err != nil:
		mustHide(t, err, after)
		after = before
	}
	if after == "" {
		mustBeMissing(t, s)
		return
	}
	mustLoad(t, s, after)
}

func faultyCreate(t *testing.T, s awsjar.Store, arm func()) {
	arm()
	_, err := s.Save(within(t), []byte(`"created value"`), awsjar.None)
	mustBeHonest(t, s, err, "", `"created value"`)
}

func faultyReplace(t *testing.T, s awsjar.Store, arm func()) {
	meta := mustSave(t, s, `"the value before"`, awsjar.None)
	arm()
	meta, err := s.Save(within(t), []byte(`"the value after"`), meta.Revision)
	mustBeHonest(t, s, err, `"the value before"`, `"the value after"`)
	if err == nil {
		mustSave(t, s, `"and the next"`, meta.Revision)
	}
}

func faultyOverwrite(t *testing.T, s awsjar.Store, arm func()) {
	mustSave(t, s, `"the value before"`, awsjar.None)
	arm()
	_, err := s.Save(within(t), []byte(`"the value after"`), awsjar.Any)
	mustBeHonest(t, s, err, `"the value before"`, `"the value after"`)
}

func faultyDelete(t *testing.T, s awsjar.Store, arm func()) {
	mustSave(t, s, `"the value before"`, awsjar.None)
	arm()
	mustBeHonest(t, s, s.Delete(within(t), awsjar.Any), `"the value before"`, "")
}

func faultyDeleteCurrent(t *testing.T, s awsjar.Store, arm func()) {
	meta := mustSave(t, s, `"the value before"`, awsjar.None)
	arm()
	mustBeHonest(t, s, s.Delete(within(t), meta.Revision), `"the value before"`, "")
}

// faultyRevive is of a store that is a Reviver, in a place that keeps the versions
// of a deleted value.
func faultyRevive(t *testing.T, s awsjar.Store, arm func()) {
	reviver, ok := s.(awsjar.Reviver)
	if !ok {
		return
	}
	id := mustSave(t, s, `"the value before"`, awsjar.None).VersionID
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	if _, _, err := reviver.LoadVersion(within(t), id); err != nil {
		return
	}
	arm()
	_, err := reviver.Revive(within(t), []byte(`"the value after"`), id)
	mustBeHonest(t, s, err, "", `"the value after"`)
}

// faultyUpdate counts through a fault: an update that says it succeeded was
// applied once, one that says it failed not at all.
func faultyUpdate(t *testing.T, s awsjar.Store, start int, arm func()) {
	jar := awsjar.New[int](s)
	want := 0
	count := func() {
		t.Helper()
		_, err := jar.Update(within(t), func(n *int) error { *n++; return nil })
		switch {
		case err == nil:
			want++
		case errors.Is(err, awsjar.ErrUncertain):
			n, err := jar.Get(within(t))
			if err != nil || n != want && n != want+1 {
				t.Fatalf("after an uncertain update the count is %d, %v; want %d or %d", n, err, want, want+1)
			}
			want = n
		case errors.Is(err, awsjar.ErrConflict):
			t.Fatalf("Update: %v, but nobody else wrote", err)
		}
	}
	for range start {
		count()
	}
	arm()
	count()
	count()
	if n, err := jar.Get(within(t)); err != nil || n != want {
		t.Fatalf("the count is %d, %v; want %d", n, err, want)
	}
}

// faultyEqualValues: two writers store equal bytes over the same revision,
// and the answer of the first is lost. Only one of them may believe that it
// was the one.
func faultyEqualValues(t *testing.T, s awsjar.Store, arm func()) {
	meta := mustSave(t, s, `1`, awsjar.None)
	arm()
	_, first := s.Save(within(t), []byte(`2`), meta.Revision)
	_, second := s.Save(within(t), []byte(`2`), meta.Revision)
	if first == nil && !errors.Is(second, awsjar.ErrConflict) {
		t.Fatalf("the first of two equal writes succeeded, the second: %v; want ErrConflict", second)
	}
	if first != nil && errors.Is(first, awsjar.ErrConflict) {
		t.Fatalf("the first of two equal writes: %v, but nobody else had written", first)
	}
	if first != nil && !errors.Is(first, awsjar.ErrUncertain) && second != nil {
		t.Fatalf("the first of two equal writes was not stored (%v), the second: %v", first, second)
	}
}
