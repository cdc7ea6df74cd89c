package s3fake

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
)

// defaultTransitionSize is AWS's x-amz-transition-default-minimum-object-size for a
// bucket that has not asked for another.
const defaultTransitionSize = "all_storage_classes_128K"

// lifecycleDocument has the parts of a lifecycle configuration that are checked.
// The document is kept as it was put; its rules are never carried out.
type lifecycleDocument struct {
	Rules []struct {
		ID                          string
		Status                      string
		Expiration                  *struct{ Days *int }
		NoncurrentVersionExpiration *struct {
			NoncurrentDays          int
			NewerNoncurrentVersions *int
		}
	} `xml:"Rule"`
}

func (d lifecycleDocument) check() error {
	if len(d.Rules) == 0 || len(d.Rules) > 1000 {
		return malformedXML()
	}
	ids := map[string]bool{}
	for _, rule := range d.Rules {
		if rule.ID != "" && ids[rule.ID] { // ceph/s3-tests, test_lifecycle_same_id
			return invalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", rule.ID)
		}
		ids[rule.ID] = true
		if rule.Status != "Enabled" && rule.Status != "Disabled" {
			return malformedXML()
		}
		if len(rule.ID) > 255 {
			return invalidArgument("ID length should not exceed allowed limit of 255", "ID", rule.ID)
		}
		if e := rule.Expiration; e != nil && e.Days != nil && *e.Days < 1 {
			return refuse(http.StatusBadRequest, "InvalidArgument", "'Days' for Expiration action must be a positive integer")
		}
		old := rule.NoncurrentVersionExpiration
		switch {
		case old == nil:
		case old.NoncurrentDays < 1:
			return refuse(http.StatusBadRequest, "InvalidArgument",
				"'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer")
		case old.NewerNoncurrentVersions != nil && (*old.NewerNoncurrentVersions < 1 || *old.NewerNoncurrentVersions > 100):
			return refuse(http.StatusBadRequest, "InvalidArgument",
				"'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be an integer between 1 and 100")
		}
	}
	return nil
}

func (s *Service) putLifecycle(c *call) (*answer, error) {
	body, err := s.readDocument(c)
	if err != nil {
		return nil, err
	}
	var document lifecycleDocument
	if err := readXML(body, "LifecycleConfiguration", &document); err != nil {
		return nil, err
	}
	if err := document.check(); err != nil {
		return nil, err
	}
	if body, err = withRuleIDs(body); err != nil {
		return nil, err
	}
	size := c.header.get("x-amz-transition-default-minimum-object-size")
	if size == "" {
		size = defaultTransitionSize
	}
	if !slices.Contains([]string{defaultTransitionSize, "varies_by_storage_class"}, size) {
		return nil, invalidRequest("Invalid TransitionDefaultMinimumObjectSize found: " + size)
	}
	err = s.changeSettings(c.bucket, func(bs *bucketSettings) { bs.Lifecycle, bs.LifecycleSize = body, size })
	if err != nil {
		return nil, err
	}
	a := &answer{status: http.StatusOK}
	a.set("x-amz-transition-default-minimum-object-size", size)
	return a, nil
}

// withRuleIDs gives an ID to each rule that has none, as S3 does (API reference,
// LifecycleRule).
func withRuleIDs(document []byte) ([]byte, error) {
	var out bytes.Buffer
	d := xml.NewDecoder(bytes.NewReader(document))
	copied := int64(0)
	for {
		token, err := d.Token()
		if err == io.EOF {
			out.Write(document[copied:])
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, malformedXML()
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "Rule" {
			continue
		}
		begin := d.InputOffset()
		var rule struct{ ID string }
		if err := d.DecodeElement(&rule, &start); err != nil {
			return nil, malformedXML()
		}
		if rule.ID == "" {
			out.Write(document[copied:begin])
			out.WriteString("<ID>" + newVersionID(0) + "</ID>")
			copied = begin
		}
	}
}

func (s *Service) getLifecycle(c *call) (*answer, error) {
	settings := c.bucket.currentSettings()
	if settings.Lifecycle == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchLifecycleConfiguration",
			"The lifecycle configuration does not exist", "BucketName", c.bucket.name)
	}
	a := &answer{status: http.StatusOK, body: settings.Lifecycle}
	a.set("Content-Type", "application/xml")
	a.set("x-amz-transition-default-minimum-object-size", settings.LifecycleSize)
	return a, nil
}

func (s *Service) deleteLifecycle(c *call) (*answer, error) {
	err := s.changeSettings(c.bucket, func(bs *bucketSettings) { bs.Lifecycle, bs.LifecycleSize = nil, "" })
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusNoContent}, nil
}
