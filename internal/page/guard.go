package page

import (
	"net/http"
	"strings"
)

// policy lets the page use its own script, style, icon and answers, and nothing
// else; no other page may frame it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guarded lets only requests through that this page's own script may have made,
// or a person who types the address.
func (p *Page) guarded(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if r.Host != p.host() { // a name that somebody lets point to this machine
			http.Error(w, "the page is at http://"+p.host(), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// maxBody is how many bytes a request may have: an edited value, the one before
// it, and the quotes around them.
const maxBody = 6 * maxShown

// known lets only requests through that have the key, and bounds their body.
func (p *Page) known(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !p.session.admits(r) {
			http.Error(w, "this page was not opened with the address that awsjar ui printed", http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodPost && !isJSON(r) {
			http.Error(w, "the body must be JSON", http.StatusUnsupportedMediaType)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next(w, r)
	}
}

// isJSON reports whether a body says that it is JSON. A form of another site
// cannot say so.
func isJSON(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.TrimSpace(kind) == "application/json"
}

// writing refuses requests that change a state, unless the page may.
func (p *Page) writing(next http.HandlerFunc) http.HandlerFunc {
	return p.known(func(w http.ResponseWriter, r *http.Request) {
		if !p.opts.Write {
			p.refuse(w, http.StatusForbidden, problem{Text: "the page is read-only", Hint: "start it with awsjar ui --write"})
			return
		}
		next(w, r)
	})
}
