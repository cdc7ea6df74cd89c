package pack

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
)

// Pointer takes the place of a value in a text, if the value is kept elsewhere
// because it fits in no text.
type Pointer struct {
	ID   string           // names the value's place: 8 characters of the URL-safe base64 alphabet
	Size int64            // of the value, in bytes
	Sum  [pointerSum]byte // the first half of the value's SHA-256
}

// The body of a pointer is its ID, its Sum and, as a varint as in format 1, its
// Size.
const (
	pointerID   = 8
	pointerSum  = sha256.Size / 2
	pointerSize = pointerID + pointerSum // where the Size begins
)

// PointTo returns the pointer to a value at the place of that id.
func PointTo(id string, value []byte) Pointer {
	sum := sha256.Sum256(value)
	return Pointer{ID: id, Size: int64(len(value)), Sum: [pointerSum]byte(sum[:pointerSum])}
}

// To reports whether the pointer is one to this value, wherever that is.
func (p Pointer) To(value []byte) bool { return p == PointTo(p.ID, value) }

// Text returns the text of the pointer, about 41 characters.
func (p Pointer) Text() string {
	body := append([]byte(p.ID), p.Sum[:]...)
	return sealEnvelope(formatPointer, binary.AppendUvarint(body, uint64(p.Size)))
}

// ReadPointer returns the pointer that a text holds, or false if it holds none.
func ReadPointer(text string) (Pointer, bool) {
	if len(text) < bodyStart || text[0] != mark || text[1] != formatPointer {
		return Pointer{}, false
	}
	_, body, err := openEnvelope(text)
	if err != nil {
		return Pointer{}, false
	}
	p, err := parsePointer(body)
	return p, err == nil
}

func parsePointer(body []byte) (Pointer, error) {
	if len(body) <= pointerSize {
		return Pointer{}, fmt.Errorf("%w: its pointer is too short", ErrCorrupt)
	}
	id := body[:pointerID]
	raw, err := base64.RawURLEncoding.AppendDecode(nil, id) // skips line ends
	size, n := binary.Uvarint(body[pointerSize:])
	if err != nil || base64.RawURLEncoding.EncodedLen(len(raw)) != pointerID || n != len(body)-pointerSize || size > math.MaxInt64 {
		return Pointer{}, fmt.Errorf("%w: its pointer is malformed", ErrCorrupt)
	}
	return Pointer{string(id), int64(size), [pointerSum]byte(body[pointerID:pointerSize])}, nil
}

// PointerError is the error of Decode for a text that holds a pointer.
type PointerError struct{ Pointer Pointer }

// Error names the place of the value.
func (e *PointerError) Error() string {
	return fmt.Sprintf("the value, %d bytes, is in the overflow under the id %s", e.Pointer.Size, e.Pointer.ID)
}
