package s3fake

import (
	"encoding/xml"
)

// maxDeletions is how many objects one DeleteObjects request may name (API
// reference, DeleteObjects).
const maxDeletions = 1000

// objectToDelete is one entry of a DeleteObjects document.
type objectToDelete struct {
	Key              string
	VersionID        *string `xml:"VersionId"`
	ETag             string
	Size             string
	LastModifiedTime string
}

type deletedObject struct {
	XMLName               xml.Name `xml:"Deleted"`
	Key                   text
	VersionID             string `xml:"VersionId,omitempty"`
	DeleteMarker          bool   `xml:",omitempty"`
	DeleteMarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type deleteError struct {
	XMLName   xml.Name `xml:"Error"`
	Key       text
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

func (s *Service) deleteObjects(c *call) (*answer, error) {
	objects, quiet, err := s.readDeletions(c)
	if err != nil {
		return nil, err
	}
	var result struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
		Entries []any
	}
	for _, o := range objects {
		deleted, err := s.deleteOne(c.bucket, o)
		if err != nil {
			e := s.hideMissing(c.bucket.name, asAPIError(err))
			failed := deleteError{Key: text(o.Key), Code: e.code, Message: e.message}
			if o.VersionID != nil {
				failed.VersionID = *o.VersionID
			}
			result.Entries = append(result.Entries, failed)
		} else if !quiet {
			result.Entries = append(result.Entries, deleted)
		}
	}
	return xmlAnswer(result)
}

func (s *Service) readDeletions(c *call) (objects []objectToDelete, quiet bool, err error) {
	checked := c.header.get("content-md5") != "" || c.header.get("x-amz-trailer") != "" || c.header.hasPrefix("x-amz-checksum-")
	body, err := s.readDocument(c)
	if err != nil {
		return nil, false, err
	}
	if !checked {
		return nil, false, invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
	}
	return parseDeletions(body)
}

// parseDeletions reads a DeleteObjects document.
func parseDeletions(body []byte) (objects []objectToDelete, quiet bool, err error) {
	var document struct {
		Object []objectToDelete
		Quiet  bool
	}
	if err := readXML(body, "Delete", &document); err != nil {
		return nil, false, err
	}
	if n := len(document.Object); n == 0 || n > maxDeletions {
		return nil, false, malformedXML()
	}
	for _, o := range document.Object {
		if o.Key == "" {
			return nil, false, malformedXML()
		}
	}
	return document.Object, document.Quiet, nil
}

// deleteOne deletes one object of a DeleteObjects request.
func (s *Service) deleteOne(b *bucket, o objectToDelete) (deletedObject, error) {
	deleted := deletedObject{Key: text(o.Key)}
	cond := condition{key: o.Key, ifMatch: o.ETag}
	if s.Trouble().IgnoreDeleteConditions {
		cond = condition{}
	}
	switch {
	case len(o.Key) > maxKeyBytes:
		return deleted, keyTooLong(o.Key)
	case o.Size != "", o.LastModifiedTime != "", cond.ifMatch != "" && o.VersionID != nil:
		return deleted, headerNotImplemented("If-Match", "")
	case o.VersionID == nil:
		done, err := s.deleteCurrent(b, o.Key, cond)
		deleted.DeleteMarker, deleted.DeleteMarkerVersionID = done.marker, done.versionID
		return deleted, err
	}
	if checkVersionID(b, *o.VersionID) != nil {
		// Recorded: a malformed id in a batch is "no such version", where
		// DeleteObject says "invalid".
		return deleted, noSuchVersion(o.Key, *o.VersionID)
	}
	done, err := s.deleteVersion(b, o.Key, *o.VersionID)
	deleted.VersionID = *o.VersionID
	if done.marker {
		deleted.DeleteMarker, deleted.DeleteMarkerVersionID = true, *o.VersionID
	}
	return deleted, err
}
