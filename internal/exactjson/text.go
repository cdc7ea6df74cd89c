package exactjson

import (
	"bytes"
	"strings"
)

// named makes a noun of a place, such as ".list[2].*".
func named(place string) string {
	if place == "" {
		return "the value"
	}
	if place[0] == '[' {
		return "element " + container(place)
	}
	return "member " + container(place)
}

// container is a place of bounded length, without the dot before it.
func container(place string) string {
	if place == "" {
		return "the value"
	}
	const most = 200 // bytes
	if len(place) > most {
		place = strings.ToValidUTF8(place[:most], "") + "..."
	}
	return strings.TrimPrefix(place, ".")
}

// space passes white space and returns the next byte.
func (w *walk) space() byte {
	for w.at < len(w.data) {
		switch c := w.data[w.at]; c {
		case ' ', '\t', '\r', '\n':
			w.at++
		default:
			return c
		}
	}
	return 0
}

func (w *walk) comma() {
	if w.space() == ',' {
		w.at++
	}
}

// skip passes one value.
func (w *walk) skip() {
	depth := 0
	for w.at < len(w.data) {
		switch w.data[w.at] {
		case '"':
			w.at = endOfString(w.data, w.at)
		case '[', '{':
			depth++
			w.at++
		case ']', '}':
			depth--
			w.at++
		case ',', ':', ' ', '\t', '\r', '\n':
			w.at++
			continue
		default:
			w.at = endOfWord(w.data, w.at)
		}
		if depth == 0 {
			return
		}
	}
}

// endOfWord returns the index behind the number or word that begins at start.
func endOfWord(data []byte, start int) int {
	if n := bytes.IndexAny(data[start:], ",]} \t\r\n"); n > 0 {
		return start + n
	}
	return len(data)
}
