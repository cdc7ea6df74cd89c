package s3fake

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"time"
)

// version is one version of an object, or a delete marker. It never changes once it
// is in a bucket.
type version struct {
	Key       string
	ID        string // nullID, or made by newVersionID
	Seq       uint64 // grows with every write to the service: the order of a key's versions
	Marker    bool   `json:",omitempty"` // a delete marker: no body, no headers
	Modified  time.Time
	ETag      string            `json:",omitempty"` // quoted
	Header    map[string]string `json:",omitempty"` // lower-case names; the headers of a GET
	Tags      []tag             `json:",omitempty"`
	Checksum  checksum          `json:",omitzero"`
	Parts     []partSize        `json:",omitempty"` // of a multipart upload
	Size      int64
	Early     bool `json:",omitempty"` // written while the first enabling of versioning had no effect yet
	Protected bool `json:",omitempty"` // by Object Lock: cannot be deleted by its id

	body []byte
}

// nullID is the version id of an object written while its bucket was never
// versioned, or suspended.
const nullID = "null"

// versionIDs spells version ids: characters that need no escape in a URL, and no
// leading "-" to trip over in a shell.
var versionIDs = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._")

// newVersionID makes a version id: 32 characters that look random. They carry the
// sequence number, so that a listing can continue after a version that has been
// deleted meanwhile, and a check sum, so that a malformed id is known as such: S3
// tells "malformed" (400) from "no such version" (404).
//
//	12 random bytes, 8 bytes of sequence number masked with their hash, 4 bytes of CRC-32 of these 20
func newVersionID(seq uint64) string {
	var raw [24]byte
	_, _ = rand.Read(raw[:12]) // never fails, by its documentation
	binary.BigEndian.PutUint64(raw[12:], seq^maskOf(raw[:12]))
	binary.BigEndian.PutUint32(raw[20:], crc32.ChecksumIEEE(raw[:20]))
	return versionIDs.EncodeToString(raw[:])
}

// sequenceOf returns the sequence number in a version id; false if the id is malformed.
func sequenceOf(id string) (uint64, bool) {
	raw, err := versionIDs.DecodeString(id)
	if err != nil || len(id) != 32 || len(raw) != 24 || binary.BigEndian.Uint32(raw[20:]) != crc32.ChecksumIEEE(raw[:20]) {
		return 0, false
	}
	return binary.BigEndian.Uint64(raw[12:]) ^ maskOf(raw[:12]), true
}

func maskOf(random []byte) uint64 {
	sum := sha256.Sum256(random)
	return binary.BigEndian.Uint64(sum[:])
}

// checkVersionID refuses a version id that S3 calls malformed. In a bucket that was
// never versioned that is every id but "null".
func checkVersionID(b *bucket, id string) error {
	if id == "" {
		return invalidArgument("Version id cannot be the empty string", "versionId", id)
	}
	if id == nullID {
		return nil
	}
	if _, ok := sequenceOf(id); !ok || b.currentSettings().Versioning == "" {
		return invalidArgument("Invalid version id specified", "versionId", id)
	}
	return nil
}
