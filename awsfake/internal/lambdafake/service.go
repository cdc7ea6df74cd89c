// Package lambdafake is the Lambda service of awsfake: functions, their
// configuration, versions and aliases, in memory or in a directory, behind the REST
// API of Lambda; package execution runs them. It expects requests that the frame
// around it has already authenticated.
//
// Where the package imitates AWS, the rule comes from the Lambda API reference and
// developer guide, or from answers of AWS that others recorded; where neither
// covers a rule, the comment beside it says that it is an assumption.
package lambdafake

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/execution"
	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// Options are the settings of New.
type Options struct {
	// Dir is the directory the state lives in, one file per function; it is created
	// if absent and belongs to one Service at a time. The state then survives a
	// restart and kill -9. Default "": memory only.
	Dir string
	// Region is the Region of the endpoint and of its functions. Default "us-east-1".
	Region string
	// AccountID is the account that owns the functions, 12 digits. Default
	// "123456789012".
	AccountID string
	// Now tells the time. Default time.Now.
	Now func() time.Time
	// Settle is how long a creation stays Pending and an update InProgress. Default
	// 0: until the next request.
	Settle time.Duration
	// ConflictFirst makes an update that is both stale and too early fail with 409
	// instead of 412. AWS does not document which check comes first. Default false:
	// 412.
	ConflictFirst bool
	// EchoMeasured answers an environment over 4 KB with AWS's text of 2025, which
	// repeats every value, instead of that of 2026, which tells the size only.
	// Default false.
	EchoMeasured bool
	// OldWhileInProgress makes reads return the previous configuration until the
	// update has settled. AWS does not document which one a read sees meanwhile.
	// Default false: the new one.
	OldWhileInProgress bool
	// EventWait is how long an asynchronous invocation that failed waits for its
	// second attempt; the third waits twice as long. Default 1 minute.
	EventWait time.Duration
	// Variables returns the variables that functions have besides their own. Default
	// nil: none.
	Variables func() []string
	// Log receives the output of functions. Default nil: it is dropped.
	Log io.Writer
}

var accountPattern = lazyregexp.New(`^[0-9]{12}$`)

// Service is a Lambda service. It is safe for concurrent use.
type Service struct {
	options Options
	disk    disk

	mu        sync.Mutex
	functions map[string]*function
	settle    time.Duration
	held      map[string]int     // by function name: how many holders keep its update in progress
	failing   map[string]failure // by function name: how its next update ends

	programs map[string]program // by function name
	running  map[string]int     // by function name: how many invocations are under way
	queued   int                // asynchronous invocations
	closed   bool
	closing  chan struct{} // closed with the service
	events   sync.WaitGroup
	pool     *execution.Pool
}

// New makes the service and, with Options.Dir, loads the state in the directory.
func New(o Options) (*Service, error) {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.AccountID == "" {
		o.AccountID = "123456789012"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.EventWait == 0 {
		o.EventWait = defaultEventWait
	}
	if o.Variables == nil {
		o.Variables = func() []string { return nil }
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	if !accountPattern().MatchString(o.AccountID) {
		return nil, fmt.Errorf("lambdafake: account %q does not have 12 digits", o.AccountID)
	}
	s := &Service{
		options: o,
		disk:    disk{dir: o.Dir},
		settle:  o.Settle,
		held:    map[string]int{},
		failing: map[string]failure{},

		programs: map[string]program{},
		running:  map[string]int{},
		closing:  make(chan struct{}),
		pool:     execution.New(execution.Options{Variables: o.Variables, Log: o.Log}),
	}
	var err error
	s.functions, err = s.disk.load()
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends every function that runs, and the service. Every change is already on
// disk by then.
func (s *Service) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	s.pool.Close()
	s.events.Wait()
	return nil
}

// lookup returns the function, settled if its time has come; nil if there is none.
// The caller holds mu and must not change it, but a clone, which it hands to store.
func (s *Service) lookup(name string) *function {
	f := s.functions[name]
	if f == nil || f.Change == nil || s.held[name] > 0 || s.options.Now().Before(f.Change.Settles) {
		return f
	}
	f = f.settled()
	s.functions[name] = f
	return f
}

// store makes f the state of its function, on disk first. The caller holds mu.
func (s *Service) store(f *function) error {
	if err := s.disk.save(f); err != nil {
		return err
	}
	s.functions[f.Name] = f
	return nil
}

// remove forgets a function, on disk first. The caller holds mu.
func (s *Service) remove(name string) error {
	if err := s.disk.remove(name); err != nil {
		return err
	}
	delete(s.functions, name)
	delete(s.failing, name)
	s.pool.Forget(name)
	return nil
}

// names returns the names of all functions, sorted. The caller holds mu.
func (s *Service) names() []string {
	return slices.Sorted(maps.Keys(s.functions))
}
