package page

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
)

// browser is a client of a page that runs.
type browser struct {
	t    *testing.T
	page *Page
	key  string
}

// serve runs a page until the test ends, and opens it.
func serve(t *testing.T, o Options) *browser {
	t.Helper()
	p, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	b := &browser{t: t, page: p}
	_, token, _ := strings.Cut(p.URL(), "#")
	status, body := b.post("/session", map[string]string{"token": token})
	if status != http.StatusOK {
		t.Fatalf("the session is not opened: %d %s", status, body)
	}
	var opened struct{ Key string }
	if err := json.Unmarshal([]byte(body), &opened); err != nil {
		t.Fatal(err)
	}
	b.key = opened.Key
	return b
}

func (b *browser) do(r *http.Request) (*http.Response, string) {
	b.t.Helper()
	if b.key != "" && r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", "Bearer "+b.key)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer, string(body)
}

func (b *browser) request(method, path string, body io.Reader) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, "http://"+b.page.host()+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *browser) get(path string) (int, string) {
	b.t.Helper()
	answer, body := b.do(b.request("GET", path, nil))
	return answer.StatusCode, body
}

func (b *browser) post(path string, v any) (int, string) {
	b.t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		b.t.Fatal(err)
	}
	r := b.request("POST", path, strings.NewReader(string(text)))
	r.Header.Set("Content-Type", "application/json")
	answer, body := b.do(r)
	return answer.StatusCode, body
}

// shows fails the test unless a view has all the texts.
func (b *browser) shows(path string, texts ...string) string {
	b.t.Helper()
	status, body := b.get(path)
	if status != http.StatusOK {
		b.t.Fatalf("GET %s: %d\n%s", path, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			b.t.Errorf("GET %s has no %q:\n%s", path, text, body)
		}
	}
	return body
}

// only is a place that is one state.
func only(url string, store awsjar.Store) Place {
	state := stateIn(url, store)
	return Place{URL: url, List: listOf(state)}
}

func stateIn(url string, store awsjar.Store) State {
	return State{URL: url, Open: func(context.Context) (awsjar.Store, error) { return store, nil }}
}

func listOf(states ...State) func(context.Context) iter.Seq2[State, error] {
	return func(context.Context) iter.Seq2[State, error] {
		return func(yield func(State, error) bool) {
			for _, state := range states {
				if !yield(state, nil) {
					return
				}
			}
		}
	}
}

// put stores a text as it is.
func put(t *testing.T, store awsjar.Store, text string) awsjar.Meta {
	t.Helper()
	meta, err := store.Save(t.Context(), []byte(text), awsjar.Any)
	if err != nil {
		t.Fatal(err)
	}
	return meta
}

// fileStore is a store that keeps versions.
func fileStore(t *testing.T, texts ...string) *filejar.Store {
	t.Helper()
	store := filejar.New(t.TempDir()+"/state.json", func(o *filejar.Options) { o.Keep = -1 })
	for _, text := range texts {
		put(t, store, text)
	}
	return store
}

// id returns the path of the only state.
func (b *browser) id() string {
	b.t.Helper()
	b.shows("/overview")
	for id := range b.page.states.byID {
		return "/state/" + id
	}
	b.t.Fatal("there is no state")
	return ""
}

func TestOverview(t *testing.T) {
	store := memjar.New()
	put(t, store, `{"num_acorns":50}`)
	jar := lambdajar.Found{Function: "sams-lambda", Name: "jar", Used: 3900, State: 3000, IDs: 60, Others: []int{500, 300}, Form: "dense"}
	listed := stateIn("lambda://sams-lambda", store)
	listed.Listed, listed.Jar = true, &jar
	b := serve(t, Options{Places: []Place{
		only("mem:", store),
		{URL: "lambda://", List: listOf(listed)},
		{URL: "s3://acorns/", List: listOf(State{URL: "s3://acorns/a/b.json", Listed: true, Size: 1234567}), Versioning: func(context.Context) (string, error) { return "never", nil }},
	}})
	b.page.opts.Requests = func() ([]Request, int) {
		return []Request{{Service: "s3", Op: "GetObject", Target: "acorns/old.json", Status: 200}, {Service: "s3", Op: "PutObject", Target: "acorns/<b>.json", Status: 503, Faulted: true, BytesIn: 1234}}, 5000
	}
	view := b.shows("/overview",
		"the newest of 5,000", "s3 PutObject", "acorns/&lt;b&gt;.json", "503 Service Unavailable, a fault", "1,234",
		"1 function with a jar, 2 states",
		"3,900 of 4,096 bytes: jar 2,940, ids 60, other variables 900, free 196",
		`<rect class="jar" x="0" width="2940" height="10"/><rect class="ids" x="2940" width="60" height="10"/><rect class="other" x="3000" width="500" height="10"/><rect class="other" x="3500" width="300" height="10"/>`,
		"nearly full", "awsjar usage lambda://sams-lambda", ">dense<",
		"1,234,567", "no history", "awsjar versioning s3://acorns enable",
	)
	if strings.Index(view, "PutObject") > strings.Index(view, "GetObject") {
		t.Error("the newest request is not the first")
	}
}

func TestState(t *testing.T) {
	store := fileStore(t, `{"cursor":"a","n":1,"old":true}`, `{"cursor":"a","n":12.50,"list":[1,2]}`)
	b := serve(t, Options{Places: []Place{only("file:state.json", store)}})
	b.shows(b.id(), "12.50", "was 1", "old removed", `<span class="was">new</span>`, "2 versions", "+5 −2 lines")
}
