package page

import "net/http"

// edit shows the editor of a state.
func (p *Page) edit(w http.ResponseWriter, r *http.Request) {
	v, ok := p.asked(w, r)
	if !ok {
		return
	}
	done, err := p.reading(r.Context())
	if err != nil {
		p.fail(w, v.URL, err)
		return
	}
	defer done()
	p.render(w, http.StatusOK, "edit.html", p.look(r.Context(), v))
}
