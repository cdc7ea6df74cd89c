// Package lineage answers one question: was this write mine?
//
// Every conditional write carries a fresh random id, and the store keeps the last
// ids beside the value, newest first: its lineage. A Line is short, for the
// variables of a function, where every byte counts; a Deep is for the metadata of
// an object. A writer whose answer was lost reads the lineage back. Its own id is
// there: the write was stored, and other writes may have followed. The id that it
// replaced is still the newest: it was not stored. The replaced id is there,
// further down, and its own is not: others were first. Neither is there: it cannot
// be told.
//
// Values cannot answer the question: two writers may write equal ones.
package lineage

import (
	"crypto/rand"
	"encoding/base64"
	"hash/crc32"
	"slices"
	"strings"
)

// ID names one write: 48 random bits, as 8 characters of the URL-safe base64
// alphabet.
type ID string

// idLen and sumLen are lengths in characters.
const (
	idLen  = 8
	sumLen = 6
	// maxEntries bounds the number of entries that Parse takes from outside.
	maxEntries = 64
)

// NewID returns the id for a new write. It must be kept for every repetition
// of that write.
func NewID() ID {
	var b [6]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return ID(base64.RawURLEncoding.EncodeToString(b[:]))
}

// Sum returns a short checksum of stored bytes: enough to notice that
// somebody who knows nothing of the lineage replaced them.
func Sum(data []byte) string {
	c := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
	return base64.RawURLEncoding.EncodeToString([]byte{byte(c >> 24), byte(c >> 16), byte(c >> 8), byte(c)})
}

// Entry is one write: its id and, where the store needs it, the Sum of the
// value that it stored.
type Entry struct {
	ID  ID
	Sum string
}

// Line is a lineage, newest first.
type Line []Entry

// Parse reads a text of String. Any other text, from a foreign writer or a
// curious operator, is an empty lineage.
func Parse(text string) Line {
	if text == "" || len(text) > maxEntries*(idLen+sumLen+2) {
		return nil
	}
	line := make(Line, 0, min(maxEntries, 1+strings.Count(text, ",")))
	for part := range strings.SplitSeq(text, ",") {
		id, sum, hasSum := strings.Cut(part, ".")
		if !isCode(id, idLen) || hasSum && !isCode(sum, sumLen) || len(line) == maxEntries {
			return nil
		}
		line = append(line, Entry{ID(id), sum})
	}
	return line
}

// String returns the lineage as "id.sum,id.sum,id": letters, digits and
// ".,-_" only.
func (l Line) String() string {
	var b strings.Builder
	b.Grow(len(l) * (idLen + sumLen + 2))
	for i, e := range l {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(e.ID))
		if e.Sum != "" {
			b.WriteByte('.')
			b.WriteString(e.Sum)
		}
	}
	return b.String()
}

// Extend returns the lineage after one more write, cut to the newest depth
// entries. The receiver is not changed.
func (l Line) Extend(e Entry, depth int) Line {
	next := append(make(Line, 0, depth), e)
	return append(next, l[:min(len(l), depth-1)]...)
}

// Newest returns the entry of the last write, or a zero Entry.
func (l Line) Newest() Entry {
	if len(l) == 0 {
		return Entry{}
	}
	return l[0]
}

// Has reports whether the write of that id is in the lineage.
func (l Line) Has(id ID) bool {
	return id != "" && slices.ContainsFunc(l, func(e Entry) bool { return e.ID == id })
}

// Verdict is the judgement of a write by a lineage that was read back.
type Verdict int

const (
	// Unknown: neither the write nor the one that it replaced is in the lineage.
	Unknown Verdict = iota
	// Stored: the write was stored, though others may have followed.
	Stored
	// Unchanged: the state that the write was to replace is still there.
	Unchanged
	// Overtaken: others replaced it first; the write was not stored.
	Overtaken
)

// Judge returns the verdict about the write mine that was to replace the write
// replaced, which is empty if the state that it was to replace had no id.
func (l Line) Judge(mine, replaced ID) Verdict { return judge(l, l.Newest().ID, mine, replaced) }

// judge is Judge for each kind of lineage.
func judge(l interface{ Has(ID) bool }, newest, mine, replaced ID) Verdict {
	switch {
	case l.Has(mine):
		return Stored
	case replaced == "":
		return Unknown
	case newest == replaced:
		return Unchanged
	case l.Has(replaced):
		return Overtaken
	}
	return Unknown
}

func isCode(s string, length int) bool {
	if len(s) != length {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}
