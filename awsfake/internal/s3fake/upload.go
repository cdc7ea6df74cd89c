package s3fake

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The limits of a multipart upload (user guide, "Amazon S3 multipart upload limits").
const (
	maxPartNumber = 10000
	minPartSize   = 5 << 20 // bytes, of every part but the last
)

// upload is a multipart upload in progress. Uploads live in memory only: a restart
// ends them, as a lifecycle rule for unfinished uploads would.
type upload struct {
	key, id   string
	initiated time.Time
	header    map[string]string // of the object to make
	tags      []tag
	algorithm string // of the checksums; "" if the request named none
	kind      string // of the checksum of the object; "" if the request named no algorithm

	mu      sync.Mutex
	parts   map[int]*part
	touched bool // the key was written or deleted since
}

// part is a part that has been uploaded.
type part struct {
	number   int
	etag     string // quoted
	modified time.Time
	checksum checksum
	body     []byte
}

// partSize is the record of a part of a finished object.
type partSize struct {
	Number   int
	Size     int64
	Checksum string `json:",omitempty"` // base64
}

// uploads are the uploads of a bucket.
type uploads struct {
	mu       sync.Mutex
	open     map[string]*upload  // by id
	finished map[string]*version // by id: the versions that the last ones became; a client that lost the answer asks again
	order    []string            // of finished
}

// maxFinished is how many finished uploads are remembered.
const maxFinished = 1000

// touch notes that a key was written or deleted.
func (us *uploads) touch(key string) {
	us.mu.Lock()
	defer us.mu.Unlock()
	for _, u := range us.open {
		if u.key == key {
			u.mu.Lock()
			u.touched = true
			u.mu.Unlock()
		}
	}
}

func (us *uploads) add(u *upload) {
	us.mu.Lock()
	defer us.mu.Unlock()
	if us.open == nil {
		us.open, us.finished = map[string]*upload{}, map[string]*version{}
	}
	us.open[u.id] = u
}

// remove ends an upload, and remembers the version that it became, if any.
func (us *uploads) remove(u *upload, became *version) {
	us.mu.Lock()
	defer us.mu.Unlock()
	delete(us.open, u.id)
	if became == nil {
		return
	}
	us.finished[u.id], us.order = became, append(us.order, u.id)
	if len(us.order) > maxFinished {
		delete(us.finished, us.order[0])
		us.order = us.order[1:]
	}
}

// find returns the upload that a call names.
func (us *uploads) find(c *call) (*upload, error) {
	us.mu.Lock()
	defer us.mu.Unlock()
	u := us.open[c.query.Get("uploadId")]
	if u == nil || u.key != c.key {
		return nil, refuse(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be "+
			"invalid, or the upload may have been aborted or completed.", "UploadId", c.query.Get("uploadId"))
	}
	return u, nil
}

func (s *Service) createUpload(c *call) (*answer, error) {
	header, err := s.attributes(c.header, nil)
	if err != nil {
		return nil, err
	}
	tags, err := taggingHeader(c.header)
	if err != nil {
		return nil, err
	}
	algorithm, kind, err := uploadChecksum(c.header)
	if err != nil {
		return nil, err
	}
	u := &upload{
		key: c.key, id: newVersionID(s.lastSeq.Add(1)), initiated: s.options.Now(), header: header, tags: tags,
		algorithm: algorithm, kind: kind, parts: map[int]*part{},
	}
	c.bucket.uploads.add(u)
	a, err := xmlAnswer(struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
		Bucket   string
		Key      text
		UploadID string `xml:"UploadId"`
	}{Bucket: c.bucketName, Key: text(c.key), UploadID: u.id})
	if err != nil {
		return nil, err
	}
	if algorithm != "" {
		a.set("x-amz-checksum-algorithm", algorithm)
		a.set("x-amz-checksum-type", kind)
	}
	setEncryptionHeaders(a, header)
	return a, nil
}

// uploadChecksum reads which checksum an upload is to have (recorded:
// TestS3MultipartUploadChecksum).
func uploadChecksum(header headers) (algorithm, kind string, err error) {
	algorithm, kind = strings.ToUpper(header.get("x-amz-checksum-algorithm")), header.get("x-amz-checksum-type")
	switch {
	case algorithm == "" && kind == "":
		return "", "", nil
	case algorithm == "":
		return "", "", invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	case newHash(algorithm) == nil:
		return "", "", unsupportedChecksum()
	case kind == "" && algorithm == "CRC64NVME":
		return algorithm, fullObject, nil
	}
	kind = cmp.Or(kind, composite)
	switch {
	case kind != fullObject && kind != composite:
		return "", "", invalidRequest("Value for x-amz-checksum-type header is invalid.")
	case kind == composite && algorithm == "CRC64NVME", kind == fullObject && strings.HasPrefix(algorithm, "SHA"):
		return "", "", invalidRequest("The " + kind + " checksum type cannot be used with the " + strings.ToLower(algorithm) + " checksum algorithm.")
	}
	return algorithm, kind, nil
}

// partNumber reads the number of a part.
func partNumber(c *call) (int, error) {
	n, err := strconv.Atoi(c.query.Get("partNumber"))
	if err != nil || n < 1 || n > maxPartNumber {
		return 0, invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", c.query.Get("partNumber"))
	}
	return n, nil
}

func (s *Service) uploadPart(c *call) (*answer, error) {
	body, trailer, err := s.readBody(c, s.options.MaxObjectBytes)
	if err != nil {
		return nil, err
	}
	n, err := partNumber(c)
	if err != nil {
		return nil, err
	}
	u, err := c.bucket.uploads.find(c)
	if err != nil {
		return nil, err
	}
	sum, err := sentBody(c.header, trailer, body)
	if err != nil {
		return nil, err
	}
	if sum, err = u.partChecksum(sum, body); err != nil {
		return nil, err
	}
	p := &part{number: n, etag: etagOf(c.bucketName, u.header, body), modified: s.options.Now(), checksum: sum, body: body}
	u.put(p)
	a := &answer{status: http.StatusOK}
	a.set("ETag", p.etag)
	a.set(sum.headerName(), sum.Value)
	setEncryptionHeaders(a, u.header)
	return a, nil
}

// partChecksum returns the checksum to keep of a part: the one that was sent, which
// must be of the algorithm of the upload.
func (u *upload) partChecksum(sent checksum, body []byte) (checksum, error) {
	switch {
	case sent == (checksum{}):
		return computeChecksum(cmp.Or(u.algorithm, "CRC64NVME"), body), nil
	case u.algorithm != "" && sent.Algorithm != u.algorithm:
		return checksum{}, invalidRequest("Checksum Type mismatch occurred, expected checksum Type: " + strings.ToLower(u.algorithm) +
			", actual checksum Type: " + strings.ToLower(sent.Algorithm))
	}
	return sent, nil
}

// put adds a part, in the place of an earlier one of the same number.
func (u *upload) put(p *part) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.parts[p.number] = p
}

// sorted returns the parts by number.
func (u *upload) sorted() []*part {
	u.mu.Lock()
	defer u.mu.Unlock()
	var all []*part
	for _, p := range u.parts {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *part) int { return cmp.Compare(a.number, b.number) })
	return all
}

// shown returns the checksum of a part that lists show: that of an upload with an
// algorithm.
func (u *upload) shown(p *part) checksum {
	if u.algorithm == "" {
		return checksum{}
	}
	return p.checksum
}

func (s *Service) abortUpload(c *call) (*answer, error) {
	u, err := c.bucket.uploads.find(c)
	if err != nil {
		return nil, err
	}
	c.bucket.uploads.remove(u, nil)
	return &answer{status: http.StatusNoContent}, nil
}
