package awsjar

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// counting is a store in memory of one value, whose reads are counted.
type counting struct {
	data  []byte
	reads int
	err   error
	load  func() // runs after a read
}

func (c *counting) Load(context.Context) ([]byte, Meta, error) {
	c.reads++
	if c.err != nil {
		return nil, Meta{}, c.err
	}
	data := c.data
	if c.load != nil {
		c.load()
	}
	if data == nil {
		return nil, Meta{}, ErrNotFound
	}
	return data, Meta{Revision: "r"}, nil
}

func (c *counting) Save(_ context.Context, data []byte, _ Revision) (Meta, error) {
	c.data = data
	return Meta{Revision: "r"}, nil
}

func (c *counting) Delete(context.Context, Revision) error {
	c.data = nil
	return nil
}

// TestRecent: a value that is young enough needs no request, and one that is
// too old does; errors are not kept.
func TestRecent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &counting{data: []byte("1")}
		jar := New[int](store)
		want := func(value, reads int) {
			t.Helper()
			got, err := jar.Recent(t.Context(), time.Minute)
			if got != value || store.reads != reads || err != nil {
				t.Errorf("%d after %d reads, %v; want %d after %d", got, store.reads, err, value, reads)
			}
		}
		want(1, 1)
		store.data = []byte("2")
		time.Sleep(time.Minute)
		want(1, 1)
		time.Sleep(time.Second)
		want(2, 2)
		store.data = nil
		time.Sleep(time.Hour)
		want(0, 3)
		want(0, 3)
		store.err = errors.New("no answer")
		time.Sleep(time.Hour)
		for range 2 {
			if _, err := jar.Recent(t.Context(), time.Minute); !errors.Is(err, store.err) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// TestRecentAfterWrites: a handle never returns a value that is older than its
// own write, also if a read overlaps with the write.
func TestRecentAfterWrites(t *testing.T) {
	store := &counting{data: []byte("1")}
	jar := New[int](store)
	recent := func() int {
		t.Helper()
		got, err := jar.Recent(t.Context(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	recent()
	writes := map[string]func() error{
		"put": func() error { return jar.Put(t.Context(), 2) },
		"update": func() error {
			_, err := jar.Update(t.Context(), func(n *int) error { *n += 10; return nil })
			return err
		},
		"delete": func() error { return jar.Delete(t.Context()) },
	}
	for _, name := range []string{"put", "update", "delete"} {
		if err := writes[name](); err != nil {
			t.Fatal(err)
		}
		if got, want := recent(), map[string]int{"put": 2, "update": 12, "delete": 0}[name]; got != want {
			t.Errorf("after %s: %d, want %d", name, got, want)
		}
	}
	store.load = func() { // the write comes between the answer and its arrival
		store.load = nil
		if err := jar.Put(t.Context(), 3); err != nil {
			t.Error(err)
		}
	}
	if _, err := jar.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := recent(); got != 3 {
		t.Errorf("after a write during a read: %d, want 3", got)
	}
}

// TestRecentGoesForward: a read that was slow does not replace the answer of one
// that began after it.
func TestRecentGoesForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &counting{data: []byte("1")}
		jar := New[int](store)
		recent := func() int {
			got, err := jar.Recent(t.Context(), time.Minute)
			if err != nil {
				t.Error(err)
			}
			return got
		}
		store.load = func() { // while the first answer is on its way
			store.load = nil
			store.data = []byte("2")
			time.Sleep(time.Second)
			if got := recent(); got != 2 {
				t.Errorf("the fast read: %d", got)
			}
		}
		recent()
		if got := recent(); got != 2 {
			t.Errorf("%d after 2", got)
		}
	})
}

// TestRecentIsOwned: a caller cannot change the value that the next caller gets.
func TestRecentIsOwned(t *testing.T) {
	jar := New[[]byte](&counting{data: []byte("abc")}, func(o *Options) { o.Codec = Bytes{} })
	for range 3 {
		got, err := jar.Recent(t.Context(), time.Hour)
		if err != nil || string(got) != "abc" {
			t.Fatalf("%q, %v", got, err)
		}
		got[0] = 'x'
	}
}

// TestLongest: the longer of the two clocks counts.
func TestLongest(t *testing.T) {
	now := time.Now()
	if d := longest(now.Round(0).Add(-time.Hour), now); d != time.Hour {
		t.Errorf("a clock that was frozen: %v", d)
	}
	if d := longest(now, now.Add(time.Minute)); d != time.Minute {
		t.Errorf("%v", d)
	}
}
