package awsjar_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

func TestHistory(t *testing.T) {
	ctx := t.Context()
	store := memjar.New()
	jar := awsjar.New[int](store)
	jar.Put(ctx, 1)
	store.Save(ctx, []byte("not JSON"), awsjar.Any)
	jar.Delete(ctx)
	jar.Put(ctx, 4)

	var values []int
	var kinds []string
	for entry, err := range jar.History(ctx) {
		kind := "value"
		switch {
		case errors.Is(err, awsjar.ErrCorrupt):
			kind = "corrupt"
		case err != nil:
			t.Fatal(err)
		case entry.Deleted:
			kind = "marker"
		}
		values, kinds = append(values, entry.Value), append(kinds, kind)
	}
	if !slices.Equal(values, []int{4, 0, 0, 1}) || !slices.Equal(kinds, []string{"value", "marker", "corrupt", "value"}) {
		t.Errorf("the history is %v, %v", values, kinds)
	}
	for range jar.History(ctx) {
		break
	}
}

func TestAt(t *testing.T) {
	ctx := t.Context()
	jar := awsjar.New[int](memjar.New())
	first, err := jar.PutIf(ctx, 1, awsjar.None)
	if err != nil {
		t.Fatal(err)
	}
	jar.Put(ctx, 2)
	if entry, err := jar.At(ctx, first.VersionID); err != nil || entry.Value != 1 {
		t.Errorf("At returned %v, %v; want 1", entry.Value, err)
	}
	if _, err := jar.At(ctx, "999"); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("At of no version: %v; want ErrNotFound", err)
	}
	if _, err := jar.At(ctx, "first"); !errors.Is(err, awsjar.ErrInvalid) {
		t.Errorf("At of a malformed id: %v; want ErrInvalid", err)
	}
}

// protecting refuses to remove some versions.
type protecting struct {
	*memjar.Store
	refuse func(id string) bool
}

func (p protecting) DeleteVersion(ctx context.Context, id string) error {
	if p.refuse(id) {
		return awsjar.ErrAccessDenied
	}
	return p.Store.DeleteVersion(ctx, id)
}

// A version that may not be removed stays; if all are such, it is no success.
func TestPruneRefused(t *testing.T) {
	ctx := t.Context()
	for name, test := range map[string]struct {
		refuse  func(id string) bool
		removed int
		err     error
	}{
		"one protected": {func(id string) bool { return id == "2" }, 2, nil},
		"none allowed":  {func(string) bool { return true }, 0, awsjar.ErrAccessDenied},
	} {
		jar := awsjar.New[int](protecting{memjar.New(), test.refuse})
		for n := range 4 {
			jar.Put(ctx, n)
		}
		if removed, err := jar.Prune(ctx, 1); removed != test.removed || !errors.Is(err, test.err) {
			t.Errorf("%s: removed %d, %v; want %d, %v", name, removed, err, test.removed, test.err)
		}
	}
}

func TestNoHistory(t *testing.T) {
	ctx := t.Context()
	jar := awsjar.New[int](failing{})
	for _, err := range []error{
		second(jar.At(ctx, "1")), second(jar.Restore(ctx, "1")), second(jar.Undelete(ctx)), second(jar.Prune(ctx, 1)),
	} {
		var e *awsjar.Error
		if !errors.Is(err, awsjar.ErrUnsupported) || !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%#v; want ErrUnsupported with a hint", err)
		}
	}
	for _, err := range jar.History(ctx) {
		if !errors.Is(err, awsjar.ErrUnsupported) {
			t.Errorf("History: %v; want ErrUnsupported", err)
		}
	}
}

// LastGood passes over damaged, deleted and missing versions.
func TestLastGood(t *testing.T) {
	ctx := t.Context()
	store := memjar.New()
	jar := awsjar.New[acorns](store)
	if _, err := jar.LastGood(ctx); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("LastGood of nothing: %v; want ErrNotFound", err)
	}
	for _, text := range []string{`{"num_acorns":1}`, `{"num_acorns":2}`, `{"num_acorns":"x"}`, ``} {
		store.Save(ctx, []byte(text), awsjar.Any)
	}
	good, err := jar.LastGood(ctx)
	if err != nil || good.Value.Num != 2 || good.VersionID != "2" {
		t.Fatalf("LastGood returned %+v, %v; want version 2", good, err)
	}
	jar.Delete(ctx)
	if again, err := jar.LastGood(ctx); err != nil || again.VersionID != "2" {
		t.Errorf("LastGood of a deleted value returned version %q, %v; want 2", again.VersionID, err)
	}
	if _, err := jar.Restore(ctx, good.VersionID); err != nil {
		t.Fatal(err)
	}
	if got, err := jar.Get(ctx); err != nil || got.Num != 2 {
		t.Errorf("Get returned %v, %v after Restore; want 2", got, err)
	}
	current, err := jar.LastGood(ctx)
	if err != nil || current.Revision != awsjar.None || !current.Latest || good.Latest {
		t.Errorf("LastGood of a good value returned %+v, %v; want the newest version, without a revision", current.Meta, err)
	}

	damaged := holding(t, "secret")
	if _, err := awsjar.New[acorns](damaged).LastGood(ctx); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("LastGood of one damaged version: %v; want ErrNotFound", err)
	}
	if _, err := awsjar.New[int](failing{}).LastGood(ctx); !errors.Is(err, awsjar.ErrUnsupported) {
		t.Errorf("LastGood of a store without versions: %v; want ErrUnsupported", err)
	}
}

// vanishing is a store whose versions cannot all be loaded.
type vanishing struct {
	*memjar.Store
	errs map[string]error
}

func (v vanishing) LoadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	if err := v.errs[id]; err != nil {
		return nil, awsjar.Meta{}, err
	}
	return v.Store.LoadVersion(ctx, id)
}

func TestLastGoodWithFailingReads(t *testing.T) {
	ctx := t.Context()
	store := vanishing{memjar.New(), map[string]error{}}
	jar := awsjar.New[int](store)
	for n := range 3 {
		jar.Put(ctx, n+1)
	}
	store.errs["3"] = awsjar.ErrNotFound // removed since it was listed
	if entry, err := jar.LastGood(ctx); err != nil || entry.Value != 2 {
		t.Errorf("LastGood returned %v, %v; want 2", entry.Value, err)
	}
	store.errs["3"] = awsjar.ErrAccessDenied // it may be good
	if _, err := jar.LastGood(ctx); !errors.Is(err, awsjar.ErrAccessDenied) {
		t.Errorf("LastGood: %v; want ErrAccessDenied", err)
	}
}

// A version that this type cannot read never becomes the current one.
func TestRestoresOnlyWhatCanBeRead(t *testing.T) {
	ctx := t.Context()
	store := holding(t, `"secret"`)
	jar := awsjar.New[acorns](store)
	if err := jar.Put(ctx, acorns{}); err != nil {
		t.Fatal(err)
	}
	_, restore := jar.Restore(ctx, "1")
	mustHold(t, store, `{"num_acorns":0,"acorn_hideouts":null}`)
	deleted := holding(t, `"secret"`)
	deleted.Delete(ctx, awsjar.Any)
	_, undelete := awsjar.New[acorns](deleted).Undelete(ctx)
	for call, err := range map[string]error{"Restore": restore, "Undelete": undelete} {
		var e *awsjar.Error
		if !errors.Is(err, awsjar.ErrCorrupt) || !errors.As(err, &e) || !strings.Contains(e.Hint, "LastGood") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %#v; want ErrCorrupt with a hint that has LastGood", call, err)
		}
	}
	if _, _, err := deleted.Load(ctx); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("the damaged value is back: %v", err)
	}
}

// unversioned hides the versions of a store.
type unversioned struct{ awsjar.Store }

// The hint for a damaged value names the ways that the store has.
func TestHintForDamage(t *testing.T) {
	ctx := t.Context()
	for name, test := range map[string]struct {
		store awsjar.Store
		hint  []string
	}{
		"versions":        {holding(t, "{"), []string{"LastGood", "Restore", "Put"}},
		"no versions":     {unversioned{holding(t, "{")}, []string{"awsjar.Bytes", "Put"}},
		"empty":           {holding(t, ""), []string{"full disk", "LastGood", "Put"}},
		"empty, no ways":  {unversioned{holding(t, "")}, []string{"full disk", "awsjar.Bytes", "Put"}},
		"half surrogates": {holding(t, `{"a":"\ud800"}`), []string{"ReplaceSurrogates", "LastGood"}},
	} {
		_, err := awsjar.New[acorns](test.store).Get(ctx)
		var e *awsjar.Error
		if !errors.Is(err, awsjar.ErrCorrupt) || !errors.As(err, &e) {
			t.Errorf("%s: %#v; want ErrCorrupt", name, err)
			continue
		}
		for _, word := range test.hint {
			if !strings.Contains(e.Hint, word) {
				t.Errorf("%s: the hint is %q; want %q in it", name, e.Hint, word)
			}
		}
	}
}

// TestHintsOfVersions: the hint for a version that is not there speaks of versions,
// also where the value itself must exist.
func TestHintsOfVersions(t *testing.T) {
	for _, must := range []bool{false, true} {
		store := memjar.New()
		jar := awsjar.New[int](store, func(o *awsjar.Options) { o.MustExist = must })
		_, undelete := jar.Undelete(t.Context())
		if err := jar.Create(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		_, at := jar.At(t.Context(), "999")
		_, restore := jar.Restore(t.Context(), "999")
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"At":       {at, "choose another version: Versions lists them"},
			"Restore":  {restore, "choose another version: Versions lists them"},
			"Undelete": {undelete, "check the name of the store; Create stores a first value"},
		} {
			e, ok := errors.AsType[*awsjar.Error](c.err)
			if !ok || !errors.Is(e, awsjar.ErrNotFound) || e.Hint != c.want || e.Target == "" {
				t.Errorf("%s, MustExist %v: %v with hint %q", name, must, c.err, e.Hint)
			}
		}
	}
}
