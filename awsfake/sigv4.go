package awsfake

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/awsjar/awsjar/internal/sigv4"
)

const (
	amzDate = "20060102T150405Z"

	unsignedPayload        = "UNSIGNED-PAYLOAD"
	unsignedPayloadTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

// signature is a parsed Signature Version 4, from the Authorization header or from
// the query of a presigned request.
type signature struct {
	accessKey, date, region, service string // the credential and its scope
	headers                          []string
	value                            string // 64 hexadecimal digits
	time                             time.Time
	token                            string

	presigned bool
	life      time.Duration // of a presigned request
}

// parseSignature reads the signature of a request.
func parseSignature(r *http.Request) (signature, *refusal) {
	if header := r.Header.Get("Authorization"); header != "" {
		return parseHeader(header, r.Header.Get("X-Amz-Date"), r.Header.Get("X-Amz-Security-Token"))
	}
	switch query := r.URL.Query(); {
	case query.Has("X-Amz-Algorithm") || query.Has("X-Amz-Signature"):
		return parseQuery(query)
	case query.Has("AWSAccessKeyId"): // Signature Version 2
		return signature{}, &unsupportedAlgorithm
	}
	return signature{}, &missingAuthentication
}

// parseHeader reads "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=...,
// Signature=...".
func parseHeader(header, date, token string) (signature, *refusal) {
	fields, ok := strings.CutPrefix(header, sigv4.Algorithm+" ")
	if !ok {
		return signature{}, &unsupportedAlgorithm
	}
	sig := signature{token: token}
	var credential, signedHeaders string
	for field := range strings.SplitSeq(fields, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(field), "="); name {
		case "Credential":
			credential = value
		case "SignedHeaders":
			signedHeaders = value
		case "Signature":
			sig.value = value
		}
	}
	return sig, sig.complete(credential, signedHeaders, date)
}

// parseQuery reads the parameters of a presigned request.
func parseQuery(query url.Values) (signature, *refusal) {
	if query.Get("X-Amz-Algorithm") != sigv4.Algorithm {
		return signature{}, &unsupportedAlgorithm
	}
	sig := signature{value: query.Get("X-Amz-Signature"), token: query.Get("X-Amz-Security-Token"), presigned: true}
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	if err != nil || seconds < 1 || seconds > 7*24*60*60 {
		return sig, malformedQuery("X-Amz-Expires must be between 1 and 604800 seconds")
	}
	sig.life = time.Duration(seconds) * time.Second
	return sig, sig.complete(query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Date"))
}

// complete fills in the fields that both forms write alike, and checks their form.
func (s *signature) complete(credential, signedHeaders, date string) *refusal {
	malformed := malformedHeader
	if s.presigned {
		malformed = malformedQuery
	}
	parts := strings.Split(credential, "/")
	n := len(parts)
	if n < 5 || parts[n-1] != sigv4.Terminator {
		return malformed("the Credential is malformed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
	}
	s.accessKey = strings.Join(parts[:n-4], "/")
	s.date, s.region, s.service = parts[n-4], parts[n-3], parts[n-2]
	s.headers = strings.Split(strings.ToLower(signedHeaders), ";")
	if !slices.Contains(s.headers, "host") {
		return malformed("SignedHeaders must contain host.")
	}
	if len(s.value) != 64 || strings.Trim(s.value, "0123456789abcdef") != "" {
		return malformed("the Signature is malformed.")
	}
	var err error
	if s.time, err = time.Parse(amzDate, date); err != nil {
		return malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\".")
	}
	if date[:8] != s.date {
		return malformed("Invalid credential date \"" + s.date + "\". This date is not the same as X-Amz-Date: \"" + date[:8] + "\".")
	}
	return nil
}
