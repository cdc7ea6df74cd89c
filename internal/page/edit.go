package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode/utf16"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/awsjar/awsjar/internal/merge"
)

// edit shows the editor of a state.
func (p *Page) edit(w http.ResponseWriter, r *http.Request, v view) {
	p.render(w, http.StatusOK, "edit.html", p.look(r.Context(), v))
}

// Draft is the text that the editor begins with.
func (s *stateView) Draft() string {
	if s.Absent {
		return "{}"
	}
	return escaped(string(s.Value.whole()))
}

// edited is a text that a person edited, and the value that it was made of.
type edited struct {
	Text     string          `json:"text"`
	Base     *string         `json:"base"` // nil: nothing was stored
	Revision awsjar.Revision `json:"revision"`
	Theirs   []string        `json:"theirs"` // members of which the other writer's value counts

	value, base []byte // compact JSON; base is nil if nothing was stored
}

// verdict says whether an edited text can be stored.
type verdict struct {
	OK      bool     `json:"ok"`
	Line    int      `json:"line"`   // from 1
	Column  int      `json:"column"` // from 1, in characters
	At      int      `json:"at"`     // in the units of the script: UTF-16
	Message string   `json:"message"`
	Bytes   int      `json:"bytes"`
	Changes []string `json:"changes"` // paths of members
}

// receive reads an edited text from a request. If it cannot be stored it answers.
func (p *Page) receive(w http.ResponseWriter, r *http.Request) (*edited, bool) {
	var e edited
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		p.refuse(w, http.StatusBadRequest, problem{Text: "the request is no JSON, or too long", Hint: "a long value is changed with awsjar edit"})
		return nil, false
	}
	var err error
	if e.value, err = compact([]byte(e.Text)); err == nil && e.Base != nil {
		e.base, err = compact([]byte(*e.Base))
	}
	if err != nil {
		p.answer(w, http.StatusUnprocessableEntity, judge(&e))
		return nil, false
	}
	return &e, true
}

// compact returns JSON that passes the rule, without white space.
func compact(text []byte) ([]byte, error) {
	if err := (exactjson.Rule{}).Check(text); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := json.Compact(&b, text)
	return b.Bytes(), err
}

// check judges a text while it is edited.
func (p *Page) check(w http.ResponseWriter, r *http.Request) {
	var e edited
	if json.NewDecoder(r.Body).Decode(&e) != nil {
		p.refuse(w, http.StatusBadRequest, problem{Text: "the request is no JSON, or too long", Hint: "a long value is changed with awsjar edit"})
		return
	}
	p.answer(w, http.StatusOK, judge(&e))
}

// judge finds the mistake of an edited text, or the members that it changes.
func judge(e *edited) verdict {
	value, err := compact([]byte(e.Text))
	if err != nil {
		return placed(e.Text, err)
	}
	v := verdict{OK: true, Message: "Valid JSON", Bytes: len(value), Changes: []string{}}
	var base []byte
	if e.Base != nil {
		if base, err = compact([]byte(*e.Base)); err != nil {
			return v
		}
	}
	three, err := merge.Apart(base, value, base)
	if err != nil {
		return v
	}
	for _, c := range three.Changes() {
		const most = 20
		if len(v.Changes) == most {
			v.Changes = append(v.Changes, "and more")
			break
		}
		v.Changes = append(v.Changes, plain(nameOf(c.Path)))
	}
	return v
}

// nameOf returns how a member is named.
func nameOf(path string) string {
	if path == "" {
		return "the whole value"
	}
	return shortened(path, 100)
}

// placed names the line and the column of a mistake. The text is the person's
// own, so the words of the JSON package, which hold a character of it, may be
// shown.
func placed(text string, err error) verdict {
	v := verdict{Line: 1, Column: 1, Message: err.Error()}
	wrong, ok := errors.AsType[*exactjson.Error](err)
	if !ok {
		return v
	}
	v.Message = wrong.Text
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		v.Message = syntax.Error()
	}
	at := min(max(0, int(wrong.Offset)-1), len(text))
	if wrong.Offset == 0 {
		at = len(text)
	}
	before := text[:at]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	v.Line = 1 + strings.Count(before, "\n")
	v.Column = 1 + len([]rune(line))
	v.At = len(utf16.Encode([]rune(before)))
	return v
}

// saved is the answer to a write that was stored.
type saved struct {
	Saved   bool   `json:"saved"`
	Message string `json:"message"`
}

// save stores an edited text if the state is still as it was shown.
func (p *Page) save(w http.ResponseWriter, r *http.Request) {
	v, ok := p.asked(w, r)
	if !ok {
		return
	}
	e, ok := p.receive(w, r)
	if !ok {
		return
	}
	if bytes.Equal(e.value, e.base) {
		p.answer(w, http.StatusOK, saved{Message: "Nothing has changed."})
		return
	}
	p.put(w, r, v, e, e.value)
}

// put stores a value in place of the revision of an edit. If another writer was
// first it answers with both changes.
func (p *Page) put(w http.ResponseWriter, r *http.Request, v view, e *edited, value []byte) {
	if e.Revision == awsjar.Any { // every write of the page is conditional
		p.refuse(w, http.StatusBadRequest, problem{Text: "the revision is missing", Hint: "load the state again"})
		return
	}
	meta, err := v.jar.PutIf(r.Context(), value, e.Revision)
	switch {
	case errors.Is(err, awsjar.ErrConflict):
		p.showConflict(w, r, v, e)
	case err != nil:
		p.fail(w, v.URL, err)
	default:
		p.answer(w, http.StatusOK, saved{true, "Saved, " + thousands(meta.Size) + " bytes."})
	}
}
