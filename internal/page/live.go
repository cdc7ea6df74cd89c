package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/unwrap"
)

const (
	pollState    = 2 * time.Second // of a store that does not want a longer time
	pollOverview = 30 * time.Second
)

// stream is an answer that goes on: events for the script. It never holds a
// value.
type stream struct {
	w    http.ResponseWriter
	done func()
}

// stream begins one, or answers that there are too many.
func (p *Page) stream(w http.ResponseWriter) (*stream, bool) {
	select {
	case p.streams <- struct{}{}:
	default:
		http.Error(w, "too many views are open", http.StatusTooManyRequests)
		return nil, false
	}
	w.Header().Set("Content-Type", "text/event-stream")
	s := &stream{w, func() { <-p.streams }}
	s.flush()
	return s, true
}

func (s *stream) flush() error { return http.NewResponseController(s.w).Flush() }

// send sends one event.
func (s *stream) send(kind string, data any) error {
	text, err := json.Marshal(data)
	if err == nil {
		_, err = fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", kind, text)
	}
	return errors.Join(err, s.flush())
}

// seen is the event for a read of a state.
type seen struct {
	Revision string `json:"revision"`
	Time     string `json:"time"`
	Size     int64  `json:"size"`
	Deleted  bool   `json:"deleted"`
}

// stateEvents tells of each change of a state.
func (p *Page) stateEvents(w http.ResponseWriter, r *http.Request) {
	v, ok := p.asked(w, r)
	if !ok {
		return
	}
	s, ok := p.stream(w)
	if !ok {
		return
	}
	defer s.done()
	every := pollState
	if limited, ok := unwrap.As[awsjar.Limited](v.store); ok {
		every = max(every, limited.Limits().Poll)
	}
	for entry, err := range bytesOf(inTurn{v.store, p}).Watch(r.Context(), every) {
		if err != nil && !errors.Is(err, awsjar.ErrCorrupt) {
			err = s.send("failed", p.problem(v.URL, err))
		} else {
			at := entry.Modified
			if at.IsZero() {
				at = time.Now()
			}
			err = s.send("seen", seen{string(entry.Revision), clock(at, "15:04:05"), int64(len(entry.Value)), entry.Deleted})
		}
		if err != nil {
			return
		}
	}
}

// events tells when the overview is not as it was.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	s, ok := p.stream(w)
	if !ok {
		return
	}
	defer s.done()
	shown := r.URL.Query().Get("shown")
	tick := time.NewTicker(pollOverview)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
		o := p.survey(r.Context())
		kind := "read"
		if o.Digest != shown {
			kind = "changed"
		}
		if s.send(kind, nil) != nil {
			return
		}
	}
}
