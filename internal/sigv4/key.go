// Package sigv4 has the last step of Signature Version 4, which is the same for a
// program that signs a request and for one that verifies a signature (IAM User
// Guide, "Create a signed AWS API request").
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
	"sync/atomic"
)

const (
	// Algorithm is the name of the algorithm in an Authorization header.
	Algorithm = "AWS4-HMAC-SHA256"
	// Terminator ends the scope of a signature.
	Terminator = "aws4_request"
)

// Scope limits a signature. A signing key serves for its scope alone.
type Scope struct {
	Date    string // YYYYMMDD
	Region  string
	Service string
}

// String returns the scope as an Authorization header has it.
func (s Scope) String() string {
	return s.Date + "/" + s.Region + "/" + s.Service + "/" + Terminator
}

// Keys makes signing keys and keeps the newest one, since most programs have one
// secret and one scope a day. The zero value is ready, and safe for concurrent use.
type Keys struct{ newest atomic.Pointer[Key] }

// Of returns the signing key of a secret for a scope.
func (k *Keys) Of(secret string, scope Scope) *Key {
	if key := k.newest.Load(); key != nil && key.secret == secret && key.scope == scope {
		return key
	}
	derived := []byte("AWS4" + secret)
	for _, part := range [...]string{scope.Date, scope.Region, scope.Service, Terminator} {
		h := hmac.New(sha256.New, derived)
		h.Write([]byte(part))
		derived = h.Sum(nil)
	}
	key := &Key{secret: secret, scope: scope, name: scope.String()}
	key.signings.New = func() any { return &signing{hash: hmac.New(sha256.New, derived)} }
	k.newest.Store(key)
	return key
}

// Key is the signing key of a secret for a scope.
type Key struct {
	secret   string
	scope    Scope
	name     string    // of the scope
	signings sync.Pool // of *signing
}

// signing holds the hash and the text of one signature, kept for the next one.
type signing struct {
	hash hash.Hash // with the key
	text []byte
}

// Scope returns the scope as an Authorization header has it.
func (k *Key) Scope() string { return k.name }

// AppendSignature appends the signature of a canonical request, in hexadecimal, to
// b. The time is the request's X-Amz-Date.
func (k *Key) AppendSignature(b []byte, time string, canonical []byte) []byte {
	s := k.signings.Get().(*signing)
	defer k.signings.Put(s)
	s.text = s.text[:0]
	for _, line := range [...]string{Algorithm, time, k.name} {
		s.text = append(append(s.text, line...), '\n')
	}
	sum := sha256.Sum256(canonical)
	s.text = hex.AppendEncode(s.text, sum[:])
	s.hash.Reset()
	s.hash.Write(s.text)
	s.text = s.hash.Sum(s.text[:0])
	return hex.AppendEncode(b, s.text)
}
