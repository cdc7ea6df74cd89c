package awsfake

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/lambdafake"
	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
	"github.com/awsjar/awsjar/awsfake/internal/stsfake"
)

// Fault is something that goes wrong with some requests. The zero value matches the
// next request and does nothing.
//
// A request can fail in two ways, and a client cannot tell them apart: before its
// effect (nothing is stored) and, with After, after it (it is stored, but the
// client gets a failure). A program that survives one of them need not survive
// the other; test both.
type Fault struct {
	Op     string // the operation to match, such as "PutObject"; "" matches any
	Target string // "bucket/key", "bucket" or a function's name; "" matches any

	// Skip is how many matching requests pass first. Default 0.
	Skip int
	// Times is how many requests it then strikes, -1 for all. Default 1.
	Times int

	// After lets the request take effect before anything goes wrong. Default false:
	// it has no effect if Drop, Status or Code is set.
	After bool
	// Delay is a wait before the effect, or with After between the effect and the
	// answer. A client that gives up meanwhile ends the wait; without After its
	// request then has no effect. Default 0.
	Delay time.Duration
	// Hook is called before the request takes effect, for instance to imitate
	// another writer. Default nil.
	Hook func()
	// Then is called with After or Truncate, between the effect and the answer.
	// Default nil.
	Then func()

	// Drop breaks the connection without an answer. Default false.
	//
	// Beware: Go's http.Transport silently sends a GET again if the broken
	// connection had served a request before.
	Drop bool
	// Truncate, if more than 0, sends the real answer with only that many bytes of
	// its body, and breaks the connection. It implies After.
	Truncate int
	// Status, Code and Message are an error to answer with instead. Each may be
	// left out if Status or Code is given: for the codes that AWS uses the others
	// have AWS's values. Default: the real answer.
	Status        int
	Code, Message string
	// Header is added to the answer, for instance Retry-After. Default nil.
	Header http.Header

	// MustFire makes the test of NewServer fail at its end if the fault has not
	// struck as many requests as Times says, or none if that is -1. Default false.
	MustFire bool
}

// operations returns the names that the Op of a Fault can have.
func operations() []string {
	return slices.Concat(lambdafake.Operations(), s3fake.Operations(), stsfake.Operations())
}

// check refuses a fault that can never strike, or not as it says.
func (f Fault) check() error {
	if f.Op != "" && !slices.Contains(operations(), f.Op) {
		return fmt.Errorf("awsfake: a fault for the operation %q, which no service has", f.Op)
	}
	if f.Status != 0 && (f.Status < http.StatusOK || f.Status > 599) {
		return fmt.Errorf("awsfake: a fault with the status %d, which no answer has", f.Status)
	}
	return nil
}

// short reports whether the fault should have struck more requests.
func (i *Injected) short() bool {
	return i.fault.MustFire && i.fired < max(1, i.fault.Times)
}

// Unfired returns an error that names the faults with MustFire that have not struck
// enough requests yet; nil if there are none. Faults that were removed count too.
func (s *Server) Unfired() error {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	var err error
	for _, i := range s.faults.must {
		if i.short() {
			err = errors.Join(err, fmt.Errorf("awsfake: the fault %s struck %d requests", i.fault.shown(), i.fired))
		}
	}
	return err
}

// shown names a fault in messages.
func (f Fault) shown() string {
	target := "any target"
	if f.Target != "" {
		target = strconv.Quote(f.Target)
	}
	return "of " + cmp.Or(f.Op, "any operation") + " on " + target
}

// Injected is a Fault in effect.
type Injected struct {
	faults  *faults
	fault   Fault
	failure func(*received) apiError // the error to answer with; nil if none

	matched, fired int // guarded by faults.mu
}

// Fired returns how many requests it has struck.
func (i *Injected) Fired() int {
	i.faults.mu.Lock()
	defer i.faults.mu.Unlock()
	return i.fired
}

// Remove ends it.
func (i *Injected) Remove() {
	i.faults.mu.Lock()
	defer i.faults.mu.Unlock()
	i.faults.injected = slices.DeleteFunc(i.faults.injected, func(other *Injected) bool { return other == i })
}

// faults are the faults in effect, in the order in which they were injected.
type faults struct {
	mu       sync.Mutex
	injected []*Injected
	must     []*Injected // those with MustFire, also when they are used up or removed
}

// Inject puts a fault into effect. Of several that match a request the one injected
// first strikes; one that lets the request pass, or is used up, leaves it to the
// next.
//
// An Op that no service has would never be struck, and a Status outside of 200 to
// 599 never be answered: they fail the test of NewServer at once, and panic on other
// servers.
func (s *Server) Inject(f Fault) *Injected {
	s.mustBeKnown(f)
	if f.Times == 0 {
		f.Times = 1
	}
	i := &Injected{fault: f}
	if f.Status != 0 || f.Code != "" {
		i.failure = f.apiError
	}
	return s.faults.add(i)
}

// mustBeKnown fails the test, or panics, for a fault that check refuses.
func (s *Server) mustBeKnown(f Fault) {
	if err := f.check(); err != nil {
		s.fail(err)
		if !s.tested {
			panic(err)
		}
	}
}

func (fs *faults) add(i *Injected) *Injected {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	i.faults = fs
	if i.fault.MustFire {
		fs.must = append(fs.must, i)
	}
	fs.injected = append(fs.injected, i)
	return i
}

// strike returns the fault that strikes a request, or nil.
func (fs *faults) strike(op, target string) *Injected {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for at, i := range fs.injected {
		if !i.matches(op, target) {
			continue
		}
		if i.matched++; i.matched <= i.fault.Skip {
			continue
		}
		i.fired++
		if i.fired == i.fault.Times {
			fs.injected = slices.Delete(fs.injected, at, at+1)
		}
		return i
	}
	return nil
}

func (i *Injected) matches(op, target string) bool {
	return (i.fault.Op == "" || i.fault.Op == op) && (i.fault.Target == "" || i.fault.Target == target)
}

// serve answers a request that the fault strikes.
func (i *Injected) serve(w http.ResponseWriter, r *received) {
	f := i.fault
	if f.Hook != nil {
		f.Hook()
	}
	fails := f.Drop || i.failure != nil
	after := f.After || f.Truncate > 0
	if !after {
		f.wait(r.request)
	}
	if !after && !fails {
		addHeader(w.Header(), f.Header)
		r.Serve(w)
		return
	}
	kept := &recorder{header: http.Header{}, status: http.StatusOK}
	if after {
		r.Serve(kept)
		if f.Then != nil {
			f.Then()
		}
		f.wait(r.request)
	}
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Truncate > 0:
		kept.send(w, r.request, f)
		panic(http.ErrAbortHandler)
	case i.failure != nil:
		addHeader(w.Header(), f.Header)
		e := i.failure(r)
		r.writeError(w, r.request, e.status, e.code, e.message)
	default:
		kept.send(w, r.request, f)
	}
}

// wait waits for Delay. If the client gives up meanwhile there is nobody left to
// answer.
func (f Fault) wait(r *http.Request) {
	if f.Delay <= 0 {
		return
	}
	t := time.NewTimer(f.Delay)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}
