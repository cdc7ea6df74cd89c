package s3fake

import (
	"net/http"
	"strings"
)

func (s *Service) putObject(c *call) (*answer, error) {
	var cond condition
	var err error
	if !s.Trouble().IgnorePutConditions {
		if cond, err = putCondition(c); err != nil {
			return nil, err
		}
	}
	kept, err := s.attributes(c.header, nil)
	if err != nil {
		return nil, err
	}
	tags, err := taggingHeader(c.header)
	if err != nil {
		return nil, err
	}
	p, err := s.readPayload(c, s.options.MaxObjectBytes)
	if err != nil {
		return nil, err
	}
	v := newObject(c.bucket.name, c.key, kept, p)
	v.Tags = tags
	if err := s.write(c.bucket, v, cond); err != nil {
		return nil, err
	}
	a := &answer{status: http.StatusOK}
	a.set("ETag", v.ETag)
	setEncryptionHeaders(a, v.Header)
	v.Checksum.setHeaders(a)
	if v.ID != nullID {
		a.set("x-amz-version-id", v.ID)
	}
	return a, nil
}

// newObject makes the version that a write is to store.
func newObject(bucketName, key string, kept map[string]string, p payload) *version {
	return &version{
		Key: key, Header: kept, Checksum: p.checksum, body: p.body,
		ETag: etagOf(bucketName, kept, p.body),
	}
}

// setEncryptionHeaders adds how an object is encrypted to the answer of a write.
func setEncryptionHeaders(a *answer, kept map[string]string) {
	for name, value := range kept {
		if strings.HasPrefix(name, ssePrefix) {
			a.set(name, value)
		}
	}
}
