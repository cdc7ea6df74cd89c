package page

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/awsjar/awsjar/lambdajar"
)

// maxListing is how many states of one place are listed.
const maxListing = 1000

// overview is all that the first view shows.
type overview struct {
	Functions []function
	States    []stateRow
	Buckets   []string    // a clause about each
	Unkept    []attention // buckets that keep no versions
	Failures  []failure
	Hidden    int    // functions whose variables AWS Lambda cannot decrypt
	More      bool   // a place has more states than are listed
	Digest    string // of all that, to notice changes
	Read      time.Time
	Log       *requestLog
}

// function is a function with its jars.
type function struct {
	Name    string
	Jars    []jarRow
	Bar     bar
	Health  health
	Changed time.Time
}

type jarRow struct {
	*known
	Found lambdajar.Found
}

// stateRow is a state that is not in a function, or of which nothing was listed.
type stateRow struct {
	*known
	Bytes    int64
	Empty    bool
	Changed  time.Time
	Versions string
	Health   health
}

// failure is a place that could not be listed.
type failure struct {
	URL string
	problem
}

// Title counts the states.
func (o *overview) Title() string {
	var parts []string
	if n := len(o.Functions); n > 0 {
		parts = append(parts, counted(n, "function")+" with a jar")
	}
	if n := len(o.States); n > 0 {
		parts = append(parts, counted(n, "state"))
	}
	if len(parts) == 0 {
		return "No states"
	}
	return strings.Join(parts, ", ")
}

// attention is a state, or a bucket, that somebody should look at.
type attention struct {
	ID, Name string // the ID of a bucket is ""
	Health   health
}

// Attention returns the states and the buckets that need a look.
func (o *overview) Attention() (all []attention) {
	for _, f := range o.Functions {
		if f.Health.Needs() {
			all = append(all, attention{f.Jars[0].ID, f.Name, f.Health})
		}
	}
	for _, s := range o.States {
		if s.Health.Needs() {
			all = append(all, attention{s.ID, s.Name(), s.Health})
		}
	}
	all = append(all, o.Unkept...)
	slices.SortStableFunc(all, func(a, b attention) int { return cmp.Compare(a.Health.rank(), b.Health.rank()) })
	return all[:min(len(all), 20)]
}

func (p *Page) overview(w http.ResponseWriter, r *http.Request) {
	p.render(w, http.StatusOK, "overview.html", p.survey(r.Context()))
}

// survey reads all places.
func (p *Page) survey(ctx context.Context) *overview {
	o := &overview{Read: time.Now(), Log: p.log()}
	jars := map[string][]jarRow{}
	var single []*known
	for _, place := range p.opts.Places {
		versions := p.versionsOf(ctx, place, o)
		listed := 0
		for state, err := range place.List(ctx) {
			if err != nil {
				o.Failures = append(o.Failures, failure{place.URL, p.problem(place.URL, err)})
				break
			}
			if listed++; listed > maxListing {
				o.More = true
				break
			}
			switch {
			case state.Jar != nil && state.Jar.Hidden:
				o.Hidden++
			case state.Jar != nil:
				jars[state.Jar.Function] = append(jars[state.Jar.Function], jarRow{p.states.remember(state), *state.Jar})
			case state.Listed:
				o.States = append(o.States, stateRow{known: p.states.remember(state), Bytes: state.Size, Changed: state.Modified, Versions: versions, Health: fine})
			default:
				single = append(single, p.states.remember(state))
			}
		}
	}
	for name, all := range jars {
		o.Functions = append(o.Functions, functionOf(name, all))
	}
	o.States = append(o.States, p.readAll(ctx, single)...)
	o.sort()
	return o
}

// versionsOf says of a place whether its states have versions. What is true of a
// bucket is said once, and not of each object.
func (p *Page) versionsOf(ctx context.Context, place Place, o *overview) string {
	switch {
	case strings.HasPrefix(place.URL, "file:"):
		return "kept"
	case place.Versioning == nil:
		return "not known"
	}
	status, err := place.Versioning(ctx)
	bucket := bucketOf(place.URL)
	versions, clause := "none", bucket+" keeps no versions"
	switch {
	case err != nil:
		return "not known"
	case status == "enabled":
		versions, clause = "kept", bucket+" keeps versions"
	}
	if slices.Contains(o.Buckets, clause) { // two prefixes of one bucket
		return versions
	}
	o.Buckets = append(o.Buckets, clause)
	if versions == "none" {
		o.Unkept = append(o.Unkept, attention{Name: bucket, Health: health{
			"look", "no history", "the bucket keeps no versions: a write cannot be undone", "awsjar versioning " + quote(bucket) + " enable",
		}})
	}
	return versions
}

// bucketOf returns the URL of the bucket of a place.
func bucketOf(url string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(url, "s3://"), "/")
	name, _, _ = strings.Cut(name, "?")
	return "s3://" + name
}

func functionOf(name string, jars []jarRow) function {
	slices.SortFunc(jars, func(a, b jarRow) int { return strings.Compare(a.Found.Name, b.Found.Name) })
	first := jars[0].Found
	f := function{Name: name, Jars: jars, Changed: first.Modified, Bar: barOf(jars)}
	f.Health = ofBudget(jars[0].URL, first.Used, first.OverflowSize)
	return f
}

// readAll reads states that no listing told anything of, few at once.
func (p *Page) readAll(ctx context.Context, all []*known) []stateRow {
	rows := make([]stateRow, len(all))
	var group sync.WaitGroup
	for i, k := range all {
		group.Go(func() { rows[i] = p.readOne(ctx, k) })
	}
	group.Wait()
	return rows
}

func (p *Page) readOne(ctx context.Context, k *known) stateRow {
	s := stateRow{known: k, Versions: "none", Empty: true}
	done, err := p.reading(ctx)
	if err != nil {
		s.Health = p.healthOf(k.URL, nil, err)
		return s
	}
	defer done()
	store, jar, err := k.open(ctx)
	if err != nil {
		s.Health = p.healthOf(k.URL, nil, err)
		return s
	}
	if keepsVersions(store) {
		s.Versions = "kept"
	}
	entry, err := jar.Load(ctx)
	s.Bytes, s.Changed, s.Empty = entry.Size, entry.Modified, err != nil
	var d *document
	if err == nil {
		d = read(entry.Value)
	}
	s.Health = p.healthOf(k.URL, d, err)
	if budget, ok := store.(budgeted); ok && err == nil && s.Health.Kind == "ok" {
		if u, err := budget.Usage(ctx); err == nil {
			s.Health = ofBudget(k.URL, u.Used, u.OverflowSize)
		}
	}
	return s
}

// sort puts first the states that need a look; then of functions the fullest, of other
// states the newest.
func (o *overview) sort() {
	slices.SortFunc(o.Functions, func(a, b function) int {
		return cmp.Or(cmp.Compare(a.Health.rank(), b.Health.rank()), cmp.Compare(b.Bar.Used, a.Bar.Used), strings.Compare(a.Name, b.Name))
	})
	slices.SortFunc(o.States, func(a, b stateRow) int {
		return cmp.Or(cmp.Compare(a.Health.rank(), b.Health.rank()), b.Changed.Compare(a.Changed), strings.Compare(a.URL, b.URL))
	})
	o.Digest = o.digest()
}

func (o *overview) digest() string {
	sum := sha256.New()
	enc := json.NewEncoder(sum)
	for _, f := range o.Functions {
		enc.Encode([]any{f.Name, f.Bar, f.Health, f.Changed})
	}
	for _, s := range o.States {
		enc.Encode([]any{s.URL, s.Bytes, s.Empty, s.Changed, s.Health})
	}
	fmt.Fprint(sum, o.Buckets, len(o.Failures), o.Hidden, o.More)
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12])
}
