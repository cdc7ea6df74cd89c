package storetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
)

// clock: a store that returns a time returns that of the clock of Modified.
// That clock may count in whole seconds, and differ from the one of this
// machine, but not from itself.
func clock(t *testing.T, s awsjar.Store) {
	began := time.Now()
	saved := mustSave(t, s, `"at this time"`, awsjar.Any)
	first := mustLoad(t, s, `"at this time"`)
	second := mustLoad(t, s, `"at this time"`)
	took := time.Since(began) + 2*time.Second
	for _, meta := range []awsjar.Meta{saved, first, second} {
		if meta.Now.IsZero() || meta.Modified.IsZero() {
			continue
		}
		if age := meta.Now.Sub(meta.Modified); age < -2*time.Second || age > took {
			t.Fatalf("Now is %v after Modified; the value was stored at most %v ago", age, took)
		}
	}
	if !first.Now.IsZero() && second.Now.Before(first.Now.Add(-2*time.Second)) {
		t.Fatalf("Now was %v, and then %v", first.Now, second.Now)
	}
}

// around is a store that may give the bytes of another one a form of its own.
type around struct{ awsjar.Store }

// currentOfConflict: the read that an ErrConflict carries is the one that a Load
// makes, belongs to the caller, and is for no store around the one that made it.
func currentOfConflict(t *testing.T, s awsjar.Store) {
	stale := mustSave(t, s, `"an older value"`, awsjar.Any)
	mustSave(t, s, `"the current value"`, stale.Revision)
	conflict := func() ([]byte, awsjar.Meta, error) {
		_, err := s.Save(within(t), []byte(`"my value"`), stale.Revision)
		if !errors.Is(err, awsjar.ErrConflict) {
			t.Fatalf("Save of a stale revision: %v; want ErrConflict", err)
		}
		mustHide(t, err, "the current value")
		carrier, ok := errors.AsType[interface {
			error
			Current(of awsjar.Store) ([]byte, awsjar.Meta, error)
		}](err)
		if !ok {
			return s.Load(within(t))
		}
		if _, _, err := carrier.Current(around{s}); !errors.Is(err, awsjar.ErrUnsupported) {
			t.Fatalf("the read of a conflict, for a store around the one that made it: %v; want ErrUnsupported", err)
		}
		data, meta, err := carrier.Current(s)
		if errors.Is(err, awsjar.ErrUnsupported) { // the conflict is that of a store within s
			return s.Load(within(t))
		}
		return data, meta, err
	}
	data, meta, err := conflict()
	now := mustLoad(t, s, `"the current value"`)
	if err != nil || string(data) != `"the current value"` || meta.Revision != now.Revision {
		t.Fatalf("the read of a conflict is %s, revision %q, %v; Load returned the revision %q", short(string(data)), meta.Revision, err, now.Revision)
	}
	copy(data, bytes.Repeat([]byte("x"), len(data)))
	if data, _, _ = conflict(); string(data) != `"the current value"` {
		t.Fatalf("the read of a conflict became %s", short(string(data)))
	}
	mustSave(t, s, `"replaced"`, meta.Revision)

	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	if _, meta, err := conflict(); !errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrNoStore) || meta.Revision != awsjar.None {
		t.Fatalf("the read of a conflict with a deletion is of revision %q, %v; want ErrNotFound", meta.Revision, err)
	}
}
