package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
)

func restore(t *testing.T, s awsjar.Versioned) {
	jar := awsjar.New[string](s)
	first := mustSave(t, s, `"first"`, awsjar.Any)
	mustSave(t, s, `"second"`, awsjar.Any)
	meta, err := jar.Restore(within(t), first.VersionID)
	if err != nil {
		t.Fatalf("Restore: %v", err)
	}
	mustHold(t, s, `"first"`, `"second"`, `"first"`)
	if again, err := jar.Restore(within(t), meta.VersionID); err != nil || again.VersionID != meta.VersionID {
		t.Fatalf("Restore of the current version: %q, %v; want %q and nothing written", again.VersionID, err, meta.VersionID)
	}
	mustHold(t, s, `"first"`, `"second"`, `"first"`)
	if err := jar.Delete(within(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := jar.Restore(within(t), first.VersionID); err != nil {
		t.Fatalf("Restore after a Delete: %v", err)
	}
	mustHold(t, s, `"first"`, "", `"first"`, `"second"`, `"first"`)
}

func restoreCorrupt(t *testing.T, s awsjar.Versioned) {
	bad := mustSave(t, s, `"cut of`, awsjar.Any)
	mustSave(t, s, `"good"`, awsjar.Any)
	if _, err := awsjar.New[string](s).Restore(within(t), bad.VersionID); !errors.Is(err, awsjar.ErrCorrupt) {
		t.Fatalf("Restore of a corrupt version: %v; want ErrCorrupt", err)
	}
	mustHold(t, s, `"good"`, `"cut of`)
}

func undelete(t *testing.T, s awsjar.Versioned) {
	jar := awsjar.New[string](s)
	if _, err := jar.Undelete(within(t)); !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatalf("Undelete of nothing: %v; want ErrNotFound", err)
	}
	mustSave(t, s, `"old"`, awsjar.Any)
	mustSave(t, s, `"new"`, awsjar.Any)
	if _, err := jar.Undelete(within(t)); !errors.Is(err, awsjar.ErrExists) {
		t.Fatalf("Undelete of a value that is there: %v; want ErrExists", err)
	}
	if err := jar.Delete(within(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := jar.Undelete(within(t)); err != nil {
		t.Fatalf("Undelete: %v", err)
	}
	mustLoad(t, s, `"new"`)
}

func prune(t *testing.T, s awsjar.Versioned) {
	for _, value := range []string{`1`, `2`, `3`, `4`, `5`} {
		mustSave(t, s, value, awsjar.Any)
	}
	jar := awsjar.New[int](s)
	if _, err := jar.Prune(within(t), 0); !errors.Is(err, awsjar.ErrInvalid) {
		t.Fatalf("Prune to 0 versions: %v; want ErrInvalid", err)
	}
	removed, err := jar.Prune(within(t), 2)
	if err != nil || removed != 3 {
		t.Fatalf("Prune removed %d, %v; want 3", removed, err)
	}
	mustHold(t, s, `5`, `4`)
}

// ofReviver skips a check for a store that is no Reviver.
func ofReviver(check func(*testing.T, awsjar.Reviver)) func(*testing.T, awsjar.Versioned) {
	return func(t *testing.T, s awsjar.Versioned) {
		if s, ok := s.(awsjar.Reviver); ok {
			check(t, s)
		}
	}
}

// deleted stores two values and deletes the second. It returns the ids of the
// first value, and of the delete marker.
func deleted(t *testing.T, s awsjar.Versioned) (first, marker string) {
	t.Helper()
	first = mustSave(t, s, `"first"`, awsjar.Any).VersionID
	mustSave(t, s, `"second"`, awsjar.Any)
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	return first, mustHold(t, s, "", `"second"`, `"first"`)[0].VersionID
}

// revive: Revive stores the bytes that it is given, of any version, and where
// nothing is stored.
func revive(t *testing.T, s awsjar.Reviver) {
	first, marker := deleted(t, s)
	for _, id := range []string{marker, "", "\x00 no such form of an id", "null", "../x", "*"} {
		_, err := s.Revive(within(t), []byte(`"of no version"`), id)
		if !errors.Is(err, awsjar.ErrNotFound) && (id == marker || !errors.Is(err, awsjar.ErrInvalid)) {
			t.Errorf("Revive of the version %q: %v; want ErrNotFound, or ErrInvalid for a malformed id", id, err)
		}
		mustHide(t, err, `"of no version"`)
	}
	mustBeMissing(t, s)

	data := []byte(`"revived"`)
	meta, err := s.Revive(within(t), data, first)
	if err != nil || string(data) != `"revived"` {
		t.Fatalf("Revive: %v, and its slice is %s", err, short(string(data)))
	}
	copy(data, `"changed"`)
	if now := mustLoad(t, s, `"revived"`); now.Revision != meta.Revision || now.VersionID != meta.VersionID {
		t.Fatalf("Load returned the revision %q and the version id %q; Revive had returned %q and %q",
			now.Revision, now.VersionID, meta.Revision, meta.VersionID)
	}
	mustHold(t, s, `"revived"`, "", `"second"`, `"first"`)

	_, err = s.Revive(within(t), []byte(`"over a value"`), first)
	if !errors.Is(err, awsjar.ErrExists) {
		t.Fatalf("Revive over a value: %v; want ErrExists", err)
	}
	mustHide(t, err, `"over a value"`)
	mustLoad(t, s, `"revived"`)
	mustSave(t, s, `"replaced"`, meta.Revision)
}

func reviveEnded(t *testing.T, s awsjar.Reviver) {
	first, _ := deleted(t, s)
	if _, err := s.Revive(cancelled(t), []byte(`"first"`), first); !errors.Is(err, context.Canceled) {
		t.Errorf("Revive with an ended context: %v; want context.Canceled", err)
	}
	mustBeMissing(t, s)
	mustHold(t, s, "", `"second"`, `"first"`)
}

// oneReviver: of many that bring a value back at once exactly one does.
func oneReviver(t *testing.T, s awsjar.Reviver) {
	first, _ := deleted(t, s)
	winner := race(t, s, s, awsjar.ErrExists, func(_ awsjar.Store, data []byte) error {
		_, err := s.Revive(within(t), data, first)
		return err
	})
	mustLoad(t, s, winner)
}
