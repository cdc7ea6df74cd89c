package s3fake

import "net/http"

func (s *Service) deleteObject(c *call) (*answer, error) {
	var cond condition
	var err error
	if !s.Trouble().IgnoreDeleteConditions {
		if cond, err = deleteCondition(c); err != nil {
			return nil, err
		}
	}
	var done deletion
	if c.query.Has("versionId") {
		id := c.query.Get("versionId")
		if err := checkVersionID(c.bucket, id); err != nil {
			return nil, err
		}
		done, err = s.deleteVersion(c.bucket, c.key, id)
	} else {
		done, err = s.deleteCurrent(c.bucket, c.key, cond)
	}
	if err != nil {
		return nil, err
	}
	a := &answer{status: http.StatusNoContent}
	if done.marker {
		a.set("x-amz-delete-marker", "true")
	}
	if done.versionID != "" {
		a.set("x-amz-version-id", done.versionID)
	}
	return a, nil
}
