package awsfake

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The payloads that are signed chunk by chunk: each signature covers the one
// before, the first that of the request (S3 API reference, "Signature Calculations
// for the Authorization Header: Transferring Payload in Multiple Chunks").
const (
	signedChunks        = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	signedChunksTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
)

// checkChunks verifies the chunks of a body:
//
//	SIZE-IN-HEX;chunk-signature=HEX\r\n DATA \r\n ... 0;chunk-signature=HEX\r\n ...
//
// After the last chunk comes a checksum of the data. The service compares it; it is
// not verified here.
func (s *Server) checkChunks(r *http.Request, sig signature, body []byte) *refusal {
	seed, err := hex.DecodeString(sig.value)
	if err != nil {
		return &wrongSignature
	}
	signer := v4.NewStreamSigner(s.signingKey(sig), sig.service, sig.region, seed)
	for {
		data, claimed, rest, ok := cutChunk(body)
		if !ok {
			return &incompleteBody
		}
		expected, err := signer.GetSignature(r.Context(), nil, data, sig.time)
		if err != nil || !hmac.Equal([]byte(hex.EncodeToString(expected)), []byte(claimed)) {
			return &wrongSignature
		}
		if len(data) == 0 {
			return nil
		}
		body = rest
	}
}

// cutChunk takes the first chunk off a body.
func cutChunk(body []byte) (data []byte, claimed string, rest []byte, ok bool) {
	line, rest, ok := bytes.Cut(body, []byte("\r\n"))
	if !ok {
		return nil, "", nil, false
	}
	digits, claimed, ok := strings.Cut(string(line), ";chunk-signature=")
	size, err := strconv.ParseUint(digits, 16, 63)
	if !ok || err != nil || size > uint64(len(rest)) {
		return nil, "", nil, false
	}
	if size == 0 {
		return nil, claimed, rest, true
	}
	data, rest = rest[:size], rest[size:]
	rest, ok = bytes.CutPrefix(rest, []byte("\r\n"))
	return data, claimed, rest, ok
}
