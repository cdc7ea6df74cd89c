package columns

import "bytes"

// A layout says where the white space of a JSON text is. Documents are coded in
// the compact one, without any.
type layout struct {
	spaced   bool   // a space after each colon, and after each comma unless indented
	indented bool   // each member and each element on a line of its own
	indent   string // for each level
	newline  bool   // at the end of the text
}

// numbered returns a layout by its number: 0 is compact, 1 spaced, 2 with a
// tab for each level, 3 to 11 with 0 to 8 spaces for each level; 12 more for a
// newline at the end. Layout layouts is none: the value is one text.
const (
	layoutsWithout = 12
	layouts        = 2 * layoutsWithout
)

func numbered(number int) layout {
	const firstIndented = 3
	l := layout{newline: number >= layoutsWithout}
	switch number %= layoutsWithout; number {
	case 0:
	case 1:
		l.spaced = true
	case 2:
		l.spaced, l.indented, l.indent = true, true, "\t"
	default:
		l.spaced, l.indented, l.indent = true, true, "        "[:number-firstIndented]
	}
	return l
}

// compacted returns a value without its white space, and the layout that puts
// the white space back; layouts if none does.
func compacted(value []byte) (compact []byte, number int) {
	compact = make([]byte, 0, len(value))
	inString := false
	for i := 0; i < len(value); i++ {
		switch b := value[i]; {
		case b == '"':
			inString = !inString
		case b == '\\' && inString && i+1 < len(value):
			compact = append(compact, b)
			i++
		case !inString && (b == ' ' || b == '\n' || b == '\t'):
			continue
		}
		compact = append(compact, value[i])
	}
	number = guessedLayout(value, len(compact) == len(value))
	if laid, ok := numbered(number).apply(compact, len(value)); !ok || !bytes.Equal(laid, value) {
		return nil, layouts
	}
	return compact, number
}

// guessedLayout looks at the end of a text and at its first space.
func guessedLayout(value []byte, isCompact bool) (number int) {
	if isCompact {
		return 0
	}
	if value[len(value)-1] == '\n' {
		number, value = layoutsWithout, value[:len(value)-1]
	}
	if len(value) < 2 {
		return number
	}
	if value[1] == '\n' { // after the first bracket
		if len(value) > 2 && value[2] == '\t' {
			return number + 2
		}
		spaces := 0
		for spaces < 8 && 2+spaces < len(value) && value[2+spaces] == ' ' {
			spaces++
		}
		return number + 3 + spaces
	}
	if bytes.Contains(value, []byte(": ")) || bytes.Contains(value, []byte(", ")) {
		number++
	}
	return number
}

// apply writes compact JSON in the layout, or returns false if that takes more
// than size bytes.
func (l layout) apply(compact []byte, size int) (out []byte, ok bool) {
	if l == (layout{}) {
		return compact, len(compact) <= size
	}
	out = make([]byte, 0, size)
	depth := 0
	newline := func() {
		if out = append(out, '\n'); depth*len(l.indent) <= size {
			for range depth {
				out = append(out, l.indent...)
			}
		}
	}
	inString := false
	for i := 0; i < len(compact) && len(out) <= size; i++ {
		b := compact[i]
		switch {
		case b == '"':
			inString = !inString
		case inString:
			if b == '\\' && i+1 < len(compact) {
				out = append(out, b)
				i++
			}
			out = append(out, compact[i])
			continue
		case l.indented && (b == '{' || b == '[') && i+1 < len(compact) && compact[i+1] != b+2:
			out = append(out, b)
			depth++
			newline()
			continue
		case l.indented && (b == '}' || b == ']') && i > 0 && compact[i-1] != b-2:
			depth = max(depth-1, 0)
			newline()
		}
		out = append(out, b)
		switch {
		case inString:
		case b == ',' && l.indented:
			newline()
		case (b == ',' || b == ':') && l.spaced:
			out = append(out, ' ')
		}
	}
	if l.newline {
		out = append(out, '\n')
	}
	return out, len(out) <= size
}
