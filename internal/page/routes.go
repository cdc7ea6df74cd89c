package page

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"reflect"
	"sync"

	"github.com/awsjar/awsjar"
)

//go:embed web
var web embed.FS

// templates are parsed when the first page is asked for: the command that has
// the page starts faster without them.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"visible":   visible,
		"plain":     plain,
		"thousands": func(n any) string { return thousands(reflect.ValueOf(n).Int()) },
		"age":       age,
		"exact":     exact,
		"moment":    moment,
	}).ParseFS(web, "web/*.html"))
})

func (p *Page) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.shell)
	mux.HandleFunc("GET /page.js", static("page.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /page.css", static("page.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /icon.svg", static("icon.svg", "image/svg+xml"))
	mux.HandleFunc("POST /session", p.openSession)
	mux.HandleFunc("GET /overview", p.known(p.overview))
	mux.HandleFunc("GET /state/{id}", p.known(p.ofState(p.state)))
	mux.HandleFunc("GET /state/{id}/changes", p.known(p.ofState(p.changes)))
	mux.HandleFunc("GET /state/{id}/edit", p.known(p.ofState(p.edit)))
	mux.HandleFunc("POST /state/{id}/check", p.known(p.check))
	mux.HandleFunc("POST /state/{id}/save", p.writing(p.save))
	mux.HandleFunc("POST /state/{id}/join", p.known(p.join(false)))
	mux.HandleFunc("POST /state/{id}/save-joined", p.writing(p.join(true)))
	mux.HandleFunc("POST /state/{id}/restore", p.writing(p.ofState(p.restore)))
	mux.HandleFunc("GET /events", p.known(p.events))
	mux.HandleFunc("GET /state/{id}/events", p.known(p.stateEvents))
	return mux
}

// static serves a file of the page. It holds no secret, so it needs no token.
func static(name, kind string) http.HandlerFunc {
	data, err := web.ReadFile("web/" + name)
	return func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Write(data)
	}
}

// shell serves the empty page, which holds no secret either.
func (p *Page) shell(w http.ResponseWriter, _ *http.Request) {
	p.render(w, http.StatusOK, "shell.html", struct {
		Where string
		Write bool
		Log   bool
	}{p.opts.Where, p.opts.Write, p.opts.Requests != nil})
}

func (p *Page) openSession(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Token string `json:"token"`
	}
	if !isJSON(r) || json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&in) != nil {
		http.Error(w, "the body must be JSON", http.StatusBadRequest)
		return
	}
	key, ok := p.session.open(in.Token)
	if !ok {
		http.Error(w, "this address was used already, or is of another page", http.StatusUnauthorized)
		return
	}
	p.answer(w, http.StatusOK, map[string]string{"key": key})
}

// render writes a template as the whole answer.
func (p *Page) render(w http.ResponseWriter, status int, name string, data any) {
	var out bytes.Buffer
	if err := templates().ExecuteTemplate(&out, name, data); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError) // the error may hold a value
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(out.Bytes())
}

// answer writes JSON for the script.
func (p *Page) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// problem is an error in words.
type problem struct{ Text, Hint string }

func (p *Page) problem(url string, err error) problem {
	text, hint := p.explain(url, err)
	return problem{text, hint}
}

// refuse answers with an error that the page shows.
func (p *Page) refuse(w http.ResponseWriter, status int, what problem) {
	p.render(w, status, "problem.html", what)
}

// fail answers with the error of a state.
func (p *Page) fail(w http.ResponseWriter, url string, err error) {
	p.refuse(w, statusOf(err), p.problem(url, err))
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, awsjar.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, awsjar.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, awsjar.ErrAccessDenied):
		return http.StatusForbidden
	case errors.Is(err, awsjar.ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, awsjar.ErrInvalid), errors.Is(err, awsjar.ErrUnsupported):
		return http.StatusBadRequest
	case errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable
	}
	return http.StatusBadGateway
}
