package s3fake

import (
	"net/http"
	"strconv"
	"strings"
)

// getObject answers GetObject and HeadObject.
func (s *Service) getObject(c *call) (*answer, error) {
	if err := refuseEncryptionHeaders(c.header); err != nil {
		return nil, err
	}
	v, err := s.requested(c)
	if err != nil {
		return nil, err
	}
	a := &answer{status: http.StatusOK}
	a.set("ETag", v.ETag)
	a.set("Last-Modified", v.Modified.UTC().Format(http.TimeFormat))
	a.setVersion(c.bucket, v)
	failed := readConditions{header: c.header, now: s.options.Now()}.failed(v)
	switch failed {
	case "":
	case "If-None-Match", "If-Modified-Since":
		a.status = http.StatusNotModified
		return a, nil
	default:
		return nil, preconditionFailed(failed)
	}
	if class := v.storageClass(); c.op() == "GetObject" && (class == "GLACIER" || class == "DEEP_ARCHIVE") {
		return nil, refuse(http.StatusForbidden, "InvalidObjectState",
			"The operation is not valid for the object's storage class", "StorageClass", class)
	}
	a.setAll(v.Header)
	if len(v.Tags) > 0 {
		a.set(taggingCount, strconv.Itoa(len(v.Tags)))
	}
	a.set("Accept-Ranges", "bytes")
	if err := s.setBody(c, v, a); err != nil {
		return nil, err
	}
	overrideHeaders(c, a)
	return a, nil
}

// setBody puts the body, or the range of it that is asked for, into the answer.
func (s *Service) setBody(c *call, v *version, a *answer) error {
	a.body = v.body
	first, last, err := parseRange(c.header.get("range"), v.Size)
	sum := v.Checksum
	if c.query.Has("partNumber") {
		first, last, sum, err = v.part(c, a)
	}
	if err != nil {
		return err
	}
	if last >= first {
		a.status = http.StatusPartialContent
		a.body = v.body[first : last+1]
		a.set("Content-Range", "bytes "+strconv.FormatInt(first, 10)+"-"+strconv.FormatInt(last, 10)+"/"+
			strconv.FormatInt(v.Size, 10))
	}
	whole := len(a.body) == len(v.body) || sum != v.Checksum
	if strings.EqualFold(c.header.get("x-amz-checksum-mode"), "ENABLED") && whole {
		sum.setHeaders(a)
	}
	trouble := s.Trouble()
	a.pause, a.limit = trouble.BodyPause, trouble.BodyLimit
	return nil
}

// part finds the bytes of the part that a GET or HEAD asks for, and their checksum,
// if it is known (recorded: test_get_object_part and
// test_get_object_part_checksum).
func (v *version) part(c *call, a *answer) (first, last int64, sum checksum, err error) {
	n, err := partNumber(c)
	switch {
	case err != nil:
		return 0, 0, sum, err
	case c.header.get("range") != "":
		return 0, 0, sum, invalidRequest("Cannot specify both Range header and partNumber query parameter")
	}
	parts := v.Parts
	if len(parts) == 0 {
		parts = []partSize{{Number: 1, Size: v.Size}}
	} else {
		a.set("x-amz-mp-parts-count", strconv.Itoa(len(parts)))
	}
	for _, p := range parts {
		if p.Number == n {
			sum = v.Checksum
			if sum.Type == composite {
				sum.Value = p.Checksum
			}
			return first, first + p.Size - 1, sum, nil
		}
		first += p.Size
	}
	return 0, 0, sum, refuse(http.StatusRequestedRangeNotSatisfiable, "InvalidPartNumber", "The requested partnumber is not satisfiable",
		"PartNumberRequested", strconv.Itoa(n), "ActualPartCount", strconv.Itoa(len(parts)))
}

// requested finds the version that a GET or HEAD asks for.
func (s *Service) requested(c *call) (*version, error) {
	if c.query.Has("versionId") {
		return findVersion(c.bucket, c.key, c.query.Get("versionId"), c.request.Method)
	}
	v := c.bucket.newest(c.key)
	if v == nil || !s.visible(c.bucket, v) {
		return nil, noSuchKey(c.key)
	}
	if v.Marker {
		return nil, noSuchKey(c.key).withHeader("x-amz-delete-marker", "true").withHeader("x-amz-version-id", v.ID)
	}
	return v, nil
}

// findVersion finds a version by its id. A delete marker cannot be read (user
// guide, "Working with delete markers").
func findVersion(b *bucket, key, id, method string) (*version, error) {
	if err := checkVersionID(b, id); err != nil {
		return nil, err
	}
	v := b.find(key, id)
	if v == nil {
		return nil, noSuchVersion(key, id)
	}
	if v.Marker {
		return nil, markerNotAllowed(method, v)
	}
	return v, nil
}

func markerNotAllowed(method string, marker *version) error {
	return methodNotAllowed(method, "DeleteMarker").withHeader("x-amz-delete-marker", "true").
		withHeader("x-amz-version-id", marker.ID).withHeader("Allow", http.MethodDelete).
		withHeader("Last-Modified", marker.Modified.UTC().Format(http.TimeFormat))
}

// visible says whether reads see v; see Trouble.HideEarlyWrites.
func (s *Service) visible(b *bucket, v *version) bool {
	return !v.Early || !s.Trouble().HideEarlyWrites || !s.options.Now().Before(b.currentSettings().VersionedFrom)
}

// overrideHeaders applies the response- parameters of a query to the answer (API
// reference, GetObject).
func overrideHeaders(c *call, a *answer) {
	for _, name := range keptHeaders {
		if value := c.query.Get("response-" + name); value != "" {
			a.set(name, value)
		}
	}
}

// parseRange reads a Range header for a body of the given size. Last is -1 if the
// whole body is to be answered with 200: S3 ignores ranges that are malformed or
// more than one. It fails with InvalidRange if no byte is in the range.
func parseRange(header string, size int64) (first, last int64, err error) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	from, to, dash := strings.Cut(spec, "-")
	if !ok || !dash {
		return 0, -1, nil
	}
	unsatisfiable := refuse(http.StatusRequestedRangeNotSatisfiable, "InvalidRange",
		"The requested range is not satisfiable", "RangeRequested", header, "ActualObjectSize", strconv.FormatInt(size, 10)).
		withHeader("Content-Range", "bytes */"+strconv.FormatInt(size, 10))
	end, endErr := strconv.ParseUint(to, 10, 63)
	if from == "" {
		switch {
		case endErr != nil:
			return 0, -1, nil
		case end == 0 || size == 0:
			return 0, 0, unsatisfiable
		}
		return max(0, size-int64(end)), size - 1, nil
	}
	start, err := strconv.ParseUint(from, 10, 63)
	if err != nil || to != "" && (endErr != nil || end < start) {
		return 0, -1, nil
	}
	if int64(start) >= size {
		return 0, 0, unsatisfiable
	}
	if to == "" {
		return int64(start), size - 1, nil
	}
	return int64(start), min(int64(end), size-1), nil
}
