package lambdafake

import (
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"
)

// CreateFunction makes a function that is Active at once. A nil env gives it no
// variables, as AWS shows a function that never had any.
func (s *Service) CreateFunction(name string, env map[string]string) error {
	ref, ok := parseReference(name)
	if !ok || ref.name != name {
		return fmt.Errorf("lambdafake: %q is not a function's name", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lookup(name) != nil {
		return fmt.Errorf("lambdafake: function %q exists", name)
	}
	if err := s.checkEnvironment(env); err != nil {
		return err
	}
	f := s.newFunction(name)
	f.Environment = maps.Clone(env)
	return s.store(f)
}

// DeleteFunction removes a function, if there is one.
func (s *Service) DeleteFunction(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remove(name)
}

// Environment returns a copy of a function's variables, even if they are hidden
// from callers, and false if there is no such function.
func (s *Service) Environment(name string) (map[string]string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.lookup(name)
	if f == nil {
		return nil, false
	}
	return maps.Clone(f.Environment), true
}

// ReplaceEnvironment replaces all variables, as a deploy tool does. It settles at
// once, even while another change is in progress, whose outcome it replaces.
func (s *Service) ReplaceEnvironment(name string, env map[string]string) error {
	return s.edit(name, func(f *function) error {
		if err := s.checkEnvironment(env); err != nil {
			return err
		}
		f.Environment = maps.Clone(env)
		f.Revision, f.Generation = newRevision(), newRevision()
		f.Modified = s.options.Now()
		f.Change, f.State, f.Update = nil, active, updateStatus{Status: successful}
		return nil
	})
}

// HideEnvironment makes a function answer as AWS does to a caller who may not
// decrypt its variables, or ends that.
func (s *Service) HideEnvironment(name string, hidden bool) error {
	return s.edit(name, func(f *function) error {
		f.HiddenEnvironment = hidden
		return nil
	})
}

// PublishVersion publishes $LATEST as a request would, and returns the number of
// the version.
func (s *Service) PublishVersion(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.lookup(name)
	if f == nil {
		return "", fmt.Errorf("lambdafake: no function %q", name)
	}
	v, err := s.publish(f, "")
	return strconv.Itoa(v.Number), err
}

// SetSettle sets how long creations and updates take that start from now on.
func (s *Service) SetSettle(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle = d
}

// HoldUpdates keeps every change of a function in progress until release is called,
// and then as long as it takes anyway. Holds are not kept in Options.Dir.
func (s *Service) HoldUpdates(name string) (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[name]++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held[name]--
	})
}

// FailUpdate makes the next update of a function end as Failed with a reason, its
// old configuration still in force.
func (s *Service) FailUpdate(name, reasonCode, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing[name] = failure{ReasonCode: reasonCode, Reason: reason}
}

// edit stores a changed copy of a function.
func (s *Service) edit(name string, change func(*function) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.lookup(name)
	if f == nil {
		return fmt.Errorf("lambdafake: no function %q", name)
	}
	f = f.clone()
	if err := change(f); err != nil {
		return err
	}
	return s.store(f)
}
