// Package percent encodes the names in the URLs of states, such as the key in
// "s3://bucket/key", so that package jarurl reads the same name back.
package percent

import (
	"net/url"
	"strconv"
	"strings"
)

// Encode encodes characters that would be taken for another part of a URL (%,
// ?, #) and those that are hard to see in a message: spaces, control characters
// and others that are not printable. Bytes that are not UTF-8 become U+FFFD.
func Encode(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r == '%' || r == '?' || r == '#' || r == ' ' || !strconv.IsPrint(r) {
			b.WriteString(url.PathEscape(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
