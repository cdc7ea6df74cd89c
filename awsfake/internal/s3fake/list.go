package s3fake

import (
	"encoding/base64"
	"encoding/xml"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// maxPage is the largest page of a listing (API reference, ListObjectsV2).
const maxPage = 1000

// listing has the parameters that the three listings have in common.
type listing struct {
	prefix, delimiter string
	max               int
	encoded           bool // encoding-type=url
}

func parseListing(query url.Values) (listing, error) {
	l := listing{prefix: query.Get("prefix"), delimiter: query.Get("delimiter"), max: maxPage}
	if query.Has("encoding-type") {
		if query.Get("encoding-type") != "url" {
			return l, invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", query.Get("encoding-type"))
		}
		l.encoded = true
	}
	if value := query.Get("max-keys"); value != "" {
		n, err := strconv.Atoi(value)
		switch {
		case err != nil:
			return l, invalidArgument("Provided max-keys not an integer or within integer range", "max-keys", value)
		case n < 0 || n > math.MaxInt32:
			return l, invalidArgument("Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", value)
		}
		l.max = min(n, maxPage)
	}
	return l, nil
}

// encode writes a key as the listing asks for it. AWS's encoding is that of HTML
// forms, with "/" left alone.
func (l listing) encode(s string) text {
	if !l.encoded {
		return text(s)
	}
	return text(strings.ReplaceAll(url.QueryEscape(s), "%2F", "/"))
}

func (l listing) encodingType() string {
	if l.encoded {
		return "url"
	}
	return ""
}

// group returns the common prefix that a key is listed under, or "".
func (l listing) group(key string) string {
	if l.delimiter == "" || !strings.HasPrefix(key, l.prefix) {
		return ""
	}
	rest := key[len(l.prefix):]
	i := strings.Index(rest, l.delimiter)
	if i < 0 {
		return ""
	}
	return key[:len(l.prefix)+i+len(l.delimiter)]
}

// start returns the position of the first key to list after the key or common
// prefix that the last page ended with.
func (l listing) start(x *index, after string) int {
	first := x.from(l.prefix)
	switch {
	case after == "":
		return first
	case l.group(after) == after:
		return max(first, x.past(after))
	}
	return max(first, x.from(after+"\x00"))
}

// found is one entry of a page: a version, or a common prefix.
type found struct {
	key     string // or the common prefix
	version *version
	latest  bool
}

// page is a part of a listing.
type page struct {
	entries   []found
	truncated bool
}

// last returns the entry that the next page continues after.
func (p page) last() found { return p.entries[len(p.entries)-1] }

// add appends an entry, or notes that the page is full and returns false.
func (p *page) add(l listing, f found) bool {
	if len(p.entries) >= l.max {
		p.truncated = l.max > 0 // a page of no entries is never truncated
		return false
	}
	p.entries = append(p.entries, f)
	return true
}

type commonPrefix struct {
	XMLName xml.Name `xml:"CommonPrefixes"`
	Prefix  text
}

type owner struct {
	ID string
}

// token makes an opaque continuation token of the key or common prefix that a page
// ended with.
func token(last string) string { return base64.URLEncoding.EncodeToString([]byte("1" + last)) }

// parseToken undoes token.
func parseToken(t string) (last string, ok bool) {
	raw, err := base64.URLEncoding.DecodeString(t)
	if err != nil || len(raw) < 2 || raw[0] != '1' {
		return "", false
	}
	return string(raw[1:]), true
}
