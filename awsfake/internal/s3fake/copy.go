package s3fake

import (
	"cmp"
	"encoding/xml"
	"net/url"
	"strings"
	"unicode/utf8"
)

// copySource is the version that the header x-amz-copy-source names.
type copySource struct {
	bucketName, key string
	versionID       string
	hasVersion      bool
}

// parseCopySource reads "bucket/key" or "/bucket/key", URL-encoded as a whole, also
// the slash, and as in a form: "+" is a space. "?versionId=ID" may follow
// (recorded: go-cloud's TestCopy and TestKeys/spaces).
func parseCopySource(header string) (copySource, error) {
	path, query, hasQuery := strings.Cut(header, "?")
	path, err := url.QueryUnescape(path)
	name, key, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	id, hasVersion := strings.CutPrefix(query, "versionId=")
	if !ok || err != nil || name == "" || key == "" || !utf8.ValidString(key) || hasQuery && !hasVersion {
		return copySource{}, invalidArgument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source")
	}
	if id, err = url.QueryUnescape(id); err != nil {
		return copySource{}, invalidArgument("Invalid version id specified", "versionId", id)
	}
	return copySource{name, key, id, hasVersion}, nil
}

func (s *Service) copyObject(c *call) (*answer, error) {
	var cond condition
	var err error
	if !s.Trouble().IgnoreCopyConditions {
		if cond, err = putCondition(c); err != nil {
			return nil, err
		}
	}
	source, err := parseCopySource(c.header.get("x-amz-copy-source"))
	if err != nil {
		return nil, err
	}
	from, original, err := s.openSource(c, source)
	if err != nil {
		return nil, err
	}
	if failed := (readConditions{"x-amz-copy-source-", c.header, s.options.Now()}).failed(original); failed != "" {
		return nil, preconditionFailed(failed)
	}
	v, err := s.makeCopy(c, original)
	if err != nil {
		return nil, err
	}
	if from == c.bucket && source.key == c.key && original == from.current(c.key) && !changesCopy(c) {
		return nil, invalidRequest("This copy request is illegal because it is trying to copy an object to itself without " +
			"changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	if err := s.write(c.bucket, v, cond); err != nil {
		return nil, err
	}
	return copyAnswer(c, from, original, v)
}

// openSource finds the version to copy.
func (s *Service) openSource(c *call, source copySource) (*bucket, *version, error) {
	b := s.lookUp(source.bucketName)
	if b == nil {
		return nil, nil, noSuchBucket(source.bucketName)
	}
	settings := b.currentSettings()
	if settings.Owner != s.options.AccountID {
		return nil, nil, accessDenied()
	}
	if err := checkOwner(c.header.get("x-amz-source-expected-bucket-owner"), settings.Owner); err != nil {
		return nil, nil, err
	}
	if !source.hasVersion {
		v := b.current(source.key)
		if v == nil || !s.visible(b, v) {
			return nil, nil, noSuchKey(source.key)
		}
		return b, v, nil
	}
	v, err := findVersion(b, source.key, source.versionID, c.request.Method)
	if err != nil && asAPIError(err).code == "MethodNotAllowed" {
		err = invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.")
	}
	return b, v, err
}

// makeCopy makes the version to store: the body of the original with its metadata,
// or with the request's.
func (s *Service) makeCopy(c *call, original *version) (*version, error) {
	metadataOf := original
	switch directive := cmp.Or(c.header.get("x-amz-metadata-directive"), "COPY"); directive {
	case "COPY":
	case "REPLACE":
		metadataOf = nil
	default:
		return nil, invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive)
	}
	kept, err := s.attributes(c.header, metadataOf)
	if err != nil {
		return nil, err
	}
	p := payload{body: original.body, checksum: original.Checksum}
	if p.checksum.Type == composite { // a copy has no parts (recorded: test_complete_multipart_parts_checksum_composite)
		p.checksum = computeChecksum(p.checksum.Algorithm, p.body)
	}
	if wanted := c.header.get("x-amz-checksum-algorithm"); wanted != "" {
		if newHash(wanted) == nil {
			return nil, unsupportedChecksum()
		}
		p.checksum = computeChecksum(wanted, p.body)
	}
	v := newObject(c.bucket.name, c.key, kept, p)
	v.Tags, err = copiedTags(c.header, original)
	return v, err
}

// copiedMetadata returns the metadata that a copy takes over: neither encryption
// nor storage class nor redirect location (API reference, CopyObject).
func (v *version) copiedMetadata(header headers) map[string]string {
	kept := map[string]string{}
	for name, value := range v.Header {
		if !strings.HasPrefix(name, ssePrefix) && name != "x-amz-storage-class" && name != redirectLocation {
			kept[name] = value
		}
	}
	if to := header.get(redirectLocation); to != "" {
		kept[redirectLocation] = to
	}
	return kept
}

const redirectLocation = "x-amz-website-redirect-location"

// changesCopy says whether the request changes anything on the way, without which
// an object cannot be copied onto itself.
func changesCopy(c *call) bool {
	for _, name := range [...]string{"x-amz-storage-class", redirectLocation, ssePrefix} {
		if c.header.get(name) != "" {
			return true
		}
	}
	return c.header.get("x-amz-metadata-directive") == "REPLACE"
}

func copyAnswer(c *call, from *bucket, original, v *version) (*answer, error) {
	result := struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CopyObjectResult"`
		LastModified string
		ETag         text
		ChecksumType string
		Checksum     checksum
	}{LastModified: timestamp(v.Modified), ETag: text(v.ETag), ChecksumType: v.Checksum.kind(), Checksum: v.Checksum}
	a, err := xmlAnswer(result)
	if err != nil {
		return nil, err
	}
	setEncryptionHeaders(a, v.Header)
	if from.currentSettings().Versioning != "" {
		a.set("x-amz-copy-source-version-id", original.ID)
	}
	if c.bucket.currentSettings().Versioning != "" {
		a.set("x-amz-version-id", v.ID) // "null" in a suspended bucket, unlike PutObject: recorded
	}
	return a, nil
}
