package lambdajar

import "time"

// Hasten makes a Store wait for a server in this process, not for AWS.
func Hasten(s *Store) *Store {
	s.function.firstPause, s.function.maxPause = 4*time.Millisecond, 16*time.Millisecond
	return s
}

// Kept returns the variables that a Store keeps for the sake of its last write.
func Kept(s *Store) map[string]string { return s.pending.last.base.variables }
