package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const axeVersion = "4.14.1"

// patience bounds each wait for the browser.
const patience = 90 * time.Second

// tab is a tab of a browser.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	messages []string // of the console: errors and warnings
}

// newBrowser starts Chromium, and returns its first tab.
func newBrowser(t *testing.T) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "Chromium", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(patience))
	ctx, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	return openTab(t, ctx)
}

// another opens another tab of the same browser.
func (b *tab) another() *tab {
	b.t.Helper()
	return openTab(b.t, b.ctx)
}

func openTab(t *testing.T, parent context.Context) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(parent)
	t.Cleanup(end)
	b := &tab{t: t, ctx: ctx}
	b.do(chromedp.EmulateViewport(1400, 900))
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" || m.Type == "warning" {
				b.mu.Lock()
				b.messages = append(b.messages, m.String())
				b.mu.Unlock()
			}
		}
	}()
	return b
}

// said returns what the console was told since the last call.
func (b *tab) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.messages
	b.messages = nil
	return said
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// js runs a script in the page.
func (b *tab) js(script string) { b.t.Helper(); b.do(chromedp.Evaluate[chromedp.Void](script)) }

// text returns the value of an expression as text.
func (b *tab) text(expression string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`String(`+expression+`)`))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// wait waits until an expression is true.
func (b *tab) wait(expression string) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`!!(`+expression+`)`))
		if ok {
			return
		}
		if err != nil || time.Now().After(deadline) {
			b.t.Fatalf("waited for %s: %v; the page says: %.2000s", expression, err, b.text("document.body?.innerText"))
		}
	}
}

// open loads an address in the tab, anew.
func (b *tab) open(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(url))
}

// shows waits for a view.
func (b *tab) shows(view string) {
	b.t.Helper()
	b.wait(`document.querySelector("section[data-view=` + view + `]")`)
}

// follow follows the link of the overview that has a text.
func (b *tab) follow(name string) {
	b.t.Helper()
	b.js(fmt.Sprintf(`[...document.querySelectorAll("tbody a")].find(a => a.textContent.includes(%q)).click()`, name))
	b.shows("state")
}

// click clicks on a button that can be used.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.querySelector(%q) && !document.querySelector(%[1]q).disabled`, selector))
	b.js(fmt.Sprintf(`document.querySelector(%q).click()`, selector))
}

// types puts a text into the editor, as a person would.
func (b *tab) types(text string) {
	b.t.Helper()
	b.js(fmt.Sprintf(`{ const area = document.querySelector("textarea"); area.focus(); area.value = %s; area.dispatchEvent(new Event("input")); }`, quoteJS(b.t, text)))
}

func quoteJS(t *testing.T, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(quoted)
}

// accessible fails the test if axe-core finds something.
func (b *tab) accessible(what string) {
	b.t.Helper()
	b.js(axe(b.t))
	const run = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html + " " + n.failureSummary).join(" | ")))`
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, violation := range found {
		b.t.Errorf("%s: %.1000s", what, violation)
	}
}

// axe returns the script of axe-core, which it installs once.
func axe(t *testing.T) string {
	t.Helper()
	dir, err := cacheDir("axe-core", axeVersion)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(path); err != nil {
		install := exec.Command("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@"+axeVersion)
		if out, err := install.CombinedOutput(); err != nil {
			missing(t, "axe-core", fmt.Errorf("%w\n%s", err, out))
		}
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// servePage runs awsjar ui until the test ends, and returns the address that it
// prints.
func servePage(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(awsjarBuilt(t), append([]string{"ui"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("awsjar ui: %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://127.0.0.1:") {
		t.Fatalf("awsjar ui printed %q: %v", line, err)
	}
	return strings.TrimSpace(line)
}
