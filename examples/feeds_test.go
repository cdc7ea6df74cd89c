package examples_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
)

// world is a feed and the webhook that gets its entries.
type world struct {
	feed, webhook *httptest.Server

	mu        sync.Mutex
	shown     []string // the names of the entries that the feed shows
	broken    bool     // the webhook refuses
	delivered []string // ids
}

func newWorld(t *testing.T) *world {
	w := &world{}
	w.feed = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		items := []map[string]string{}
		for _, name := range w.shown {
			items = append(items, map[string]string{"id": "id-" + name, "title": "Title " + name})
		}
		_ = json.NewEncoder(out).Encode(map[string]any{"items": items})
	}))
	t.Cleanup(w.feed.Close)
	w.webhook = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.broken {
			out.WriteHeader(http.StatusBadGateway)
			return
		}
		var entry struct{ ID string }
		_ = json.NewDecoder(req.Body).Decode(&entry)
		w.delivered = append(w.delivered, entry.ID)
	}))
	t.Cleanup(w.webhook.Close)
	return w
}

func (w *world) show(names ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shown = names
}

func (w *world) breakWebhook(broken bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = broken
}

// wantDelivered checks that each entry was delivered once, in any order.
func (w *world) wantDelivered(t *testing.T, ids ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	got := slices.Sorted(slices.Values(w.delivered))
	if !slices.Equal(got, ids) {
		t.Errorf("delivered %q, want %q", got, ids)
	}
}

func TestFeeds(t *testing.T) {
	t.Parallel()
	aws := awsfake.NewServer(t)
	aws.CreateBucket("state")
	w := newWorld(t)
	r := deploy(t, aws, "feeds", map[string]string{"STATE_BUCKET": "state", "FEEDS": w.feed.URL, "WEBHOOK": w.webhook.URL})

	w.show("a", "b")
	r.want(`{}`, `["Title a","Title b"]`)
	r.wantWarm("GetObject")
	r.want(`{}`, `[]`)

	// The answer of a write is lost: nothing is delivered twice.
	r.restart()
	w.show("c", "a")
	aws.Inject(awsfake.Fault{Op: "PutObject", After: true, Drop: true})
	r.want(`{}`, `["Title c"]`)
	r.want(`{}`, `[]`)
	w.wantDelivered(t, "id-a", "id-b", "id-c")

	// The webhook refuses an entry, which the feed no longer shows afterwards.
	w.breakWebhook(true)
	w.show("d")
	if a := r.invoke(`{}`); a.ok || !strings.Contains(string(a.body), "502") {
		t.Errorf("with a broken webhook the handler answered %s", a.body)
	}
	w.breakWebhook(false)
	w.show()
	r.want(`{}`, `["Title d"]`)
	w.wantDelivered(t, "id-a", "id-b", "id-c", "id-d")

	wantPermissions(t, aws, "feeds")

	aws.ReplaceEnvironment("feeds", map[string]string{"STATE_BUCKET": "nowhere", "FEEDS": w.feed.URL})
	if a := r.invoke(`{}`); a.ok || !strings.Contains(string(a.body), "does not exist") {
		t.Errorf("without the bucket the handler answered %s", a.body)
	}
}

// TestFeedsInvocationDies: an invocation is ended between its claim and its
// delivery. No entry is lost: a later invocation delivers it when the claim has
// run out, though the feed no longer shows it.
func TestFeedsInvocationDies(t *testing.T) {
	t.Parallel()
	aws := awsfake.NewServer(t)
	aws.CreateBucket("state")
	w := newWorld(t)
	aws.PutObject("state", "feeds.json", []byte(`{"delivered":{},"claimed":{"id-a":{"title":"Title a","until":1764150000}}}`), nil)
	r := deploy(t, aws, "feeds", map[string]string{"STATE_BUCKET": "state", "FEEDS": w.feed.URL, "WEBHOOK": w.webhook.URL})
	r.want(`{}`, `["Title a"]`)
	w.wantDelivered(t, "id-a")
}
