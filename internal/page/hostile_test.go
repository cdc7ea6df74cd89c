package page

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

const bidi = "\u202e\u2066\u200b\u0007\u2028"

// hostile are stored values that would break a page that trusts them, with the
// texts that must be there instead.
var hostile = []struct {
	name, value string
	want        []string
}{
	{"script", `{"<script>alert(1)</script>":"<img src=x onerror=alert(1)>"}`, []string{"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;img src=x onerror=alert(1)&gt;"}},
	{"end of the editor", `{"a":"</textarea><script>alert(1)</script>","b":"</pre>"}`, []string{"&lt;/textarea&gt;"}},
	{"attributes", `{"\" onmouseover=\"alert(1)":"' onclick='alert(1)"}`, []string{"onmouseover"}},
	{"templates", `{"{{.}}":"${7*7}"}`, []string{"{{.}}"}},
	{"direction", `{"a` + "\u202e" + `b":"` + "\u2066x\u200b" + `"}`, []string{"U+202E", "U+2066", "U+200B"}},
	{"controls", `{"a":"\u0007\u001b[31m"}`, []string{`\u0007\u001b[31m`}},
	{"not JSON", "hello\x00\x1b" + bidi, []string{"not JSON", "U+0000", "U+001B", "U+202E"}},
	{"not text", "\xff\xfe\x80", []string{"0xFF", "0xFE", "0x80"}},
	{"empty", "", []string{"not JSON"}},
	{"cut", `{"a":`, []string{"it ends too early"}},
	{"half a surrogate", `"\ud800"`, []string{"half of a surrogate pair"}},
	{"deep", strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999), []string{"too deep to be shown"}},
	{"too deep", strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), []string{"more than 10000 arrays"}},
	{"deep names", strings.Repeat(`{"a":`, 5_000) + "1" + strings.Repeat("}", 5_000), []string{"too deep to be shown"}},
	{"many members", "[" + strings.Repeat("0,", 100_000) + "0]", []string{"99,801 more, not shown", "[100,001]"}},
	{"wide and deep", "[" + strings.Repeat("[0,0,0],", 3_000) + "0]", []string{"more, not shown"}},
	{"long text", `"` + strings.Repeat("a", 500_000) + `"`, []string{"(500,000 characters)"}},
	{"10 MB", `"` + strings.Repeat("a", 10<<20) + `"`, []string{"The beginning of 10,485,762 bytes"}},
	{"10 MB of members", "[" + strings.Repeat("1,", 5<<20) + "1]", []string{"The beginning of"}},
	{"10 MB that is no text", strings.Repeat("\x80", 10<<20), []string{"The beginning of"}},
	{"numbers", `[1e400,-0,12341234395923518231275928351827392300000,1.10]`, []string{"1e400", "-0", "12341234395923518231275928351827392300000", "1.10"}},
	{"of Python", `{"when": {"__datetime__": "2024-01-01T00:00:00"}, "x": NaN}`, []string{"not JSON"}},
	{"a repr of Python", `{'a': True}`, []string{"not JSON"}},
}

// maxAnswer is how long an answer to any stored value may be.
const maxAnswer = 4 << 20

func TestHostileValues(t *testing.T) {
	t.Parallel()
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			store := fileStore(t, `{"a":1}`, test.value)
			b := serve(t, Options{Write: true, Places: []Place{only("file:state.json", store)}})
			id := b.id()
			view := b.shows2(id, test.want...)
			edit := b.shows2(id + "/edit")
			for _, answer := range []string{view, edit, b.shows2("/overview")} {
				safe(t, answer)
			}
		})
	}
}

// shows2 is shows for long answers.
func (b *browser) shows2(path string, texts ...string) string {
	b.t.Helper()
	status, body := b.get(path)
	if status != http.StatusOK {
		b.t.Errorf("GET %s: %d %.1000s", path, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(html.UnescapeString(body), html.UnescapeString(text)) {
			b.t.Errorf("GET %s has no %q: %.5000s", path, text, body)
		}
	}
	return body
}

// safe fails the test if an answer holds code of a value, or a character that
// does not show.
func safe(t *testing.T, answer string) {
	t.Helper()
	if len(answer) > maxAnswer {
		t.Errorf("the answer has %d bytes", len(answer))
	}
	for _, bad := range []string{"<script>alert", "<img", `" onmouseover="`, `' onclick='`, "</textarea><script", "\u202e", "\u2066", "\u200b", "\u2028", "\x1b", "\x07", "\x00", "\xff"} {
		if strings.Contains(answer, bad) {
			t.Errorf("the answer holds %q", bad)
		}
	}
}

// Names are hostile as well: keys of objects, functions, errors.
func TestHostileNames(t *testing.T) {
	store := memjar.New()
	put(t, store, `1`)
	url := `s3://acorns/"><script>alert(1)</script>` + bidi + `' onclick='.json`
	b := serve(t, Options{Places: []Place{only(url, store)}, Explain: func(url string, err error) (string, string) { return err.Error() + url, url }})
	id := b.id()
	safe(t, withoutFilter(b.shows("/overview")))
	for _, path := range []string{id, id + "/edit"} {
		safe(t, withoutCopies(b.shows(path)))
	}
}

// withoutFilter removes the attributes that the filter looks through.
func withoutFilter(answer string) string {
	return withoutCopies(strings.ReplaceAll(answer, `data-name="`, `data-copy="`))
}

// withoutCopies removes the attributes that hold a text to copy, which no one
// sees.
func withoutCopies(answer string) string {
	for {
		before, rest, ok := strings.Cut(answer, `data-copy="`)
		if !ok {
			return answer
		}
		_, after, _ := strings.Cut(rest, `"`)
		answer = before + after
	}
}

// An error that a store or a server words is text as well.
func TestHostileErrors(t *testing.T) {
	b := serve(t, Options{Places: []Place{only("mem:", failing{memjar.New()})}})
	safe(t, withoutFilter(b.shows("/overview", "&lt;script&gt;")))
	safe(t, b.shows(b.id(), "&lt;script&gt;"))
}

type failing struct{ *memjar.Store }

func (failing) Load(context.Context) ([]byte, awsjar.Meta, error) {
	return nil, awsjar.Meta{}, &awsjar.Error{Err: awsjar.ErrAccessDenied, Hint: "<script>alert(1)</script>" + bidi}
}

// TestQuotesFromRightToLeft: quotes are set apart where the direction matters, and no
// character is lost.
func TestQuotesFromRightToLeft(t *testing.T) {
	for text, want := range map[string]int{`"a": "b"`: 0, `"שלום": "عالم"`: 4, `"ﬡ"`: 2, `"é日🐿"`: 0, `שלום`: 0} {
		quotes, all := 0, ""
		for _, p := range visible(text) {
			if all += p.Text; p.Quote {
				quotes++
			}
		}
		if quotes != want || all != text {
			t.Errorf("%s has %d quotes set apart, want %d: %s", text, quotes, want, all)
		}
	}
}

// TestEditorIsBounded: the browser could not follow the typing in more lines.
func TestEditorIsBounded(t *testing.T) {
	for n, want := range map[int]bool{maxEdited - 2: true, maxEdited - 1: false} {
		value := "[" + strings.Repeat("1,", n-1) + "1]" // and a line for each bracket
		if got := read([]byte(value)).Editable(); got != want {
			t.Errorf("%d elements may be edited: %v", n, got)
		}
	}
}

// Deep JSON of 20 KB would have 200 MB with one member a line.
func TestLaidOutIsBounded(t *testing.T) {
	deep := []byte(strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000))
	if size := len(laidOut(deep)); size > maxLaidOut {
		t.Errorf("it is laid out to %d bytes", size)
	}
	for _, text := range []string{`{"a":[1,{"b":"x:,{"}],"c":{}}`, `[]`, `"a"`} {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(text), "", "  "); err != nil || b.Len() > indentedSize([]byte(text)) {
			t.Errorf("%s takes %d bytes, more than %d: %v", text, b.Len(), indentedSize([]byte(text)), err)
		}
	}
}
