package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// piece is a part of a text: either characters that show as they are, or one that
// would hide, or change the direction of its neighbours.
type piece struct {
	Text  string
	Code  string // such as U+202E; "" for characters that show
	Quote bool   // it is a " of a text that has letters from right to left
}

// visible takes a text apart, so that each character of it can be seen. A name and a
// value from right to left would change places, so their quotes are parts of their
// own, at which the style begins anew from the left.
func visible(text string) []piece {
	var pieces []piece
	start, ordered := 0, strings.ContainsFunc(text, fromRight)
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		special := piece{Code: codeOf(r, size, text[at])}
		if r == '"' && ordered {
			special = piece{Text: `"`, Quote: true}
		}
		if special != (piece{}) {
			if start < at {
				pieces = append(pieces, piece{Text: text[start:at]})
			}
			pieces = append(pieces, special)
			start = at + size
		}
		at += size
	}
	if start < len(text) {
		pieces = append(pieces, piece{Text: text[start:]})
	}
	return pieces
}

// fromRight reports whether a character is in a block of those that are written from
// right to left, such as Hebrew and Arabic.
func fromRight(r rune) bool {
	return r >= 0x590 && (r <= 0x8FF || r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFF || r >= 0x10800 && r <= 0x10FFF || r >= 0x1E800 && r <= 0x1EFFF)
}

// codeOf returns the name of a character that does not show, or "".
func codeOf(r rune, size int, first byte) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("0x%02X", first)
	case r == '\n' || strconv.IsPrint(r):
		return ""
	}
	return fmt.Sprintf("U+%04X", r)
}

// plain is visible as one text, for attributes.
func plain(text string) string {
	var b strings.Builder
	for _, p := range visible(text) {
		b.WriteString(p.Text + p.Code)
	}
	return b.String()
}

// escaped returns JSON in which each character that does not show is an escape:
// the same JSON. Such characters are in strings only.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || strconv.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// shortened returns the beginning of a text that is longer than most, in
// characters, and says how long it is.
func shortened(text string, most int) string {
	beginning, note := cut(text, most)
	return beginning + note
}

// cut is shortened, with the note about the length apart.
func cut(text string, most int) (beginning, note string) {
	if len(text) <= most {
		return text, ""
	}
	count := utf8.RuneCountInString(text)
	if count <= most {
		return text, ""
	}
	end := 0
	for range most {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return text[:end], "… (" + thousands(int64(count)) + " characters)"
}

// quoted writes a text as JSON does, with characters such as < as they are.
func quoted(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(text) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// thousands writes a number with separators.
func thousands[T int | int64](n T) string {
	text := strconv.FormatInt(int64(n), 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "−", text[1:]
	}
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return sign + text
}

// age says how long ago a moment was, in one unit.
func age(t time.Time) string {
	d := max(0, time.Since(t))
	switch {
	case t.IsZero():
		return "not known"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// exact writes a moment for machines and titles.
func exact(t time.Time) string { return t.UTC().Format(time.RFC3339) }
