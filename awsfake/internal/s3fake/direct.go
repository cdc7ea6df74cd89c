package s3fake

import (
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// The methods below are for the set-up and the assertions of tests, and for a
// foreign writer in them: they go past HTTP, conditions and Trouble.

// CreateBucket makes a bucket in the Service's own Region, or does nothing if it
// exists there. It fails on an invalid name and if the bucket cannot be written to
// Options.Dir.
func (s *Service) CreateBucket(name string) error {
	return s.CreateBucketIn(name, s.options.Region, s.options.AccountID)
}

// CreateBucketIn makes a bucket in any Region and of any account: a request for one
// of another Region is answered 301, for one of another account 403. It does
// nothing if the bucket exists.
func (s *Service) CreateBucketIn(name, region, accountID string) error {
	if !validBucketName(name) {
		return invalidBucketName(name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] != nil {
		return nil
	}
	return s.addBucket(name, region, accountID)
}

// bucketNamed returns a bucket or the error that says it does not exist.
func (s *Service) bucketNamed(name string) (*bucket, error) {
	if b := s.lookUp(name); b != nil {
		return b, nil
	}
	return nil, noSuchBucket(name)
}

// Object returns a copy of the current version of a key and the headers a GET would
// answer with: ETag, Content-Type, x-amz-meta-*, x-amz-version-id ("null" for one
// without) and the like. It is false if the bucket or the key does not exist or is
// deleted.
func (s *Service) Object(bucketName, key string) (body []byte, header http.Header, ok bool) {
	b := s.lookUp(bucketName)
	if b == nil {
		return nil, nil, false
	}
	v := b.current(key)
	if v == nil {
		return nil, nil, false
	}
	header = http.Header{}
	for name, value := range v.Header {
		header.Set(name, value)
	}
	header.Set("ETag", v.ETag)
	header.Set("Last-Modified", v.Modified.UTC().Format(http.TimeFormat))
	header.Set("x-amz-version-id", v.ID)
	if len(v.Tags) > 0 {
		header.Set(taggingCount, strconv.Itoa(len(v.Tags)))
	}
	return slices.Clone(v.body), header, true
}

// Tags returns the tags of the current version of a key; nil if it has none, or if
// there is no such object.
func (s *Service) Tags(bucketName, key string) map[string]string {
	b := s.lookUp(bucketName)
	if b == nil {
		return nil
	}
	v := b.current(key)
	if v == nil || len(v.Tags) == 0 {
		return nil
	}
	tags := map[string]string{}
	for _, t := range v.Tags {
		tags[t.Key] = t.Value
	}
	return tags
}

// PutObject stores an object as an unconditional request with these headers would;
// header may be nil. It fails if the bucket does not exist, if S3 would refuse the
// key or a header, and if the object cannot be written to Options.Dir.
func (s *Service) PutObject(bucketName, key string, body []byte, header http.Header) error {
	b, err := s.bucketNamed(bucketName)
	if err != nil {
		return err
	}
	if err := checkKey(key); err != nil {
		return err
	}
	sent := headersOf(header)
	kept, err := s.attributes(sent, nil)
	if err != nil {
		return err
	}
	tags, err := taggingHeader(sent)
	if err != nil {
		return err
	}
	body = slices.Clone(body)
	v := newObject(bucketName, key, kept, payload{body, computeChecksum("CRC64NVME", body)})
	v.Tags = tags
	return s.write(b, v, condition{})
}

// checkKey refuses a key that no request can have.
func checkKey(key string) error {
	switch {
	case key == "" || !utf8.ValidString(key):
		return invalidURI()
	case len(key) > maxKeyBytes:
		return keyTooLong(key)
	}
	return nil
}

// DeleteObject deletes a key as an unconditional request without version id would.
// A key that does not exist is no error, a bucket that does not exist is.
func (s *Service) DeleteObject(bucketName, key string) error {
	b, err := s.bucketNamed(bucketName)
	if err != nil {
		return err
	}
	if err := checkKey(key); err != nil {
		return err
	}
	_, err = s.deleteCurrent(b, key, condition{})
	return err
}

// SetVersioning sets the versioning of a bucket, "Enabled" or "Suspended", with
// effect at once.
func (s *Service) SetVersioning(bucketName, status string) error {
	b, err := s.bucketNamed(bucketName)
	if err != nil {
		return err
	}
	return s.setVersioning(b, status, 0)
}

// ProtectVersion imitates Object Lock on one version: from now on deleting it by
// its id is answered 403 AccessDenied. Hiding it under a delete marker stays
// possible, as on AWS.
func (s *Service) ProtectVersion(bucketName, key, versionID string) error {
	b, err := s.bucketNamed(bucketName)
	if err != nil {
		return err
	}
	return s.change(b, key, condition{}, func(*version) error {
		v := b.find(key, versionID)
		if v == nil {
			return noSuchVersion(key, versionID)
		}
		protected := *v
		protected.Protected = true
		return s.replace(b, &protected)
	})
}

// Version is one entry of a key's history.
type Version struct {
	ID           string // "null" for one written while the bucket was never versioned or was suspended
	DeleteMarker bool
	ETag         string // quoted; "" for a delete marker
	Modified     time.Time
	Body         []byte // a copy; nil for a delete marker
}

// Versions returns the history of a key, newest first; nil if the bucket or the key
// does not exist.
func (s *Service) Versions(bucketName, key string) []Version {
	b := s.lookUp(bucketName)
	if b == nil {
		return nil
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	var history []Version
	for _, v := range slices.Backward(b.index.versions[key]) {
		history = append(history, Version{v.ID, v.Marker, v.ETag, v.Modified, slices.Clone(v.body)})
	}
	return history
}
