// Package s3fake is the S3 service of awsfake: buckets, objects and versions in
// memory, or in a directory, behind the REST API of S3. It expects path-style
// requests that the frame around it has already authenticated: their signatures and
// the hash of the body that a signature covers.
//
// Where the package imitates AWS, the rule comes from the S3 API reference and user
// guide, or from answers recorded against AWS by others; the comment beside each
// rule says which where it is not obvious.
//
// Not imitated: ACLs, policies, tags of buckets, Object Lock calls, SSE-C,
// CreateSession and the unordered listings of directory buckets. Calls and headers
// for them answer 501 NotImplemented; a directory bucket lists in order.
package s3fake

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options are the settings of New.
type Options struct {
	// Dir is the directory the state lives in; it is created if absent and belongs
	// to one Service at a time. The state then survives a restart and kill -9. All
	// of it is held in memory as well. Default "": memory only.
	Dir string
	// Region is the Region of the endpoint and of the buckets made without a Region
	// of their own. Default "us-east-1".
	Region string
	// AccountID is the account that owns the buckets, 12 digits. Default
	// "123456789012".
	AccountID string
	// Now tells the time. Default time.Now.
	Now func() time.Time
	// Trouble is the trouble from the start; see Service.SetTrouble. Default: none.
	Trouble Trouble
	// MaxObjectBytes is the largest object accepted; a larger one is refused with
	// EntityTooLarge. AWS's own limit for one PutObject is 5 GiB, but here the
	// bodies live in memory. Default 256 MiB.
	MaxObjectBytes int64
}

func (o *Options) applyDefaults() {
	o.Region = cmp.Or(o.Region, "us-east-1")
	o.AccountID = cmp.Or(o.AccountID, "123456789012")
	o.MaxObjectBytes = cmp.Or(o.MaxObjectBytes, 256<<20)
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Service is an S3 service. It is safe for concurrent use.
type Service struct {
	options Options
	disk    *disk // nil: memory only
	trouble troubleState
	lastSeq atomic.Uint64 // the sequence number of the newest version

	mu      sync.RWMutex // guards buckets
	buckets map[string]*bucket
}

// New makes the service and, with Options.Dir, loads the state in the directory. It
// fails if another process uses the directory or if a file in it is damaged; the
// error names the file.
func New(o Options) (*Service, error) {
	o.applyDefaults()
	s := &Service{options: o, buckets: map[string]*bucket{}}
	s.SetTrouble(o.Trouble)
	if o.Dir == "" {
		return s, nil
	}
	var err error
	if s.disk, err = openDisk(o.Dir); err != nil {
		return nil, err
	}
	if err := s.load(); err != nil {
		s.disk.close()
		return nil, err
	}
	return s, nil
}

// Close releases the directory. The Service must not be used afterwards.
func (s *Service) Close() error { return s.disk.close() }

// ownerID is the canonical user id of the account: 64 hexadecimal digits, as AWS's are.
func (s *Service) ownerID() string {
	sum := sha256.Sum256([]byte("canonical user of " + s.options.AccountID))
	return hex.EncodeToString(sum[:])
}

// ServeHTTP answers a path-style request that is already authenticated. It reads
// the whole body before it answers, since some clients lose an answer that
// overtakes their request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Parse(r).Serve(w)
}

// Serve answers the request.
func (r *Request) Serve(w http.ResponseWriter) {
	s, c, err := r.service, r.call, r.err
	var a *answer
	if err == nil {
		a, err = s.answer(c)
	}
	if c.request.Body != nil {
		_, _ = io.Copy(io.Discard, c.request.Body)
	}
	if err != nil {
		s.hideMissing(c.bucketName, asAPIError(err)).write(w, c.request)
		return
	}
	a.write(w, c.request)
}

// answer carries out the operation of a call.
func (s *Service) answer(c *call) (_ *answer, err error) {
	if err := s.trouble.slowDown(); err != nil {
		return nil, err
	}
	if c.operation == nil {
		return nil, unknownCall(c)
	}
	if err := c.operation.checkKnown(c); err != nil {
		return nil, err
	}
	if len(c.key) > maxKeyBytes {
		return nil, keyTooLong(c.key)
	}
	if c.bucketName != "" && c.op() != "CreateBucket" {
		if c.bucket, err = s.openBucket(c); err != nil {
			return nil, err
		}
	}
	return c.operation.serve(s, c)
}
