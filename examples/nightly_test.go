package examples_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
)

// source is a list in four pages.
type source struct {
	*httptest.Server

	mu     sync.Mutex
	asked  []string
	broken bool
	before func(page string) // runs before an answer
}

func newSource(t *testing.T) *source {
	s := &source{before: func(string) {}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := r.URL.Query().Get("page")
		s.before(page)
		s.mu.Lock()
		defer s.mu.Unlock()
		if page == "2" && s.broken {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		s.asked = append(s.asked, page)
		next := map[string]string{"": "1", "1": "2", "2": "3", "3": ""}[page]
		fmt.Fprintf(w, `{"rows":[1,2,3],"next":%q}`, next)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *source) setBroken(broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = broken
}

func (s *source) wantAsked(t *testing.T, want string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := strings.Join(s.asked, ","); got != want {
		t.Errorf("the pages asked for were %q, want %q", got, want)
	}
}

const complete = `"next":"","rows":0,"done":"2`

func TestNightly(t *testing.T) {
	t.Parallel()
	aws := awsfake.NewServer(t)
	aws.CreateBucket("state")
	s := newSource(t)
	r := deploy(t, aws, "nightly", map[string]string{"STATE_BUCKET": "state", "SOURCE": s.URL})

	s.setBroken(true)
	if a := r.invoke(`{}`); a.ok {
		t.Fatalf("with a broken source the handler answered %s", a.body)
	}
	r.wantWarm("GetObject")
	r.restart()
	s.setBroken(false)
	for range 2 { // the first goes on where the other stopped, the second is warm, and another round
		if a := r.invoke(`{}`); !a.ok || !strings.Contains(string(a.body), complete) {
			t.Fatalf("the handler answered %s", a.body)
		}
	}
	wantPermissions(t, aws, "nightly")

	aws.ReplaceEnvironment("nightly", map[string]string{"STATE_BUCKET": "nowhere", "SOURCE": s.URL})
	if a := r.invoke(`{}`); a.ok || !strings.Contains(string(a.body), "does not exist") {
		t.Errorf("without the bucket the handler answered %s", a.body)
	}
	s.wantAsked(t, ",1,2,3,,1,2,3")
}

// TestNightlyTwiceAtOnce: an invocation that comes while another one is at work
// does nothing.
func TestNightlyTwiceAtOnce(t *testing.T) {
	t.Parallel()
	aws := awsfake.NewServer(t)
	aws.CreateBucket("state")
	s := newSource(t)
	r := deploy(t, aws, "nightly", map[string]string{"STATE_BUCKET": "state", "SOURCE": s.URL})
	s.before = func(page string) {
		if page != "2" {
			return
		}
		if a := r.invoke(`{}`); !a.ok || !strings.Contains(string(a.body), `"next":"2","rows":6`) {
			t.Errorf("while another invocation is at work the handler answered %s", a.body)
		}
	}
	if a := r.invoke(`{}`); !a.ok || !strings.Contains(string(a.body), complete) {
		t.Errorf("the handler answered %s", a.body)
	}
	s.wantAsked(t, ",1,2,3")
}
