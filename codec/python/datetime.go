package python

import (
	"time"
	"unicode/utf8"
)

// A Python datetime has a year of four digits at most, and a zone less than a
// day off.
const (
	minYear, maxYear = 1, 9999
	maxOffset        = 24*time.Hour - 1
)

var (
	errYear     = advised("a Python datetime has a year from 1 to 9999", "")
	errOffset   = advised("a Python timezone is less than 24 hours off", "")
	errFraction = advised("the offset of the zone has a fraction of a second, which Go cannot hold", "set RoundTimes of python.Codec to cut it off")
	errNano     = advised("the time has nanoseconds, which a Python datetime cannot hold", "use Truncate(time.Microsecond), or set RoundTimes of python.Codec")
	errSkipped  = advised("the clocks of the location in Naive skip this time", "")
	errZoneName = advised("the name of the zone is not valid UTF-8", "")
)

// The locations of naive datetimes without and with fold=1, told by their
// addresses.
var naive, naiveFolded = time.FixedZone("naive", 0), time.FixedZone("naive", 0)

// NaiveUTC returns the location that naive datetimes are read in, and whose
// times are written naive, unless Codec.Naive says otherwise. Its clocks show
// UTC. t.In(python.NaiveUTC()) makes a time naive; t.UTC() makes it aware.
func NaiveUTC() *time.Location { return naive }

// IsNaive tells whether t came from a naive datetime and a Codec without
// Naive, or was made with [NaiveUTC].
func IsNaive(t time.Time) bool {
	return t.Location() == naive || t.Location() == naiveFolded
}

// time is the Go time of a moment.
func (c Codec) time(m moment) (time.Time, error) {
	switch {
	case m.zone != nil:
		return c.aware(m)
	case c.Naive != nil:
		return onClock(m, c.Naive)
	case m.fold == 1:
		return m.in(naiveFolded), nil
	}
	return m.in(naive), nil
}

func (c Codec) aware(m moment) (time.Time, error) {
	if m.zone.offset%time.Second != 0 && !c.RoundTimes {
		return time.Time{}, errFraction
	}
	loc := time.UTC
	if m.zone.offset != 0 || m.zone.name != "" && m.zone.name != "UTC" {
		loc = time.FixedZone(m.zone.name, int(m.zone.offset/time.Second))
	}
	return m.in(time.UTC).Add(-m.zone.offset).In(loc), nil
}

// onClock is the time at which the clocks in loc show the moment; where they
// do so twice, fold chooses.
func onClock(m moment, loc *time.Location) (time.Time, error) {
	t := m.in(loc)
	if shown := t.Add(offset(t)); !shown.Equal(m.in(time.UTC)) {
		return t, errSkipped
	}
	back, first := repeated(t)
	switch {
	case first && m.fold == 1:
		t = t.Add(back)
	case !first && m.fold == 0:
		t = t.Add(-back)
	}
	return t, nil
}

// repeated returns by how much the clocks were set back, if that makes them
// show the time t twice, else 0; and whether t is the first of the two.
func repeated(t time.Time) (back time.Duration, first bool) {
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		back = offset(start.Add(-1)) - offset(start)
		if t.Sub(start) < back {
			return back, false
		}
	}
	if !end.IsZero() {
		back = offset(t) - offset(end)
		if end.Sub(t) <= back {
			return back, true
		}
	}
	return 0, false
}

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// moment is the Python datetime of a Go time.
func (c Codec) moment(t time.Time) (moment, error) {
	if t.Nanosecond()%1000 != 0 {
		if !c.RoundTimes {
			return moment{}, errNano
		}
		t = t.Round(time.Microsecond)
	}
	if t.Year() < minYear || t.Year() > maxYear {
		return moment{}, errYear
	}
	m := moment{
		year: int64(t.Year()), month: int64(t.Month()), day: int64(t.Day()),
		hour: int64(t.Hour()), minute: int64(t.Minute()), second: int64(t.Second()),
		microsecond: int64(t.Nanosecond() / 1000),
	}
	switch t.Location() {
	case naive:
		return m, nil
	case naiveFolded:
		m.fold = 1
		return m, nil
	case c.Naive:
		if back, first := repeated(t); back > 0 && !first {
			m.fold = 1
		}
		return m, nil
	}
	name, _ := t.Zone()
	if !utf8.ValidString(name) {
		return moment{}, errZoneName
	}
	m.zone = &zone{offset: offset(t), name: name}
	if m.zone.offset.Abs() > maxOffset {
		return moment{}, errOffset
	}
	return m, nil
}
