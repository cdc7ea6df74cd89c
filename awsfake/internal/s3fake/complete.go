package s3fake

import (
	"bytes"
	"cmp"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// namedPart is a part as a CompleteMultipartUpload document names it.
type namedPart struct {
	PartNumber                                                                     int
	ETag                                                                           string
	ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 string
}

// checksum returns the checksum that is named; the zero one if there is none.
func (n namedPart) checksum() checksum {
	for i, value := range []string{n.ChecksumCRC32, n.ChecksumCRC32C, n.ChecksumCRC64NVME, n.ChecksumSHA1, n.ChecksumSHA256} {
		if value != "" {
			return checksum{Algorithm: checksumAlgorithms[i], Value: value}
		}
	}
	return checksum{}
}

// The refusals below were recorded (LocalStack's TestS3, test_multipart_...,
// TestS3MultipartUploadChecksum and TestS3ObjectWritePrecondition).

func (s *Service) completeUpload(c *call) (*answer, error) {
	var cond condition
	var err error
	if !s.Trouble().IgnorePutConditions {
		if cond, err = putCondition(c); err != nil {
			return nil, err
		}
	}
	named, err := s.readCompletion(c)
	if err != nil {
		return nil, err
	}
	u, err := c.bucket.uploads.find(c)
	if err != nil {
		return s.completedBefore(c, err)
	}
	if kind := c.header.get("x-amz-checksum-type"); kind != "" && kind != u.kind {
		return nil, invalidRequest("The upload was created using the " + cmp.Or(u.kind, "null") +
			" checksum mode. The complete request must use the same checksum mode.")
	}
	parts, err := u.choose(named)
	if err != nil {
		return nil, err
	}
	v, err := u.assemble(c, parts)
	if err != nil {
		return nil, err
	}
	err = s.change(c.bucket, c.key, cond, func(*version) error {
		if name := cond.name(); name != "" && u.isTouched() {
			return conditionalConflict(name, c.key)
		}
		return s.append(c.bucket, v)
	})
	if err != nil {
		return nil, err
	}
	c.bucket.uploads.remove(u, v)
	return completionAnswer(c, v)
}

func (s *Service) readCompletion(c *call) ([]namedPart, error) {
	body, _, err := s.readBody(c, maxDocument)
	if err != nil {
		return nil, err
	}
	if err := verifyMD5(c.header, body); err != nil {
		return nil, err
	}
	var document struct{ Part []namedPart }
	if err := readXML(body, "CompleteMultipartUpload", &document); err != nil {
		return nil, err
	}
	if len(document.Part) == 0 {
		return nil, invalidRequest("You must specify at least one part")
	}
	for i, p := range document.Part {
		if i > 0 && p.PartNumber <= document.Part[i-1].PartNumber {
			return nil, refuse(http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. Parts "+
				"must be ordered by part number.", "UploadId", c.query.Get("uploadId"))
		}
	}
	return document.Part, nil
}

// completedBefore answers a client that asks again, not having had the answer, as
// ceph/s3-tests' test_multipart_upload expects of AWS.
func (s *Service) completedBefore(c *call, missing error) (*answer, error) {
	us := &c.bucket.uploads
	us.mu.Lock()
	v := us.finished[c.query.Get("uploadId")]
	us.mu.Unlock()
	if v == nil || v.Key != c.key || c.bucket.find(v.Key, v.ID) != v {
		return nil, missing
	}
	return completionAnswer(c, v)
}

// isTouched says whether the key was written or deleted since the upload began.
func (u *upload) isTouched() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.touched
}

// choose returns the parts that a request names.
func (u *upload) choose(named []namedPart) ([]*part, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var chosen []*part
	for _, n := range named {
		p := u.parts[n.PartNumber]
		if p == nil || !sameETag(p.etag, n.ETag) {
			return nil, u.invalidPart(n)
		}
		if err := u.checkPart(n, p); err != nil {
			return nil, err
		}
		chosen = append(chosen, p)
	}
	for _, p := range chosen[:len(chosen)-1] {
		if len(p.body) < minPartSize {
			return nil, refuse(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
				"ProposedSize", strconv.Itoa(len(p.body)), "MinSizeAllowed", strconv.Itoa(minPartSize),
				"PartNumber", strconv.Itoa(p.number), "ETag", strings.Trim(p.etag, `"`))
		}
	}
	return chosen, nil
}

func (u *upload) invalidPart(n namedPart) error {
	return refuse(http.StatusBadRequest, "InvalidPart", "One or more of the specified parts could not be found.  The part may not "+
		"have been uploaded, or the specified entity tag may not match the part's entity tag.",
		"UploadId", u.id, "PartNumber", strconv.Itoa(n.PartNumber), "ETag", strings.Trim(n.ETag, `"`))
}

// checkPart compares the checksum that a request names for a part.
func (u *upload) checkPart(n namedPart, p *part) error {
	sum := n.checksum()
	switch {
	case sum == (checksum{}) && u.kind == composite:
		return invalidRequest("The upload was created using a " + strings.ToLower(u.algorithm) + " checksum. The complete request " +
			"must include the checksum for each part. It was missing for part " + strconv.Itoa(n.PartNumber) + " in the request.")
	case sum == (checksum{}):
		return nil
	case u.algorithm == "" && sum == computeChecksum("CRC64NVME", p.body):
		return nil // the checksum that UploadPart answered for a part without one: minio-go names it (issue 1547 of versity/versitygw)
	case u.algorithm == "":
		return u.invalidPart(n)
	case sum.Algorithm != u.algorithm:
		return refuse(http.StatusBadRequest, "BadDigest", "The "+strings.ToLower(sum.Algorithm)+" you specified for part "+
			strconv.Itoa(n.PartNumber)+" did not match what we received.")
	case sum.Value != p.checksum.Value:
		return u.invalidPart(n)
	}
	return nil
}

// assemble makes the object of its parts.
func (u *upload) assemble(c *call, parts []*part) (*version, error) {
	var body bytes.Buffer
	sums := md5.New()
	for _, p := range parts {
		body.Write(p.body)
		raw, err := hex.DecodeString(strings.Trim(p.etag, `"`))
		if err != nil {
			return nil, err
		}
		sums.Write(raw)
	}
	v := &version{Key: u.key, Header: u.header, Tags: u.tags, body: body.Bytes()}
	v.ETag = `"` + hex.EncodeToString(sums.Sum(nil)) + "-" + strconv.Itoa(len(parts)) + `"`
	v.Checksum = u.objectChecksum(parts, v.body)
	for _, p := range parts {
		v.Parts = append(v.Parts, partSize{p.number, int64(len(p.body)), u.shown(p).Value})
	}
	if size := c.header.get("x-amz-mp-object-size"); size != "" && size != strconv.Itoa(len(v.body)) {
		return nil, invalidRequest("The provided 'x-amz-mp-object-size' header value " + size + " does not match what was computed: " +
			strconv.Itoa(len(v.body)))
	}
	object := slices.DeleteFunc(slices.Clone(c.header), func(f field) bool { // the others are of the document, and checked already
		return f.name == "x-amz-sdk-checksum-algorithm" || f.name == "x-amz-checksum-type"
	})
	sent, err := sentChecksum(object, nil)
	switch {
	case err != nil:
		return nil, err
	case sent != (checksum{}) && (sent.Algorithm != v.Checksum.Algorithm || strings.SplitN(sent.Value, "-", 2)[0] != strings.SplitN(v.Checksum.Value, "-", 2)[0]):
		return nil, refuse(http.StatusBadRequest, "BadDigest", "The "+strings.ToLower(sent.Algorithm)+" you specified did not match the calculated checksum.")
	}
	return v, nil
}

// objectChecksum is the checksum of the whole: of its bytes or, of type COMPOSITE,
// of the checksums of its parts.
func (u *upload) objectChecksum(parts []*part, body []byte) checksum {
	if u.kind != composite {
		return computeChecksum(cmp.Or(u.algorithm, "CRC64NVME"), body)
	}
	h := newHash(u.algorithm)
	for _, p := range parts {
		raw, _ := base64.StdEncoding.DecodeString(p.checksum.Value) // verified when it came
		h.Write(raw)
	}
	value := base64.StdEncoding.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(parts))
	return checksum{Algorithm: u.algorithm, Value: value, Type: composite}
}

func completionAnswer(c *call, v *version) (*answer, error) {
	a, err := xmlAnswer(struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
		Location     text
		Bucket       string
		Key          text
		ETag         text
		ChecksumType string
		Checksum     checksum
	}{
		Location: text("https://" + c.bucketName + ".s3.amazonaws.com/" + string(listing{encoded: true}.encode(c.key))), Bucket: c.bucketName,
		Key: text(c.key), ETag: text(v.ETag), ChecksumType: v.Checksum.kind(), Checksum: v.Checksum,
	})
	if err != nil {
		return nil, err
	}
	setEncryptionHeaders(a, v.Header)
	if v.ID != nullID {
		a.set("x-amz-version-id", v.ID)
	}
	return a, nil
}
