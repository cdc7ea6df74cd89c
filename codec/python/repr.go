package python

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// moment is a Python datetime as its constructor takes it.
type moment struct {
	year, month, day, hour, minute, second, microsecond int64

	fold int64 // 1 for the second of two equal clock times in autumn
	zone *zone // nil if naive
}

// zone is a Python timezone.
type zone struct {
	offset time.Duration // whole microseconds, less than a day
	name   string        // empty if it has none
}

var errNoDate = errors.New("there is no such date and time")

// check tells whether Python has such a datetime.
func (m moment) check() error {
	switch {
	case m.year < minYear || m.year > maxYear:
		return errYear
	case m.month < 1 || m.month > 12 || m.day < 1 || m.day > 31:
		return errNoDate
	case m.hour < 0 || m.hour > 23 || m.minute < 0 || m.minute > 59:
		return errNoDate
	case m.second < 0 || m.second > 59 || m.microsecond < 0 || m.microsecond > 999_999:
		return errNoDate
	case m.fold < 0 || m.fold > 1:
		return errNoDate
	}
	if _, _, day := m.in(time.UTC).Date(); day != int(m.day) {
		return errNoDate // such as 30 February, which becomes 2 March
	}
	return nil
}

// in is the time at which a clock in loc shows the moment.
func (m moment) in(loc *time.Location) time.Time {
	return time.Date(int(m.year), time.Month(m.month), int(m.day),
		int(m.hour), int(m.minute), int(m.second), int(m.microsecond)*1000, loc)
}

// repr is the text that Python's repr prints.
func (m moment) repr() string {
	var b strings.Builder
	fmt.Fprintf(&b, "datetime.datetime(%d, %d, %d, %d, %d", m.year, m.month, m.day, m.hour, m.minute)
	if m.second != 0 || m.microsecond != 0 {
		fmt.Fprintf(&b, ", %d", m.second)
	}
	if m.microsecond != 0 {
		fmt.Fprintf(&b, ", %d", m.microsecond)
	}
	if m.fold != 0 {
		fmt.Fprintf(&b, ", fold=%d", m.fold)
	}
	if m.zone != nil {
		b.WriteString(", tzinfo=" + m.zone.repr())
	}
	b.WriteByte(')')
	return b.String()
}

func (z zone) repr() string {
	switch {
	case z.offset == 0 && (z.name == "" || z.name == "UTC"):
		return "datetime.timezone.utc"
	case z.name == "":
		return "datetime.timezone(" + timedelta(z.offset) + ")"
	}
	return "datetime.timezone(" + timedelta(z.offset) + ", " + quoted(z.name) + ")"
}

// timedelta prints whole microseconds of less than a day either way. Python
// keeps the days negative and the rest positive.
func timedelta(d time.Duration) string {
	const day = 24 * time.Hour
	var parts []string
	if d < 0 {
		parts = append(parts, "days=-1")
		d += day
	}
	if s := d / time.Second; s != 0 {
		parts = append(parts, fmt.Sprintf("seconds=%d", s))
	}
	if us := d % time.Second / time.Microsecond; us != 0 {
		parts = append(parts, fmt.Sprintf("microseconds=%d", us))
	}
	if parts == nil {
		parts = []string{"0"}
	}
	return "datetime.timedelta(" + strings.Join(parts, ", ") + ")"
}

// quoted is a Python string literal.
func quoted(s string) string {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}
