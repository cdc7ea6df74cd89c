package s3fake

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"strconv"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// sourceRange is the form of x-amz-copy-source-range.
var sourceRange = lazyregexp.New(`^bytes=(\d{1,18})-(\d{1,18})$`)

// copyRange returns the bytes of the source that are to be copied (recorded:
// test_upload_part_copy_range).
func copyRange(header string, body []byte) ([]byte, error) {
	if header == "" {
		return body, nil
	}
	const name = "x-amz-copy-source-range"
	m := sourceRange().FindStringSubmatch(header)
	malformed := invalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last "+
		"are the zero-based offsets of the first and last bytes to copy", name, header)
	if m == nil {
		return nil, malformed
	}
	first, _ := strconv.Atoi(m[1]) // digits, by the pattern
	last, _ := strconv.Atoi(m[2])
	switch {
	case first > last:
		return nil, malformed
	case first >= len(body):
		return nil, invalidRequest("The specified copy range is invalid for the source object size")
	case last >= len(body):
		return nil, invalidArgument("Range specified is not valid for source object of size: "+strconv.Itoa(len(body)), name, header)
	}
	return body[first : last+1], nil
}

// copyPart answers UploadPartCopy.
func (s *Service) copyPart(c *call) (*answer, error) {
	n, err := partNumber(c)
	if err != nil {
		return nil, err
	}
	u, err := c.bucket.uploads.find(c)
	if err != nil {
		return nil, err
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
	body, err := copyRange(c.header.get("x-amz-copy-source-range"), original.body)
	if err != nil {
		return nil, err
	}
	p := &part{
		number: n, etag: etagOf(c.bucketName, u.header, body), modified: s.options.Now(), body: body,
		checksum: computeChecksum(cmp.Or(u.algorithm, "CRC64NVME"), body),
	}
	u.put(p)
	result := struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CopyPartResult"`
		LastModified string
		ETag         text
		Checksum     *checksum
	}{LastModified: timestamp(p.modified), ETag: text(p.etag)}
	if sum := u.shown(p); sum.Algorithm != "" {
		result.Checksum = &sum
	}
	a, err := xmlAnswer(result)
	if err != nil {
		return nil, err
	}
	setEncryptionHeaders(a, u.header)
	if from.currentSettings().Versioning != "" {
		a.set("x-amz-copy-source-version-id", original.ID)
	}
	a.status = http.StatusOK
	return a, nil
}
