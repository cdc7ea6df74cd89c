package awsfake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsjar/awsjar/internal/sigv4"
)

// maxSkew is how far the time of a signature may be from now.
const maxSkew = 15 * time.Minute

// session tells whether the credentials have expired.
type session struct {
	mu      sync.Mutex
	expired bool
}

// ExpireCredentials makes the Server refuse its own credentials as expired, until
// renew is called.
func (s *Server) ExpireCredentials() (renew func()) {
	set := func(expired bool) {
		s.session.mu.Lock()
		defer s.session.mu.Unlock()
		s.session.expired = expired
	}
	set(true)
	return func() { set(false) }
}

// authenticateHead checks the signature of a request as far as its head goes,
// before the body is read: a stranger's body costs no memory. It returns the
// signature, and why AWS would refuse it, or nil. Requests to S3 name the hash of
// their body, so that all but the body itself is checked here.
func (s *Server) authenticateHead(r *http.Request, service string) (signature, *refusal) {
	sig, refused := parseSignature(r)
	if refused != nil {
		return sig, refused
	}
	if refused := s.checkClaims(sig, service); refused != nil || service != "s3" {
		return sig, refused
	}
	payload, refused := payloadHash(r, sig)
	if refused != nil {
		return sig, refused
	}
	if refused := allSigned(r, sig); refused != nil {
		return sig, refused
	}
	return sig, s.verify(r, sig, payload)
}

// authenticateBody checks the rest, after authenticateHead: the body and, for
// services whose signatures cover its hash, the signature.
func (s *Server) authenticateBody(r *http.Request, sig signature, body []byte) *refusal {
	if sig.service != "s3" {
		return s.verify(r, sig, hashOf(body))
	}
	payload, refused := payloadHash(r, sig)
	if refused != nil {
		return refused
	}
	return s.checkPayload(r, sig, payload, body)
}

// verify compares the signature with the one that the request should have.
func (s *Server) verify(r *http.Request, sig signature, payload string) *refusal {
	key := s.keys.Of(s.secretOf(sig), sigv4.Scope{Date: sig.date, Region: sig.region, Service: sig.service})
	expected := key.AppendSignature(make([]byte, 0, 256), sig.time.Format(amzDate), appendCanonical(make([]byte, 0, 1024), r, sig, payload))
	if !hmac.Equal(expected, []byte(sig.value)) {
		return &wrongSignature
	}
	return nil
}

// checkClaims checks the key, the service, the Region and the time of a signature.
func (s *Server) checkClaims(sig signature, service string) *refusal {
	if refused := s.checkKey(sig); refused != nil {
		return refused
	}
	switch {
	case sig.service != service:
		return wrongService(sig.service, service)
	case sig.region != s.options.Region:
		return wrongRegion(sig.region, s.options.Region)
	}
	refused := sig.checkTime(time.Now())
	if refused != nil && sig.checkTime(s.options.Now()) == nil {
		return nil
	}
	return refused
}

// checkTime refuses a signature that is not fresh by a clock. There are two: a
// client signs its first request by the clock of the machine and, being told
// another time in the header Date, later ones by that.
func (sig *signature) checkTime(now time.Time) *refusal {
	switch {
	case sig.time.After(now.Add(maxSkew)):
		return notYet(sig.time, now)
	case !sig.presigned && now.After(sig.time.Add(maxSkew)):
		return tooOld(sig.time, now)
	case sig.presigned && now.After(sig.time.Add(sig.life)):
		return &linkExpired
	}
	return nil
}

// payloadHash returns the payload hash that the signature of a request to S3
// covers: the one that a header names.
func payloadHash(r *http.Request, sig signature) (string, *refusal) {
	switch named := r.Header.Get("X-Amz-Content-Sha256"); {
	case named != "":
		return named, nil
	case sig.presigned:
		return unsignedPayload, nil
	}
	return "", &missingPayloadHash
}

// checkPayload compares the body with the hash that the signature covers.
func (s *Server) checkPayload(r *http.Request, sig signature, payload string, body []byte) *refusal {
	switch payload {
	case unsignedPayload, unsignedPayloadTrailer:
		return nil
	case signedChunks, signedChunksTrailer:
		return s.checkChunks(r, sig, body)
	}
	if strings.HasPrefix(payload, "STREAMING-") {
		return &unsupportedStreaming
	}
	if computed := hashOf(body); payload != computed {
		return wrongPayload(payload, computed)
	}
	return nil
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// allSigned refuses a request to S3 with x-amz- headers that its signature does not
// cover.
func allSigned(r *http.Request, sig signature) *refusal {
	for name := range r.Header { // in the form that net/http gives all names
		signs := func(signed string) bool { return strings.EqualFold(signed, name) }
		if strings.HasPrefix(name, "X-Amz-") && name != "X-Amz-Content-Sha256" && !slices.ContainsFunc(sig.headers, signs) {
			return &unsignedHeaders
		}
	}
	return nil
}

// signingKey returns the credentials without their token, which is one of the
// headers or parameters already.
func (s *Server) signingKey(sig signature) aws.Credentials {
	return aws.Credentials{AccessKeyID: sig.accessKey, SecretAccessKey: s.secretOf(sig)}
}
