package coder

// moment follows a date, or a date and a time, such as 2006-01-02T15:04:05, and
// counts it in its smallest field. Months count 31 days each: what matters is
// that a small step in time is a small difference.
type moment struct {
	done int64 // value of the finished fields
	part int64 // digits so far of the current field
	at   int   // characters so far
	size int   // characters of the whole
}

// momentShape has a 0 for a digit and T for the T or the space before the time.
const momentShape = "0000-00-00T00:00:00"

// momentSizes are the sizes that a moment may have, the longest first.
var momentSizes = [...]int{len("2006-01-02T15:04:05"), len("2006-01-02T15:04"), len("2006-01-02")}

// momentFields are the years, months, days, hours, minutes and seconds.
var momentFields = [...]struct {
	end   int   // the place after its last digit
	first int64 // its least value
	count int64 // its values
}{
	{4, 0, 10000}, {7, 1, 12}, {10, 1, 31}, {13, 0, 24}, {16, 0, 60}, {19, 0, 60},
}

// readMoment returns the size of the moment at the beginning of text, 0 if
// there is none.
func readMoment(text []byte) (size int) {
	n := 0
	for n < len(momentShape) && n < len(text) && fitsShape(n, text[n]) {
		n++
	}
	for _, size := range momentSizes {
		if n >= size {
			return size
		}
	}
	return 0
}

func fitsShape(at int, c byte) bool {
	switch shape := momentShape[at]; shape {
	case '0':
		return isDigit(c)
	case 'T':
		return c == 'T' || c == ' '
	default:
		return c == shape
	}
}

// momentValue is the value of the moment of a size at the beginning of text.
func momentValue(text []byte, size int) int64 {
	m := moment{size: size}
	for _, c := range text[:size] {
		m.follow(c)
	}
	return m.done
}

// field is the index of the field that the next digit belongs to.
func (m *moment) field() (index int) {
	for momentFields[index].end <= m.at {
		index++
	}
	return index
}

// follow takes a character and reports whether the moment goes on.
func (m *moment) follow(c byte) bool {
	if m.at >= m.size || !fitsShape(m.at, c) {
		return false
	}
	if isDigit(c) {
		m.part = m.part*10 + int64(c-'0')
		if f := momentFields[m.field()]; m.at+1 == f.end {
			m.done, m.part = m.done*f.count+m.part-f.first, 0
		}
	}
	m.at++
	return true
}

// choices lists what the next digit may be; between the fields there is no choice.
func (m *moment) choices(to []choice) []choice {
	if m.at >= m.size || momentShape[m.at] != '0' {
		return to
	}
	index := m.field()
	f := momentFields[index]
	unit := int64(1) // of the field, in the smallest field
	for _, later := range momentFields[index+1:] {
		if later.end <= m.size {
			unit *= later.count
		}
	}
	rest := powers[f.end-m.at-1]
	for d := int64(0); d < 10; d++ {
		least := max((m.part*10+d)*rest, f.first)
		most := min((m.part*10+d+1)*rest, f.first+f.count)
		if least < most {
			low, high := m.done*f.count+least-f.first, m.done*f.count+most-f.first
			to = append(to, choice{byte('0' + d), low * unit, high*unit - 1})
		}
	}
	return to
}
