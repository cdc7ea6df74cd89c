package commit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/awsjar/awsjar"
)

// world is a register with a lineage, a network between it and one Write, and
// other writers. It knows whether the Write was applied, and so whether the
// result of Run is true.
type world struct {
	rng     *rand.Rand
	bad     weather
	line    []int // ids of the writes since the register was made anew, newest last
	version int   // of the state; none ever comes back
	applied int   // how often the Write was
	late    []int // the guards of the Sends that are still on their way
	guard   int   // stands for Lambda's RevisionId: it changes with anything about the function
	read    int   // the guard that the last Look has read
	sent    int   // the guard that the last Send carried
	sends   int
	asked   int // requests, looks included
}

// weather has the chances of the faults, each in a hundred.
type weather struct {
	lost, lostAfter, late  int // of a Send
	twice, busyAfter       int // a proxy sends it again, and hands on the second answer
	busy, throttled        int
	throttledAfter         int // as no AWS service does
	refused, unsent        int
	mismatch               int // the server refuses the condition although it holds
	others, unaware, burst int // writers between two requests: with a lineage, without, more than it names
	unseen, forbidden      int // of a Look
	elsewhere              int // something else about the place changes
	calmAfter              int // requests until all is well; 0 for never
	lookFirst              bool

	script  []Outcome // of the first Sends, which do not arrive; calm then, but for:
	otherAt int       // another writer comes before the request of this number
}

const (
	mine     = 1
	replaced = 2
	depth    = 6
)

func newWorld(seed uint64, bad weather) *world {
	return &world{rng: rand.New(rand.NewPCG(seed, 1)), bad: bad, line: []int{replaced}, version: 1}
}

func (w *world) happens(chance int) bool {
	return chance > 0 && (w.bad.calmAfter == 0 || w.asked <= w.bad.calmAfter) && w.rng.IntN(100) < chance
}

// deliver carries a Send out if its condition holds.
func (w *world) deliver(guard int) bool {
	if w.version != 1 || w.bad.lookFirst && w.guard != guard {
		return false
	}
	w.write(mine)
	w.applied++
	return true
}

func (w *world) write(id int) {
	w.version, w.guard = w.version+1, w.guard+1
	if w.line = append(w.line, id); len(w.line) > depth {
		w.line = w.line[1:]
	}
}

// meanwhile makes the changes of others between two requests.
func (w *world) meanwhile() {
	switch {
	case len(w.late) > 0 && w.rng.IntN(2) == 0:
		w.deliver(w.late[0])
		w.late = w.late[1:]
	case w.happens(w.bad.elsewhere):
		w.guard++
	case w.happens(w.bad.others), w.asked == w.bad.otherAt:
		w.write(100 + w.rng.IntN(1000))
	case w.happens(w.bad.burst):
		for range depth + 1 {
			w.write(100 + w.rng.IntN(1000))
		}
	case w.happens(w.bad.unaware):
		w.line, w.version, w.guard = nil, w.version+1, w.guard+1
	}
}

// Send implements Write.
func (w *world) Send(context.Context) Answer {
	w.sends, w.asked = w.sends+1, w.asked+1
	w.meanwhile()
	w.sent = w.read
	answer := func(o Outcome) Answer { return Answer{Outcome: o, Err: errSend} }
	switch {
	case w.sends <= len(w.bad.script):
		return answer(w.bad.script[w.sends-1])
	case w.happens(w.bad.unsent):
		return answer(Unsent)
	case w.happens(w.bad.refused):
		return answer(Refused)
	case w.happens(w.bad.throttled):
		return answer(Throttled)
	case w.happens(w.bad.busy):
		return answer(Busy)
	case w.happens(w.bad.mismatch):
		return answer(Mismatch)
	case w.happens(w.bad.lost):
		return answer(Lost)
	case w.happens(w.bad.late):
		w.late = append(w.late, w.sent)
		return answer(Lost)
	}
	stored := w.deliver(w.sent)
	switch {
	case w.happens(w.bad.lostAfter):
		return answer(Lost)
	case stored && w.happens(w.bad.busyAfter):
		return answer(Busy)
	case stored && w.happens(w.bad.throttledAfter):
		return answer(Throttled)
	case !stored, w.happens(w.bad.twice):
		return answer(Mismatch)
	}
	return Answer{Outcome: Accepted}
}

// Look implements Write, by the rules of s3jar.
func (w *world) Look(_ context.Context, doubt bool) View {
	w.asked++
	w.meanwhile()
	switch {
	case w.happens(w.bad.forbidden):
		return View{Lasting: true, Err: errRead}
	case w.happens(w.bad.unseen):
		return View{Err: errRead}
	}
	over := w.bad.lookFirst && w.sends > 0 && w.guard != w.sent
	w.read = w.guard
	switch {
	case slices.Contains(w.line, mine):
		return View{Sight: Stored, Over: over}
	case w.version == 1:
		return View{Sight: Unchanged, Over: over}
	case slices.Contains(w.line, replaced), !doubt && len(w.line) < depth && len(w.line) > 0:
		return View{Sight: Overtaken, Over: over}
	}
	return View{Sight: Unclear, Over: over}
}

// run returns the result of Run, once nothing is on its way any more.
func (w *world) run() error {
	c := Call{Budget: usual, Replaces: "a revision", LookFirst: w.bad.lookFirst}
	err := Run(context.Background(), w, c)
	for _, guard := range w.late {
		w.deliver(guard)
	}
	return err
}

// lie names the untruth of a result; "" if it is true.
func (w *world) lie(err error) string {
	uncertain := errors.Is(err, awsjar.ErrUncertain)
	switch {
	case err == nil && w.applied == 0:
		return "nil, and not stored"
	case err != nil && !uncertain && w.applied > 0:
		return fmt.Sprintf("%v, and stored", err)
	}
	return ""
}

// need is a weather in which more than the truth is asked for.
type need struct {
	name   string
	bad    weather
	unless func(w *world, err error) bool // reports whether the result is good enough
}

func stored(w *world, err error) bool { return err == nil && w.applied == 1 }

// passing are single faults that pass, while nobody else writes: the write must
// be stored.
func passing(name string, bad weather) need {
	if bad.calmAfter = 1; bad.unseen > 0 {
		bad.calmAfter = 5
	}
	return need{name, bad, stored}
}

func is(target error) func(*world, error) bool {
	return func(_ *world, err error) bool { return errors.Is(err, target) && !errors.Is(err, awsjar.ErrUncertain) }
}

func isUncertain(_ *world, err error) bool { return errors.Is(err, awsjar.ErrUncertain) }

// needs are all weathers of the simulation. The first are rough: only the truth
// is asked for.
var needs = []need{
	{name: "rough", bad: weather{lost: 15, lostAfter: 15, late: 10, twice: 15, busyAfter: 10, busy: 10, throttled: 10, refused: 4, unsent: 10, others: 12, burst: 4, unseen: 40, forbidden: 3}},
	{name: "rough, others that are unaware", bad: weather{lost: 20, late: 10, lostAfter: 20, unaware: 10, others: 10, busy: 10, throttled: 10, unseen: 30, refused: 5}},
	{name: "proxy and failing reads", bad: weather{twice: 40, busyAfter: 30, unseen: 60, burst: 15}},
	{name: "throttled though stored", bad: weather{throttledAfter: 40, throttled: 30, others: 20, burst: 10}},
	{name: "looks first", bad: weather{lookFirst: true, lost: 15, lostAfter: 15, busy: 20, unsent: 20, throttled: 10, refused: 5, others: 10, burst: 5, unseen: 30}},
	{name: "looks first, a guard", bad: weather{lookFirst: true, lost: 25, lostAfter: 25, late: 25, refused: 10, busy: 20, others: 10, elsewhere: 30, unseen: 20, burst: 10}},
	{name: "late, and throttled", bad: weather{late: 60, throttled: 40, burst: 30}},
	{name: "late, and refused", bad: weather{late: 60, refused: 40, burst: 10}},
	{name: "late, and unsent", bad: weather{late: 60, unsent: 40, burst: 30}},
	passing("lost", weather{lost: 100}),
	passing("lost after", weather{lostAfter: 100}),
	passing("lost, looks fail", weather{lost: 100, unseen: 70}),
	passing("sent twice", weather{twice: 100}),
	passing("sent twice, looks fail", weather{twice: 100, unseen: 70}),
	passing("busy", weather{busy: 100}),
	passing("busy after, looks fail", weather{busyAfter: 100, unseen: 70}),
	passing("throttled", weather{throttled: 100}),
	passing("throttled, looks fail", weather{throttled: 100, unseen: 70}),
	passing("unsent", weather{unsent: 100}),
	passing("unsent, looks first", weather{unsent: 100, lookFirst: true}),
	passing("mismatch though it holds", weather{mismatch: 100}),
	passing("lost, elsewhere", weather{lookFirst: true, lost: 100, elsewhere: 100}),
	passing("lost, elsewhere, looks fail", weather{lookFirst: true, lost: 100, elsewhere: 100, unseen: 50}),
	passing("lost after, elsewhere", weather{lookFirst: true, lostAfter: 100, elsewhere: 100}),
	{"lost, something else changes, then refused", weather{lookFirst: true, script: []Outcome{Lost, Refused}, elsewhere: 100, calmAfter: 4}, is(errSend)},
	{"lost, then mismatch", weather{script: []Outcome{Lost, Mismatch}}, stored},
	{"lost, then busy", weather{script: []Outcome{Lost, Busy}}, stored},
	{"lost, then throttled", weather{script: []Outcome{Lost, Throttled}}, stored},
	{"lost, then unsent", weather{script: []Outcome{Lost, Unsent}}, stored},
	{"lost, then refused, and another was first", weather{script: []Outcome{Lost, Refused}, otherAt: 4}, is(awsjar.ErrConflict)},
	{"refused", weather{refused: 100}, func(w *world, err error) bool { return is(errSend)(w, err) && w.sends == 1 }},
	{"busy for ever", weather{busy: 100}, is(errSend)},
	{"throttled for ever", weather{throttled: 100}, is(errSend)},
	{"throttled for ever, the reads too", weather{throttled: 100, unseen: 100}, is(errSend)},
	{"unsent for ever", weather{unsent: 100}, is(errSend)},
	{"unreadable, looks first", weather{unseen: 100, lookFirst: true}, is(errRead)},
	{"refused though it holds", weather{mismatch: 100}, is(ErrHolds)},
	{"lost for ever", weather{lost: 100}, isUncertain},
}

// conflicts are weathers that begin after another writer was first.
var conflicts = map[string]weather{
	"plain": {}, "busy": {busy: 100, calmAfter: 1}, "throttled": {throttled: 100, calmAfter: 1}, "lost": {lost: 100, calmAfter: 1}, "looks first": {lookFirst: true},
	"looks fail": {unseen: 50, calmAfter: 5},
}

// simulate returns the first harm that it finds, or "". It tries each weather in
// each round, since most harm shows itself in the first.
func simulate(rounds int) string {
	for seed := range uint64(rounds) {
		for _, n := range needs {
			w := newWorld(seed, n.bad)
			err := w.run()
			if lie := w.lie(err); lie != "" {
				return fmt.Sprintf("%s, seed %d: %s", n.name, seed, lie)
			}
			if n.unless != nil && !n.unless(w, err) {
				return fmt.Sprintf("%s, seed %d: needlessly %v", n.name, seed, err)
			}
		}
		for name, bad := range conflicts {
			w := newWorld(seed, bad)
			w.write(50)
			if err := w.run(); !errors.Is(err, awsjar.ErrConflict) {
				return fmt.Sprintf("another was first, %s, seed %d: %v", name, seed, err)
			}
		}
	}
	// More others than the lineage names, before the call: known only if a look
	// comes first.
	w := newWorld(1, weather{burst: 100, lookFirst: true, calmAfter: 1})
	if err := w.run(); !errors.Is(err, awsjar.ErrConflict) {
		return fmt.Sprintf("a full lineage before anything was sent: %v", err)
	}
	return ""
}

// TestSimulation: in a simulated world no result of Run is untrue, and none is
// needlessly vague.
func TestSimulation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if harm := simulate(2000); harm != "" {
			t.Error(harm)
		}
	})
}

// TestEveryCellMatters: for each cell of the table that a call can reach, some
// other step in its place makes a result untrue or needlessly vague. So no cell
// is held by the printed table alone.
func TestEveryCellMatters(t *testing.T) {
	whole := table
	t.Cleanup(func() { table = whole })
	for doubt, rows := range whole {
		for o, row := range rows {
			for s, right := range row {
				if unreachable(doubt, Outcome(o), Sight(s)) {
					continue
				}
				harm := ""
				for wrong := Uncertain; wrong >= Look && harm == ""; wrong-- {
					if wrong == right.Now {
						continue
					}
					changed := rows
					changed[o][s] = Next{wrong, right.AtLast}
					if wrong > Send {
						changed[o][s].AtLast = wrong
					}
					table = map[bool][outcomes][sights]Next{doubt: changed, !doubt: whole[!doubt]}
					synctest.Test(t, func(t *testing.T) { harm = simulate(100) })
				}
				if harm == "" {
					t.Errorf("doubt %v, %v, %v: no other step does harm", doubt, Outcome(o), Sight(s))
				}
			}
		}
	}
}

// unreachable reports whether no call comes to a cell, or whether the loop does
// not ask for it.
func unreachable(doubt bool, o Outcome, s Sight) bool {
	switch {
	case o == Accepted: // the loop ends before
		return true
	case !doubt && o == Lost: // it is doubt, or is Over and counts as Unsent
		return true
	case !doubt && o == Refused: // it is not looked for, and counts as Unchanged
		return s != Unchanged
	case !doubt && o == Unsent: // nothing was sent, or a Look has shown since that it was not stored
		return s == Stored
	}
	return false
}
