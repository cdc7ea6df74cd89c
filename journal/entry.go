package journal

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/awsjar/awsjar"
)

// An entry is a version of the history: a line of JSON, a newline, and the
// bytes of the value. docs/format.md describes it for other programs.

// format is the version of the form of an entry.
const format = 1

// absence stands for the digest of no value.
const absence = "none"

// header is the first line of an entry.
type header struct {
	Journal int      `json:"awsjar_journal"` // the format
	Of      string   `json:"of"`             // the URL of the store
	ID      string   `json:"id"`
	Digest  string   `json:"digest"`         // of the value: SHA-256 in hexadecimal digits, or "none" for a deletion
	Over    string   `json:"over,omitempty"` // digest of the value that the write replaced
	Seen    bool     `json:"seen,omitempty"` // the value is somebody else's: it was read, not written
	Void    []string `json:"void,omitempty"` // ids of earlier entries whose writes were refused
}

// entry is a header with its value.
type entry struct {
	header
	value []byte
}

// unversioned is the id of the one version that S3 keeps without versioning, or
// while it is suspended (S3 user guide, "How S3 Versioning works").
const unversioned = "null"

// maxHeader bounds the first line of an entry, in bytes.
const maxHeader = 16 << 10

func digestOf(value []byte) string {
	sum := sha256.Sum256(value)
	return hex.EncodeToString(sum[:])
}

func newID() string { return rand.Text() }

// encode returns the bytes of an entry.
func (e entry) encode() ([]byte, error) {
	line, err := json.Marshal(e.header)
	if err != nil {
		return nil, err
	}
	return append(append(line, '\n'), e.value...), nil
}

// decode reads an entry of this store's history.
func (s *Store) decode(data []byte) (entry, error) {
	var e entry
	line, value, ok := bytes.Cut(data, []byte("\n"))
	if !ok || len(line) > maxHeader || json.Unmarshal(line, &e.header) != nil || e.Journal == 0 {
		return e, s.foreign("the history holds another value than an entry of a journal")
	}
	switch {
	case e.Journal != format:
		return e, &awsjar.Error{
			Target: s.String(),
			Hint:   "update this program",
			Err:    fmt.Errorf("%w: a newer version wrote the history", awsjar.ErrUnsupported),
		}
	case e.Of != s.String():
		return e, s.foreign("the history belongs to another store")
	case e.Digest != absence && e.Digest != digestOf(value):
		return e, &awsjar.Error{
			Target: s.String(),
			Hint:   "choose another version",
			Err:    fmt.Errorf("%w: an entry of the history does not match its digest", awsjar.ErrCorrupt),
		}
	}
	e.value = value
	return e, nil
}

func (s *Store) foreign(text string) error {
	return &awsjar.Error{
		Target: s.String(),
		Hint:   "give this store a history of its own, such as the key history/NAME",
		Err:    fmt.Errorf("%w: %s", awsjar.ErrInvalid, text),
	}
}

// check reads the history once, so that no key of somebody else is overwritten.
func (s *Store) check(ctx context.Context) error {
	checked := false
	s.withKnown(func(k *known) { checked = k.checked })
	if checked {
		return nil
	}
	return s.readNewest(ctx)
}

// readNewest reads the newest entry of the history: most often that of the value
// which is in the store.
func (s *Store) readNewest(ctx context.Context) error {
	data, meta, err := s.history.Load(ctx)
	switch {
	case errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore):
	case err != nil:
		return &historyError{err}
	default:
		newest, err := s.decode(data)
		if err != nil {
			return err
		}
		refused := false // then the value came from somebody else, and needs an entry that will not be void
		s.withKnown(func(k *known) { refused = slices.Contains(k.void, newest.ID) })
		if !refused {
			s.remember(newest.Digest, meta.VersionID)
		}
	}
	s.withKnown(func(k *known) { k.checked = true })
	return nil
}

// added is an entry that was written to the history.
type added struct {
	id, digest, version string
}

// add writes an entry to the history.
func (s *Store) add(ctx context.Context, e entry) (added, error) {
	if err := s.check(ctx); err != nil {
		return added{}, err
	}
	e.Journal, e.Of, e.ID = format, s.String(), newID()
	s.withKnown(func(k *known) { e.Void = slices.Clone(k.void) })
	data, err := e.encode()
	if err != nil {
		return added{}, err
	}
	meta, err := s.history.Save(ctx, data, awsjar.Any)
	if err != nil {
		return added{}, &historyError{err}
	}
	if meta.VersionID == "" || meta.VersionID == unversioned {
		return added{}, &awsjar.Error{
			Target: s.String(),
			Hint:   "switch the versioning of the history's bucket on: awsjar versioning s3://BUCKET enable",
			Err:    fmt.Errorf("%w: the history keeps no versions", awsjar.ErrUnsupported),
		}
	}
	s.remember(e.Digest, meta.VersionID)
	s.withKnown(func(k *known) {
		k.void = slices.DeleteFunc(k.void, func(id string) bool { return slices.Contains(e.Void, id) })
	})
	return added{e.ID, e.Digest, meta.VersionID}, nil
}

// historyError is a failure of the history. The store was not written, so the
// error must not say that a value may have been stored: errors.Is does not see
// the sentinels of the history, and errors.As reaches its causes.
type historyError struct{ err error }

func (e *historyError) Error() string        { return "the history: " + e.err.Error() }
func (e *historyError) As(target any) bool   { return errors.As(e.err, target) }
func (e *historyError) Is(target error) bool { return passes(target) && errors.Is(e.err, target) }

// passes reports whether a sentinel means the same of the history as of the
// store.
func passes(target error) bool {
	switch target {
	case awsjar.ErrAccessDenied, awsjar.ErrUnsupported, awsjar.ErrTooLarge, awsjar.ErrInvalid, context.Canceled, context.DeadlineExceeded:
		return true
	}
	return false
}
