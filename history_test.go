package awsjar_test

import (
	"context"
	"errors"
	"slices"
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

// What may not be removed stays; if that is all, it is no success.
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
