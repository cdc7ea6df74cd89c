package columns

import "bytes"

// A layout says where the white space of a JSON text is. In the compact one
// there is none. With spaces, there is one after each comma and each colon. In
// the others each member and each element has a line of its own, that begins
// with a tab or up to eight spaces for each level, and a space stands after each
// colon.
type layout int

const (
	compact layout = iota
	spaced
	tabs
	indented // by no space; the next ones by one space more each

	mostIndent = 8
	ended      = indented + mostIndent + 1 // the same with a line feed at the end
	noLayout   = 2 * ended                 // the value is one text
)

// layoutOf guesses the layout of a JSON text by its end and its first space.
func layoutOf(value []byte, isSpaced bool) (l layout) {
	value, hasEnd := bytes.CutSuffix(value, []byte("\n"))
	if hasEnd {
		l = ended
	}
	switch line := value[min(1, len(value)):]; {
	case !isSpaced:
		return l + compact
	case line[0] != '\n':
		return l + spaced
	case line[1] == '\t':
		return l + tabs
	default:
		spaces := 0
		for spaces < mostIndent && line[1+spaces] == ' ' {
			spaces++
		}
		return l + indented + layout(spaces)
	}
}

// line begins a line for a member or an element of a level.
func (l layout) line(out []byte, deep int) []byte {
	l %= ended
	if l < tabs {
		return out
	}
	indent := "        "[:max(l-indented, 0)]
	if l == tabs {
		indent = "\t"
	}
	out = append(out, '\n')
	for range deep {
		out = append(out, indent...)
	}
	return out
}

// comma separates a member or an element from the one before.
func (l layout) comma(out []byte, deep int) []byte {
	if out = append(out, ','); l%ended == spaced {
		return append(out, ' ')
	}
	return l.line(out, deep)
}

func (l layout) colon(out []byte) []byte {
	if out = append(out, ':'); l%ended != compact {
		out = append(out, ' ')
	}
	return out
}
