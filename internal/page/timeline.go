package page

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/awsjar/awsjar"
)

const (
	fewVersions = 50
	maxVersions = 1000
	maxBars     = 24
	chartHeight = 80
	chartWidth  = 396
	chartLeft   = 36
	chartTop    = 28
)

// timeline is the versions of a state, newest first.
type timeline struct {
	Versions []version
	More     bool // there are older ones
	Limit    int
	Failed   *problem
}

// version is one line of a timeline.
type version struct {
	awsjar.Meta
	First bool   // the oldest of all
	Grown *int64 // bytes more than the one before; nil if that is not known
}

// limitOf returns how many versions a request wants.
func limitOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("versions"))
	if err != nil || n < 1 {
		return fewVersions
	}
	return min(n, maxVersions)
}

// timeline lists the newest versions.
func (p *Page) timeline(ctx context.Context, v view, limit int) *timeline {
	t := &timeline{Limit: limit}
	for meta, err := range v.jar.Versions(ctx) {
		if err != nil {
			failed := p.problem(v.URL, err)
			t.Failed = &failed
			break
		}
		if len(t.Versions) == limit {
			t.More = true
			t.Versions[limit-1].grow(meta)
			break
		}
		if n := len(t.Versions); n > 0 {
			t.Versions[n-1].grow(meta)
		}
		t.Versions = append(t.Versions, version{Meta: meta})
	}
	if n := len(t.Versions); n > 0 && !t.More {
		t.Versions[n-1].First = true
	}
	return t
}

// grow sets how much a version is larger than the one before.
func (v *version) grow(before awsjar.Meta) {
	if v.Deleted {
		return
	}
	grown := v.Size
	if !before.Deleted {
		grown -= before.Size
	}
	v.Grown = &grown
}

func (t *timeline) find(id string) (version, bool) {
	for _, v := range t.Versions {
		if v.VersionID == id {
			return v, true
		}
	}
	return version{}, false
}

// Title counts the versions.
func (t *timeline) Title() string {
	text := counted(len(t.Versions), "version")
	if t.More {
		text = "The newest " + text
	}
	return text
}

// Next is how many versions to show after a click on "Show more".
func (t *timeline) Next() int { return min(maxVersions, 4*t.Limit) }

// Clock is the time of day of a version.
func (v version) Clock() string { return clock(v.Modified, "15:04:05") }

// Moment is the time of a version, with its day unless that is today.
func (v version) Moment() string { return moment(v.Modified) }

// Day is its day.
func (v version) Day() string { return clock(v.Modified, "Monday 2 January 2006") }

func clock(t time.Time, layout string) string {
	if t.IsZero() {
		return "time not known"
	}
	return t.UTC().Format(layout)
}

func moment(t time.Time) string {
	day, today := clock(t, time.DateOnly), clock(time.Now(), time.DateOnly)
	if t.IsZero() || day == today {
		return clock(t, "15:04:05")
	}
	return clock(t, time.DateTime)
}

// Delta says how much larger or smaller a version is than the one before.
func (v version) Delta() string {
	switch {
	case v.First && !v.Deleted:
		return "first"
	case v.Grown == nil:
		return ""
	case *v.Grown > 0:
		return "+" + thousands(*v.Grown)
	case *v.Grown == 0:
		return "±0"
	}
	return thousands(*v.Grown)
}

// NewDay reports whether a version is of another day than the one before in the
// list.
func (t *timeline) NewDay(i int) bool { return i == 0 || t.Versions[i].Day() != t.Versions[i-1].Day() }

// chartBar is a version in the picture of sizes.
type chartBar struct {
	version
	X, Y, Width, Height, Middle int
}

// Bars returns the newest versions for the picture, oldest first.
func (t *timeline) Bars() []chartBar {
	n := min(len(t.Versions), maxBars)
	if n == 0 {
		return nil
	}
	most, step := t.Most(), chartWidth/max(n, 8)
	bars := make([]chartBar, n)
	for i := range n {
		v := t.Versions[n-1-i]
		height := max(2, int(v.Size*chartHeight/most))
		bars[i] = chartBar{v, chartLeft + i*step + step/6, chartTop + chartHeight - height, step * 2 / 3, height, chartLeft + i*step + step/2}
	}
	return bars
}

// Labelled reports whether the picture has room for the time of a bar.
func (t *timeline) Labelled(i int) bool {
	n := min(len(t.Versions), maxBars)
	return n <= 11 || (n-1-i)%3 == 0
}

// Most is the size of the largest version, at least 1.
func (t *timeline) Most() int64 {
	most := int64(1)
	for _, v := range t.Versions[:min(len(t.Versions), maxBars)] {
		most = max(most, v.Size)
	}
	return most
}

// Sentence is the picture in words.
func (t *timeline) Sentence() string {
	bars := t.Bars()
	if len(bars) == 0 {
		return "No versions."
	}
	first, last := bars[0], bars[len(bars)-1]
	deleted := 0
	for _, b := range bars {
		if b.Deleted {
			deleted++
		}
	}
	text := fmt.Sprintf("Size of the newest %s: from %s bytes to %s, at most %s.",
		counted(len(bars), "version"), thousands(first.Size), thousands(last.Size), thousands(t.Most()))
	if deleted > 0 {
		text += fmt.Sprintf(" It was deleted %s.", counted(deleted, "time"))
	}
	return text + " The table below has each of them."
}
