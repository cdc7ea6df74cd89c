package page

import (
	"bytes"
	"net/http"
	"unicode/utf8"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/merge"
)

// join stores an edit merged with the change of another writer, or returns the
// merged text.
func (p *Page) join(store bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, ok := p.asked(w, r)
		if !ok {
			return
		}
		e, ok := p.receive(w, r)
		if !ok {
			return
		}
		theirs, revision, err := p.theirs(r, v)
		if err != nil {
			p.fail(w, v.URL, err)
			return
		}
		if revision != e.Revision {
			p.showConflict(w, r, v, e)
			return
		}
		three, err := merge.Apart(e.base, e.value, theirs)
		if err != nil {
			p.fail(w, v.URL, err)
			return
		}
		joined := three.Join(e.Theirs...)
		if store && bytes.Equal(joined, theirs) {
			p.answer(w, http.StatusOK, saved{true, "Theirs is kept; nothing was sent."})
			return
		}
		if store && joined != nil {
			p.put(w, r, v, e, joined)
			return
		}
		p.answer(w, http.StatusOK, map[string]any{"text": escaped(string(laidOut(joined))), "base": textOf(theirs), "revision": revision})
	}
}

// textOf is the text of a value for the script, null if there is none.
func textOf(value []byte) *string {
	if value == nil {
		return nil
	}
	text := string(value)
	return &text
}

// theirs reads the current value as compact JSON, nil if there is none.
func (p *Page) theirs(r *http.Request, v view) ([]byte, awsjar.Revision, error) {
	done, err := p.reading(r.Context())
	if err != nil {
		return nil, "", err
	}
	defer done()
	entry, err := v.jar.Load(r.Context())
	if isAbsent(err) {
		return nil, awsjar.None, nil
	}
	if err != nil {
		return nil, "", err
	}
	value, err := compact(entry.Value)
	return value, entry.Revision, err
}

// conflict is two changes side by side.
type conflict struct {
	ID       string
	Revision awsjar.Revision
	Rows     []conflictRow
	Choices  int
	Deleted  bool
}

type conflictRow struct {
	Path, Name                 string
	Base, Mine, Theirs, Joined string
	InMine, InTheirs, Choose   bool
}

// showConflict answers with the changes of both writers.
func (p *Page) showConflict(w http.ResponseWriter, r *http.Request, v view, e *edited) {
	theirs, revision, err := p.theirs(r, v)
	if err != nil {
		p.fail(w, v.URL, err)
		return
	}
	if bytes.Equal(theirs, e.value) { // stored by an earlier send, or by another writer
		p.answer(w, http.StatusOK, saved{true, "The stored value is this one already; nothing was sent."})
		return
	}
	three, err := merge.Apart(e.base, e.value, theirs)
	if err != nil {
		p.fail(w, v.URL, err)
		return
	}
	c := conflict{ID: v.ID, Revision: revision, Deleted: theirs == nil}
	for _, change := range three.Changes() {
		skip := alike(change.One, change.Other)
		row := conflictRow{
			Path: change.Path, Name: nameOf(change.Path), InMine: change.InOne, InTheirs: change.InOther, Choose: change.Collides,
			Base: inCell(change.Base, 0), Mine: inCell(change.One, skip), Theirs: inCell(change.Other, skip),
		}
		row.Joined = row.Theirs
		if change.InOne {
			row.Joined = row.Mine
		}
		if row.Choose {
			c.Choices++
		}
		c.Rows = append(c.Rows, row)
	}
	p.render(w, http.StatusConflict, "conflict.html", c)
}

const (
	maxCell = 200 // characters of a value in a table
	lead    = 40  // bytes of them before the part that differs
)

// alike returns how many bytes of two long values to leave out, for they are the
// same: a person who chooses between the two must see how they differ.
func alike(one, other []byte) int {
	same := 0
	for same < min(len(one), len(other)) && one[same] == other[same] {
		same++
	}
	if same < maxCell/2 || same == len(one) && same == len(other) {
		return 0
	}
	same -= lead
	for same > 0 && !utf8.RuneStart(one[same]) {
		same--
	}
	return same
}

// inCell shortens a value to the width of a table. The bytes to skip are fewer than
// it has.
func inCell(value []byte, skip int) string {
	switch {
	case value == nil:
		return "not there"
	case skip > 0:
		return "… " + shortened(string(value[skip:]), maxCell)
	}
	return shortened(string(value), maxCell)
}
