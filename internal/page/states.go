package page

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/awsjar/awsjar"
)

// maxStates is how many states the page remembers.
const maxStates = 10_000

// states are the states that the places listed. The page opens no others, so
// that a request cannot name one.
type states struct {
	mu   sync.Mutex
	byID map[string]*known
}

// known is a state that was listed.
type known struct {
	State
	ID string

	mu    sync.Mutex
	store awsjar.Store // nil until it is opened
}

// remember returns the entry of a state, which it makes if there is none.
func (s *states) remember(state State) *known {
	sum := sha256.Sum256([]byte(state.URL))
	id := base64.RawURLEncoding.EncodeToString(sum[:12])
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID == nil || len(s.byID) >= maxStates {
		s.byID = map[string]*known{}
	}
	if k, ok := s.byID[id]; ok {
		return k
	}
	k := &known{State: state, ID: id}
	s.byID[id] = k
	return k
}

func (s *states) find(id string) *known {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[id]
}

// open opens the store, once.
func (k *known) open(ctx context.Context) (awsjar.Store, *awsjar.Jar[json.RawMessage], error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.store == nil {
		store, err := k.Open(ctx)
		if err != nil {
			return nil, nil, err
		}
		k.store = store
	}
	return k.store, bytesOf(k.store), nil
}

// bytesOf opens the state of a store as the bytes that are stored.
func bytesOf(store awsjar.Store) *awsjar.Jar[json.RawMessage] {
	return awsjar.New[json.RawMessage](store, func(o *awsjar.Options) { o.Codec = awsjar.Bytes{} })
}

// view is a state that a request is about.
type view struct {
	*known
	store awsjar.Store
	jar   *awsjar.Jar[json.RawMessage]
}

// asked returns the state that a request names. If there is none it answers.
func (p *Page) asked(w http.ResponseWriter, r *http.Request) (view, bool) {
	k := p.states.find(r.PathValue("id"))
	if k == nil { // the page was started anew, or opened at this state
		p.listAll(r.Context())
		k = p.states.find(r.PathValue("id"))
	}
	if k == nil {
		p.refuse(w, http.StatusNotFound, problem{Text: "this state is not listed", Hint: "go to the overview"})
		return view{}, false
	}
	store, jar, err := k.open(r.Context())
	if err != nil {
		p.fail(w, k.URL, err)
		return view{}, false
	}
	return view{k, store, jar}, true
}

// ofState calls a handler with the state that a request names, once there is a
// place to read its value.
func (p *Page) ofState(handle func(http.ResponseWriter, *http.Request, view)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, ok := p.asked(w, r)
		if !ok {
			return
		}
		done, err := p.reading(r.Context())
		if err != nil {
			p.fail(w, v.URL, err)
			return
		}
		defer done()
		handle(w, r, v)
	}
}

// listAll remembers the states of all places.
func (p *Page) listAll(ctx context.Context) {
	for _, place := range p.opts.Places {
		listed := 0
		for state, err := range place.List(ctx) {
			if err != nil || listed >= maxListing {
				break
			}
			p.states.remember(state)
			listed++
		}
	}
}

// reading waits for a place to read a value, so that few are in memory at once.
func (p *Page) reading(ctx context.Context) (done func(), err error) {
	select {
	case p.reads <- struct{}{}:
		return func() { <-p.reads }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inTurn is a store whose values are read when there is a place for them.
type inTurn struct {
	awsjar.Store
	page *Page
}

func (s inTurn) Unwrap() awsjar.Store { return s.Store }

func (s inTurn) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	done, err := s.page.reading(ctx)
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	defer done()
	return s.Store.Load(ctx)
}

// Place is the part of the URL before the name: the bucket, or the directory.
func (k *known) Place() string { return k.URL[:len(k.URL)-len(k.Name())] }

// Name is the part of the URL that tells the states of one place apart.
func (k *known) Name() string {
	scheme, rest, _ := strings.Cut(k.URL, ":")
	switch scheme {
	case "s3":
		if bucket, key, ok := strings.Cut(strings.TrimPrefix(rest, "//"), "/"); ok && bucket != "" {
			return key
		}
	case "lambda":
		return strings.TrimPrefix(rest, "//")
	case "file":
		path, _, _ := strings.Cut(rest, "?")
		return rest[strings.LastIndex(path, "/")+1:]
	}
	return k.URL
}

// Deploys reports whether a write is a deployment of a function.
func (k *known) Deploys() bool { return strings.HasPrefix(k.URL, "lambda:") }

// isAbsent reports whether nothing is stored where something could be.
func isAbsent(err error) bool {
	return errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore)
}

// counted writes a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%s %ss", thousands(n), noun)
}
