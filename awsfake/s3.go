package awsfake

import "net/http"

// CreateBucket makes an S3 bucket, or does nothing if it exists.
func (s *Server) CreateBucket(name string) error {
	return s.direct(s.s3.CreateBucket(name))
}

// Object returns a copy of the current version of an object and its headers (ETag, Content-Type, X-Amz-Meta-*,
// X-Amz-Version-Id), and false if there is none or it is a delete marker.
func (s *Server) Object(bucket, key string) (body []byte, header http.Header, ok bool) {
	return s.s3.Object(bucket, key)
}

// PutObject stores an object without condition, as another writer would.
func (s *Server) PutObject(bucket, key string, body []byte, header http.Header) error {
	return s.direct(s.s3.PutObject(bucket, key, body, header))
}

// DeleteObject deletes an object without condition; in a versioned bucket that adds a delete marker.
func (s *Server) DeleteObject(bucket, key string) error {
	return s.direct(s.s3.DeleteObject(bucket, key))
}

// SetVersioning sets the versioning of a bucket to "Enabled" or "Suspended", in force at once.
func (s *Server) SetVersioning(bucket, status string) error {
	return s.direct(s.s3.SetVersioning(bucket, status))
}
