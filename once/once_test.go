package once_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/once"
)

// job returns a function that counts its runs and returns their number.
func job(runs *int) func(context.Context) (int, error) {
	return func(context.Context) (int, error) {
		*runs++
		return *runs, nil
	}
}

// TestOnce: the second call returns the result of the first run.
func TestOnce(t *testing.T) {
	store, runs := memjar.New(), 0
	for range 3 {
		if result, err := once.Do(t.Context(), store, job(&runs)); result != 1 || err != nil {
			t.Errorf("got %d, %v", result, err)
		}
	}
	if runs != 1 {
		t.Errorf("%d runs, want 1", runs)
	}
}

// TestHeld: a call while the function runs is refused, with the time that is
// left.
func TestHeld(t *testing.T) {
	store := memjar.New()
	_, err := once.Do(t.Context(), store, func(ctx context.Context) (int, error) {
		_, err := once.Do(ctx, store, job(new(int)))
		held, ok := errors.AsType[*once.HeldError](err)
		if !ok || held.Owner != "first" || held.Left <= 0 || !errors.Is(err, awsjar.ErrConflict) {
			t.Errorf("got %v, want ErrHeld by the first", err)
		}
		return 0, nil
	}, func(o *once.Options) { o.Owner = "first" })
	if err != nil {
		t.Error(err)
	}
}

// TestDeath: the modes differ in the fate of a run that never said how it
// ended.
func TestDeath(t *testing.T) {
	for _, mode := range []once.Mode{once.AtLeastOnce, once.AtMostOnce} {
		synctest.Test(t, func(t *testing.T) {
			store, runs := memjar.New(), 0
			options := func(o *once.Options) { o.Mode, o.TTL = mode, time.Minute }
			func() {
				defer func() { _ = recover() }()
				_, _ = once.Do(t.Context(), store, func(context.Context) (int, error) { panic("dies") }, options)
			}()
			if _, err := once.Do(t.Context(), store, job(&runs), options); !errors.Is(err, once.ErrHeld) {
				t.Errorf("mode %d, at once: %v, want ErrHeld", mode, err)
			}
			time.Sleep(66 * time.Second)
			_, err := once.Do(t.Context(), store, job(&runs), options)
			if mode == once.AtLeastOnce && (err != nil || runs != 1) {
				t.Errorf("at least once: %d runs, %v", runs, err)
			}
			if mode == once.AtMostOnce && (!errors.Is(err, once.ErrInDoubt) || runs != 0) {
				t.Errorf("at most once: %d runs, %v", runs, err)
			}
		})
	}
}

// TestFailure: a function that returns an error runs again at once, unless it
// cannot know its effects.
func TestFailure(t *testing.T) {
	mine := errors.New("mine")
	for _, c := range []struct {
		name string
		mode once.Mode
		fail func(cancel context.CancelFunc) error
		want error // of the next call
	}{
		{"an error", once.AtLeastOnce, func(context.CancelFunc) error { return mine }, nil},
		{"an error, at most once", once.AtMostOnce, func(context.CancelFunc) error { return mine }, nil},
		{"the context ends", once.AtLeastOnce, func(end context.CancelFunc) error { end(); return mine }, nil},
		{"the context ends, at most once", once.AtMostOnce, func(end context.CancelFunc) error { end(); return mine }, once.ErrHeld},
		{"in doubt", once.AtLeastOnce, func(context.CancelFunc) error { return errors.Join(mine, once.ErrInDoubt) }, once.ErrHeld},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := memjar.New()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			options := func(o *once.Options) { o.Mode = c.mode }
			_, err := once.Do(ctx, store, func(context.Context) (int, error) { return 0, c.fail(cancel) }, options)
			if !errors.Is(err, mine) {
				t.Errorf("got %v, want the error of the function", err)
			}
			runs := 0
			if _, err := once.Do(t.Context(), store, job(&runs), options); !errors.Is(err, c.want) {
				t.Errorf("the next call: %v, want %v", err, c.want)
			}
		})
	}
}

// TestInput: the id stands for one input, of which only a hash is stored.
func TestInput(t *testing.T) {
	store, runs := memjar.New(), 0
	with := func(input string) func(*once.Options) {
		return func(o *once.Options) { o.Input = []byte(input) }
	}
	if _, err := once.Do(t.Context(), store, job(&runs), with("secret")); err != nil {
		t.Fatal(err)
	}
	_, err := once.Do(t.Context(), store, job(&runs), with("other"))
	if !errors.Is(err, once.ErrOtherInput) || !errors.Is(err, awsjar.ErrConflict) || runs != 1 {
		t.Errorf("%d runs, %v", runs, err)
	}
	if text := err.Error(); !strings.HasSuffix(text, "the id stands for another input") { // nobody changed anything
		t.Errorf("the error is %q", text)
	}
	if data, _, _ := store.Load(t.Context()); strings.Contains(string(data), "secret") {
		t.Errorf("the input is stored: %s", data)
	}
}

// TestKeep: after its time a result no longer counts, nor does its input.
func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, runs := memjar.New(), 0
		keep := func(o *once.Options) { o.Keep, o.Input = time.Hour, []byte("one") }
		for _, after := range []time.Duration{0, time.Hour, time.Second} {
			time.Sleep(after)
			if _, err := once.Do(t.Context(), store, job(&runs), keep); err != nil {
				t.Fatal(err)
			}
		}
		if runs != 2 {
			t.Errorf("%d runs, want 2", runs)
		}
		time.Sleep(time.Hour + time.Second)
		if _, err := once.Do(t.Context(), store, job(&runs), keep, func(o *once.Options) { o.Input = []byte("two") }); err != nil {
			t.Error("another input after the time:", err)
		}
	})
}

// TestResultThatIsNotKept: the effect counts though its result cannot be kept.
func TestResultThatIsNotKept(t *testing.T) {
	for name, result := range map[string]any{
		"too large":  strings.Repeat("x", once.DefaultMaxResult),
		"not JSON":   make(chan int),
		"a function": func() {},
	} {
		store := memjar.New()
		run := func(context.Context) (any, error) { return result, nil }
		if got, err := once.Do(t.Context(), store, run); got == nil || err != nil {
			t.Errorf("%s: the run itself got %v", name, err)
		}
		if _, err := once.Do(t.Context(), store, run); !errors.Is(err, once.ErrNoResult) {
			t.Errorf("%s: the duplicate got %v, want ErrNoResult", name, err)
		}
	}
}

// TestResultOfAnotherType: a result that the caller's type cannot hold is an
// ErrCorrupt, and no second run.
func TestResultOfAnotherType(t *testing.T) {
	store := memjar.New()
	if _, err := once.Do(t.Context(), store, func(context.Context) (string, error) { return "secret", nil }); err != nil {
		t.Fatal(err)
	}
	_, err := once.Do(t.Context(), store, job(new(int)))
	if !errors.Is(err, awsjar.ErrCorrupt) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

// TestForeignValue: a value that is no claim is never overwritten.
func TestForeignValue(t *testing.T) {
	for _, stored := range []string{`{"cursor":1}`, `{"kind":"lease","token":1}`, `{"kind":"once","state":"later"}`, `[]`, ``} {
		store, runs := memjar.New(), 0
		if _, err := store.Save(t.Context(), []byte(stored), awsjar.Any); err != nil {
			t.Fatal(err)
		}
		_, err := once.Do(t.Context(), store, job(&runs))
		if err == nil || runs != 0 {
			t.Errorf("over %q: %d runs, %v", stored, runs, err)
		}
		if data, _, _ := store.Load(t.Context()); string(data) != stored {
			t.Errorf("%q became %q", stored, data)
		}
	}
}

// TestDeletedWhileRunning: the claim is gone, so the result is not kept, and
// the caller gets an error.
func TestDeletedWhileRunning(t *testing.T) {
	store := memjar.New()
	result, err := once.Do(t.Context(), store, func(ctx context.Context) (int, error) {
		return 7, store.Delete(ctx, awsjar.Any)
	})
	if result != 7 || !errors.Is(err, once.ErrLost) {
		t.Errorf("got %d, %v, want 7 and ErrLost", result, err)
	}
}

// TestTimeOfTheFunction: its context ends with its claim, and without a
// deadline after 15 minutes.
func TestTimeOfTheFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := once.Do(t.Context(), memjar.New(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != once.DefaultTTL {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// TestDeadlineInAThousandYears: it is a time like any other, and not one that has
// passed.
func TestDeadlineInAThousandYears(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().AddDate(1000, 0, 0))
	defer cancel()
	store := memjar.New()
	_, err := once.Do(ctx, store, func(ctx context.Context) (int, error) {
		if _, err := once.Do(ctx, store, job(new(int))); !errors.Is(err, once.ErrHeld) {
			t.Errorf("a call meanwhile got %v", err)
		}
		return 0, ctx.Err()
	})
	if err != nil {
		t.Error(err)
	}
}

// TestMisuse: a call that says nothing takes no id, and sends nothing.
func TestMisuse(t *testing.T) {
	for want, option := range map[string]func(*once.Options){
		"no function":             nil,
		"no Mode 7":               func(o *once.Options) { o.Mode = 7 },
		"no Mode -1":              func(o *once.Options) { o.Mode = -1 },
		"Options.TTL is -1s":      func(o *once.Options) { o.TTL = -time.Second },
		"Options.Keep is -1ns":    func(o *once.Options) { o.Keep = -1 },
		"Options.MaxResult is -5": func(o *once.Options) { o.MaxResult = -5 },
	} {
		store, runs := memjar.New(), 0
		var err error
		if option == nil {
			_, err = once.Do[int](t.Context(), store, nil)
		} else {
			_, err = once.Do(t.Context(), store, job(&runs), option)
		}
		if !errors.Is(err, awsjar.ErrInvalid) || awsjar.Hint(err) == "" || !strings.Contains(err.Error(), want) || runs != 0 {
			t.Errorf("%d runs, %v; want ErrInvalid that has %q", runs, err, want)
		}
		if _, _, err := store.Load(t.Context()); !errors.Is(err, awsjar.ErrNotFound) {
			t.Errorf("%s: something is stored: %v", want, err)
		}
	}
}

// wrapper is a store that wraps another one, as the contract of a store says.
type wrapper struct{ awsjar.Store }

func (w wrapper) Unwrap() awsjar.Store { return w.Store }

// TestRefusedStore: a function's environment cannot carry a claim.
func TestRefusedStore(t *testing.T) {
	runs := 0
	function := lambdajar.New(nil, "sams-lambda")
	for _, store := range []awsjar.Store{function, wrapper{function}, journal.New(function, memjar.New())} {
		_, err := once.Do(t.Context(), store, job(&runs))
		if !errors.Is(err, awsjar.ErrUnsupported) || runs != 0 {
			t.Errorf("%T: %d runs, %v", store, runs, err)
		}
	}
	if _, err := once.Do(t.Context(), nil, job(&runs)); !errors.Is(err, awsjar.ErrInvalid) || runs != 0 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

// small is a store that takes values of at most 1,000 bytes.
type small struct{ awsjar.Store }

func (s small) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if len(data) > 1000 {
		return awsjar.Meta{}, awsjar.ErrTooLarge
	}
	return s.Store.Save(ctx, data, replaces)
}

// TestResultThatTheStoreRefuses: the effect counts though the store cannot take
// the result that MaxResult allows.
func TestResultThatTheStoreRefuses(t *testing.T) {
	for name, result := range map[string]string{
		"too large": `"` + strings.Repeat("x", 1000) + `"`,
		"too deep":  strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
	} {
		store, runs := small{memjar.New()}, 0
		run := func(context.Context) (json.RawMessage, error) {
			runs++
			return json.RawMessage(result), nil
		}
		if got, err := once.Do(t.Context(), store, run); string(got) != result || err != nil {
			t.Errorf("%s: the run itself got %v", name, err)
		}
		if _, err := once.Do(t.Context(), store, run); !errors.Is(err, once.ErrNoResult) || runs != 1 {
			t.Errorf("%s: the duplicate got %v, want ErrNoResult; %d runs", name, err, runs)
		}
	}
}
