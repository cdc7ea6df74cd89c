package s3fake

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// attributeNames are the values of x-amz-object-attributes (API reference,
// GetObjectAttributes).
var attributeNames = []string{"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"}

type attributePart struct {
	PartNumber int
	Size       int64
	Checksum   checksum
}

// objectParts are the parts of an object. S3 lists them for checksums of type
// COMPOSITE only (recorded: test_get_object_attributes and
// TestS3MultipartUploadChecksum).
type objectParts struct {
	PartNumberMarker     *int
	NextPartNumberMarker *int
	MaxParts             *int
	IsTruncated          *bool
	Part                 []attributePart
	PartsCount           int
}

// attributesDocument is the answer of GetObjectAttributes. It has the attributes
// that the request wants.
type attributesDocument struct {
	XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ GetObjectAttributesResponse"`
	ETag         string   `xml:",omitempty"`
	Checksum     *listedChecksum
	ObjectParts  *objectParts
	StorageClass string `xml:",omitempty"`
	ObjectSize   *int64
}

// getAttributes answers GetObjectAttributes.
func (s *Service) getAttributes(c *call) (*answer, error) {
	if err := refuseEncryptionHeaders(c.header); err != nil {
		return nil, err
	}
	wanted, err := wantedAttributes(c.header)
	if err != nil {
		return nil, err
	}
	v, err := s.requested(c)
	if err != nil {
		return nil, err
	}
	document, err := v.attributes(c, wanted)
	if err != nil {
		return nil, err
	}
	a, err := xmlAnswer(document)
	if err != nil {
		return nil, err
	}
	a.set("Last-Modified", v.Modified.UTC().Format(http.TimeFormat))
	a.setVersion(c.bucket, v)
	return a, nil
}

// wantedAttributes returns the names in the header of a GetObjectAttributes.
func wantedAttributes(header headers) (map[string]bool, error) {
	wanted := map[string]bool{}
	for _, list := range header.all("x-amz-object-attributes") {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			if !slices.Contains(attributeNames, name) {
				return nil, invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", name)
			}
			wanted[name] = true
		}
	}
	if len(wanted) == 0 {
		return nil, invalidRequest("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")
	}
	return wanted, nil
}

// attributes returns the wanted attributes of a version.
func (v *version) attributes(c *call, wanted map[string]bool) (d attributesDocument, err error) {
	if wanted["ETag"] {
		d.ETag = strings.Trim(v.ETag, `"`)
	}
	if wanted["Checksum"] && v.Checksum.Algorithm != "" {
		sum := v.Checksum
		sum.Value, _, _ = strings.Cut(sum.Value, "-")
		d.Checksum = &listedChecksum{Checksum: sum, ChecksumType: sum.kind()}
	}
	if wanted["ObjectParts"] && len(v.Parts) > 0 {
		d.ObjectParts, err = v.objectParts(c)
	}
	if wanted["StorageClass"] {
		d.StorageClass = v.storageClass()
	}
	if wanted["ObjectSize"] {
		d.ObjectSize = &v.Size
	}
	return d, err
}

type listedChecksum struct {
	Checksum     checksum
	ChecksumType string
}

// objectParts returns a page of the parts.
func (v *version) objectParts(c *call) (*objectParts, error) {
	o := &objectParts{PartsCount: len(v.Parts)}
	if v.Checksum.Type != composite {
		return o, nil
	}
	limit := maxPage
	if value := c.header.get("x-amz-max-parts"); value != "" {
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return nil, invalidArgument("Argument x-amz-max-parts must be an integer between 0 and 2147483647", "x-amz-max-parts", value)
		}
		limit = min(n, maxPage)
	}
	marker, _ := strconv.Atoi(c.header.get("x-amz-part-number-marker")) // as with ListParts
	next, truncated := 0, false
	for _, p := range v.Parts {
		if p.Number <= marker {
			continue
		}
		if len(o.Part) == limit {
			truncated = true
			break
		}
		o.Part, next = append(o.Part, attributePart{p.Number, p.Size, checksum{Algorithm: v.Checksum.Algorithm, Value: p.Checksum}}), p.Number
	}
	o.PartNumberMarker, o.NextPartNumberMarker, o.MaxParts, o.IsTruncated = &marker, &next, &limit, &truncated
	return o, nil
}
