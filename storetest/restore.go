package storetest

import (
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
