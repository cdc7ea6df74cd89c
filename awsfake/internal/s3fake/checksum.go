package s3fake

import (
	"bytes"
	"cmp"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"hash"
	"hash/crc32"
	"net/http"
	"strings"
)

// checksum is the checksum that S3 keeps of a body besides its ETag.
type checksum struct {
	Algorithm string // as in checksumAlgorithms
	Value     string // base64; of COMPOSITE followed by "-" and the number of parts
	Type      string `json:",omitempty"` // COMPOSITE, of the checksums of parts; "" for FULL_OBJECT
}

const (
	fullObject = "FULL_OBJECT"
	composite  = "COMPOSITE"
)

// kind returns the type of the checksum as S3 names it.
func (c checksum) kind() string { return cmp.Or(c.Type, fullObject) }

// checksumAlgorithms are the algorithms the service verifies, in the order AWS's
// error text names them.
var checksumAlgorithms = [...]string{"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"}

// newHash returns the hash of a checksum algorithm, nil for an unknown one.
func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "CRC32":
		return crc32.NewIEEE()
	case "CRC32C":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case "CRC64NVME":
		return newNVMe()
	case "SHA1":
		return sha1.New()
	case "SHA256":
		return sha256.New()
	}
	return nil
}

func computeChecksum(algorithm string, body []byte) checksum {
	h := newHash(algorithm)
	h.Write(body)
	return checksum{Algorithm: algorithm, Value: base64.StdEncoding.EncodeToString(h.Sum(nil))}
}

// headerName is the header that carries checksums of the algorithm.
func (c checksum) headerName() string { return "x-amz-checksum-" + strings.ToLower(c.Algorithm) }

// setHeaders adds the checksum to an answer.
func (c checksum) setHeaders(a *answer) {
	if c.Algorithm != "" {
		a.set(c.headerName(), c.Value)
		a.set("x-amz-checksum-type", c.kind())
	}
}

// MarshalXML writes the checksum as an element such as ChecksumCRC32.
func (c checksum) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(c.Value, xml.StartElement{Name: xml.Name{Local: "Checksum" + c.Algorithm}})
}

func unsupportedChecksum() *apiError {
	return invalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [" +
		strings.Join(checksumAlgorithms[:], ", ") + "]")
}

// verifyBody checks a body against the Content-MD5 and the checksum that came with
// it, in the headers or the trailer, and returns the checksum to keep: the one
// sent, or CRC64NVME, which AWS computes if none is sent (user guide, "Checking
// object integrity for data uploads").
func verifyBody(header, trailer headers, body []byte) (checksum, error) {
	sent, err := sentBody(header, trailer, body)
	if err == nil && sent == (checksum{}) {
		sent = computeChecksum("CRC64NVME", body)
	}
	return sent, err
}

// sentBody is verifyBody but for a body without a checksum: that has the zero one.
func sentBody(header, trailer headers, body []byte) (checksum, error) {
	if err := verifyMD5(header, body); err != nil {
		return checksum{}, err
	}
	sent, err := sentChecksum(header, trailer)
	if err != nil || sent == (checksum{}) {
		return sent, err
	}
	h := newHash(sent.Algorithm)
	if raw, err := base64.StdEncoding.DecodeString(sent.Value); err != nil || len(raw) != h.Size() {
		return checksum{}, invalidRequest("Value for " + sent.headerName() + " header is invalid.")
	}
	h.Write(body)
	if base64.StdEncoding.EncodeToString(h.Sum(nil)) != sent.Value {
		return checksum{}, refuse(http.StatusBadRequest, "BadDigest",
			"The "+sent.Algorithm+" you specified did not match the calculated checksum.")
	}
	return sent, nil
}

func verifyMD5(header headers, body []byte) error {
	if !header.has("content-md5") {
		return nil
	}
	sent := header.get("content-md5")
	raw, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || len(raw) != md5.Size {
		return refuse(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid.",
			"Content-MD5", sent)
	}
	if sum := md5.Sum(body); !bytes.Equal(raw, sum[:]) {
		return refuse(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.",
			"ExpectedDigest", sent, "CalculatedDigest", base64.StdEncoding.EncodeToString(sum[:]))
	}
	return nil
}

// sentChecksum finds the one checksum that came with a body; the zero checksum if
// there is none.
func sentChecksum(header, trailer headers) (checksum, error) {
	var found []checksum
	for _, h := range [...]headers{header, trailer} {
		for _, f := range h {
			algorithm, ok := strings.CutPrefix(f.name, "x-amz-checksum-")
			if ok && algorithm != "mode" && algorithm != "algorithm" && algorithm != "type" {
				found = append(found, checksum{Algorithm: strings.ToUpper(algorithm), Value: h.get(f.name)})
			}
		}
	}
	algorithm := strings.ToUpper(header.get("x-amz-sdk-checksum-algorithm"))
	switch {
	case len(found) > 1:
		return checksum{}, invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	case len(found) == 1 && newHash(found[0].Algorithm) == nil, algorithm != "" && newHash(algorithm) == nil:
		return checksum{}, unsupportedChecksum()
	case len(found) == 1 && algorithm != "" && algorithm != found[0].Algorithm:
		return checksum{}, invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
	case len(found) == 1:
		return found[0], nil
	case algorithm != "":
		return checksum{}, invalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or " +
			"x-amz-trailer headers were found.")
	}
	return checksum{}, nil
}
