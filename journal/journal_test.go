package journal_test

import (
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/storetest"
)

// plain is a store without versions.
type plain struct{ awsjar.Store }

func (plain) String() string { return "mem:" }

// joined is a journal with the places under it, of which a second handle can be
// made.
type joined struct {
	*journal.Store
	store   awsjar.Store
	history awsjar.Versioned
}

func join() joined {
	store, history := plain{memjar.New()}, memjar.New()
	return joined{journal.New(store, history), store, history}
}

func second(_ *testing.T, s awsjar.Store) awsjar.Store {
	j := s.(joined)
	return joined{journal.New(j.store, j.history), j.store, j.history}
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) awsjar.Store { return join() }, func(o *storetest.Options) { o.Second = second })
}

func TestVersions(t *testing.T) {
	storetest.RunVersions(t, func(*testing.T) awsjar.Versioned { return join() }, func(o *storetest.Options) { o.Second = second })
}

// TestUnwrap: a journal describes the place of the store that holds the value.
func TestUnwrap(t *testing.T) {
	store := memjar.New()
	if s := journal.New(store, memjar.New()); s.Unwrap() != awsjar.Store(store) || s.String() != store.String() {
		t.Errorf("the journal is %v, of %v", s, s.Unwrap())
	}
	if s := journal.New(nil, memjar.New()); s.String() != "journal" {
		t.Errorf("the journal of nothing is %v", s)
	}
}

// TestWithoutAPart: a journal without a store or a history is an ErrInvalid, and no
// panic.
func TestWithoutAPart(t *testing.T) {
	for name, s := range map[string]*journal.Store{
		"nil": nil, "zero": {}, "no store": journal.New(nil, memjar.New()), "no history": journal.New(memjar.New(), nil),
	} {
		_ = s.Unwrap()
		_, _, loadErr := s.Load(t.Context())
		_, saveErr := s.Save(t.Context(), []byte("1"), awsjar.Any)
		_, _, versionErr := s.LoadVersion(t.Context(), "1")
		errs := []error{loadErr, saveErr, versionErr, s.Delete(t.Context(), awsjar.Any), s.DeleteVersion(t.Context(), "1")}
		for _, err := range s.Versions(t.Context()) {
			errs = append(errs, err)
		}
		for i, err := range errs {
			if !errors.Is(err, awsjar.ErrInvalid) || awsjar.Hint(err) == "" {
				t.Errorf("%s, call %d: %v", name, i, err)
			}
		}
		if len(errs) != 6 {
			t.Errorf("%s: Versions yielded %d errors", name, len(errs)-5)
		}
	}
}
