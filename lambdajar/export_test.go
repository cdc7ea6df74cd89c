package lambdajar

import "time"

// Hasten makes a Store wait for a server in this process, not for AWS.
func Hasten(s *Store) *Store {
	s.firstPause, s.maxPause = 4*time.Millisecond, 16*time.Millisecond
	return s
}
