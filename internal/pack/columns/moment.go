package columns

import "bytes"

// momentForms are the ways that moments are written in strings: as digits of
// the year, the month, the day, the hour, the minute and the second.
var momentForms = [...]string{
	"0000-00-00T00:00:00",
	"0000-00-00 00:00:00",
	"0000-00-00T00:00",
	"0000-00-00 00:00",
	"0000-00-00",
}

// Where the digits stand.
const (
	yearAt, monthAt, dayAt      = 0, 5, 8
	hourAt, minuteAt, secondAt  = 11, 14, 17
	dateLength, minuteLength    = 10, 16
	daySeconds, epochDays, year = 86400, 719468, 365
)

// momentAt returns the form of the moment that s begins with, or false if it
// begins with none: one that does not exist, such as 30 February, is none.
func momentAt(s []byte) (form int, ok bool) {
	for form, pattern := range momentForms {
		if len(s) >= len(pattern) && follows(s, pattern) {
			s = s[:len(pattern)]
			if bytes.Equal(appendMoment(nil, momentOf(s), form), s) {
				return form, true
			}
		}
	}
	return 0, false
}

// follows reports whether s has a digit wherever the pattern has one, and else
// the same bytes.
func follows(s []byte, pattern string) bool {
	for i := range len(pattern) {
		isDigit := s[i]-'0' < 10
		if pattern[i] == '0' && !isDigit || pattern[i] != '0' && s[i] != pattern[i] {
			return false
		}
	}
	return true
}

// momentOf returns the moment that follows a form, counted since 1970 in days
// if that is a day, else in minutes or in seconds.
func momentOf(s []byte) int64 {
	two := func(at int) int64 { return int64(s[at]-'0')*10 + int64(s[at+1]-'0') }
	days := daysOf(two(yearAt)*100+two(yearAt+2), two(monthAt), two(dayAt))
	if len(s) == dateLength {
		return days
	}
	minutes := days*(daySeconds/60) + two(hourAt)*60 + two(minuteAt)
	if len(s) == minuteLength {
		return minutes
	}
	return minutes*60 + two(secondAt)
}

// daysOf counts the days since 1970 in the calendar of today. A year begins in
// March here, so that the leap day is its last one; an era has 400 years.
func daysOf(y, m, d int64) int64 {
	if m <= 2 {
		y--
	}
	era := y / 400
	y -= era * 400
	dayOfYear := (153*((m+9)%12)+2)/5 + d - 1
	return era*146097 + y*year + y/4 - y/100 + dayOfYear - epochDays
}

// dateOf is the inverse of daysOf, for the years from 0 to 9999.
func dateOf(days int64) (y, m, d int64) {
	days += epochDays
	era := days / 146097
	days -= era * 146097
	y = (days - days/1460 + days/36524 - days/146096) / year
	days -= y*year + y/4 - y/100
	m = (5*days + 2) / 153
	d = days - (153*m+2)/5 + 1
	y += era * 400
	if m += 3; m > 12 {
		return y + 1, m - 12, d
	}
	return y, m, d
}

// appendMoment writes a moment in a form. A moment that has no such form is
// written as the first day.
func appendMoment(out []byte, moment int64, form int) []byte {
	length := len(momentForms[form])
	seconds := moment
	switch length {
	case dateLength:
		seconds = moment * daySeconds
	case minuteLength:
		seconds = moment * 60
	}
	days, rest := seconds/daySeconds, seconds%daySeconds
	if rest < 0 {
		days, rest = days-1, rest+daySeconds
	}
	const last = 2932896 // 31 December 9999
	if days < -epochDays || days > last {
		days = -epochDays
	}
	y, m, d := dateOf(days)
	two := func(v int64) { out = append(out, byte('0'+v/10%10), byte('0'+v%10)) }
	two(y / 100)
	two(y)
	out = append(out, '-')
	two(m)
	out = append(out, '-')
	two(d)
	if length == dateLength {
		return out
	}
	out = append(out, momentForms[form][dateLength])
	two(rest / 3600)
	out = append(out, ':')
	two(rest / 60 % 60)
	if length == minuteLength {
		return out
	}
	out = append(out, ':')
	two(rest % 60)
	return out
}
