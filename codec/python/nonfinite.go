package python

import (
	"bytes"
	"math"
)

// The numbers that Python's json reads and writes and JSON does not have.
var nonFiniteWords = []struct {
	word  string
	value float64
}{
	{"NaN", math.NaN()},
	{"-Infinity", math.Inf(-1)},
	{"Infinity", math.Inf(1)},
}

// tooLarge stands for such a number in JSON. No type holds it, so where it is
// not looked up it is an error instead of a wrong number. The spaces keep it
// from becoming part of a number beside it.
const tooLarge = " 9e999999 "

// finite writes tooLarge for every such number. It returns, by the offset of
// their ends, which numbers they were.
func finite(data []byte) (text []byte, nonFinite map[int64]float64) {
	if !bytes.Contains(data, []byte("NaN")) && !bytes.Contains(data, []byte("Infinity")) {
		return data, nil
	}
	nonFinite = map[int64]float64{}
	inString := false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == '"':
			inString = !inString
		case inString && c == '\\' && i+1 < len(data):
			text = append(text, c)
			i++
			c = data[i]
		case !inString && (c == 'N' || c == 'I' || c == '-'):
			if word, value := nonFiniteAt(data[i:]); word != "" {
				text = append(text, tooLarge...)
				nonFinite[int64(len(text)-1)] = value
				i += len(word) - 1
				continue
			}
		}
		text = append(text, c)
	}
	return text, nonFinite
}

func nonFiniteAt(data []byte) (word string, value float64) {
	for _, n := range nonFiniteWords {
		if bytes.HasPrefix(data, []byte(n.word)) {
			return n.word, n.value
		}
	}
	return "", 0
}
