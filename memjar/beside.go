package memjar

import "github.com/awsjar/awsjar"

// Beside returns the store that belongs to an id, always the same one, with the same
// Options. It makes a Store an Options.Overflow of package lambdajar.
func (s *Store) Beside(id string) awsjar.Store {
	if s == nil {
		return s
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.beside == nil {
		s.beside = map[string]*Store{}
	}
	if s.beside[id] == nil {
		s.beside[id] = &Store{opts: s.opts}
	}
	return s.beside[id]
}
