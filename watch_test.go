package awsjar_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
)

// refusing is a store whose reads fail while err is set.
type refusing struct {
	*memjar.Store
	err    error
	before func() // runs before each read
}

func (r *refusing) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	r.before()
	if r.err != nil {
		return nil, awsjar.Meta{}, r.err
	}
	return r.Store.Load(ctx)
}

// TestWatch: the loop sees the first value and each change, also a deletion, a
// damaged value and an error, and nothing twice.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &refusing{Store: memjar.New()}
		put := func(data string) { _, _ = store.Save(context.Background(), []byte(data), awsjar.Any) }
		steps := []struct {
			do   func()
			want string
		}{
			{func() {}, "0 deleted"},
			{func() { put("1") }, "1"},
			{func() { put("damaged") }, "corrupt"},
			{func() { store.err = errors.New("no answer") }, "error"},
			{func() {}, "error"},
			{func() { store.err = nil; put("3") }, "3"},
			{func() { _ = store.Delete(context.Background(), awsjar.Any) }, "0 deleted"},
			{func() { put("4"); put("5") }, "5"},
		}
		step, idle := 0, 0
		store.before = func() { // each change comes after some reads that find nothing new
			if idle--; idle <= 0 {
				steps[step].do()
			}
		}
		began := time.Now()
		for entry, err := range awsjar.New[int](store).Watch(t.Context(), time.Minute) {
			got := fmt.Sprint(entry.Value)
			switch {
			case errors.Is(err, awsjar.ErrCorrupt):
				got = "corrupt"
			case err != nil:
				got = "error"
			case entry.Deleted:
				got += " deleted"
			}
			if got != steps[step].want {
				t.Errorf("step %d: %s, want %s", step, got, steps[step].want)
			}
			if step++; step == len(steps) {
				if passed := time.Since(began); passed < 40*time.Minute || passed > 60*time.Minute {
					t.Errorf("the reads of about 45 minutes took %v", passed)
				}
				return
			}
			idle = 8
			if store.err != nil {
				idle = 0 // each read fails
			}
		}
		t.Errorf("the loop ended at step %d", step)
	})
}

// TestWatchEnds with its context, without an error of the loop.
func TestWatchEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		entries := 0
		for _, err := range awsjar.New[int](memjar.New()).Watch(ctx, time.Second) {
			if entries++; err != nil {
				t.Error(err)
			}
		}
		if entries != 1 || ctx.Err() == nil {
			t.Errorf("%d entries", entries)
		}
	})
}

// TestWatchLongestTime: the longest time that there is does not become a short one.
func TestWatchLongestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		reads := 0
		store := &refusing{Store: memjar.New(), before: func() {
			if reads++; reads > 10 {
				cancel()
			}
		}}
		for range awsjar.New[int](store).Watch(ctx, math.MaxInt64) {
		}
		if reads != 1 {
			t.Errorf("%d reads in an hour", reads)
		}
	})
}

// TestWatchRefusesShortTimes: a function's environment is read every ten
// seconds at most, other stores every millisecond.
func TestWatchRefusesShortTimes(t *testing.T) {
	for name, c := range map[string]struct {
		store awsjar.Store
		every time.Duration
	}{
		"a function":    {lambdajar.New(nil, "sams-lambda"), 9 * time.Second},
		"the same":      {wrapper{lambdajar.New(nil, "sams-lambda")}, 9 * time.Second},
		"no time":       {memjar.New(), 0},
		"time backward": {memjar.New(), -time.Second},
		"no store":      {nil, time.Minute},
	} {
		entries := 0
		for _, err := range awsjar.New[int](c.store).Watch(t.Context(), c.every) {
			if entries++; !strings.Contains(fmt.Sprint(err), "read every") && c.store != nil || !errors.Is(err, awsjar.ErrInvalid) {
				t.Errorf("%s: %v, want ErrInvalid for the time", name, err)
				break
			}
		}
		if entries != 1 {
			t.Errorf("%s: %d entries", name, entries)
		}
	}
}
