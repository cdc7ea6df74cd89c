package page

import (
	"bytes"
	"net/http"
	"time"

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
	Time     string
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
	three, err := merge.Apart(e.base, e.value, theirs)
	if err != nil {
		p.fail(w, v.URL, err)
		return
	}
	c := conflict{ID: v.ID, Revision: revision, Deleted: theirs == nil, Time: clock(time.Now(), "15:04:05")}
	for _, change := range three.Changes() {
		row := conflictRow{
			Path: change.Path, Name: nameOf(change.Path), InMine: change.InOne, InTheirs: change.InOther, Choose: change.Collides,
			Base: inCell(change.Base), Mine: inCell(change.One), Theirs: inCell(change.Other),
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

// inCell shortens a value to the width of a table.
func inCell(value []byte) string {
	if value == nil {
		return "not there"
	}
	return shortened(string(value), 200)
}
