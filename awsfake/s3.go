package awsfake

import (
	"net/http"
	"time"
)

// CreateBucket makes an S3 bucket, or does nothing if it exists. It fails on a name
// that S3 would refuse.
func (s *Server) CreateBucket(name string) error {
	return s.direct(s.s3.CreateBucket(name))
}

// CreateBucketIn makes a bucket in any Region and of any account: requests for one
// of another Region are answered 301, for one of another account 403. It does
// nothing if the bucket exists.
func (s *Server) CreateBucketIn(name, region, accountID string) error {
	return s.direct(s.s3.CreateBucketIn(name, region, accountID))
}

// Object returns a copy of the current version of an object and its headers (ETag,
// Content-Type, X-Amz-Meta-*, X-Amz-Version-Id, "null" for a version without), and
// false if there is none or it is a delete marker.
func (s *Server) Object(bucket, key string) (body []byte, header http.Header, ok bool) {
	return s.s3.Object(bucket, key)
}

// ObjectTags returns the tags of the current version of an object; nil if it has
// none, or if there is no such object.
func (s *Server) ObjectTags(bucket, key string) map[string]string { return s.s3.Tags(bucket, key) }

// PutObject stores an object without condition, as another writer would. The
// header, which may be nil, is that of the writer's request.
func (s *Server) PutObject(bucket, key string, body []byte, header http.Header) error {
	return s.direct(s.s3.PutObject(bucket, key, body, header))
}

// DeleteObject deletes an object without condition; in a versioned bucket that adds
// a delete marker.
func (s *Server) DeleteObject(bucket, key string) error {
	return s.direct(s.s3.DeleteObject(bucket, key))
}

// SetVersioning sets the versioning of a bucket to "Enabled" or "Suspended", in
// force at once.
func (s *Server) SetVersioning(bucket, status string) error {
	return s.direct(s.s3.SetVersioning(bucket, status))
}

// Version is one version of an object.
type Version struct {
	ID           string // "null" for one written while the bucket was never versioned or was suspended
	DeleteMarker bool
	ETag         string // quoted; "" for a delete marker
	Modified     time.Time
	Body         []byte // a copy; nil for a delete marker
}

// Versions returns the versions of an object, newest first; nil if the bucket or
// the object does not exist.
func (s *Server) Versions(bucket, key string) []Version {
	var versions []Version
	for _, v := range s.s3.Versions(bucket, key) {
		versions = append(versions, Version(v))
	}
	return versions
}

// ProtectVersion imitates Object Lock on one version: requests to delete it by its
// id are answered 403 AccessDenied.
func (s *Server) ProtectVersion(bucket, key, versionID string) error {
	return s.direct(s.s3.ProtectVersion(bucket, key, versionID))
}
