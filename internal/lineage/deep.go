package lineage

import (
	"crypto/rand"
	"encoding/base64"
	"hash/crc32"
	"strings"
)

// DeepWrites is how many of the last writes a Deep lineage names, each with a
// short checksum of its value, in at most 769 bytes. They are so many because
// servers are not fair: under 16 writers MinIO lets one wait while more than 64
// others write.
const DeepWrites = 96

// deepIDLen and deepSumLen are lengths in characters of 6 bits.
const (
	deepIDLen  = 6
	deepSumLen = 2
)

// Deep is a lineage without separators, newest first, as s3jar keeps it. Its
// ids have 36 bits: the chance that one of 96 is taken for another is one in
// seven hundred million, for a write in doubt alone. The checksums, of 12 bits,
// only say that a value may have been there before.
type Deep struct{ text string } // the ids, a dot and the checksums

// NewDeepID returns the id for a new write.
func NewDeepID() ID {
	var b [6]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return ID(base64.RawURLEncoding.EncodeToString(b[:])[:deepIDLen])
}

// DeepSum returns the checksum of a value, for [Deep.HasSum].
func DeepSum(data []byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	c := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
	return string([]byte{alphabet[c>>26], alphabet[c>>20&63]})
}

// ParseDeep reads a text of [Deep.String]. Any other text, from a foreign
// writer, is an empty lineage.
func ParseDeep(text string) Deep {
	ids, sums, _ := strings.Cut(text, ".")
	writes := len(sums) / deepSumLen
	if writes < 1 || writes > DeepWrites || !isCode(sums, writes*deepSumLen) || !isCode(ids, writes*deepIDLen) {
		return Deep{}
	}
	return Deep{text}
}

// String returns the ids, a dot and the checksums; "" for an empty lineage.
func (d Deep) String() string { return d.text }

// parts returns the ids and the checksums.
func (d Deep) parts() (ids, sums string) {
	ids, sums, _ = strings.Cut(d.text, ".")
	return ids, sums
}

// Extend returns the lineage after one more write.
func (d Deep) Extend(id ID, sum string) Deep {
	ids, sums := d.parts()
	kept := min(d.Writes(), DeepWrites-1)
	return Deep{string(id) + ids[:kept*deepIDLen] + "." + sum + sums[:kept*deepSumLen]}
}

// Newest returns the id of the last write, or "".
func (d Deep) Newest() ID { return ID(d.text[:min(len(d.text), deepIDLen)]) }

// Writes returns how many writes it knows of, at most DeepWrites.
func (d Deep) Writes() int {
	_, sums := d.parts()
	return len(sums) / deepSumLen
}

// Full reports whether there may have been more writes than it names.
func (d Deep) Full() bool { return d.Writes() == DeepWrites }

// Has reports whether the write of that id is in the lineage.
func (d Deep) Has(id ID) bool {
	ids, _ := d.parts()
	return has(ids, string(id), deepIDLen)
}

// HasSum reports whether a write of the lineage may have stored a value of that
// DeepSum. One in some forty times it does so for one that was never there.
func (d Deep) HasSum(sum string) bool {
	_, sums := d.parts()
	return has(sums, sum, deepSumLen)
}

// has reports whether one of the parts of that length is the given one.
func has(all, one string, length int) bool {
	if len(one) != length {
		return false
	}
	for ; all != ""; all = all[length:] {
		if all[:length] == one {
			return true
		}
	}
	return false
}

// Judge returns the verdict about the write mine that was to replace the write
// replaced; see [Line.Judge].
func (d Deep) Judge(mine, replaced ID) Verdict { return judge(d, d.Newest(), mine, replaced) }
