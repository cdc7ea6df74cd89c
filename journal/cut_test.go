package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/memjar"
)

// scissors end a call at one of its requests, before or after its effect.
type scissors struct {
	at    int // the request, counted from one; 0: none
	after bool
	done  int
	sent  bool // a write reached the store
}

var (
	errCut       = errors.New("cut")
	errUncertain = fmt.Errorf("%w: %w", awsjar.ErrUncertain, errCut)
)

// request runs one request, or cuts it; lost is the error of an answer that does
// not arrive.
func (c *scissors) request(lost error, f func() error) error {
	c.done++
	if c.done == c.at && !c.after {
		return errCut
	}
	err := f()
	if c.done >= c.at && c.at > 0 {
		return lost // nor does a later request succeed
	}
	return err
}

// cutStore is a store whose requests are cut.
type cutStore struct {
	*memjar.Store
	cut *scissors
}

func (c cutStore) Load(ctx context.Context) (data []byte, meta awsjar.Meta, err error) {
	err = c.cut.request(errCut, func() error { data, meta, err = c.Store.Load(ctx); return err })
	return data, meta, err
}

func (c cutStore) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (meta awsjar.Meta, err error) {
	c.cut.sent = true
	return c.save(ctx, data, replaces)
}

func (c cutStore) save(ctx context.Context, data []byte, replaces awsjar.Revision) (meta awsjar.Meta, err error) {
	err = c.cut.request(errUncertain, func() error { meta, err = c.Store.Save(ctx, data, replaces); return err })
	return meta, err
}

func (c cutStore) Delete(ctx context.Context, replaces awsjar.Revision) error {
	c.cut.sent = true
	return c.cut.request(errUncertain, func() error { return c.Store.Delete(ctx, replaces) })
}

// withoutVersions hides the versions of a store.
type withoutVersions struct{ awsjar.Store }

func (withoutVersions) String() string { return "mem:" }

// TestCutAtEachRequest: wherever a write ends, the store holds the old value or
// the new one, as its error says, and another handle finds every value that
// ever was in the store.
func TestCutAtEachRequest(t *testing.T) {
	writes := map[string]func(context.Context, *journal.Store, awsjar.Revision) error{
		"put": func(ctx context.Context, s *journal.Store, _ awsjar.Revision) error {
			_, err := s.Save(ctx, []byte("3"), awsjar.Any)
			return err
		},
		"replace": func(ctx context.Context, s *journal.Store, revision awsjar.Revision) error {
			_, err := s.Save(ctx, []byte("3"), revision)
			return err
		},
		"delete": func(ctx context.Context, s *journal.Store, revision awsjar.Revision) error {
			return s.Delete(ctx, revision)
		},
	}
	for name, write := range writes {
		for _, foreign := range []bool{false, true} {
			for _, after := range []bool{false, true} {
				for at := 1; ; at++ {
					cut := &scissors{at: at, after: after}
					if !cutOnce(t, fmt.Sprintf("%s, foreign %v, request %d, after %v", name, foreign, at, after), cut, foreign, write) {
						break
					}
				}
			}
		}
	}
}

// cutOnce reports whether the write had as many requests.
func cutOnce(t *testing.T, name string, cut *scissors, foreign bool, write func(context.Context, *journal.Store, awsjar.Revision) error) bool {
	ctx := t.Context()
	store, history := memjar.New(), memjar.New()
	first := journal.New(withoutVersions{store}, history)
	for _, value := range []string{"1", "2"} {
		if _, err := first.Save(ctx, []byte(value), awsjar.Any); err != nil {
			t.Fatal(err)
		}
	}
	old := "2"
	if foreign {
		old = "other"
		if _, err := store.Save(ctx, []byte(old), awsjar.Any); err != nil {
			t.Fatal(err)
		}
	}
	_, meta, _ := store.Load(ctx)
	err := write(ctx, journal.New(cutStore{store, cut}, cutHistory{history, cut}), meta.Revision)
	if cut.done < cut.at {
		if err != nil {
			t.Errorf("%s: nothing was cut, and it failed: %v", name, err)
		}
		return false
	}
	now, _, loadErr := store.Load(ctx)
	changed := loadErr != nil || string(now) != old
	if err == nil && !changed || err != nil && changed && !errors.Is(err, awsjar.ErrUncertain) {
		t.Errorf("%s: changed %v, error %v", name, changed, err)
	}
	if !cut.sent && errors.Is(err, awsjar.ErrUncertain) {
		t.Errorf("%s: no write was sent, and the error is %v", name, err)
	}
	values := held(t, name, journal.New(withoutVersions{store}, history))
	for _, want := range []string{"1", "2", string(now)} {
		if loadErr == nil && !slices.Contains(values, want) {
			t.Errorf("%s: the history lost %q: %q", name, want, values)
		}
	}
	if changed && !slices.Contains(values, old) {
		t.Errorf("%s: the history lost the replaced value %q: %q", name, old, values)
	}
	return true
}

type cutHistory struct {
	*memjar.Store
	cut *scissors
}

func (c cutHistory) Load(ctx context.Context) (data []byte, meta awsjar.Meta, err error) {
	return cutStore(c).Load(ctx)
}

func (c cutHistory) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	return cutStore(c).save(ctx, data, replaces)
}

// held returns every value that the history can bring back.
func held(t *testing.T, name string, s *journal.Store) (values []string) {
	for meta, err := range s.Versions(t.Context()) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if meta.Deleted {
			continue
		}
		data, _, err := s.LoadVersion(t.Context(), meta.VersionID)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		values = append(values, string(data))
	}
	return values
}

// TestUnconfirmed: an entry whose write was never confirmed is marked, and one
// whose write was refused is left out once somebody has written again.
func TestUnconfirmed(t *testing.T) {
	ctx := t.Context()
	store, history := memjar.New(), memjar.New()
	open := func(cut *scissors) *journal.Store {
		return journal.New(withoutVersions{cutStore{store, cut}}, history)
	}
	s := open(&scissors{})
	if _, err := s.Save(ctx, []byte("stored"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if _, err := open(&scissors{at: 2}).Save(ctx, []byte("cut"), awsjar.Any); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	uncertain := &scissors{at: 2, after: true}
	u := open(uncertain)
	if _, err := u.Save(ctx, []byte("uncertain"), awsjar.Any); !errors.Is(err, awsjar.ErrUncertain) {
		t.Fatal(err)
	}
	if _, err := store.Save(ctx, []byte("reset"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	uncertain.at = 0
	if _, err := u.Save(ctx, []byte("again"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	_, meta, _ := s.Load(ctx)
	if _, err := store.Save(ctx, []byte("other"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, []byte("refused"), meta.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, []byte("last"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	got := ""
	for meta, err := range s.Versions(ctx) {
		data, _, loadErr := s.LoadVersion(ctx, meta.VersionID)
		if err != nil || loadErr != nil {
			t.Fatal(err, loadErr)
		}
		got += string(data)
		if meta.Unconfirmed {
			got += "?"
		}
		got += " "
	}
	if want := "last other again reset uncertain? stored cut? stored "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestForeignHistory: a history that holds anything else is not written.
func TestForeignHistory(t *testing.T) {
	ctx := t.Context()
	other := memjar.New()
	if _, err := journal.New(named{memjar.New()}, other).Save(ctx, []byte("x"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	plainValue := memjar.New()
	if _, err := plainValue.Save(ctx, []byte(`{"cursor":1}`), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	for name, history := range map[string]*memjar.Store{"of another store": other, "a state": plainValue} {
		store := memjar.New()
		before, _, _ := history.Load(ctx)
		_, err := journal.New(withoutVersions{store}, history).Save(ctx, []byte("x"), awsjar.Any)
		after, _, _ := history.Load(ctx)
		if !errors.Is(err, awsjar.ErrInvalid) || string(before) != string(after) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := store.Load(ctx); !errors.Is(err, awsjar.ErrNotFound) {
			t.Errorf("%s: the value was stored: %v", name, err)
		}
	}
}

type named struct{ awsjar.Store }

func (named) String() string { return "lambda://another" }

// TestStaleRevision: a write over a revision that is not the current one adds
// nothing to the history, also by a handle that has not read the store.
func TestStaleRevision(t *testing.T) {
	ctx := t.Context()
	store, history := memjar.New(), memjar.New()
	open := func() *journal.Store { return journal.New(withoutVersions{store}, history) }
	meta, err := open().Save(ctx, []byte("1"), awsjar.Any)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open().Save(ctx, []byte("2"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	_, before, _ := history.Load(ctx)
	if _, err := open().Save(ctx, []byte("3"), meta.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Save: %v", err)
	}
	if err := open().Delete(ctx, meta.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Delete: %v", err)
	}
	if _, after, _ := history.Load(ctx); after.Revision != before.Revision {
		t.Error("the history was written")
	}
}
