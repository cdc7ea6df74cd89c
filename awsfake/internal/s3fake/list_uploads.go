package s3fake

import (
	"cmp"
	"encoding/xml"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// displayName is AWS's element in the place of a name that it no longer tells.
type initiator struct {
	ID          string
	DisplayName string
}

type listedUpload struct {
	XMLName           xml.Name `xml:"Upload"`
	Key               text
	UploadID          string `xml:"UploadId"`
	Initiator         initiator
	Owner             owner
	StorageClass      string
	Initiated         string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

type listUploadsResult struct {
	XMLName            xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListMultipartUploadsResult"`
	Bucket             string
	KeyMarker          text
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      text
	NextUploadIDMarker string `xml:"NextUploadIdMarker"`
	Prefix             text   `xml:",omitempty"`
	Delimiter          text   `xml:",omitempty"`
	EncodingType       string `xml:",omitempty"`
	MaxUploads         int
	IsTruncated        bool
	Entries            []any
}

// sorted returns the uploads in progress by key, then by age.
func (us *uploads) sorted() []*upload {
	us.mu.Lock()
	defer us.mu.Unlock()
	var all []*upload
	for _, u := range us.open {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b *upload) int {
		first, _ := sequenceOf(a.id)
		second, _ := sequenceOf(b.id)
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(first, second))
	})
	return all
}

// listUploads answers ListMultipartUploads (recorded: LocalStack's
// TestS3ListMultipartUploads).
func (s *Service) listUploads(c *call) (*answer, error) {
	limit, err := pageLimit(c.query, "max-uploads")
	if err != nil {
		return nil, err
	}
	l, err := parseListing(c.query)
	if err != nil {
		return nil, err
	}
	keyMarker, idMarker := c.query.Get("key-marker"), c.query.Get("upload-id-marker")
	if keyMarker == "" {
		idMarker = ""
	}
	all := c.bucket.uploads.sorted()
	if idMarker != "" && !slices.ContainsFunc(all, func(u *upload) bool { return u.id == idMarker && u.key == keyMarker }) {
		if _, ok := sequenceOf(idMarker); !ok || slices.ContainsFunc(all, func(u *upload) bool { return u.id == idMarker }) {
			return nil, invalidArgument("Invalid uploadId marker", "upload-id-marker", idMarker)
		}
	}
	result := listUploadsResult{
		Bucket: c.bucketName, KeyMarker: l.encode(keyMarker), UploadIDMarker: idMarker, Prefix: l.encode(l.prefix),
		Delimiter: l.encode(l.delimiter), EncodingType: l.encodingType(), MaxUploads: limit,
	}
	after := func(u *upload) bool {
		switch group := l.group(u.key); {
		case !strings.HasPrefix(u.key, l.prefix), group != "" && group <= keyMarker:
			return false
		case u.key == keyMarker && idMarker != "":
			at, _ := sequenceOf(u.id)
			marker, _ := sequenceOf(idMarker)
			return at > marker
		}
		return u.key > keyMarker
	}
	s.addUploads(&result, l, slices.DeleteFunc(all, func(u *upload) bool { return !after(u) }))
	return xmlAnswer(result)
}

// addUploads fills a page with uploads and common prefixes.
func (s *Service) addUploads(result *listUploadsResult, l listing, all []*upload) {
	lastGroup := ""
	for _, u := range all {
		group := l.group(u.key)
		if group != "" && group == lastGroup {
			continue
		}
		if len(result.Entries) == result.MaxUploads {
			result.IsTruncated = true
			return
		}
		if lastGroup = group; group != "" {
			result.Entries = append(result.Entries, commonPrefix{Prefix: l.encode(group)})
			continue
		}
		result.NextKeyMarker, result.NextUploadIDMarker = l.encode(u.key), u.id
		result.Entries = append(result.Entries, listedUpload{
			Key: l.encode(u.key), UploadID: u.id, Initiator: initiator{s.ownerID(), "awsfake"}, Owner: owner{s.ownerID()},
			StorageClass: (&version{Header: u.header}).storageClass(), Initiated: timestamp(u.initiated),
			ChecksumAlgorithm: u.algorithm, ChecksumType: u.kind,
		})
	}
}

// pageLimit reads the parameter that limits a page; empty or absent it is maxPage.
func pageLimit(query url.Values, name string) (int, error) {
	value := query.Get(name)
	if value == "" {
		return maxPage, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0, invalidArgument("Argument "+name+" must be an integer between 0 and 2147483647", name, value)
	}
	return min(n, maxPage), nil
}

type listedPart struct {
	XMLName      xml.Name `xml:"Part"`
	PartNumber   int
	LastModified string
	ETag         text
	Size         int
	Checksum     *checksum
}

// listParts answers ListParts (recorded: LocalStack's TestS3ListParts).
func (s *Service) listParts(c *call) (*answer, error) {
	u, err := c.bucket.uploads.find(c)
	if err != nil {
		return nil, err
	}
	limit, err := pageLimit(c.query, "max-parts")
	if err != nil {
		return nil, err
	}
	marker, _ := strconv.Atoi(c.query.Get("part-number-marker")) // S3 takes an empty one
	result := struct {
		XMLName              xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListPartsResult"`
		Bucket               string
		Key                  text
		UploadID             string `xml:"UploadId"`
		Initiator            initiator
		Owner                owner
		StorageClass         string
		PartNumberMarker     int
		NextPartNumberMarker int
		MaxParts             int
		IsTruncated          bool
		ChecksumAlgorithm    string `xml:",omitempty"`
		ChecksumType         string `xml:",omitempty"`
		Parts                []listedPart
	}{
		Bucket: c.bucketName, Key: text(c.key), UploadID: u.id, Initiator: initiator{s.ownerID(), "awsfake"}, Owner: owner{s.ownerID()},
		StorageClass: (&version{Header: u.header}).storageClass(), PartNumberMarker: marker, MaxParts: limit,
		ChecksumAlgorithm: u.algorithm, ChecksumType: u.kind,
	}
	for _, p := range u.sorted() {
		if p.number <= marker {
			continue
		}
		if len(result.Parts) == limit {
			result.IsTruncated = true
			break
		}
		listed := listedPart{PartNumber: p.number, LastModified: timestamp(p.modified), ETag: text(p.etag), Size: len(p.body)}
		if sum := u.shown(p); sum.Algorithm != "" {
			listed.Checksum = &sum
		}
		result.Parts, result.NextPartNumberMarker = append(result.Parts, listed), p.number
	}
	return xmlAnswer(result)
}
