package pack

import "unicode/utf8"

// Measure returns the bytes that AWS counts for s within the compact JSON of a
// function's variables, without the quotes round it. AWS counts UTF-8 bytes and
// escapes as little as JSON allows (Lambda Developer Guide, "Troubleshoot
// deployment issues": the size "includes key names, values, quotes, commas, and
// brackets"); control characters below U+0020 without a short escape count 6. DEL
// is none of them for JSON (RFC 8259, section 7), and counts 1. Each byte that is
// not part of valid UTF-8 counts 3, as the U+FFFD that the SDK sends in its place.
func Measure(s string) int {
	size := 0
	for _, r := range s {
		switch {
		case r > '\\' && r <= 0x7f, r > '"' && r < '\\': // first, for most are one of these
			size++
		case r == '"' || r == '\\' || r == '\b' || r == '\f' || r == '\n' || r == '\r' || r == '\t':
			size += 2
		case r < 0x20:
			size += 6
		default:
			size += utf8.RuneLen(r)
		}
	}
	return size
}
