package page

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar/memjar"
)

// paths are all that needs the key: a method, a path below the state, or from /.
var paths = []string{
	"GET /overview", "GET /events", "GET state", "GET state/changes", "GET state/edit", "GET state/events",
	"POST state/check", "POST state/save", "POST state/join", "POST state/save-joined", "POST state/restore",
}

// forged returns a request that is as the page's own script makes it.
func (b *browser) forged(what, id string) *http.Request {
	method, path, _ := strings.Cut(what, " ")
	path = strings.Replace(path, "state", id, 1)
	var in io.Reader
	if method == "POST" {
		in = strings.NewReader(`{"text":"1","revision":""}`)
	}
	r := b.request(method, path, in)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Authorization", "Bearer "+b.key)
	return r
}

// status sends a request and returns the status alone: a stream has no end.
func (b *browser) status(r *http.Request) int {
	b.t.Helper()
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func guarded(t *testing.T) (*browser, string) {
	store := memjar.New()
	put(t, store, `{"secret":"acorn"}`)
	b := serve(t, Options{Write: true, Places: []Place{only("mem:", store)}})
	return b, b.id()
}

func TestListensOnThisMachineAlone(t *testing.T) {
	b, _ := guarded(t)
	addr, ok := b.page.listener.Addr().(*net.TCPAddr)
	if !ok || addr.IP.String() != "127.0.0.1" || addr.Port == 0 {
		t.Errorf("it listens at %v", b.page.listener.Addr())
	}
}

// A name that somebody lets point to 127.0.0.1 makes the page's origin theirs.
func TestHostIsTheLiteralAddress(t *testing.T) {
	b, id := guarded(t)
	_, port, _ := net.SplitHostPort(b.page.host())
	for _, host := range []string{"evil.example:" + port, "localhost:" + port, "127.0.0.1", "127.0.0.1:1", "[::1]:" + port, "127.0.0.2:" + port} {
		for _, what := range append([]string{"GET /", "GET /page.js", "POST /session"}, paths...) {
			r := b.forged(what, id)
			r.Host = host
			if status := b.status(r); status != http.StatusMisdirectedRequest {
				t.Errorf("%s of host %s: %d", what, host, status)
			}
		}
	}
}

func TestNothingWithoutTheKey(t *testing.T) {
	b, id := guarded(t)
	for _, what := range paths {
		for name, set := range map[string]func(h http.Header){
			"none":         func(h http.Header) { h.Del("Authorization") },
			"another":      func(h http.Header) { h.Set("Authorization", "Bearer "+strings.Repeat("A", len(b.key))) },
			"empty":        func(h http.Header) { h.Set("Authorization", "Bearer ") },
			"without form": func(h http.Header) { h.Set("Authorization", b.key) },
			"a cookie":     func(h http.Header) { h.Del("Authorization"); h.Set("Cookie", "key="+b.key) },
			"opening":      func(h http.Header) { h.Set("Authorization", "Bearer "+b.page.session.opening) },
		} {
			r := b.forged(what, id)
			set(r.Header)
			if status := b.status(r); status != http.StatusUnauthorized {
				t.Errorf("%s, key %s: %d", what, name, status)
			}
		}
	}
	r := b.forged("GET /overview", id)
	r.Header.Del("Authorization")
	r.URL.RawQuery = "key=" + b.key
	if status := b.status(r); status != http.StatusUnauthorized {
		t.Errorf("the key in the URL: %d", status)
	}
}

func TestOpensOnce(t *testing.T) {
	b, _ := guarded(t)
	for _, token := range []string{b.page.session.opening, "", "A"} {
		if status, answer := b.post("/session", body{"token": token}); status != http.StatusUnauthorized || strings.Contains(answer, b.key) {
			t.Errorf("token %q: %d %s", token, status, answer)
		}
	}
	p, err := Listen(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, ok := p.session.open("A"); ok {
		t.Error("a wrong token opens the page")
	}
	if _, ok := p.session.open(p.session.opening); !ok {
		t.Error("the right token does not, after a wrong one")
	}
	if p.session.opening == b.page.session.opening || p.session.key == b.key || p.session.key == p.session.opening || len(p.session.key) < 26 {
		t.Error("the tokens can be guessed")
	}
	if strings.Contains(p.URL(), p.session.key) || !strings.Contains(p.URL(), "/#"+p.session.opening) {
		t.Errorf("the URL is %s", p.URL())
	}
}

func TestNoOtherSite(t *testing.T) {
	b, id := guarded(t)
	for _, what := range append([]string{"POST /session"}, paths...) {
		if !strings.HasPrefix(what, "POST") {
			continue
		}
		for name, set := range map[string]func(h http.Header){
			"cross-site": func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
			"same-site":  func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") }, // another port of 127.0.0.1
			"origin":     func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "http://127.0.0.1:1") },
			"null":       func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "null") },
		} {
			r := b.forged(what, id)
			set(r.Header)
			if status := b.status(r); status != http.StatusForbidden {
				t.Errorf("%s, %s: %d", what, name, status)
			}
		}
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"} {
			r := b.forged(what, id)
			r.Header.Set("Content-Type", kind)
			if status := b.status(r); status < 400 {
				t.Errorf("%s with a body of type %q: %d", what, kind, status)
			}
		}
	}
	answer, _ := b.do(b.request("OPTIONS", "/overview", nil))
	for name := range answer.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("other sites are given %s", name)
		}
	}
}

// The policies are those that the documentation names, on every answer.
func TestHeaders(t *testing.T) {
	b, id := guarded(t)
	want := map[string]string{
		"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
	}
	for _, what := range append([]string{"GET /", "GET /page.js", "GET /page.css", "GET /icon.svg", "GET /none", "POST /session"}, paths...) {
		answer, err := http.DefaultTransport.RoundTrip(b.forged(what, id))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		for name, value := range want {
			if got := answer.Header[name]; len(got) != 1 || got[0] != value {
				t.Errorf("%s: %s is %q", what, name, got)
			}
		}
		if got := answer.Header["Set-Cookie"]; got != nil {
			t.Errorf("%s sets a cookie", what)
		}
	}
}

// The policy forbids all of these, so a page that had them would be broken.
func TestNothingInline(t *testing.T) {
	files, err := web.ReadDir("web")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := web.ReadFile("web/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if strings.HasSuffix(file.Name(), ".html") {
			for _, bad := range []string{"style=", " on", "javascript:", "<style"} {
				for line := range strings.Lines(text) {
					if i := strings.Index(line, bad); i >= 0 && (bad != " on" || strings.Contains(strings.SplitN(line[i+1:]+" ", " ", 2)[0], `="`)) {
						t.Errorf("%s: %s", file.Name(), line)
					}
				}
			}
		}
		for _, bad := range []string{"http://", "https://", "eval(", "document.cookie", "localStorage", "insertAdjacentHTML", "outerHTML"} {
			if strings.Contains(strings.ReplaceAll(text, "http://www.w3.org/2000/svg", ""), bad) {
				t.Errorf("%s has %s", file.Name(), bad)
			}
		}
	}
}

func TestBodyIsBounded(t *testing.T) {
	b, id := guarded(t)
	for _, path := range []string{"/check", "/save", "/join", "/save-joined", "/restore"} {
		status, answer := b.post(id+path, body{"text": strings.Repeat(" ", maxBody)})
		if status < 400 || strings.Contains(answer, "Valid") {
			t.Errorf("%s of %d bytes: %d", path, maxBody, status)
		}
	}
	if status, _ := b.post("/session", body{"token": b.page.session.opening, "more": strings.Repeat(" ", 2000)}); status < 400 {
		t.Error("a long request opens the page")
	}
}

// A state that no place listed cannot be named.
func TestOnlyListedStates(t *testing.T) {
	b, _ := guarded(t)
	for _, id := range []string{"none", "mem:", "s3:%2F%2Facorns%2Fa.json", "..%2F..%2Fetc%2Fpasswd"} {
		if status, _ := b.get("/state/" + id); status != http.StatusNotFound {
			t.Errorf("%s: %d", id, status)
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	b, id := guarded(t)
	var open []io.Closer
	for range maxStreams {
		answer, err := http.DefaultTransport.RoundTrip(b.forged("GET state/events", id))
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer, err)
		}
		open = append(open, answer.Body)
	}
	if status := b.status(b.forged("GET state/events", id)); status != http.StatusTooManyRequests {
		t.Errorf("one stream more: %d", status)
	}
	for _, body := range open {
		body.Close()
	}
}

// A stream tells of a change, and holds nothing of the value.
func TestEvents(t *testing.T) {
	t.Parallel()
	store := fileStore(t, `{"secret":"acorn"}`)
	b := serve(t, Options{Places: []Place{only("file:state.json", store)}})
	r := b.forged("GET state/events", b.id())
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), "secret") || strings.Contains(lines.Text(), "acorn") {
				t.Errorf("an event holds the value: %s", lines.Text())
			}
			if strings.Contains(lines.Text(), want) {
				return
			}
		}
		t.Fatalf("no event has %s: %v", want, lines.Err())
	}
	_, first := stored(t, store)
	next(string(first))
	second := put(t, store, `{"secret":"acorns"}`)
	next(string(second.Revision))
	if err := store.Delete(t.Context(), second.Revision); err != nil {
		t.Fatal(err)
	}
	next(`"deleted":true`)
}

// A stream reads a value only when there is a place for it, as the views do.
func TestReadsAreBounded(t *testing.T) {
	t.Parallel()
	b, id := guarded(t)
	for range maxReads {
		b.page.reads <- struct{}{}
	}
	answer, err := http.DefaultTransport.RoundTrip(b.forged("GET state/events", id))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	event := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(answer.Body).ReadString('\n')
		event <- line
	}()
	looking, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	other := b.forged("GET state", id).WithContext(looking)
	if got, err := http.DefaultTransport.RoundTrip(other); err == nil {
		got.Body.Close()
		t.Error("a view has read without a place")
	}
	select {
	case line := <-event:
		t.Fatalf("a stream has read without a place: %s", line)
	default:
	}
	<-b.page.reads
	if line := <-event; line != "event: seen\n" {
		t.Errorf("with a place it says %q", line)
	}
}
