package filejar

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/awsjar/awsjar"
)

// version names one write. Its number counts the writes; its tag tells
// writes of one number apart, of which all but one never took place or were
// lost with the history.
type version struct {
	number uint64
	tag    string
}

// tagBytes is how long a tag is; it is written with two hex digits a byte.
const tagBytes = 6

var versionForm = regexp.MustCompile(`^([1-9][0-9]{0,11})-([0-9a-f]{12})$`)

// parseVersion reads what String wrote.
func parseVersion(id string) (version, error) {
	parts := versionForm.FindStringSubmatch(id)
	if parts == nil {
		return version{}, fmt.Errorf("%w: version ids look like 42-9f86d081884c", awsjar.ErrInvalid)
	}
	number, err := strconv.ParseUint(parts[1], 10, 64)
	return version{number, parts[2]}, err
}

// String returns the version id, which is the revision as well.
func (v version) String() string { return fmt.Sprintf("%d-%s", v.number, v.tag) }

// file returns the name of its file, which sorts by the number.
func (v version) file() string { return fmt.Sprintf("%012d-%s", v.number, v.tag) }

// position sorts after the files of all earlier versions and before its own.
func (v version) position() string { return fmt.Sprintf("%012d", v.number) }

// deletedSuffix ends the name of a delete marker.
const deletedSuffix = ".deleted"

var fileForm = regexp.MustCompile(`^[0-9]{12}-[0-9a-f]{12}(\.deleted)?$`)

// versionOfFile returns the version of a name that has the form.
func versionOfFile(name string) version {
	number, tag, _ := strings.Cut(strings.TrimSuffix(name, deletedSuffix), "-")
	n, _ := strconv.ParseUint(number, 10, 64) // 12 digits
	return version{n, tag}
}

// next returns the version after v.
func (v version) next(tag string) version { return version{v.number + 1, tag} }

func randomTag() string {
	var b [tagBytes]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// record is what the files head and next hold: a version, and how to tell
// whether the value's file is that version.
type record struct {
	version version
	sum     string // SHA-256 of the bytes, in hex; empty for a delete marker
	deleted bool
}

// recordJSON is the form of a record in its file.
type recordJSON struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256,omitempty"`
	Deleted bool   `json:"deleted,omitempty"`
}

// maxRecord bounds what is read of such a file, in bytes.
const maxRecord = 1 << 10

func (r record) bytes() []byte {
	data, _ := json.Marshal(recordJSON{r.version.String(), r.sum, r.deleted}) // strings and a bool: cannot fail
	return append(data, '\n')
}

// readRecord reads the file head or next. A file that is missing, or that
// holds something else, is no record; there says whether there is a file.
func readRecord(name string) (r record, there bool, err error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return record{}, false, nil
	}
	if err != nil {
		return record{}, false, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxRecord))
	if errors.Is(err, syscall.EISDIR) {
		return record{}, true, nil
	}
	if err != nil {
		return record{}, false, err
	}
	return parseRecord(data), true, nil
}

// parseRecord returns a zero record for what bytes() did not write.
func parseRecord(data []byte) record {
	var form recordJSON
	if json.Unmarshal(data, &form) != nil {
		return record{}
	}
	v, err := parseVersion(form.Version)
	if err != nil || form.Deleted == (len(form.SHA256) == 2*32) {
		return record{}
	}
	return record{v, form.SHA256, form.Deleted}
}
