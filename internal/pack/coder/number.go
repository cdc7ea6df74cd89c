package coder

// number follows the digits of a decimal number and says which numbers each
// next character leaves possible. It counts in units of its last decimal place.
type number struct {
	value  int64 // of the digits so far
	whole  int   // digits before the point
	places int   // digits after the point; -1 before the point

	width  int  // digits before the point of the number above
	scale  int  // digits after the point, at most
	padded bool // the number above begins with 0
	point  bool // the number above has a point
	end    byte // the character after the number above
}

const mostDigits = 18

var powers = func() (t [mostDigits + 1]int64) {
	t[0] = 1
	for i := 1; i < len(t); i++ {
		t[i] = 10 * t[i-1]
	}
	return t
}()

// decimal is a number read from a text.
type decimal struct {
	value         int64 // without the point
	whole, places int   // digits before and after the point
}

// readDecimal reads the number at the beginning of text, or returns false if
// there is none, or one with too many digits.
func readDecimal(text []byte) (d decimal, ok bool) {
	i := 0
	for ; i < len(text) && isDigit(text[i]); i++ {
		if i == mostDigits {
			return d, false
		}
		d.value = d.value*10 + int64(text[i]-'0')
	}
	d.whole = i
	if i == 0 || i+1 >= len(text) || text[i] != '.' || !isDigit(text[i+1]) {
		return d, i > 0
	}
	for i++; i < len(text) && isDigit(text[i]); i++ {
		if d.whole+d.places == mostDigits {
			return d, false
		}
		d.value = d.value*10 + int64(text[i]-'0')
		d.places++
	}
	return d, true
}

// choice is a next character and the range of values it leaves possible.
type choice struct {
	character byte
	low, high int64
}

// follow takes a character and reports whether the number goes on.
func (n *number) follow(c byte) bool {
	switch {
	case isDigit(c) && n.places < 0:
		n.whole++
	case isDigit(c):
		n.places++
	case c == '.' && n.places < 0 && n.whole > 0 && n.scale > 0:
		n.places = 0
		return true
	default:
		return false
	}
	n.value = n.value*10 + int64(c-'0')
	return n.whole+n.scale <= mostDigits && n.places <= n.scale
}

// finished is the value in units of the last place.
func (n *number) finished() int64 { return n.value * powers[n.scale-max(n.places, 0)] }

// choices lists what the next character may be.
func (n *number) choices(to []choice) []choice {
	if n.places >= 0 {
		return n.afterPoint(to)
	}
	for width := max(n.width-1, n.whole+1); width <= n.width+1; width++ {
		if width+n.scale > mostDigits || n.padded && width != n.width {
			continue
		}
		unit := powers[width-n.whole-1+n.scale]
		for d := int64(0); d < 10; d++ {
			if d == 0 && n.whole == 0 && width > 1 && !n.padded {
				continue
			}
			low := (n.value*10 + d) * unit
			to = append(to, choice{byte('0' + d), low, low + unit - 1})
		}
	}
	if n.whole == 0 || n.padded && n.whole != n.width {
		return to
	}
	unit := powers[n.scale]
	low := n.value * unit
	switch {
	case n.scale > 0 && n.point:
		to = append(to, choice{'.', low, low + unit - 1})
	case n.scale > 0:
		to = append(to, choice{'.', low + 1, low + unit - 1}, choice{n.end, low, low})
	default:
		to = append(to, choice{n.end, low, low})
	}
	return to
}

func (n *number) afterPoint(to []choice) []choice {
	left := n.scale - n.places
	if left > 0 {
		unit := powers[left-1]
		for d := int64(0); d < 10; d++ {
			low := (n.value*10 + d) * unit
			to = append(to, choice{byte('0' + d), low, low + unit - 1})
		}
	}
	if n.places > 0 {
		value := n.finished()
		to = append(to, choice{n.end, value, value})
	}
	return to
}
