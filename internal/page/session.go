package page

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
)

// session is the two tokens of a page: the one that opens it, once, and the one
// that each later request has in a header. A cookie would do neither: browsers
// send it to every port of the address.
type session struct {
	opening string
	key     string

	mu     sync.Mutex
	opened bool
}

func newSession() *session { return &session{opening: rand.Text(), key: rand.Text()} }

// open trades the opening token for the key, once.
func (s *session) open(token string) (key string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened || !equal(token, s.opening) {
		return "", false
	}
	s.opened = true
	return s.key, true
}

// admits reports whether a request has the key.
func (s *session) admits(r *http.Request) bool {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && equal(key, s.key)
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
