package s3fake

import (
	"encoding/xml"
	"net/http"
	"time"
)

func (s *Service) getBucketVersioning(c *call) (*answer, error) {
	if isDirectory(c.bucket.name) {
		return nil, methodNotAllowed(c.request.Method, "DirectoryBucket")
	}
	return xmlAnswer(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ VersioningConfiguration"`
		Status  string   `xml:",omitempty"`
	}{Status: c.bucket.currentSettings().Versioning})
}

func (s *Service) putBucketVersioning(c *call) (*answer, error) {
	body, err := s.readDocument(c)
	if err != nil {
		return nil, err
	}
	var document struct {
		Status    string
		MfaDelete string
	}
	if err := readXML(body, "VersioningConfiguration", &document); err != nil {
		return nil, err
	}
	if document.MfaDelete != "" && document.MfaDelete != "Disabled" {
		return nil, headerNotImplemented("x-amz-mfa", "")
	}
	if err := s.setVersioning(c.bucket, document.Status, s.Trouble().VersioningDelay); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK}, nil
}

// setVersioning changes the state of versioning. The first enabling has an effect
// after delay. There is no way back to "never set".
func (s *Service) setVersioning(b *bucket, status string, delay time.Duration) error {
	switch {
	case isDirectory(b.name):
		return methodNotAllowed(http.MethodPut, "DirectoryBucket")
	case status == "":
		return refuse(http.StatusBadRequest, "IllegalVersioningConfigurationException",
			"The Versioning element must be specified")
	case status != versioningEnabled && status != versioningSuspended:
		return malformedXML()
	}
	return s.changeSettings(b, func(bs *bucketSettings) {
		if status == versioningEnabled && bs.VersionedFrom.IsZero() {
			bs.VersionedFrom = s.options.Now().Add(delay)
		}
		bs.Versioning = status
	})
}

// changeSettings changes the settings of a bucket, on disk first.
func (s *Service) changeSettings(b *bucket, change func(*bucketSettings)) error {
	b.settings.Lock()
	defer b.settings.Unlock()
	if b.gone {
		return noSuchBucket(b.name)
	}
	changed := b.bucketSettings
	change(&changed)
	if err := s.disk.saveSettings(b.name, changed); err != nil {
		return err
	}
	b.bucketSettings = changed
	return nil
}
