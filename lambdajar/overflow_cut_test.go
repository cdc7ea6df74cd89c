package lambdajar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
)

// absent stands for the value of a jar that holds none.
const absent = ""

// cut is how a call is cut at one of its requests.
type cut struct {
	at    int  // the request, from 1; 0 for none
	after bool // the request has its effect
	times int  // how many requests from there on are not answered
	stop  bool // the caller ends there
}

func (c cut) String() string {
	return fmt.Sprintf("at=%d,after=%v,times=%d,stop=%v", c.at, c.after, c.times, c.stop)
}

var errCut = errors.New("cut")

// scissors is an HTTP client that cuts, and lets a reader look behind every
// request, whichever service it goes to.
type scissors struct {
	aws.HTTPClient
	cut
	cancel context.CancelFunc
	look   func()

	mu   sync.Mutex
	sent int
}

func (s *scissors) Do(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	hit := s.at > 0 && s.sent >= s.at && s.sent < s.at+s.times
	if hit && s.stop {
		defer s.cancel()
	}
	if hit && !s.after {
		return nil, errCut
	}
	response, err := s.HTTPClient.Do(r.WithContext(context.WithoutCancel(r.Context())))
	s.look()
	if hit && err == nil {
		response.Body.Close()
		return nil, errCut
	}
	return response, err
}

// move is a call that moves a value into the overflow, within it, or out of it.
type move struct {
	name   string
	before []string // the values that were saved before, in this order
	after  string
	call   func(context.Context, *lambdajar.Store) error
}

func moves() []move {
	save := func(value string) func(context.Context, *lambdajar.Store) error {
		return func(ctx context.Context, s *lambdajar.Store) error {
			_, err := s.Save(ctx, []byte(value), awsjar.Any)
			return err
		}
	}
	replace := func(value string) func(context.Context, *lambdajar.Store) error {
		return func(ctx context.Context, s *lambdajar.Store) error {
			_, meta, err := s.Load(ctx)
			if err == nil {
				_, err = s.Save(ctx, []byte(value), meta.Revision)
			}
			return err
		}
	}
	create := func(ctx context.Context, s *lambdajar.Store) error {
		_, err := s.Save(ctx, []byte(noise(3)), awsjar.None)
		return err
	}
	remove := func(ctx context.Context, s *lambdajar.Store) error { return s.Delete(ctx, awsjar.Any) }
	removeIf := func(ctx context.Context, s *lambdajar.Store) error {
		_, meta, err := s.Load(ctx)
		if err == nil {
			err = s.Delete(ctx, meta.Revision)
		}
		return err
	}
	one, two := []string{"0", noise(1)}, []string{noise(1), noise(2)}
	return []move{
		{"create", nil, noise(3), create},
		{"grow", []string{"1"}, noise(3), save(noise(3))},
		{"grow conditionally", []string{noise(1), "1"}, noise(3), replace(noise(3))},
		{"stay large", two, noise(3), save(noise(3))},
		{"stay large conditionally", two, noise(3), replace(noise(3))},
		{"stay the same", two, noise(2), save(noise(2))},
		{"shrink", one, "3", save("3")},
		{"shrink conditionally", two, "3", replace("3")},
		{"stay small", append(one, "2"), "3", save("3")},
		{"delete", two, absent, remove},
		{"delete conditionally", one, absent, removeIf},
	}
}

// TestOverflowCut cuts every move at each of its requests, to either service,
// before and behind its effect; once, as often as the SDK tries, and for good.
// At every step, and ever after, a reader sees the old value or the new one,
// and never the old one after the new one.
func TestOverflowCut(t *testing.T) {
	t.Parallel()
	for _, m := range moves() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			requests := m.run(t, cut{})
			if requests < 2 {
				t.Fatalf("%d requests", requests)
			}
			for at := 1; at <= requests; at++ {
				for _, c := range []cut{
					{times: 1}, {times: 1, after: true}, {times: 3, after: true},
					{times: 1, stop: true}, {times: 1, stop: true, after: true},
				} {
					c.at = at
					m.run(t, c)
				}
			}
		})
	}
}

// run makes the move with a cut, and returns how many requests it took.
func (m move) run(t *testing.T, c cut) int {
	srv := newOverflowServer(t)
	reader := newOverflowing(srv)
	old := absent
	for _, value := range m.before {
		mustSave(t, reader, value)
		old = value
	}
	moved := false
	look := func() {
		switch now := current(t, reader); {
		case now == m.after:
			moved = true
		case now != old:
			t.Errorf("%v: a reader sees %.20q, which is neither the old nor the new value", c, now)
		case moved:
			t.Errorf("%v: a reader sees the old value after the new one", c)
		}
	}
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	blade := &scissors{HTTPClient: srv.HTTPClient(), cut: c, cancel: cancel, look: look}
	writer := newOverflowing(srv, func(cfg *aws.Config) { cfg.HTTPClient = blade })
	err := m.call(ctx, writer)
	look()
	switch {
	case errors.Is(err, awsjar.ErrConflict), err != nil && c.at == 0:
		t.Errorf("%v: %v, but nobody else wrote", c, err)
	case err == nil && !moved:
		t.Errorf("%v: the call succeeded without effect", c)
	case err != nil && !errors.Is(err, awsjar.ErrUncertain) && moved && old != m.after:
		t.Errorf("%v: %v, but the value was stored", c, err)
	}
	m.goOn(t, srv, c, reader)
	return blade.sent
}

// current returns the value that a reader sees.
func current(t *testing.T, s *lambdajar.Store) string {
	data, _, err := s.Load(context.Background())
	if err != nil && !errors.Is(err, awsjar.ErrNotFound) {
		t.Fatalf("a reader sees an error: %v", err)
	}
	return string(data)
}

// goOn writes on after a cut. The places that the cut left behind do no harm, and
// without a cut no place is left behind.
func (m move) goOn(t *testing.T, srv *awsfake.Server, c cut, s *lambdajar.Store) {
	mustSave(t, s, noise(4))
	mustLoad(t, s, noise(4))
	if err := s.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("%v: Delete: %v", c, err)
	}
	if got := current(t, s); got != absent {
		t.Errorf("%v: after a Delete there is %.20q", c, got)
	}
	most := 0
	if c.at > 0 {
		most = 2 // the place of the value that was cut, and those that it was to remove
	}
	if got := places(t, srv); len(got) > most {
		t.Errorf("%v: the overflow has %q", c, got)
	}
	mustKeep(t, srv, foreign())
}
