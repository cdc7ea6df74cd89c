package page

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/awsjar/awsjar"
)

// stateView is all that the view of one state shows.
type stateView struct {
	*known
	Write   bool
	Meta    awsjar.Meta
	Absent  bool
	Failed  *problem // the value could not be read
	Health  health
	Value   *document // nil if there is none
	Tree    *node     // nil if it is no JSON, or too long
	Why     string    // the reason why it is no JSON
	Keeps   bool      // the store keeps earlier values
	Null    bool      // the object was stored while its bucket kept no versions
	Budget  *bar
	Form    string
	History *timeline // nil if the store keeps no versions
	Changes *changes
	Read    time.Time
}

// Commands for the jobs that the page does not do.
func (s *stateView) Get() string {
	if s.Value != nil && !s.Value.JSON {
		return "awsjar get --raw " + quote(s.URL)
	}
	return "awsjar get " + quote(s.URL)
}
func (s *stateView) Edit() string { return "awsjar edit " + quote(s.URL) }

// WithHistory returns the URL of a function with a place for its versions; "" for
// another place, which cannot have one.
func (s *stateView) WithHistory() string {
	if !s.Deploys() {
		return ""
	}
	separator := "?"
	if strings.Contains(s.URL, "?") {
		separator = "&"
	}
	return s.URL + separator + "history=s3://BUCKET/KEY"
}

// TooLong reports whether the value is too much for the editor of the page.
func (s *stateView) TooLong() bool { return s.Value != nil && !s.Value.Editable() }

// state shows one state.
func (p *Page) state(w http.ResponseWriter, r *http.Request, v view) {
	s := p.look(r.Context(), v)
	if v.versioned() {
		s.History = p.timeline(r.Context(), v, limitOf(r))
		s.compareNewest(r.Context(), p, v)
	}
	p.render(w, http.StatusOK, "state.html", s)
}

// look reads the current value.
func (p *Page) look(ctx context.Context, v view) *stateView {
	s := &stateView{known: v.known, Write: p.opts.Write, Keeps: v.versioned(), Read: time.Now()}
	entry, err := v.jar.Load(ctx)
	s.Meta = entry.Meta
	switch {
	case isAbsent(err):
		s.Absent = true
	case err != nil:
		failed := p.problem(v.URL, err)
		s.Failed = &failed
	default:
		s.Value = read(entry.Value)
		s.Meta.Size = int64(s.Value.Size)
		s.Null = s.Meta.VersionID == "null" && strings.HasPrefix(s.URL, "s3:")
		if s.Value.JSON {
			s.Tree = treeOf(s.Value.compact)
		} else {
			s.Why = s.Value.Why.Error()
		}
	}
	s.Health = p.healthOf(v.URL, s.Value, err)
	if budget, ok := v.store.(budgeted); ok {
		if u, err := budget.Usage(ctx); err == nil {
			b := barOfUsage(u)
			s.Budget, s.Form = &b, string(u.Form)
			if s.Health.Kind == "ok" {
				s.Health = ofBudget(v.URL, u.Used, u.OverflowSize)
			}
		}
	}
	return s
}

// versioned reports whether the store keeps versions.
func (v view) versioned() bool { return keepsVersions(v.store) }

func keepsVersions(store awsjar.Store) bool {
	_, ok := store.(awsjar.Versioned)
	return ok
}

// compareNewest shows the change of the last write.
func (s *stateView) compareNewest(ctx context.Context, p *Page, v view) {
	all := s.History.Versions
	if len(all) < 2 {
		return
	}
	to, from := all[0], all[1]
	s.Changes = &changes{ID: v.ID, From: from, To: to, Write: p.opts.Write, Deploys: v.Deploys(), Revision: s.Meta.Revision}
	before, err := v.at(ctx, from)
	if err != nil {
		failed := p.problem(v.URL, err)
		s.Changes.Failed = &failed
		return
	}
	after := s.Value
	if to.VersionID != s.Meta.VersionID {
		if after, err = v.at(ctx, to); err != nil {
			failed := p.problem(v.URL, err)
			s.Changes.Failed = &failed
			return
		}
	}
	s.Changes.difference = differ(before, after)
	if before != nil && before.JSON && s.Tree != nil && to.VersionID == s.Meta.VersionID {
		if old := treeOf(before.compact); old != nil {
			compare(s.Tree, old)
		}
	}
}

// at returns the value of a version, or nil for a delete marker.
func (v view) at(ctx context.Context, ver version) (*document, error) {
	if ver.Deleted {
		return nil, nil
	}
	entry, err := v.jar.At(ctx, ver.VersionID)
	if err != nil {
		return nil, err
	}
	return read(entry.Value), nil
}

// changes is the difference between two versions, with the revision that a restore
// replaces.
type changes struct {
	ID       string
	From, To version
	Write    bool
	Deploys  bool            // a restore is a deployment of a function
	Revision awsjar.Revision // the current one, which a restore replaces
	Failed   *problem
	difference
}

// Barred says why the older version cannot be restored, or "".
func (c *changes) Barred() string {
	switch {
	case c.From.Latest && !c.From.Deleted:
		return "This is the latest version already."
	case c.From.Deleted:
		return "A delete marker holds nothing to restore."
	case !c.Write:
		return "Started read-only: restoring needs --write."
	}
	return ""
}

// changes compares two versions that the request names.
func (p *Page) changes(w http.ResponseWriter, r *http.Request, v view) {
	ask := r.URL.Query()
	t := p.timeline(r.Context(), v, limitOf(r))
	from, okFrom := t.find(ask.Get("from"))
	to, okTo := t.find(ask.Get("to"))
	if !okFrom || !okTo {
		p.refuse(w, http.StatusNotFound, problem{Text: "this version is not there any more", Hint: "load the state again"})
		return
	}
	c := changes{ID: v.ID, From: from, To: to, Write: p.opts.Write, Deploys: v.Deploys(), Revision: awsjar.Revision(ask.Get("revision"))}
	before, err := v.at(r.Context(), from)
	if err == nil {
		var after *document
		if after, err = v.at(r.Context(), to); err == nil {
			c.difference = differ(before, after)
		}
	}
	if err != nil {
		failed := p.problem(v.URL, err)
		c.Failed = &failed
	}
	p.render(w, http.StatusOK, "changes.html", &c)
}
