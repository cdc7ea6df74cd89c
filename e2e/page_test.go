package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

var screenshots = flag.String("screenshots", "", "write pictures of the page into this `directory`")

// estate is an AWS with states to look at.
type estate struct {
	srv    *awsfake.Server
	cursor *awsjar.Jar[json.RawMessage] // s3://acorn-state/orders/cursor.json
}

const (
	earlier = `{"cursor":"2026-11-26T14:18:00Z#004171","batch":{"size":250,"pause_ms":400},"sources":[{"name":"parcels","etag":"W/\"6f1c\"","failures":0},{"name":"returns","etag":"\"b2e0\"","failures":3,"last_error":"<timeout> after 10 s"},{"name":"stock","etag":"\"04aa\"","failures":0,"since":"2026-11-26"}],"recent":[4169,4170,4171],"totals":{"orders":18430,"refunds":131,"rejected":7},"note":"resume after <b>holiday</b> \u202e4202","paused":false}`
	latest  = `{"cursor":"2026-11-26T14:30:00Z#004182","batch":{"size":250,"pause_ms":400},"sources":[{"name":"parcels","etag":"W/\"6f1c\"","failures":0},{"name":"returns","etag":"\"b2e0\"","failures":0},{"name":"stock","etag":"\"07c1\"","failures":0,"since":"2026-11-26"}],"recent":[4180,4181,4182],"totals":{"orders":18442,"refunds":131,"rejected":7},"note":"resume after <b>holiday</b> \u202e4202","paused":false}`
)

// newEstate makes functions that are full and empty, and buckets with and
// without versions.
func newEstate(t *testing.T) *estate {
	t.Helper()
	srv, err := awsfake.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	cfg := srv.Config()
	functions, objects := lambda.NewFromConfig(cfg), s3.NewFromConfig(cfg)
	bytesCodec := func(o *awsjar.Options) { o.Codec = awsjar.Bytes{} }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	numbers := func(n int) string {
		text, err := json.Marshal(make([]int, n))
		must(err)
		return strings.ReplaceAll(string(text), "0,", "4711,")
	}
	for _, f := range []struct {
		name, value string
		others      []int
	}{
		{"sensor-rollup", numbers(450), []int{900, 420, 230}}, {"feed-poller", `{"feeds":` + numbers(560) + `}`, []int{180}},
		{"price-watch", `{"prices":` + numbers(230) + `}`, []int{400, 200}}, {"invoice-export", `{"done":["4711"]}`, []int{700, 250}},
		{"nightly-report", `{"last":"2026-11-26T02:00:09Z","rows":` + numbers(70) + `}`, []int{300}}, {"flag-gate", `{"beta":true}`, nil},
	} {
		env := map[string]string{}
		for i, size := range f.others {
			env["OTHER_"+string(rune('A'+i))] = strings.Repeat("x", size)
		}
		must(srv.CreateFunction(f.name, env))
		must(awsjar.New[json.RawMessage](lambdajar.New(functions, f.name), bytesCodec).Put(t.Context(), json.RawMessage(f.value)))
	}
	must(srv.CreateBucket("acorn-state"))
	must(srv.CreateBucket("acorn-flags"))
	bucket := s3jar.NewBucket(objects, "acorn-state")
	must(bucket.EnableVersioning(t.Context()))
	e := &estate{srv, awsjar.New[json.RawMessage](bucket.Object("orders/cursor.json"), bytesCodec)}
	first := strings.Replace(earlier, `"recent":[4169,4170,4171]`, `"recent":[4169]`, 1)
	for _, value := range []string{first, strings.Replace(first, "18430", "17902", 1), `{}`, earlier, latest} {
		must(e.cursor.Put(t.Context(), json.RawMessage(value)))
	}
	for key, value := range map[string]string{
		"hostile.json":       `{"<script>alerted = 1</script>":"<img src=x onerror='alerted = 1'>","direction":"` + "\u202e" + `abc\u2066"}`,
		"locks/nightly.json": `{"free":true}`, "seen/webhooks.json": numbers(9000), "text.txt": "hello",
	} {
		must(awsjar.New[json.RawMessage](bucket.Object(key), bytesCodec).Put(t.Context(), json.RawMessage(value)))
	}
	must(awsjar.New[json.RawMessage](s3jar.NewBucket(objects, "acorn-flags").Object("flags.json"), bytesCodec).Put(t.Context(), json.RawMessage(`{"beta":true}`)))
	return e
}

// stored returns the value that the page is about.
func (e *estate) stored(t *testing.T) string {
	t.Helper()
	value, err := e.cursor.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(value)
}

func (e *estate) put(t *testing.T, value string) {
	t.Helper()
	if err := e.cursor.Put(t.Context(), json.RawMessage(value)); err != nil {
		t.Fatal(err)
	}
}

var places = []string{"lambda://", "s3://acorn-state/", "s3://acorn-flags/"}

// cursorURL is the state that the tests change.
const cursorURL = "s3://acorn-state/orders/cursor.json"

// dark lets the tab prefer a colour scheme.
func (b *tab) scheme(name string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// TestPageViews: the content of each view; no value runs as code; axe-core finds
// nothing, light and dark, wide and narrow.
func TestPageViews(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	b.open(servePage(t, e.srv.Env(), append([]string{"--write"}, places...)...))
	b.shows("overview")
	if got := b.text("location.hash"); got != "#/" {
		t.Errorf("the token stays in the address: %s", got)
	}
	if text := b.text("document.body.innerText"); !strings.Contains(text, "6 functions with a jar, 6 states") || !strings.Contains(text, "nearly full") || strings.Contains(text, "OTHER_") {
		t.Errorf("the overview says %s", text)
	}
	b.inEachScheme("overview")
	b.js(`document.querySelector("#filter").value = "cursor"; document.querySelector("#filter").dispatchEvent(new Event("input"))`)
	if got := b.text(`[...document.querySelectorAll("tbody tr")].filter(r => r.offsetParent).length`); got != "1" {
		t.Errorf("the filter leaves %s rows", got)
	}
	b.js(`document.querySelector("#filter").value = ""; document.querySelector("#filter").dispatchEvent(new Event("input"))`)
	for _, name := range []string{"orders/cursor.json", "sensor-rollup", "hostile.json", "text.txt"} {
		b.follow(name)
		b.inEachScheme(name)
		b.js(`location.hash = "#/edit/" + document.querySelector("[data-id]").dataset.id`)
		b.shows("edit")
		b.inEachScheme("edit " + name)
		b.js(`location.hash = "#/"`)
		b.shows("overview")
	}
	if got := b.text("typeof alerted"); got != "undefined" {
		t.Error("a value ran as code")
	}
	if said := b.said(); len(said) > 0 {
		t.Errorf("the console says %q", said)
	}
}

// inEachScheme checks a view as it looks to different people.
func (b *tab) inEachScheme(what string) {
	b.t.Helper()
	b.wait(`document.querySelector("#live").dataset.live !== "starting"`)
	for _, scheme := range []string{"dark", "light"} {
		b.scheme(scheme)
		b.accessible(what + ", " + scheme)
	}
	b.do(chromedp.EmulateViewport(390, 800))
	b.accessible(what + ", narrow")
	if got := b.text(`document.documentElement.scrollWidth > innerWidth`); got == "true" {
		b.t.Errorf("%s, narrow: it scrolls sideways: %s", what, b.text(`[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(e => e.outerHTML.slice(0, 200)).join(" | ")`))
	}
	b.do(chromedp.EmulateViewport(1400, 900))
}

// TestPageDiffAndRestore: versions are compared, followed live, and restored.
func TestPageDiffAndRestore(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	b.open(servePage(t, e.srv.Env(), "--write", cursorURL))
	b.shows("overview")
	b.follow("cursor")
	b.wait(`document.querySelector(".removed")?.textContent.includes("#004171")`)
	b.js(`document.querySelectorAll("[name=from]")[2].click()`) // {}
	b.wait(`document.querySelector("#changes .removed")?.textContent.includes("{}")`)

	// The view stays as it is until the newer version is asked for.
	e.put(t, strings.Replace(latest, "18442", "18451", 1))
	b.wait(`!document.querySelector("#newer").hidden`)
	if got := b.text(`document.querySelector("#newer").innerText + document.querySelector("#tree").innerText`); !strings.Contains(got, "A newer version was written at") || strings.Contains(got, "18451") {
		t.Errorf("a newer version changes the view: %s", got)
	}
	// A restore over the version that was not seen is refused.
	b.js(`document.querySelectorAll("[name=from]")[1].click()`)
	b.wait(`document.querySelector("#changes")?.innerText.includes("#004171")`)
	b.click("[data-do=ask-restore]")
	b.click("[data-do=restore]")
	b.wait(`document.body.innerText.includes("another writer was first; nothing was restored")`)
	if got := e.stored(t); !strings.Contains(got, "18451") {
		t.Fatalf("stored is %s", got)
	}
	b.click("[data-do=reload]")
	b.wait(`document.querySelector("#tree")?.innerText.includes("18451")`)
	b.click("[data-do=ask-restore]")
	b.click("[data-do=restore]")
	b.wait(`document.querySelector("#h-versions")?.innerText.includes("7 versions")`)
	if got := e.stored(t); got != latest {
		t.Errorf("stored is %s", got)
	}
}

// TestPageEditAndConflict: a mistake is named, another writer's change is merged
// or asked about, and the text stays until it is dropped.
func TestPageEditAndConflict(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	b.open(servePage(t, e.srv.Env(), "--write", cursorURL))
	b.shows("overview")
	b.follow("cursor")
	b.js(`document.querySelector("a.button").click()`)
	b.shows("edit")
	text := b.text(`document.querySelector("textarea").value`)
	b.types(strings.Replace(text, `"size": 250,`, `"size": 100`, 1))
	b.wait(`document.querySelector("#verdict").innerText.includes("Line 5, column 5:") && document.querySelector("#save").disabled`)
	b.click("#go-there")
	if got := b.text(`document.querySelector("textarea").value.slice(document.querySelector("textarea").selectionStart).slice(0, 10)`); got != `"pause_ms"` {
		t.Errorf("the cursor is before %s", got)
	}
	edited := strings.Replace(strings.Replace(text, `"size": 250,`, `"size": 100,`, 1), `"paused": false`, `"paused": true`, 1)
	b.types(edited)
	b.wait(`document.querySelector("#touched").innerText === "/batch/size, /paused"`)
	e.put(t, strings.Replace(strings.Replace(latest, `"size":250`, `"size":500`, 1), `"orders":18442`, `"orders":18451`, 1))
	b.click("#save")
	b.wait(`document.querySelector("#conflict")`)
	if got := b.text(`document.querySelector("#outcome").innerText`); !strings.Contains(got, "/batch/size") || !strings.Contains(got, "1 left to choose") || !strings.Contains(got, "only they changed it") {
		t.Errorf("the conflict says %s", got)
	}
	b.inEachScheme("conflict")
	b.js(`location.hash = "#/"`) // and back: the text is still there
	b.shows("overview")
	b.do(chromedp.NavigateBack())
	b.shows("edit")
	if got := b.text(`document.querySelector("textarea").value`); got != edited {
		t.Errorf("the text has become %s", got)
	}
	b.click("#save")
	b.click("#outcome input[value=theirs]")
	b.click("#save-joined")
	b.shows("state")
	want := strings.NewReplacer(`"size":250`, `"size":500`, `"orders":18442`, `"orders":18451`, `"paused":false`, `"paused":true`).Replace(latest)
	if got := e.stored(t); got != want {
		t.Errorf("stored is %s\nwant %s", got, want)
	}
}

// TestPageTabs: a second tab gets the key from the first; another browser does
// not, for the address works once.
func TestPageTabs(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	address := servePage(t, e.srv.Env(), cursorURL)
	b := newBrowser(t)
	b.open(address)
	b.shows("overview")
	b.follow("cursor")
	second := b.another()
	second.open(b.text("location.href"))
	second.shows("state")
	second.open(address) // used, but another tab has the key
	second.shows("overview")
	second.do(chromedp.Reload())
	second.shows("overview")
	stranger := newBrowser(t)
	stranger.open(address)
	stranger.wait(`document.querySelector("h1")?.innerText === "This page is not open"`)
}

// TestPageKeyboard: all of it without a mouse.
func TestPageKeyboard(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	b.open(servePage(t, e.srv.Env(), cursorURL))
	b.shows("overview")
	b.do(chromedp.KeyEvent("\t"))
	b.wait(`document.activeElement.className === "skip"`)
	b.do(chromedp.KeyEvent("/"))
	b.wait(`document.activeElement.id === "filter"`)
	b.js(`document.querySelector("tbody a").focus()`)
	b.do(chromedp.KeyEvent("\r"))
	b.shows("state")
	b.wait(`document.activeElement.tagName === "H1"`)
	b.js(`document.querySelector("#tab-tree").focus()`)
	b.do(chromedp.KeyEvent(kb.ArrowRight)) // →
	b.wait(`document.activeElement.id === "tab-text" && !document.querySelector("#text").hidden && document.querySelector("#tree").hidden`)
	b.js(`document.querySelectorAll("[name=to]")[0].focus()`)
	b.do(chromedp.KeyEvent(kb.ArrowDown)) // ↓
	b.wait(`document.querySelectorAll("[name=to]")[1].checked`)
	for range 80 { // every stop of the Tab key shows that it has the focus
		b.do(chromedp.KeyEvent("\t"))
		if got := b.text(`document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== "none" || document.activeElement.type === "radio"`); got != "true" {
			t.Errorf("the focus does not show at %s", b.text("document.activeElement.outerHTML"))
		}
	}
}

// TestPageScreenshots makes the pictures of the documentation:
//
//	go test -run TestPageScreenshots -screenshots ../docs .
func TestPageScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no -screenshots")
	}
	e := newEstate(t)
	b := newBrowser(t)
	picture := func(name string) {
		t.Helper()
		b.wait(`document.querySelector("#live").dataset.live === "live"`)
		data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(*screenshots, name), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b.open(servePage(t, e.srv.Env(), append([]string{"--write"}, places...)...))
	b.shows("overview")
	picture("page.png")
	b.follow("cursor")
	picture("page-state.png")
	b.scheme("dark")
	picture("page-dark.png")
	b.scheme("light")
	b.js(`document.querySelector("a.button").click()`)
	b.shows("edit")
	b.types(strings.Replace(b.text(`document.querySelector("textarea").value`), `"size": 250,`, `"size": 100,`, 1))
	e.put(t, strings.Replace(latest, `"size":250`, `"size":500`, 1))
	b.click("#save")
	b.wait(`document.querySelector("#conflict")`)
	picture("page-edit.png")
}
