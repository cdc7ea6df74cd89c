package journal_test

import (
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/memjar"
)

// TestRefusedValueOfSomebodyElse: a write was refused because a program without
// the journal had stored the same value. It is in the history, also after later
// writes.
func TestRefusedValueOfSomebodyElse(t *testing.T) {
	ctx := t.Context()
	store, history := memjar.New(), memjar.New()
	s := journal.New(withoutVersions{store}, history)
	meta, err := s.Save(ctx, []byte("1"), awsjar.Any)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Save(ctx, []byte("2"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, []byte("2"), meta.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Fatal(err)
	}
	if _, _, err := s.Load(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, []byte("3"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	got := ""
	for meta, err := range s.Versions(ctx) {
		data, _, loadErr := s.LoadVersion(ctx, meta.VersionID)
		if err != nil || loadErr != nil {
			t.Fatal(err, loadErr)
		}
		got += string(data) + " "
	}
	if want := "3 2 1 "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestForeignValueThatWasPruned: a value comes back from somebody else after its
// entry was removed. It gets another one.
func TestForeignValueThatWasPruned(t *testing.T) {
	ctx := t.Context()
	store, history := memjar.New(), memjar.New()
	s := journal.New(withoutVersions{store}, history)
	for _, value := range []string{"1", "2"} {
		if _, err := s.Save(ctx, []byte(value), awsjar.Any); err != nil {
			t.Fatal(err)
		}
	}
	for meta, err := range s.Versions(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if !meta.Latest {
			if err := s.DeleteVersion(ctx, meta.VersionID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := store.Save(ctx, []byte("1"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	_, meta, err := s.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if data, _, err := s.LoadVersion(ctx, meta.VersionID); string(data) != "1" || err != nil {
		t.Errorf("the version of the current value is %q, %v", data, err)
	}
}
