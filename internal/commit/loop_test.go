package commit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// script is a Write that gives the answers of a list, and remembers the calls.
// The last answer and the last view are given again and again.
type script struct {
	answers []Answer
	views   []View
	takes   time.Duration // of one request
	did     string        // S for a Send, L for a Look, l for one without doubt
	at      []time.Duration
	began   time.Time
}

func (s *script) Send(context.Context) Answer {
	s.note("S")
	return pop(&s.answers)
}

func (s *script) Look(_ context.Context, doubt bool) View {
	if doubt {
		s.note("L")
	} else {
		s.note("l")
	}
	return pop(&s.views)
}

func (s *script) note(what string) {
	s.did += what
	s.at = append(s.at, time.Since(s.began))
	time.Sleep(s.takes)
}

func pop[T any](from *[]T) T {
	v := (*from)[0]
	if len(*from) > 1 {
		*from = (*from)[1:]
	}
	return v
}

var (
	errSend = errors.New("the send failed")
	errRead = errors.New("the read failed")
)

func sent(outcomes ...Outcome) (all []Answer) {
	for _, o := range outcomes {
		a := Answer{Outcome: o, Err: errSend}
		if o == Accepted {
			a.Err = nil
		}
		all = append(all, a)
	}
	return all
}

func saw(sights ...Sight) (all []View) {
	for _, s := range sights {
		v := View{Sight: s}
		if s == Unseen {
			v.Err = errRead
		}
		all = append(all, v)
	}
	return all
}

var usual = Budget{Requests: 12, Time: 10 * time.Second, FirstWait: 20 * time.Millisecond, MaxWait: time.Second}

// run runs a script with virtual time.
func (s *script) run(t *testing.T, ctx func(context.Context) (context.Context, context.CancelFunc), c Call) (err error) {
	t.Helper()
	if c.Budget == (Budget{}) {
		c.Budget = usual
	}
	if c.Replaces == awsjar.None {
		c.Replaces = "a revision"
	}
	synctest.Test(t, func(t *testing.T) {
		bound := t.Context()
		if ctx != nil {
			var cancel context.CancelFunc
			bound, cancel = ctx(bound)
			defer cancel()
		}
		s.began = time.Now()
		err = Run(bound, s, c)
	})
	return err
}

// TestPaths: which requests a call makes, in their order, and how it ends.
func TestPaths(t *testing.T) {
	for _, c := range []struct {
		name      string
		lookFirst bool
		answers   []Answer
		views     []View
		did       string
		want      error // nil: stored
		plain     bool  // want no sentinel
	}{
		{name: "accepted", answers: sent(Accepted), views: saw(Unseen), did: "S"},
		{name: "refused", answers: sent(Refused), views: saw(Stored), did: "S", want: errSend, plain: true},
		{name: "lost, and stored", answers: sent(Lost), views: saw(Stored), did: "SL"},
		{name: "lost, and not stored", answers: sent(Lost, Accepted), views: saw(Unchanged), did: "SLS"},
		{name: "lost, then refused, and stored", answers: sent(Lost, Refused), views: saw(Unchanged, Stored), did: "SLSL"},
		{name: "lost, then refused", answers: sent(Lost, Refused), views: saw(Unchanged), did: "SLSL", want: awsjar.ErrUncertain},
		{name: "lost, then a conflict that is proven", answers: sent(Lost, Mismatch), views: saw(Unchanged, Overtaken), did: "SLSL", want: awsjar.ErrConflict},
		{name: "lost, and cannot be told", answers: sent(Lost), views: saw(Unclear), did: "SL", want: awsjar.ErrUncertain},
		{name: "a conflict", answers: sent(Mismatch), views: saw(Overtaken), did: "Sl", want: awsjar.ErrConflict},
		{name: "a mismatch for the own write", answers: sent(Mismatch), views: saw(Stored), did: "Sl"},
		{name: "a mismatch, and the read fails twice", answers: sent(Mismatch), views: saw(Unseen, Unseen, Stored), did: "Slll"},
		{name: "a mismatch, and a lineage that proves nothing", answers: sent(Mismatch), views: saw(Unclear), did: "Sl", want: awsjar.ErrUncertain},
		{name: "busy, then accepted", answers: sent(Busy, Accepted), views: saw(Unchanged), did: "SlS"},
		{name: "throttled, the read too, then accepted", answers: sent(Throttled, Accepted), views: saw(Unseen), did: "SlS"},
		{name: "unsent, then accepted", answers: sent(Unsent, Accepted), views: saw(Stored), did: "SS"},
		{name: "looks first", lookFirst: true, answers: sent(Accepted), views: saw(Unchanged), did: "lS"},
		{name: "looks first, and is too late", lookFirst: true, answers: sent(Accepted), views: saw(Overtaken), did: "l", want: awsjar.ErrConflict},
		{name: "looks first, and must repeat that", lookFirst: true, answers: sent(Accepted), views: saw(Unseen, Unchanged), did: "llS"},
		{name: "looks first, the second send follows at once, the third a look", lookFirst: true,
			answers: sent(Busy, Busy, Accepted), views: saw(Unchanged), did: "lSlSllS"},
		{name: "looks first, throttled", lookFirst: true, answers: sent(Throttled, Accepted), views: saw(Unchanged), did: "lSllS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{answers: c.answers, views: c.views}
			err := s.run(t, nil, Call{LookFirst: c.lookFirst})
			if !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("got %v; want %v", err, c.want)
			}
			if c.plain && (errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, awsjar.ErrConflict)) {
				t.Errorf("got %v; want a plain error", err)
			}
			if s.did != c.did {
				t.Errorf("it did %s; want %s", s.did, c.did)
			}
		})
	}
}

// TestBudgetEnds: each fault that lasts ends the call within its requests, and
// the end is the right one. A Send is always judged, and looks that fail leave
// enough for a Send and its Look.
func TestBudgetEnds(t *testing.T) {
	for _, c := range []struct {
		answer Outcome
		view   Sight
		did    string
		want   error
		not    error
	}{
		{Lost, Unchanged, "SLSLSLSLSLSL", awsjar.ErrUncertain, awsjar.ErrConflict},
		{Lost, Unseen, "SLLLLLLLLL", awsjar.ErrUncertain, awsjar.ErrConflict},
		{Mismatch, Unchanged, "SlSlSlSlSlSl", ErrHolds, awsjar.ErrConflict},
		{Mismatch, Unseen, "Slllllllll", awsjar.ErrUncertain, awsjar.ErrConflict},
		{Busy, Unchanged, "SlSlSlSlSlSl", errSend, awsjar.ErrUncertain},
		{Busy, Unseen, "Slllllllll", awsjar.ErrUncertain, awsjar.ErrConflict},
		{Throttled, Unseen, "SlSlSlSlSlSl", errSend, awsjar.ErrUncertain},
		{Throttled, Unchanged, "SlSlSlSlSlSl", errSend, awsjar.ErrUncertain},
		{Unsent, Unseen, "SSSSSSSSSSS", errSend, awsjar.ErrUncertain},
	} {
		s := &script{answers: sent(c.answer), views: saw(c.view)}
		err := s.run(t, nil, Call{})
		if s.did != c.did || !errors.Is(err, c.want) || errors.Is(err, c.not) {
			t.Errorf("%v, %v: it did %s and ended with %v; want %s and %v", c.answer, c.view, s.did, err, c.did, c.want)
		}
	}
}

// TestLookFirstBudget: each Send rests on a Look and is followed by one.
func TestLookFirstBudget(t *testing.T) {
	s := &script{answers: sent(Busy), views: saw(Unchanged)}
	err := s.run(t, nil, Call{LookFirst: true})
	if want := "lSlSllSllSl"; s.did != want || !errors.Is(err, errSend) {
		t.Errorf("it did %s and ended with %v; want %s", s.did, err, want)
	}
}

// TestLastLookResolves: looks fail until the last that the budget allows; the
// Send after it is still judged.
func TestLastLookResolves(t *testing.T) {
	views := append(saw(Unseen, Unseen, Unseen, Unseen, Unseen, Unseen, Unseen, Unseen), saw(Unchanged, Stored)...)
	s := &script{answers: sent(Lost), views: views}
	if err := s.run(t, nil, Call{}); err != nil || s.did != "SLLLLLLLLLSL" {
		t.Errorf("it did %s and ended with %v", s.did, err)
	}
}

// TestLasting: a read that is not allowed is not repeated; a write that may be
// sent again without it is.
func TestLasting(t *testing.T) {
	lasting := []View{{Sight: Unseen, Lasting: true, Err: failure.Hinted("allow it", errRead)}}
	for o, c := range map[Outcome]struct {
		did  string
		want error
	}{
		Lost:      {"SL", awsjar.ErrUncertain},
		Mismatch:  {"Sl", awsjar.ErrUncertain},
		Busy:      {"Sl", awsjar.ErrUncertain},
		Throttled: {"SlSlSlSlSlSl", errSend},
	} {
		s := &script{answers: sent(o), views: lasting}
		err := s.run(t, nil, Call{})
		uncertain := c.want == awsjar.ErrUncertain
		if s.did != c.did || !errors.Is(err, c.want) || errors.Is(err, awsjar.ErrUncertain) != uncertain {
			t.Errorf("%v: it did %s and ended with %v; want %s and %v", o, s.did, err, c.did, c.want)
		}
		if uncertain && (!errors.Is(err, errRead) || failure.Hint(err) != "allow it") {
			t.Errorf("%v: %v does not say why it could not be read, and what to do", o, err)
		}
	}
}

// TestOver: once no earlier Send can be stored any more there is no doubt, and
// a refusal is a plain one.
func TestOver(t *testing.T) {
	over := View{Sight: Unchanged, Over: true}
	s := &script{answers: sent(Lost, Refused), views: []View{over}}
	if err := s.run(t, nil, Call{}); s.did != "SLS" || errors.Is(err, awsjar.ErrUncertain) || !errors.Is(err, errSend) {
		t.Errorf("it did %s and ended with %v; want a plain error", s.did, err)
	}
	s = &script{answers: sent(Lost), views: []View{over}}
	if err := s.run(t, nil, Call{}); errors.Is(err, awsjar.ErrUncertain) || !errors.Is(err, errSend) {
		t.Errorf("lost for ever: %v; want a plain error", err)
	}
}

// TestUncertainSaysAll: the error names the Send that began the doubt, the last
// one, and the read that failed.
func TestUncertainSaysAll(t *testing.T) {
	first, last := errors.New("first"), errors.New("last")
	s := &script{
		answers: []Answer{{Outcome: Lost, Err: first}, {Outcome: Refused, Err: last}},
		views:   []View{{Sight: Unchanged}, {Sight: Unseen, Lasting: true, Err: errRead}},
	}
	err := s.run(t, nil, Call{})
	want := fmt.Sprintf("%v: first; then: last; then: the read failed", awsjar.ErrUncertain)
	if err == nil || err.Error() != want || !errors.Is(err, first) || !errors.Is(err, last) || !errors.Is(err, errRead) {
		t.Errorf("got %v; want %s", err, want)
	}
}

// TestUncertainIsNoConflict: also if the errors of the store are conflicts. An
// Update would start again, and apply its change twice.
func TestUncertainIsNoConflict(t *testing.T) {
	s := &script{answers: []Answer{{Outcome: Busy, Err: awsjar.ErrConflict}}, views: saw(Unclear)}
	if err := s.run(t, nil, Call{}); !errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("got %v; want ErrUncertain alone", err)
	}
}

// TestWaits: a call waits between attempts, longer each time, and not between
// a Send and the Look that judges it.
func TestWaits(t *testing.T) {
	s := &script{answers: sent(Busy), views: saw(Unchanged)}
	if err := s.run(t, nil, Call{}); err == nil {
		t.Fatal("stored")
	}
	ceiling := usual.FirstWait
	for i := 1; i < len(s.at); i++ {
		switch waited := s.at[i] - s.at[i-1]; {
		case s.did[i] != 'S' && waited != 0:
			t.Errorf("a look came %v after its send", waited)
		case s.did[i] == 'S':
			if waited >= ceiling {
				t.Errorf("wait %d was %v; its ceiling is %v", i/2, waited, ceiling)
			}
			ceiling = min(2*ceiling, usual.MaxWait)
		}
	}
}

// TestRetryAfter: the wait that the service asks for is made, once; a call that
// has not that much time ends at once.
func TestRetryAfter(t *testing.T) {
	throttled := func(after time.Duration) []Answer {
		return append([]Answer{{Outcome: Throttled, RetryAfter: after, Err: errSend}}, sent(Accepted)...)
	}
	deadline := func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, 2*time.Second)
	}
	for _, c := range []struct {
		name    string
		ctx     func(context.Context) (context.Context, context.CancelFunc)
		answers []Answer
		did     string
		stored  bool
	}{
		{"one second", nil, throttled(time.Second), "SlS", true},
		{"an hour", nil, throttled(time.Hour), "Sl", false},
		{"before the deadline", deadline, throttled(time.Second), "SlS", true},
		{"after the deadline", deadline, throttled(3 * time.Second), "Sl", false},
	} {
		s := &script{answers: c.answers, views: saw(Unchanged)}
		err := s.run(t, c.ctx, Call{})
		if s.did != c.did || (err == nil) != c.stored {
			t.Errorf("%s: it did %s and ended with %v", c.name, s.did, err)
		}
		if last := s.at[len(s.at)-1]; c.stored && (last < time.Second || last > 1500*time.Millisecond) || !c.stored && last != 0 {
			t.Errorf("%s: the last request was after %v", c.name, last)
		}
	}
}

// TestTimeEnds: the time of the Budget ends a call whose requests are slow.
func TestTimeEnds(t *testing.T) {
	s := &script{answers: sent(Unsent), views: saw(Unseen), takes: 4 * time.Second}
	if err := s.run(t, nil, Call{}); s.did != "SSS" || !errors.Is(err, errSend) || errors.Is(err, awsjar.ErrUncertain) {
		t.Errorf("it did %s and ended with %v; want three sends of 4 s", s.did, err)
	}
}

// TestContextEnds: a context ends a call at once, and the error names the context
// and the result as far as it is known: after a mismatch, or a lost answer, whose
// look was not made, it is not known.
func TestContextEnds(t *testing.T) {
	soon := func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, time.Second/2)
	}
	for o, uncertain := range map[Outcome]bool{Lost: true, Mismatch: true, Busy: true, Throttled: false, Unsent: false, Refused: false} {
		s := &script{answers: sent(o), views: saw(Unchanged), takes: time.Second}
		err := s.run(t, soon, Call{})
		if s.did != "S" || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, awsjar.ErrUncertain) != uncertain || errors.Is(err, awsjar.ErrConflict) {
			t.Errorf("%v: it did %s and ended with %v; uncertain %v", o, s.did, err, uncertain)
		}
	}
	late := func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, 1500*time.Millisecond)
	}
	s := &script{answers: sent(Mismatch), views: saw(Unchanged), takes: time.Second}
	if err := s.run(t, late, Call{}); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrHolds) {
		t.Errorf("%v; a call that was interrupted does not know that the server never takes it", err)
	}
}

// TestNothingIsSentAfterTheContext: a context that ends while a Look is made ends
// the call before the Send, and what the Look showed stays known.
func TestNothingIsSentAfterTheContext(t *testing.T) {
	for timeout, want := range map[time.Duration]string{500 * time.Millisecond: "l", 2500 * time.Millisecond: "lSl"} {
		s := &script{answers: sent(Busy), views: saw(Unchanged), takes: time.Second}
		err := s.run(t, func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, timeout)
		}, Call{LookFirst: true})
		if s.did != want || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, awsjar.ErrUncertain) {
			t.Errorf("it did %s, want %s; and ended with %v", s.did, want, err)
		}
	}
}

// TestLog: repetitions, and answers that were lost and then resolved, are
// logged with their counts.
func TestLog(t *testing.T) {
	for name, c := range map[string]struct {
		answers []Answer
		views   []View
		want    []string
	}{
		"accepted":         {sent(Accepted), saw(Unseen), nil},
		"sent again":       {sent(Busy, Accepted), saw(Unchanged), []string{"sending a write again", "outcome=busy", "sends=1", "looks=1", "target=here"}},
		"lost, stored":     {sent(Lost), saw(Unseen, Stored), []string{"a lost answer was resolved", "stored=true", "sends=1", "looks=2"}},
		"lost, overtaken":  {sent(Lost), saw(Overtaken), []string{"a lost answer was resolved", "stored=false"}},
		"lost, unresolved": {sent(Lost), saw(Unclear), nil},
	} {
		var text bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
		s := &script{answers: c.answers, views: c.views}
		s.run(t, nil, Call{Logger: logger, Target: place("here")})
		for _, want := range c.want {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: the log has no %q: %s", name, want, &text)
			}
		}
		if c.want == nil && text.Len() > 0 {
			t.Errorf("%s: the log is %s", name, &text)
		}
	}
}

type place string

func (p place) String() string { return string(p) }

// TestConflictOfACreate: another writer's value is ErrExists for a create, and
// only ErrConflict for every other write; no other end of a create is either.
func TestConflictOfACreate(t *testing.T) {
	for _, c := range []struct {
		replaces         awsjar.Revision
		sight            Sight
		outcome          Outcome
		exists, conflict bool
	}{
		{awsjar.None, Overtaken, Mismatch, true, true},
		{"revision", Overtaken, Mismatch, false, true},
		{awsjar.None, Unchanged, Refused, false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: sent(c.outcome), views: saw(c.sight)}
			err := Run(t.Context(), s, Call{Budget: usual, Replaces: c.replaces})
			if err == nil || errors.Is(err, awsjar.ErrExists) != c.exists || errors.Is(err, awsjar.ErrConflict) != c.conflict {
				t.Errorf("a write over %q that ended as %v: %v", c.replaces, c.outcome, err)
			}
		})
	}
}

// TestRefusedAfterDoubt: once the doubt about a lost write is over, a condition
// that is refused although it holds is the server's fault again.
func TestRefusedAfterDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: sent(Lost, Mismatch), views: []View{{Sight: Unchanged, Over: true}}}
		if err := Run(t.Context(), s, Call{Budget: usual, Replaces: "revision"}); !errors.Is(err, ErrHolds) {
			t.Errorf("got %v; want %v", err, ErrHolds)
		}
	})
}
