package page

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

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
	jar := lambdajar.Found{Function: "sams-lambda", Name: "jar", Used: 3900, State: 3000, IDs: 60, OtherSizes: []int{500, 300}, Form: "dense"}
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

// TestOverviewOfUnversionedBucket: a bucket that keeps no versions is one thing to look
// at, and not one for each object and place.
func TestOverviewOfUnversionedBucket(t *testing.T) {
	versioning := "never"
	status := func(context.Context) (string, error) { return versioning, nil }
	listed := func(url string) Place {
		return Place{URL: url, Versioning: status, List: listOf(State{URL: url + "a.json", Listed: true}, State{URL: url + "b.json", Listed: true})}
	}
	b := serve(t, Options{Places: []Place{listed("s3://acorns/x/"), listed("s3://acorns/y/")}})
	view := b.shows("/overview", "1 needs a look", "awsjar versioning s3://acorns enable")
	for text, want := range map[string]int{"no history": 1, "s3://acorns keeps no versions": 1, ">none<": 4} {
		if got := strings.Count(view, text); got != want {
			t.Errorf("%q is there %d times, want %d: %s", text, got, want, view)
		}
	}
	before := b.page.survey(t.Context()).Digest
	versioning = "enabled"
	if b.page.survey(t.Context()).Digest == before {
		t.Error("the overview does not notice that the bucket keeps versions now")
	}
}

// TestOverviewOfUnopened: no size and no time are made up for a state that was not
// read.
func TestOverviewOfUnopened(t *testing.T) {
	b := serve(t, Options{Places: []Place{{URL: "mem:", List: listOf(State{
		URL: "mem:", Open: func(context.Context) (awsjar.Store, error) { return nil, awsjar.ErrAccessDenied },
	})}}})
	view := b.shows("/overview", "denied", ">–<", "not known")
	if strings.Contains(view, "0001-01-01") || strings.Contains(view, ">0<") {
		t.Errorf("a time or a size is made up: %s", view)
	}
}

// TestMomentHasItsDay: versions of the same hour of two days can be told apart.
func TestMomentHasItsDay(t *testing.T) {
	now := time.Now().UTC()
	before := now.AddDate(0, 0, -1)
	for at, want := range map[time.Time]string{
		now: now.Format("15:04:05"), before: before.Format("2006-01-02 15:04:05"), {}: "time not known",
	} {
		if got := moment(at); got != want {
			t.Errorf("%v is %s, want %s", at, got, want)
		}
	}
}

// TestTreeShowsNames: each name of a member and each text can be told from others.
func TestTreeShowsNames(t *testing.T) {
	tree := treeOf([]byte(`{"a b":1,"":2," a":3,"a\nb":4,"\"a\"":5,"é日":6,"long":"` + strings.Repeat("x", maxText+1) + `"}`))
	var names []string
	for _, child := range tree.Children {
		names = append(names, child.Name)
	}
	if want := []string{"a b", `""`, `" a"`, `"a\nb"`, `"\"a\""`, "é日", "long"}; !slices.Equal(names, want) {
		t.Errorf("the names are %q, want %q", names, want)
	}
	// The note about the length is no part of the text.
	if got, want := tree.Children[6].Text, `"`+strings.Repeat("x", maxText)+`"… (2,001 characters)`; got != want {
		t.Errorf("a long text is %s", got)
	}
}

// TestTreeCompares: marks of names that occur twice, and of long texts that differ
// at their ends.
func TestTreeCompares(t *testing.T) {
	long := strings.Repeat("x", maxText)
	for _, test := range []struct {
		before, now, want string
	}{
		{`{"a":1,"a":2}`, `{"a":1,"a":2}`, ""},
		{`{"a":1,"a":2}`, `{"a":1,"a":3}`, "a was 2;"},
		{`{"a":1,"a":2}`, `{"a":1}`, "value removed [a];"},
		{`{"a":1}`, `{"a":1,"a":2}`, "a new;"},
		{`{"s":"` + long + `ab"}`, `{"s":"` + long + `cd"}`, `s was "` + strings.Repeat("x", 60) + "\"… (2,002 characters);"},
	} {
		now := treeOf([]byte(test.now))
		compare(now, treeOf([]byte(test.before)))
		got := ""
		for _, n := range append([]*node{now}, now.Children...) {
			switch {
			case n.Was != "":
				got += n.Name + " was " + n.Was + ";"
			case n.New:
				got += n.Name + " new;"
			case len(n.Removed) > 0:
				got += n.Name + " removed " + fmt.Sprint(n.Removed) + ";"
			}
		}
		if got != test.want {
			t.Errorf("%.40s and then %.40s: %s, want %s", test.before, test.now, got, test.want)
		}
	}
}

// TestCommandsOfAState: a command or a URL that the page names can be used.
func TestCommandsOfAState(t *testing.T) {
	for url, want := range map[string]string{
		"lambda://f":        "lambda://f?history=s3://BUCKET/KEY",
		"lambda://f?name=x": "lambda://f?name=x&amp;history=s3://BUCKET/KEY",
		"env:JAR":           "",
	} {
		store := memjar.New()
		put(t, store, "hello")
		b := serve(t, Options{Places: []Place{only(url, unversioned{store})}})
		id := b.id()
		view := b.shows(id, "This store keeps no earlier values.", want)
		if want == "" && strings.Contains(view, "history=") {
			t.Errorf("%s takes no history: %s", url, view)
		}
		b.shows(id+"/edit", "awsjar get --raw "+html.EscapeString(quote(url)))
	}
}

// unversioned is a store that keeps no versions.
type unversioned struct{ awsjar.Store }

func TestState(t *testing.T) {
	store := fileStore(t, `{"cursor":"a","n":1,"old":true}`, `{"cursor":"a","n":12.50,"list":[1,2]}`)
	b := serve(t, Options{Places: []Place{only("file:state.json", store)}})
	b.shows(b.id(), "12.50", "was 1", "old removed", `<span class="was">new</span>`, "2 versions", "+5 −2 lines")
}
