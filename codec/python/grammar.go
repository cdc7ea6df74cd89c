package python

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// parseRepr reads the text of a datetime, as repr printed it. This is the
// whole grammar; between any two of its words there may be white space:
//
//	datetime  = "datetime.datetime(" arguments ")"
//	            of year, month, day [, hour, minute, second, microsecond, tzinfo, fold]
//	tzinfo    = "None" | "datetime.timezone.utc" | "datetime.timezone(" arguments ")"
//	            of offset [, name]
//	offset    = "datetime.timedelta(" arguments ")"
//	            of [days, seconds, microseconds]
//	name      = a string in single or double quotes, with Python's escapes
//	arguments = as Python takes them: by position, then by name; fold by name only
//
// All other arguments are whole numbers in decimal. The error names the
// fault and its byte, and shows nothing of the text.
func parseRepr(text string) (moment, error) {
	var m moment
	p := parser{text: text}
	err := p.call("datetime.datetime", 3,
		param{"year", p.integer(&m.year)}, param{"month", p.integer(&m.month)}, param{"day", p.integer(&m.day)},
		param{"hour", p.integer(&m.hour)}, param{"minute", p.integer(&m.minute)}, param{"second", p.integer(&m.second)},
		param{"microsecond", p.integer(&m.microsecond)}, param{"tzinfo", p.tzinfo(&m.zone)},
		param{"fold", p.integer(&m.fold)})
	if err == nil {
		err = p.end()
	}
	if err == nil {
		err = m.check()
	}
	return m, err
}

// parser goes through a text once.
type parser struct {
	text string
	at   int
}

// param is a parameter of a constructor.
type param struct {
	name string
	read func() error
}

// call reads name(...), of whose parameters the first so many are required.
func (p *parser) call(name string, required int, params ...param) error {
	if !p.word(name) || !p.word("(") {
		return p.unexpected()
	}
	given := make([]bool, len(params))
	byName := false
	for next := 0; !p.word(")"); next++ {
		if next > 0 && !p.word(",") {
			return p.unexpected()
		}
		i := next
		if named := p.parameter(params); named >= 0 {
			i, byName = named, true
		} else if byName || next == len(params) || params[next].name == "fold" {
			return p.unexpected()
		}
		if given[i] {
			return p.unexpected()
		}
		given[i] = true
		if err := params[i].read(); err != nil {
			return err
		}
	}
	if slices.Contains(given[:required], false) {
		return p.unexpected()
	}
	return nil
}

// parameter reads the name of a parameter and "=" and returns its index, or
// reads nothing and returns -1.
func (p *parser) parameter(params []param) int {
	start := p.at
	for i, param := range params {
		if p.word(param.name) && p.word("=") {
			return i
		}
		p.at = start
	}
	return -1
}

// integer reads a whole number that int64 holds.
func (p *parser) integer(n *int64) func() error {
	return func() error {
		p.space()
		start := p.at
		if strings.HasPrefix(p.text[p.at:], "-") {
			p.at++
		}
		first := p.at
		for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
			p.at++
		}
		if p.text[first:p.at] != "0" && strings.HasPrefix(p.text[first:], "0") {
			p.at = first // Python takes no leading zeros
			return p.unexpected()
		}
		var err error
		if *n, err = strconv.ParseInt(p.text[start:p.at], 10, 64); err != nil {
			p.at = start
			return p.unexpected()
		}
		return nil
	}
}

func (p *parser) tzinfo(z **zone) func() error {
	return func() error {
		switch {
		case p.word("None"):
			return nil
		case p.word("datetime.timezone.utc"):
			*z = &zone{name: "UTC"}
			return nil
		}
		*z = &zone{}
		return p.call("datetime.timezone", 1,
			param{"offset", p.offset(&(*z).offset)}, param{"name", p.quotedString(&(*z).name)})
	}
}

// offset reads a timedelta of less than a day either way.
func (p *parser) offset(d *time.Duration) func() error {
	return func() error {
		var days, seconds, microseconds int64
		err := p.call("datetime.timedelta", 0, param{"days", p.integer(&days)},
			param{"seconds", p.integer(&seconds)}, param{"microseconds", p.integer(&microseconds)})
		if err != nil {
			return err
		}
		// Each is bounded first, generously: the sum cannot overflow then.
		const most = 1 << 40
		for _, n := range []int64{days, seconds, microseconds / 1e6} {
			if n < -most || n > most {
				return errOffset
			}
		}
		const day = 24 * 60 * 60
		if seconds += days*day + microseconds/1e6; seconds < -day || seconds > day {
			return errOffset
		}
		*d = time.Duration(seconds)*time.Second + time.Duration(microseconds%1e6)*time.Microsecond
		if d.Abs() >= 24*time.Hour {
			return errOffset
		}
		return nil
	}
}

// quotedString reads a Python string literal.
func (p *parser) quotedString(s *string) func() error {
	return func() error {
		p.space()
		rest := p.text[p.at:]
		if rest == "" || rest[0] != '\'' && rest[0] != '"' {
			return p.unexpected()
		}
		quote := rest[0]
		var b strings.Builder
		for p.at++; p.at < len(p.text); {
			r, size := utf8.DecodeRuneInString(p.text[p.at:])
			switch {
			case r == rune(quote):
				p.at++
				*s = b.String()
				return nil
			case r < ' ' || r == utf8.RuneError && size == 1:
				return p.unexpected()
			case r == '\\':
				var err error
				if r, err = p.escape(); err != nil {
					return err
				}
			default:
				p.at += size
			}
			b.WriteRune(r)
		}
		return p.unexpected()
	}
}

// escape reads one of the escapes that repr prints.
func (p *parser) escape() (rune, error) {
	rest := p.text[p.at+1:]
	if rest == "" {
		return 0, p.unexpected()
	}
	digits := 0
	switch c := rest[0]; c {
	case '\\', '\'', '"':
		p.at += 2
		return rune(c), nil
	case 'n', 'r', 't':
		p.at += 2
		return rune("\n\r\t"[strings.IndexByte("nrt", c)]), nil
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	}
	if digits == 0 || len(rest) <= digits {
		return 0, p.unexpected()
	}
	n, err := strconv.ParseUint(rest[1:1+digits], 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return 0, p.unexpected()
	}
	p.at += 2 + digits
	return rune(n), nil
}

// word reads exactly this, after white space, or nothing.
func (p *parser) word(word string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.at:], word) {
		return false
	}
	p.at += len(word)
	return true
}

func (p *parser) space() {
	p.at = len(p.text) - len(strings.TrimLeft(p.text[p.at:], " \t\r\n"))
}

// end reports anything that is left.
func (p *parser) end() error {
	if p.space(); p.at < len(p.text) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) unexpected() error {
	return fmt.Errorf("its repr is not that of a datetime.datetime with a datetime.timezone, from its byte %d on", p.at)
}
