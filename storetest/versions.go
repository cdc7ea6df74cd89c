package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
)

// RunVersions checks the contract of Versioned. Every call of newStore
// returns a store over a new and empty place that keeps at least 20 versions.
func RunVersions(t *testing.T, newStore func(t *testing.T) awsjar.Versioned, optFns ...func(*Options)) {
	opts := options(optFns)
	for _, c := range []struct {
		name  string
		check func(*testing.T, awsjar.Versioned)
	}{
		{"Nothing", noVersions},
		{"NewestFirst", newestFirst},
		{"DeleteMarker", deleteMarker},
		{"LoadVersion", loadVersion},
		{"DeleteVersion", deleteVersion},
		{"EarlyStop", earlyStop},
		{"EndedContext", versionsEnded},
		{"Restore", restore},
		{"RestoreCorrupt", restoreCorrupt},
		{"Undelete", undelete},
		{"Prune", prune},
	} {
		opts.run(t, c.name, func(t *testing.T) { c.check(t, newStore(t)) })
	}
}

// versions returns the whole history.
func versions(t *testing.T, s awsjar.Versioned) []awsjar.Meta {
	t.Helper()
	var all []awsjar.Meta
	for meta, err := range s.Versions(within(t)) {
		if err != nil {
			t.Fatalf("Versions: %v", err)
		}
		if meta.VersionID == "" {
			t.Fatal("Versions yielded a version without an id")
		}
		all = append(all, meta)
	}
	for i, meta := range all {
		if meta.Latest != (i == 0) {
			t.Fatalf("version %d of %d has Latest %v", i, len(all), meta.Latest)
		}
	}
	return all
}

// mustHold checks the values of a history, newest first; "" stands for a
// delete marker.
func mustHold(t *testing.T, s awsjar.Versioned, want ...string) []awsjar.Meta {
	t.Helper()
	all := versions(t, s)
	if len(all) != len(want) {
		t.Fatalf("there are %d versions; want %d", len(all), len(want))
	}
	for i, meta := range all {
		if meta.Deleted != (want[i] == "") {
			t.Fatalf("version %d has Deleted %v; want %s", i, meta.Deleted, short(want[i]))
		}
		if meta.Deleted {
			continue
		}
		data, _, err := s.LoadVersion(within(t), meta.VersionID)
		if err != nil || string(data) != want[i] {
			t.Fatalf("version %d is %s, %v; want %s", i, short(string(data)), err, short(want[i]))
		}
	}
	return all
}

func noVersions(t *testing.T, s awsjar.Versioned) { mustHold(t, s) }

func newestFirst(t *testing.T, s awsjar.Versioned) {
	var saved []awsjar.Meta
	for _, value := range []string{`1`, `2`, `1`, `{"three":3}`} {
		saved = append(saved, mustSave(t, s, value, awsjar.Any))
	}
	all := mustHold(t, s, `{"three":3}`, `1`, `2`, `1`)
	for i, meta := range saved {
		if got := all[len(all)-1-i].VersionID; got != meta.VersionID {
			t.Errorf("version %d has the id %q, its Save returned %q", i, got, meta.VersionID)
		}
	}
	loaded := mustLoad(t, s, `{"three":3}`)
	if loaded.VersionID != all[0].VersionID {
		t.Errorf("Load returned the version id %q; the newest version is %q", loaded.VersionID, all[0].VersionID)
	}
}

func deleteMarker(t *testing.T, s awsjar.Versioned) {
	mustSave(t, s, `"kept"`, awsjar.Any)
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	all := mustHold(t, s, "", `"kept"`)
	if _, _, err := s.LoadVersion(within(t), all[0].VersionID); !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatalf("LoadVersion of a delete marker: %v; want ErrNotFound", err)
	}
	mustSave(t, s, `"back"`, awsjar.None)
	mustHold(t, s, `"back"`, "", `"kept"`)
}

func loadVersion(t *testing.T, s awsjar.Versioned) {
	first := mustSave(t, s, `"first"`, awsjar.Any)
	mustSave(t, s, `"second"`, awsjar.Any)
	data, meta, err := s.LoadVersion(within(t), first.VersionID)
	if err != nil || string(data) != `"first"` {
		t.Fatalf("LoadVersion returned %s, %v", short(string(data)), err)
	}
	if meta.VersionID != first.VersionID || meta.Size != int64(len(data)) {
		t.Fatalf("LoadVersion returned the id %q and Size %d; want %q and %d", meta.VersionID, meta.Size, first.VersionID, len(data))
	}
	_, _, err = s.LoadVersion(within(t), "\x00 no such form of an id")
	if !errors.Is(err, awsjar.ErrInvalid) && !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatalf("LoadVersion of a malformed id: %v; want ErrInvalid or ErrNotFound", err)
	}
}

func deleteVersion(t *testing.T, s awsjar.Versioned) {
	first := mustSave(t, s, `"first"`, awsjar.Any)
	second := mustSave(t, s, `"second"`, awsjar.Any)
	mustSave(t, s, `"third"`, awsjar.Any)
	all := versions(t, s)
	if err := s.DeleteVersion(within(t), all[0].VersionID); !errors.Is(err, awsjar.ErrConflict) {
		t.Fatalf("DeleteVersion of the current version: %v; want ErrConflict", err)
	}
	for range 2 { // the second time it is absent
		if err := s.DeleteVersion(within(t), second.VersionID); err != nil {
			t.Fatalf("DeleteVersion: %v", err)
		}
	}
	if _, _, err := s.LoadVersion(within(t), second.VersionID); !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatalf("LoadVersion of a removed version: %v; want ErrNotFound", err)
	}
	mustHold(t, s, `"third"`, `"first"`)
	if _, _, err := s.LoadVersion(within(t), first.VersionID); err != nil {
		t.Fatalf("another version is gone: %v", err)
	}
}

func earlyStop(t *testing.T, s awsjar.Versioned) {
	for range 3 {
		mustSave(t, s, `"value"`, awsjar.Any)
		mustSave(t, s, `"other"`, awsjar.Any)
	}
	seen := 0
	for _, err := range s.Versions(within(t)) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 2 {
			break
		}
	}
	mustSave(t, s, `"after"`, awsjar.Any) // nothing is held
}

func versionsEnded(t *testing.T, s awsjar.Versioned) {
	meta := mustSave(t, s, `"value"`, awsjar.Any)
	ctx := cancelled(t)
	var last error
	for _, err := range s.Versions(ctx) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("Versions with an ended context: %v; want context.Canceled", last)
	}
	if _, _, err := s.LoadVersion(ctx, meta.VersionID); !errors.Is(err, context.Canceled) {
		t.Errorf("LoadVersion with an ended context: %v; want context.Canceled", err)
	}
}

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
