package filejar

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/awsjar/awsjar"
)

// version names one write. All that is known of it stands in its name, so
// that a version is added to the history, or not, by one rename.
type version struct {
	number uint64 // counts the writes, from 1
	tag    string // tells writes of one number apart, of which only one took place
	sum    string // of the bytes; empty for a delete marker
}

const (
	nextPrefix    = "next-"
	deletedSuffix = ".deleted"
)

// The lengths of the parts of a file name, in characters.
const (
	numberLen = 12
	tagLen    = 8
	sumLen    = 16
)

// parseVersion reads a version id.
func parseVersion(id string) (version, error) {
	number, rest, _ := strings.Cut(id, "-")
	tag, sum, hasSum := strings.Cut(rest, "-")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != number || n == 0 || len(number) > numberLen || !isHex(tag, tagLen) || hasSum && !isHex(sum, sumLen) {
		return version{}, fmt.Errorf("%w: version ids look like 42-9f86d081-884c7d659a2feaa0", awsjar.ErrInvalid)
	}
	return version{n, tag, sum}, nil
}

// parseFile reads the name of a version's file; ok is false for any other.
func parseFile(name string) (v version, ok bool) {
	number, rest, _ := strings.Cut(name, "-")
	if v.tag, ok = strings.CutSuffix(rest, deletedSuffix); !ok {
		v.tag, v.sum, _ = strings.Cut(rest, "-")
		ok = isHex(v.sum, sumLen)
	}
	if !ok || len(number) != numberLen || !isHex(v.tag, tagLen) {
		return version{}, false
	}
	var err error
	v.number, err = strconv.ParseUint(number, 10, 64)
	return v, err == nil && v.number > 0
}

func isHex(s string, length int) bool {
	return len(s) == length && strings.Trim(s, "0123456789abcdef") == ""
}

// String returns the version id, which is the revision as well.
func (v version) String() string {
	if v.deleted() {
		return fmt.Sprintf("%d-%s", v.number, v.tag)
	}
	return fmt.Sprintf("%d-%s-%s", v.number, v.tag, v.sum)
}

// file returns the name of its file. Such names sort by number.
func (v version) file() string {
	if v.deleted() {
		return fmt.Sprintf("%012d-%s%s", v.number, v.tag, deletedSuffix)
	}
	return fmt.Sprintf("%012d-%s-%s", v.number, v.tag, v.sum)
}

// position sorts after the files of all earlier versions and before its own.
func (v version) position() string { return fmt.Sprintf("%012d", v.number) }

// deleted reports whether it is a delete marker.
func (v version) deleted() bool { return v.sum == "" }

// describes reports whether a value, or its absence, is that version.
func (v version) describes(found value) bool {
	return v != (version{}) && v.deleted() != found.present && v.sum == found.sum
}

// following returns the version after v, of a write that has that sum.
func (v version) following(sum string) version {
	var tag [tagLen / 2]byte
	rand.Read(tag[:]) // never fails (crypto/rand)
	return version{v.number + 1, hex.EncodeToString(tag[:]), sum}
}

// foreign returns the version after v of a value that somebody else left there.
// It is always the same for the same file.
func (v version) foreign(found value) version {
	tag := sha256.Sum256(fmt.Appendf(nil, "%v %d", v, found.modified.UnixNano()))
	return version{v.number + 1, hex.EncodeToString(tag[:tagLen/2]), found.sum}
}

// sumOf returns the sum that stands in the name: 64 bits of SHA-256. It
// notices changes by those who may change the file anyway.
func sumOf(hash []byte) string { return hex.EncodeToString(hash[:sumLen/2]) }
