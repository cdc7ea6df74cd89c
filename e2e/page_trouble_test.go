package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// trouble makes the page's requests to a path fail or wait: "lost" ones reach the
// server, and their answers are lost; "held" ones are answered when release is
// called, and answered is true once the page has the answer.
func (b *tab) trouble(kind, path string) {
	b.t.Helper()
	b.js(fmt.Sprintf(`{
		const real = window.real ??= window.fetch;
		const gate = new Promise(open => { window.release = open; });
		window.fetch = async (path, options) => {
			const answer = await real(path, options);
			if (!path.includes(%q)) return answer;
			if (%q === "lost") throw new TypeError("lost");
			await gate;
			const read = answer.text.bind(answer);
			answer.text = async () => {
				const text = await read();
				setTimeout(() => { window.answered = true; }); // after the page has put it in its place
				return text;
			};
			return answer;
		};
	}`, path, kind))
}

func (b *tab) noTrouble() { b.t.Helper(); b.js(`window.fetch = window.real`) }

// gone lets the server be gone.
func (b *tab) gone() {
	b.t.Helper()
	b.js(`window.fetch = () => Promise.reject(new TypeError("gone"))`)
}

// edits opens the editor of the only state, and returns its text.
func (b *tab) edits(url string) (text string) {
	b.t.Helper()
	b.open(url)
	b.shows("overview")
	b.follow("cursor")
	b.js(`document.querySelector("a.button").click()`)
	b.shows("edit")
	return b.text(`document.querySelector("textarea").value`)
}

// TestPageOfDev: the page of the fake, with its requests, and a view of nothing.
func TestPageOfDev(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(awsjarBuilt(t), "dev", "--ui", "--bucket", "acorns", "--", "sh", "-c", awsjarBuilt(t)+" put s3://acorns/a/long/key/state.json 1; cat")
	stdin, in := cmd.StdinPipe()
	stderr, out := cmd.StderrPipe()
	if err := errors.Join(in, out, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(stdin.Close(), cmd.Wait()); err != nil {
			t.Error(err)
		}
	}()
	line, err := bufio.NewReader(stderr).ReadString('\n')
	_, address, ok := strings.Cut(strings.TrimSpace(line), "works once: ")
	if err != nil || !ok {
		t.Fatalf("awsjar dev --ui says %q: %v", line, err)
	}
	b := newBrowser(t)
	b.open(address)
	b.shows("overview")
	b.wait(`document.querySelector(".log").innerText.includes("s3 PutObject")`)
	b.inEachScheme("overview of the fake")
	b.js(`location.hash = "#/state/none"`)
	b.wait(`document.activeElement?.innerText === "This cannot be shown"`)
	b.accessible("nothing")
}

// TestPageAddress: the link to the content stays in the view, and the address with
// its token may be pasted into a tab that was opened without it.
func TestPageAddress(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	address := servePage(t, e.srv.Env(), cursorURL)
	base, token, _ := strings.Cut(address, "#")
	b := newBrowser(t)
	b.open(base)
	b.wait(`document.activeElement?.innerText === "This page is not open"`)
	b.js(`location.hash = ` + quoteJS(t, token))
	b.shows("overview")
	b.follow("cursor")
	before := b.text(`location.hash`)
	b.js(`document.querySelector(".skip").focus()`)
	b.do(chromedp.KeyEvent("\r"))
	b.wait(`document.activeElement.id === "main"`)
	if got := b.text(`location.hash + document.querySelector("section").dataset.view`); got != before+"state" {
		t.Errorf("the link to the content leads to %s", got)
	}
	// The used address does no harm to a tab that is open.
	b.js(`location.hash = ` + quoteJS(t, token))
	b.shows("overview")
	if got := b.text(`location.hash`); got != "#/" {
		t.Errorf("the token stays in the address: %s", got)
	}
}

// TestPageLostAnswer: a save whose answer is lost is said to be in doubt, the text
// stays, and the same save again finds its value stored.
func TestPageLostAnswer(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	text := b.edits(servePage(t, e.srv.Env(), "--write", cursorURL))
	edited := strings.Replace(text, `"size": 250`, `"size": 100`, 1)
	b.types(edited)
	b.trouble("lost", "/save")
	b.wait(`!document.querySelector("#save").disabled`)
	b.js(`document.querySelector("textarea").focus()`)
	b.do(chromedp.KeyEvent("s", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.wait(`document.querySelector("#outcome [role=alert]")?.innerText.includes("may have been stored or not")`)
	if got := b.text(`document.querySelector("textarea").value`); got != edited {
		t.Errorf("the text has become %s", got)
	}
	b.accessible("a lost answer")
	b.noTrouble()
	b.click("#save")
	b.shows("state")
	if got := e.stored(t); got != strings.Replace(latest, `"size":250`, `"size":100`, 1) {
		t.Errorf("stored is %s", got)
	}
	if got := b.text(`document.querySelector("#h-versions").innerText`); got != "6 versions" {
		t.Errorf("there are %s", got)
	}
}

// TestPageServerGone: with awsjar ui the page ends, and a text that was not saved
// can still be copied.
func TestPageServerGone(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	b.edits(servePage(t, e.srv.Env(), "--write", cursorURL))
	b.types(`{"mine": 1}`)
	b.wait(`document.querySelector("#touched").innerText !== "none"`)
	b.gone()
	b.types(`{"mine": 2}`)
	b.wait(`document.querySelector("#outcome").innerText.includes("The text was not checked.")`)
	b.js(`location.hash = "#/"`)
	b.wait(`document.activeElement?.innerText === "awsjar ui has ended"`)
	if got := b.text(`document.querySelector("textarea.rescued")?.value`); got != `{"mine": 2}` {
		t.Errorf("the text that was not saved is %s", got)
	}
	b.accessible("the end")
}

// TestPageLiveAgain: a page that has lost awsjar ui for a while follows the state again.
func TestPageLiveAgain(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	b.open(servePage(t, e.srv.Env(), cursorURL))
	b.shows("overview")
	b.follow("cursor")
	b.wait(`document.querySelector("#live").dataset.live === "live"`)
	b.js(`live.pause = 20; window.real = fetch`)
	b.gone()
	b.js(`live.start(document.querySelector("section[data-view]"))`)
	b.wait(`document.querySelector("#live").dataset.live === "stopped"`)
	b.noTrouble()
	b.wait(`document.querySelector("#live").dataset.live === "live"`)
	e.put(t, `{}`)
	b.wait(`!document.querySelector("#newer").hidden`)
}

// TestPageLeftMeanwhile: the answer to a save does not change another view, and a
// text that was not stored is a draft. Until then nothing can be typed.
func TestPageLeftMeanwhile(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	text := b.edits(servePage(t, e.srv.Env(), "--write", cursorURL))
	leave := func(size string) {
		t.Helper()
		b.types(strings.Replace(text, `"size": 250`, `"size": `+size, 1))
		b.trouble("held", "/save")
		b.click("#save")
		b.wait(`document.querySelector("textarea").readOnly`)
		b.js(`location.hash = "#/"`)
		b.shows("overview")
		b.js(`document.querySelector("#say").textContent = ""; release()`)
		b.wait(`document.querySelector("#say").textContent`)
		if got := b.text(`location.hash + document.querySelector("section").dataset.view + document.querySelectorAll("[role=alert]").length`); got != "#/overview0" {
			t.Errorf("the answer to a save leads to %s", got)
		}
		b.noTrouble()
	}
	leave("100")
	b.do(chromedp.NavigateBack())
	b.shows("edit")
	if got := b.text(`document.querySelector("#draft").hidden + document.querySelector("textarea").value`); got != "true"+strings.Replace(text, `"size": 250`, `"size": 100`, 1) {
		t.Errorf("after the save the editor has %s", got)
	}
	e.put(t, strings.Replace(latest, `"size":250`, `"size":500`, 1))
	leave("200") // a conflict
	b.do(chromedp.NavigateBack())
	b.shows("edit")
	if got := b.text(`document.querySelector("#draft").hidden + document.querySelector("textarea").value`); got != "false"+strings.Replace(text, `"size": 250`, `"size": 200`, 1) {
		t.Errorf("after the conflict the editor has %s", got)
	}
	b.wait(`document.querySelector("#newer").innerText.includes("A newer version was written")`) // newer than that of the draft
}

// TestPageConflictOfAnotherText: a conflict is about the text that was sent. Once
// that is changed, another save shows what collides now.
func TestPageConflictOfAnotherText(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	text := b.edits(servePage(t, e.srv.Env(), "--write", cursorURL))
	b.types(strings.Replace(text, `"size": 250`, `"size": 100`, 1))
	e.put(t, strings.Replace(strings.Replace(latest, `"size":250`, `"size":500`, 1), `"pause_ms":400`, `"pause_ms":800`, 1))
	b.click("#save")
	b.wait(`document.querySelector("#left")?.innerText === "1 left to choose"`)
	b.types(strings.NewReplacer(`"size": 250`, `"size": 100`, `"pause_ms": 400`, `"pause_ms": 200`).Replace(text))
	b.wait(`!document.querySelector("#conflict")`)
	b.click("#save")
	b.wait(`document.querySelector("#left")?.innerText === "2 left to choose"`)
	b.js(`for (const radio of document.querySelectorAll("#outcome input[value=theirs]")) radio.click()`)
	b.click("[data-do=edit-joined]")
	b.wait(`!document.querySelector("#conflict") && document.querySelector("textarea").value.includes('"pause_ms": 800')`)
	if got := b.text(`document.querySelector("#newer").hidden`); got != "true" {
		t.Error("the version that is merged already is announced")
	}
}

// TestPageCompareInTurn: of two comparisons the answer to the last one is shown.
func TestPageCompareInTurn(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	b.open(servePage(t, e.srv.Env(), cursorURL))
	b.shows("overview")
	b.follow("cursor")
	b.trouble("held", "/changes")
	b.js(`window.first = release; document.querySelectorAll("[name=from]")[2].click()`) // {}
	b.noTrouble()
	b.js(`document.querySelectorAll("[name=from]")[3].click()`)
	b.wait(`document.querySelector("#changes").innerText.includes("17902")`)
	b.js(`first()`)
	b.wait(`window.answered`)
	if got := b.text(`document.querySelector("#changes").innerText`); !strings.Contains(got, "17902") {
		t.Errorf("two other versions are chosen than are compared: %s", got)
	}
	b.gone()
	b.js(`document.querySelectorAll("[name=from]")[1].click()`)
	b.wait(`document.querySelector("#changes").innerText.includes("The versions were not compared.")`)
}

// TestPageRightToLeft: a name and its value from right to left are shown in their order.
func TestPageRightToLeft(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	for _, value := range []string{`{"שלום":"عالم 7","n":1}`, `{"שלום":"مرحبا 7","n":1}`, `{"ערב":12,"n":1}`, `{"בוקר":12,"n":1}`} {
		e.put(t, value)
	}
	b := newBrowser(t)
	b.open(servePage(t, e.srv.Env(), cursorURL))
	b.shows("overview")
	b.follow("cursor")
	b.js(`window.ordered = element => {
		const places = [], walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), range = document.createRange();
		for (let node; (node = walk.nextNode());)
			for (let i = 0; i < node.data.length; i++) {
				if (!'":, '.includes(node.data[i])) continue;
				range.setStart(node, i), range.setEnd(node, i + 1);
				places.push(range.getBoundingClientRect().left);
			}
		return places.length > 3 && places.every((x, i) => !i || x >= places[i - 1]);
	}`)
	inOrder := func(versions string) {
		t.Helper()
		b.wait(`document.querySelectorAll("#changes .removed").length === 1`)
		for _, line := range []string{"removed", "added"} {
			if got := b.text(`ordered(document.querySelector("#changes .` + line + ` td:last-child"))`); got != "true" {
				t.Errorf("%s, the line %s is not in order: %s", versions, line, b.text(`document.querySelector("#changes .`+line+`").innerHTML`))
			}
		}
	}
	inOrder("a name changed")
	b.js(`document.querySelectorAll("[name=to]")[2].click()`)
	b.js(`document.querySelectorAll("[name=from]")[3].click()`)
	b.wait(`document.querySelector("#changes").innerText.includes("7")`)
	inOrder("a value changed")
	b.click("#tab-text")
	if got := b.text(`document.querySelector("#text").innerText.trim()`); got != "{\n  \"בוקר\": 12,\n  \"n\": 1\n}" {
		t.Errorf("the text to copy is %q", got)
	}
}

// TestPageKeepsChoices: the filter and the colours stay.
func TestPageKeepsChoices(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	b := newBrowser(t)
	b.open(servePage(t, e.srv.Env(), places...))
	b.shows("overview")
	b.js(`document.querySelector("#filter").value = "acorn-flags"; document.querySelector("#filter").dispatchEvent(new Event("input"))`)
	b.wait(`document.querySelector("#filtered").innerText === "1 shown"`)
	b.follow("flags.json")
	b.do(chromedp.NavigateBack())
	b.shows("overview")
	if got := b.text(`document.querySelector("#filter").value + document.querySelector("#filtered").innerText`); got != "acorn-flags1 shown" {
		t.Errorf("the filter has become %s", got)
	}
	b.scheme("light")
	b.click("#theme")
	b.do(chromedp.Reload())
	b.shows("overview")
	if got := b.text(`document.documentElement.dataset.theme`); got != "dark" {
		t.Errorf("after it is loaded again the page is %s", got)
	}
}
