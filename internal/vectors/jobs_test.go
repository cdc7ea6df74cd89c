package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/lease"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/once"
)

// TestJournals: the history of each vector has its entries, but for those whose
// write was refused.
func TestJournals(t *testing.T) {
	for _, v := range vectors[journalVector](t, journalsFile, journalCases()) {
		t.Run(v.Name, func(t *testing.T) {
			store, history := memjar.New(), memjar.New()
			var err error
			if v.Value != nil {
				_, err = store.Save(t.Context(), []byte(*v.Value), awsjar.Any)
			}
			entries := map[string]entryVector{} // by version ids
			for _, e := range slices.Backward(v.Entries) {
				meta, saved := history.Save(t.Context(), []byte(e.Data), awsjar.Any)
				entries[meta.VersionID], err = e, errors.Join(err, saved)
			}
			if err != nil {
				t.Fatal(err)
			}
			checkJournal(t, journal.New(store, history), entries)
		})
	}
}

func checkJournal(t *testing.T, store *journal.Store, entries map[string]entryVector) {
	t.Helper()
	listed := map[string]string{} // states by version ids
	for meta, err := range store.Versions(t.Context()) {
		switch {
		case err != nil:
			listed[""] = isRefused
		case meta.Deleted:
			listed[meta.VersionID] = wasDeletion
		case meta.Unconfirmed:
			listed[meta.VersionID] = isUnknown
		default:
			listed[meta.VersionID] = wasStored
		}
	}
	for id, e := range entries {
		data, _, err := store.LoadVersion(t.Context(), id)
		switch state := listed[id]; {
		case e.State == isVoid && state == "":
		case e.State == isRefused && listed[""] == isRefused && err != nil && len(data) == 0:
		case e.State == wasDeletion && state == wasDeletion && errors.Is(err, awsjar.ErrNotFound):
		case e.State == state && string(data) == e.Value && err == nil:
		default:
			t.Errorf("%q is listed as %q and read as %q, %v", e, state, data, err)
		}
	}
}

// TestClaims: each claim means to lease and once what its state says.
func TestClaims(t *testing.T) {
	for _, v := range vectors[claimVector](t, claimsFile, claimCases()) {
		t.Run(v.Name, func(t *testing.T) {
			claimed := func() *memjar.Store {
				store := memjar.New()
				if _, err := store.Save(t.Context(), []byte(v.Claim), awsjar.Any); err != nil {
					t.Fatal(err)
				}
				return store
			}
			checkLease(t, v, lock(claimed()))
			checkRun(t, v, claimed())
		})
	}
}

func checkLease(t *testing.T, v claimVector, lock *lease.Lock) {
	t.Helper()
	holder, err := lock.TryAcquire(t.Context())
	var holds *lease.HeldError
	switch v.State {
	case leaseHeld:
		if !errors.As(err, &holds) || holds.Token != v.Token || holds.Owner != v.Owner {
			t.Errorf("acquired: %v, want held", err)
		}
	case leaseFree:
		if err != nil || holder.Token() <= v.Token {
			t.Errorf("not acquired after %d: %+v, %v", v.Token, holder, err)
		}
	default:
		if !errors.Is(err, awsjar.ErrInvalid) && !errors.Is(err, awsjar.ErrCorrupt) {
			t.Errorf("no lease, but %v", err)
		}
	}
}

func checkRun(t *testing.T, v claimVector, store *memjar.Store) {
	t.Helper()
	got, err := once.Do(t.Context(), store, func(context.Context) (json.RawMessage, error) {
		return json.RawMessage(`"it ran"`), nil
	}, func(o *once.Options) {
		if v.Input != "" {
			o.Input = input
		}
	})
	good := false
	switch v.State {
	case runDone:
		good = string(got) == compact(v.Result) && (err == nil || v.Result == nil && errors.Is(err, once.ErrNoResult))
	case runFailed:
		good = string(got) == `"it ran"` && err == nil
	case runUnderWay:
		var holds *once.HeldError
		good = errors.As(err, &holds) && holds.Owner == v.Owner
	default:
		good = errors.Is(err, awsjar.ErrInvalid) || errors.Is(err, awsjar.ErrCorrupt)
	}
	if !good {
		t.Errorf("%s: %s, %v", v.State, got, err)
	}
}

// compact returns a JSON text without the white space of its file.
func compact(text json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		return ""
	}
	return out.String()
}
