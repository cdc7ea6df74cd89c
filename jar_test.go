package awsjar_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

type acorns struct {
	Num      int      `json:"num_acorns"`
	Hideouts []string `json:"acorn_hideouts"`
}

func add(n int) func(*acorns) error {
	return func(a *acorns) error { a.Num += n; return nil }
}

func TestNothingStored(t *testing.T) {
	ctx := t.Context()
	jar := awsjar.New[acorns](memjar.New())
	if got, err := jar.Get(ctx); err != nil || got.Num != 0 || got.Hideouts != nil {
		t.Errorf("Get returned %v, %v; want the zero value", got, err)
	}
	if err := jar.Warm(ctx); err != nil {
		t.Errorf("Warm: %v", err)
	}
	entry, err := jar.Load(ctx)
	if !errors.Is(err, awsjar.ErrNotFound) || entry.Revision != awsjar.None {
		t.Errorf("Load returned the revision %q, %v; want None, ErrNotFound", entry.Revision, err)
	}
}

func TestMissingStoreIsNotEmptyState(t *testing.T) {
	jar := awsjar.New[acorns](failing{awsjar.ErrNoStore})
	if _, err := jar.Get(t.Context()); !errors.Is(err, awsjar.ErrNoStore) {
		t.Errorf("Get: %v; want ErrNoStore", err)
	}
	if err := jar.Warm(t.Context()); !errors.Is(err, awsjar.ErrNoStore) {
		t.Errorf("Warm: %v; want ErrNoStore", err)
	}
	if _, err := jar.Update(t.Context(), add(1)); !errors.Is(err, awsjar.ErrNoStore) {
		t.Errorf("Update: %v; want ErrNoStore", err)
	}
}

func TestVerbs(t *testing.T) {
	ctx := t.Context()
	jar := awsjar.New[acorns](memjar.New())
	if err := jar.Create(ctx, acorns{Num: 50}); err != nil {
		t.Fatal(err)
	}
	err := jar.Create(ctx, acorns{})
	if !errors.Is(err, awsjar.ErrExists) || !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("second Create: %v; want ErrExists, which is also an ErrConflict", err)
	}
	entry, err := jar.Load(ctx)
	if err != nil || entry.Value.Num != 50 || entry.Size == 0 || entry.Modified.IsZero() {
		t.Errorf("Load returned %+v, %v", entry, err)
	}
	meta, err := jar.PutIf(ctx, acorns{Num: 51}, entry.Revision)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jar.PutIf(ctx, acorns{Num: 52}, entry.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("PutIf of a stale revision: %v; want ErrConflict", err)
	}
	if err := jar.DeleteIf(ctx, entry.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("DeleteIf of a stale revision: %v; want ErrConflict", err)
	}
	if err := jar.DeleteIf(ctx, meta.Revision); err != nil {
		t.Error(err)
	}
	if err := jar.Delete(ctx); err != nil {
		t.Errorf("Delete of nothing: %v", err)
	}
	if err := jar.Put(ctx, acorns{Num: 1}); err != nil {
		t.Error(err)
	}
	if got, err := jar.Update(ctx, add(1)); err != nil || got.Num != 2 {
		t.Errorf("Update returned %v, %v; want 2", got, err)
	}
}

func TestUpdateWithoutChangeWritesNothing(t *testing.T) {
	ctx := t.Context()
	store := &counting{Store: memjar.New()}
	jar := awsjar.New[acorns](store)
	for range 2 {
		if _, err := jar.Update(ctx, add(0)); err != nil {
			t.Fatal(err)
		}
	}
	// Other spacing, as another program writes it, is no change either.
	store.Store.Save(ctx, []byte(`{"num_acorns": 3, "acorn_hideouts": null}`), awsjar.Any)
	if got, err := jar.Update(ctx, add(0)); err != nil || got.Num != 3 {
		t.Fatal(got, err)
	}
	if n := store.saves.Load(); n != 0 {
		t.Errorf("%d writes; want none", n)
	}
}

func TestUpdateErrorIsReturnedAsItIs(t *testing.T) {
	ctx := t.Context()
	store := &counting{Store: memjar.New()}
	jar := awsjar.New[acorns](store)
	mine := errors.New("not today")
	if _, err := jar.Update(ctx, func(a *acorns) error { a.Num = 9; return mine }); err != mine {
		t.Errorf("Update: %v; want the error of the function", err)
	}
	if n := store.saves.Load(); n != 0 {
		t.Errorf("%d writes; want none", n)
	}
}

func TestUpdateStartsAgainWithTheOthersValue(t *testing.T) {
	ctx := t.Context()
	store := memjar.New()
	jar := awsjar.New[acorns](store)
	var log bytes.Buffer
	logged := awsjar.New[acorns](store, func(o *awsjar.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	runs := 0
	got, err := logged.Update(ctx, func(a *acorns) error {
		if runs++; runs == 1 {
			if err := jar.Put(ctx, acorns{Num: 1000, Hideouts: []string{"secret place"}}); err != nil {
				t.Error(err)
			}
		}
		a.Num++
		return nil
	})
	if err != nil || got.Num != 1001 || runs != 2 {
		t.Errorf("Update returned %v, %v after %d runs; want 1001 after 2", got, err, runs)
	}
	if text := log.String(); !strings.Contains(text, "mem:") || strings.Contains(text, "secret place") {
		t.Errorf("the log names no target, or shows the value: %s", text)
	}
}

func TestUpdateEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		jar := awsjar.New[acorns](&counting{Store: memjar.New(), err: awsjar.ErrConflict})
		start := time.Now()
		_, err := jar.Update(ctx, add(1))
		if !errors.Is(err, awsjar.ErrConflict) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Update: %v; want ErrConflict and the context's error", err)
		}
		if waited := time.Since(start); waited != time.Minute {
			t.Errorf("Update waited for %v; want one minute", waited)
		}
	})
}

func TestBackOffIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		store := &counting{Store: memjar.New(), err: awsjar.ErrConflict}
		awsjar.New[acorns](store).Update(ctx, add(1))
		// Waits are random up to 2 s: an hour holds at least 1,800 of them,
		// and on average 3,600.
		if n := store.saves.Load(); n < 1800 || n > 7200 {
			t.Errorf("%d attempts in an hour; want about 3,600", n)
		}
	})
}

func TestRefusesWhatCannotComeBack(t *testing.T) {
	ctx := t.Context()
	store := &counting{Store: memjar.New()}
	for name, value := range map[string]any{
		"NaN":                   math.NaN(),
		"infinity":              []float64{math.Inf(-1)},
		"channel":               make(chan int),
		"invalid UTF-8":         "caf\xe9",
		"invalid UTF-8, nested": map[string][]string{"a": {"ok", "\xff"}},
		"invalid UTF-8 in key":  map[string]int{"\xff": 1},
	} {
		if err := awsjar.New[any](store).Put(ctx, value); !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("Put of %s: %v; want ErrInvalid", name, err)
		}
	}
	if n := store.saves.Load(); n != 0 {
		t.Errorf("%d writes; want none", n)
	}
}

func TestCorruptStateNamesThePlaceAndHidesTheValue(t *testing.T) {
	ctx := t.Context()
	for _, stored := range []string{`{"num_acorns": "secret"}`, `{"secret`, "", "secret", `{} {}`, `{"num_acorns": 98765432109876543210}`} {
		store := memjar.New()
		store.Save(ctx, []byte(stored), awsjar.Any)
		jar := awsjar.New[acorns](store)
		_, err := jar.Get(ctx)
		var e *awsjar.Error
		if !errors.Is(err, awsjar.ErrCorrupt) || !errors.As(err, &e) || e.Target != "mem:" || e.Op != "get" || e.Hint == "" {
			t.Errorf("Get of %q: %#v; want ErrCorrupt with the place and a hint", stored, err)
		}
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "9876") {
			t.Errorf("the error shows the value: %v", err)
		}
		if _, err := jar.Update(ctx, add(1)); !errors.Is(err, awsjar.ErrCorrupt) {
			t.Errorf("Update of %q: %v; want ErrCorrupt", stored, err)
		}
		raw, err := awsjar.New[[]byte](store, func(o *awsjar.Options) { o.Codec = awsjar.Bytes{} }).Get(ctx)
		if err != nil || string(raw) != stored {
			t.Errorf("the bytes are %q, %v; want %q", raw, err, stored)
		}
		entry, _ := jar.Load(ctx)
		if _, err := jar.PutIf(ctx, acorns{Num: 1}, entry.Revision); err != nil {
			t.Errorf("PutIf over corrupt state: %v", err)
		}
	}
}

func TestNilStore(t *testing.T) {
	ctx := t.Context()
	var typed *memjar.Store
	var zero awsjar.Jar[int]
	for name, jar := range map[string]*awsjar.Jar[int]{"nil": awsjar.New[int](nil), "typed nil": awsjar.New[int](typed), "zero Jar": &zero, "nil Jar": nil} {
		for call, err := range map[string]error{
			"Get":      second(jar.Get(ctx)),
			"Load":     second(jar.Load(ctx)),
			"Recent":   second(jar.Recent(ctx, time.Minute)),
			"Warm":     jar.Warm(ctx),
			"LastGood": second(jar.LastGood(ctx)),
			"DeleteIf": jar.DeleteIf(ctx, "1"),
			"Put":      jar.Put(ctx, 1),
			"Create":   jar.Create(ctx, 1),
			"PutIf":    second(jar.PutIf(ctx, 1, awsjar.Any)),
			"Update":   second(jar.Update(ctx, func(*int) error { return nil })),
			"Delete":   jar.Delete(ctx),
			"At":       second(jar.At(ctx, "1")),
			"Restore":  second(jar.Restore(ctx, "1")),
			"Undelete": second(jar.Undelete(ctx)),
			"Prune":    second(jar.Prune(ctx, 1)),
		} {
			var e *awsjar.Error
			if !errors.Is(err, awsjar.ErrInvalid) || !errors.As(err, &e) || e.Hint == "" {
				t.Errorf("%s of a Jar with %s: %v; want ErrInvalid with a hint", call, name, err)
			}
		}
		for _, err := range jar.History(ctx) {
			if !errors.Is(err, awsjar.ErrInvalid) {
				t.Errorf("History of a Jar with %s: %v; want ErrInvalid", name, err)
			}
		}
		for _, err := range jar.Versions(ctx) {
			if !errors.Is(err, awsjar.ErrInvalid) {
				t.Errorf("Versions of a Jar with %s: %v; want ErrInvalid", name, err)
			}
		}
		for _, err := range jar.Watch(ctx, time.Second) {
			if !errors.Is(err, awsjar.ErrInvalid) {
				t.Errorf("Watch of a Jar with %s: %v; want ErrInvalid", name, err)
			}
		}
		if name := jar.String(); name != "jar" {
			t.Errorf("its name is %q", name)
		}
	}
}

func TestNilOptions(t *testing.T) {
	jar := awsjar.New[int](memjar.New(), func(o *awsjar.Options) { o.Codec = nil })
	if err := jar.Put(t.Context(), 1); err != nil {
		t.Errorf("Put with the default Codec: %v", err)
	}
	if _, err := jar.Update(t.Context(), nil); !errors.Is(err, awsjar.ErrInvalid) {
		t.Errorf("Update without a function: %v; want ErrInvalid", err)
	}
}

// Every error that a Jar can name a remedy for does.
func TestHints(t *testing.T) {
	for _, cause := range []error{awsjar.ErrExists, awsjar.ErrConflict, awsjar.ErrUncertain} {
		_, err := awsjar.New[int](failing{cause}).PutIf(t.Context(), 1, awsjar.Any)
		var e *awsjar.Error
		if !errors.As(err, &e) || e.Hint == "" || !errors.Is(err, cause) {
			t.Errorf("%v: %#v; want a hint", cause, err)
		}
	}
	err := awsjar.New[any](memjar.New()).Put(t.Context(), "\xff")
	var e *awsjar.Error
	if !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("%#v; want a hint", err)
	}
}

func TestErrorKeepsHintAndCause(t *testing.T) {
	cause := errors.New("cause")
	jar := awsjar.New[int](failing{&awsjar.Error{Target: "s3://b/k", Hint: "do this", Err: cause}})
	err := jar.Put(t.Context(), 1)
	var e *awsjar.Error
	if !errors.As(err, &e) || e.Op != "put" || e.Hint != "do this" || !errors.Is(err, cause) {
		t.Errorf("%#v; want Op put with the store's hint and cause", err)
	}
	if got, want := err.Error(), "put s3://b/k: cause"; got != want {
		t.Errorf("the text is %q; want %q", got, want)
	}
	for want, e := range map[string]*awsjar.Error{
		"unknown error": {},
		"cause":         {Err: cause},
		"get: cause":    {Op: "get", Err: cause},
		"mem:: cause":   {Target: "mem:", Err: cause},
	} {
		if e.Error() != want {
			t.Errorf("the text is %q; want %q", e.Error(), want)
		}
	}
}

func TestStoreErrorIsNotSharedOrChanged(t *testing.T) {
	shared := &awsjar.Error{Err: errors.New("cause")}
	jar := awsjar.New[int](failing{shared})
	jar.Get(t.Context())
	if shared.Op != "" || shared.Target != "" {
		t.Errorf("the store's error was changed to %#v", shared)
	}
}

func second[T any](_ T, err error) error { return err }

// failing is a store in which everything fails.
type failing struct{ err error }

func (f failing) Load(context.Context) ([]byte, awsjar.Meta, error) {
	return nil, awsjar.Meta{}, f.err
}
func (f failing) Save(context.Context, []byte, awsjar.Revision) (awsjar.Meta, error) {
	return awsjar.Meta{}, f.err
}
func (f failing) Delete(context.Context, awsjar.Revision) error { return f.err }

// counting counts writes, and can fail them.
type counting struct {
	*memjar.Store
	saves atomic.Int64
	err   error
}

func (c *counting) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	c.saves.Add(1)
	if c.err != nil {
		return awsjar.Meta{}, c.err
	}
	return c.Store.Save(ctx, data, replaces)
}
