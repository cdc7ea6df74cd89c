package awsfake

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/stsfake"
)

// issuer makes temporary credentials and knows them again, as long as the server lives.
type issuer struct {
	key [32]byte // of this server alone
	now func() time.Time
}

func newIssuer(now func() time.Time) *issuer {
	i := &issuer{now: now}
	_, _ = rand.Read(i.key[:]) // never fails, by its documentation
	return i
}

// ticket is the content of a session token.
type ticket struct {
	AccessKey string
	Who       stsfake.Identity
	Ends      time.Time
}

// issue makes credentials for an identity.
func (i *issuer) issue(who stsfake.Identity, life time.Duration) stsfake.Credentials {
	t := ticket{AccessKey: "ASIA" + rand.Text()[:16], Who: who, Ends: i.now().Add(life)}
	content, err := json.Marshal(t)
	if err != nil {
		panic(err) // strings and a time always marshal
	}
	token := base64.RawURLEncoding.EncodeToString(content)
	return stsfake.Credentials{
		AccessKeyID: t.AccessKey, SecretAccessKey: i.mac("secret " + t.AccessKey), SessionToken: token + "." + i.mac(token),
		Expiration: t.Ends.Truncate(time.Second),
	}
}

func (i *issuer) mac(text string) string {
	h := hmac.New(sha256.New, i.key[:])
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// open reads a session token of this issuer.
func (i *issuer) open(token string) (t ticket, ok bool) {
	content, mac, _ := strings.Cut(token, ".")
	if !hmac.Equal([]byte(mac), []byte(i.mac(content))) {
		return t, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(content)
	return t, err == nil && json.Unmarshal(raw, &t) == nil
}

// checkKey checks who signed: the keys of the server, or temporary ones that it issued.
func (s *Server) checkKey(sig signature) *refusal {
	if sig.accessKey != s.options.AccessKey {
		t, ok := s.issuer.open(sig.token)
		switch {
		case !ok || t.AccessKey != sig.accessKey:
			return &unknownKey
		case s.options.Now().After(t.Ends):
			return &expiredToken
		}
		return nil
	}
	s.session.mu.Lock()
	expired := s.session.expired
	s.session.mu.Unlock()
	switch {
	case expired:
		return &expiredToken
	case sig.token != s.options.SessionToken:
		return &wrongToken
	}
	return nil
}

// secretOf returns the secret key that belongs to a signature whose key has been
// checked.
func (s *Server) secretOf(sig signature) string {
	if sig.accessKey == s.options.AccessKey {
		return s.options.SecretKey
	}
	return s.issuer.mac("secret " + sig.accessKey)
}

// callerKey is the key of a request's context under which its signature is.
type callerKey struct{}

// signedBy returns a request with its signature, for STS.
func signedBy(r *http.Request, sig signature) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, sig))
}

// caller tells who signed a request.
func (s *Server) caller(r *http.Request) stsfake.Identity {
	sig, _ := r.Context().Value(callerKey{}).(signature)
	if t, ok := s.issuer.open(sig.token); ok {
		return t.Who
	}
	return stsfake.Identity{ARN: s.user(), UserID: "AIDAAWSFAKE0EXAMPLE00"}
}

func stsBackend(service *stsfake.Service) *backend {
	return &backend{
		parse:      func(r *http.Request) call { return callOf{service, r} },
		name:       "sts",
		inBody:     true,
		denied:     "AccessDenied",
		tooLarge:   apiError{http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request is too large."},
		errors:     stsErrors,
		resource:   func(target string) string { return cmp.Or(target, "*") },
		writeError: stsfake.WriteError,
	}
}

var stsErrors = []apiError{
	{http.StatusInternalServerError, "InternalFailure", "The request processing has failed because of an unknown error, exception or failure."},
	{http.StatusBadRequest, "Throttling", "Rate exceeded"},
	{http.StatusForbidden, "AccessDenied", "Access denied"},
	{http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired"},
	{http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid."},
}

// stsCode is the code of STS for a refusal in the words of Lambda.
func stsCode(code string) string {
	switch code {
	case "UnrecognizedClientException":
		return "InvalidClientTokenId"
	case "InvalidSignatureException":
		return "SignatureDoesNotMatch"
	}
	return strings.TrimSuffix(code, "Exception")
}
