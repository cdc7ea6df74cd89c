package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/awsjar/awsjar"
)

// RunVersions checks the contract of Versioned, and that of Reviver where the store
// is one. Every call of newStore returns a store over a new and empty place that
// keeps at least 20 versions.
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
		{"DeleteNewestMarker", deleteNewestMarker},
		{"MalformedID", malformedID},
		{"Isolation", versionIsolation},
		{"Revisions", versionRevisions},
		{"Many", manyVersions},
		{"EarlyStop", earlyStop},
		{"EndedContext", versionsEnded},
		{"Restore", restore},
		{"RestoreCorrupt", restoreCorrupt},
		{"Undelete", undelete},
		{"Prune", prune},
		{"Revive", ofReviver(revive)},
		{"ReviveEnded", ofReviver(reviveEnded)},
		{"OneReviver", ofReviver(oneReviver)},
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

func noVersions(t *testing.T, s awsjar.Versioned) {
	mustHold(t, s)
	if _, _, err := s.Load(within(t)); !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatalf("Load of nothing: %v; want ErrNotFound", err)
	}
	mustHold(t, s)
}

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
	back := mustSave(t, s, `"back"`, awsjar.None)
	mustHold(t, s, `"back"`, "", `"kept"`)
	if err := s.Delete(within(t), back.Revision); err != nil {
		t.Fatalf("Delete of the current revision: %v", err)
	}
	mustHold(t, s, "", `"back"`, "", `"kept"`)
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

// deleteNewestMarker: to remove the delete marker would bring the value back.
func deleteNewestMarker(t *testing.T, s awsjar.Versioned) {
	mustSave(t, s, `"deleted"`, awsjar.Any)
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	all := mustHold(t, s, "", `"deleted"`)
	if err := s.DeleteVersion(within(t), all[0].VersionID); !errors.Is(err, awsjar.ErrConflict) {
		t.Fatalf("DeleteVersion of the delete marker that is the newest version: %v; want ErrConflict", err)
	}
	mustBeMissing(t, s)
	mustHold(t, s, "", `"deleted"`)
}

// malformedID: an id of no version names none, not even the current one, as an
// empty one does in the calls of S3.
func malformedID(t *testing.T, s awsjar.Versioned) {
	mustSave(t, s, `"first"`, awsjar.Any)
	mustSave(t, s, `"second"`, awsjar.Any)
	for _, id := range []string{"", "\x00 no such form of an id", "null", "../x", "*"} {
		if _, _, err := s.LoadVersion(within(t), id); !errors.Is(err, awsjar.ErrInvalid) && !errors.Is(err, awsjar.ErrNotFound) {
			t.Errorf("LoadVersion(%q): %v; want ErrInvalid or ErrNotFound", id, err)
		}
		if err := s.DeleteVersion(within(t), id); err != nil && !errors.Is(err, awsjar.ErrInvalid) && !errors.Is(err, awsjar.ErrNotFound) {
			t.Errorf("DeleteVersion(%q): %v; want ErrInvalid or nil", id, err)
		}
	}
	mustLoad(t, s, `"second"`)
	mustHold(t, s, `"second"`, `"first"`)
}

func versionIsolation(t *testing.T, s awsjar.Versioned) {
	data := []byte(`"original"`)
	first, err := s.Save(within(t), data, awsjar.Any)
	if err != nil {
		t.Fatalf("Save: %v", err)
	}
	copy(data, `"changed!"`)
	mustSave(t, s, `"replaced"`, awsjar.Any)
	for range 2 {
		loaded, _, err := s.LoadVersion(within(t), first.VersionID)
		if err != nil || string(loaded) != `"original"` {
			t.Fatalf("LoadVersion returned %s, %v after a slice was changed", short(string(loaded)), err)
		}
		copy(loaded, `"changed!"`)
	}
}

// versionRevisions: Load and Save return the revision, and no version of a history
// has one. Only Versions says which version is the latest.
func versionRevisions(t *testing.T, s awsjar.Versioned) {
	mustSave(t, s, `"first"`, awsjar.Any)
	saved := mustSave(t, s, `"second"`, awsjar.Any)
	if loaded := mustLoad(t, s, `"second"`); saved.Latest || loaded.Latest {
		t.Errorf("Save returned Latest %v, and Load %v; want false", saved.Latest, loaded.Latest)
	}
	for i, meta := range versions(t, s) {
		if meta.Revision != awsjar.None {
			t.Errorf("version %d in the history has the revision %q; want None", i, meta.Revision)
		}
		_, meta, err := s.LoadVersion(within(t), meta.VersionID)
		if err != nil || meta.Revision != awsjar.None || meta.Latest {
			t.Errorf("LoadVersion of version %d returned the revision %q, Latest %v, %v; want None and false", i, meta.Revision, meta.Latest, err)
		}
	}
}

// manyVersions are all listed, once each.
func manyVersions(t *testing.T, s awsjar.Versioned) {
	want := make([]string, 20)
	for i := range want {
		want[len(want)-1-i] = fmt.Sprintf(`"value %d"`, i)
		mustSave(t, s, want[len(want)-1-i], awsjar.Any)
	}
	mustHold(t, s, want...)
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
	var ends []error
	for _, err := range s.Versions(ctx) {
		if ends = append(ends, err); len(ends) > 9 {
			break
		}
	}
	if len(ends) != 1 || !errors.Is(ends[0], context.Canceled) {
		t.Errorf("Versions with an ended context yielded %v; want context.Canceled, and no more", ends)
	}
	if _, _, err := s.LoadVersion(ctx, meta.VersionID); !errors.Is(err, context.Canceled) {
		t.Errorf("LoadVersion with an ended context: %v; want context.Canceled", err)
	}
	mustSave(t, s, `"newer"`, awsjar.Any)
	if err := s.DeleteVersion(ctx, meta.VersionID); !errors.Is(err, context.Canceled) {
		t.Errorf("DeleteVersion with an ended context: %v; want context.Canceled", err)
	}
	mustHold(t, s, `"newer"`, `"value"`)
}
