// Package s3fake is the S3 service of awsfake: buckets, objects and versions in memory, or in a directory, behind the REST
// API of S3. It expects path-style requests that the frame around it has already authenticated.
//
// Where the package imitates AWS, the rule comes from the S3 API reference and user guide, or from answers recorded
// against AWS by others; the comment beside each rule says which where it is not obvious.
package s3fake

import (
	"net/http"
	"time"
)

// Options are the settings of New.
type Options struct {
	// Dir is the directory the state lives in; it is created if absent and belongs to one Service at a time. The
	// state then survives a restart and kill -9. Default "": memory only.
	Dir string
	// Region is the Region of the endpoint and of the buckets made without a Region of their own. Default "us-east-1".
	Region string
	// AccountID is the account that owns the buckets, 12 digits. Default "123456789012".
	AccountID string
	// Now tells the time. Default time.Now.
	Now func() time.Time
	// Trouble is what goes wrong from the start; see Service.SetTrouble. Default: nothing.
	Trouble Trouble
}

// Trouble is what can be made to go wrong.
type Trouble struct{}

// Service is an S3 service. It is safe for concurrent use.
type Service struct {
	options Options
}

// New makes the service and, with Options.Dir, loads what the directory holds.
func New(o Options) (*Service, error) {
	return &Service{options: o}, nil
}

// Close releases the directory. The Service must not be used afterwards.
func (s *Service) Close() error { return nil }

// Operation names what r asks for, such as "PutObject", and what it is about: "bucket/key", "bucket" or "".
func (s *Service) Operation(r *http.Request) (op, target string) { return "", "" }

// ServeHTTP answers a path-style request that is already authenticated. It reads the whole body before it answers.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	WriteError(w, r, http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented")
}

// WriteError answers with an S3 error body.
func WriteError(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	w.WriteHeader(status)
}

// CreateBucket makes a bucket in the Service's own Region, or does nothing if it exists.
func (s *Service) CreateBucket(name string) error { return nil }

// Object returns a copy of the current version of a key, with its headers.
func (s *Service) Object(bucket, key string) (body []byte, header http.Header, ok bool) {
	return nil, nil, false
}

// PutObject stores an object as an unconditional PutObject request would.
func (s *Service) PutObject(bucket, key string, body []byte, header http.Header) error { return nil }

// DeleteObject deletes the current version of a key as an unconditional DeleteObject request would.
func (s *Service) DeleteObject(bucket, key string) error { return nil }

// SetVersioning sets the versioning of a bucket: "Enabled" or "Suspended".
func (s *Service) SetVersioning(bucket, status string) error { return nil }

// Version is one entry of a key's history.
type Version struct {
	ID           string // "null" for one written while the bucket was not versioned or was suspended
	DeleteMarker bool
	ETag         string // quoted; "" for a delete marker
	Modified     time.Time
	Body         []byte // a copy; nil for a delete marker
}

// Versions returns the history of a key, newest first.
func (s *Service) Versions(bucket, key string) []Version { return nil }

// SetTrouble replaces what goes wrong.
func (s *Service) SetTrouble(t Trouble) {}
