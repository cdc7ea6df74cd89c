package s3fake

import (
	"net/http"
	"strings"
	"time"
)

// condition is the demand of a write on the current version of its key. The zero
// condition demands nothing.
type condition struct {
	ifMatch     string // an ETag, with or without quotes; deletes accept "*" too
	ifNoneMatch bool   // the key must not exist
	key         string // for the refusal
}

// The matrix of conditional writes follows recordings of AWS: LocalStack's
// snapshots of TestS3ObjectWritePrecondition and TestS3DeletePrecondition, and
// localstack/localstack#13894 for deletes.

// putCondition reads the condition of a PutObject, or of the destination of a
// CopyObject.
func putCondition(c *call) (condition, error) {
	match, noneMatch := c.header.get("if-match"), c.header.get("if-none-match")
	switch {
	case match != "" && noneMatch != "":
		return condition{}, headerNotImplemented("If-Match,If-None-Match",
			"Multiple conditional request headers present in the request")
	case noneMatch != "" && noneMatch != "*":
		return condition{}, valueNotAccepted("If-None-Match")
	case match == "*":
		return condition{}, valueNotAccepted("If-Match")
	}
	return condition{key: c.key, ifMatch: match, ifNoneMatch: noneMatch == "*"}, nil
}

func valueNotAccepted(header string) error {
	return headerNotImplemented(header, "We don't accept the provided value of "+header+" header for this API")
}

// deleteCondition reads the condition of a DeleteObject. Conditions on time and
// size exist for directory buckets alone.
func deleteCondition(c *call) (condition, error) {
	for _, name := range [...]string{"x-amz-if-match-last-modified-time", "x-amz-if-match-size", "If-None-Match"} {
		if c.header.get(strings.ToLower(name)) != "" {
			return condition{}, headerNotImplemented(name, "")
		}
	}
	match := c.header.get("if-match")
	if match != "" && c.query.Has("versionId") {
		return condition{}, headerNotImplemented("If-Match", "")
	}
	return condition{key: c.key, ifMatch: match}, nil
}

// checkCondition returns nil if the condition holds for current, the version that a
// GET would see, nil if there is none. With Trouble.ConflictEvery a write that
// loses, or that had to wait for another one, may be told 409 instead.
func (s *Service) checkCondition(cond condition, current *version, contended bool) error {
	name := cond.name()
	if name == "" {
		return nil
	}
	err := cond.check(current)
	if err != nil || contended {
		if conflict := s.trouble.conflict(name, cond.key); conflict != nil {
			return conflict
		}
	}
	return err
}

// name returns the header of the condition; "" if it demands nothing.
func (cond condition) name() string {
	switch {
	case cond.ifNoneMatch:
		return "If-None-Match"
	case cond.ifMatch != "":
		return "If-Match"
	}
	return ""
}

// check compares the condition with the current version. A delete marker on top
// counts as absent.
func (cond condition) check(current *version) error {
	switch {
	case cond.ifNoneMatch && current != nil:
		return preconditionFailed("If-None-Match")
	case cond.ifMatch == "":
		return nil
	case current == nil:
		return noSuchKey(cond.key)
	case cond.ifMatch != "*" && !sameETag(cond.ifMatch, current.ETag):
		return preconditionFailed("If-Match")
	}
	return nil
}

// sameETag compares ETags; S3 takes them with or without their quotes.
func sameETag(a, b string) bool { return strings.Trim(a, `"`) == strings.Trim(b, `"`) }

// matchesAny says whether an ETag is in the comma-separated list of a condition
// header; "*" is every ETag.
func matchesAny(list, etag string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item == "*" || sameETag(item, etag) {
			return true
		}
	}
	return false
}

// readConditions are the four conditions of a read, or of the source of a copy,
// with the names they are sent under.
type readConditions struct {
	prefix string // before each name: "" or "x-amz-copy-source-"
	header headers
	now    time.Time
}

// failed returns the name of the condition that v does not meet, or "". An If-Match
// that holds overrides If-Unmodified-Since, an If-None-Match that is there
// overrides If-Modified-Since (API reference, GetObject and CopyObject). A date in
// the future in If-Modified-Since is ignored.
func (rc readConditions) failed(v *version) string {
	get := func(name string) string { return rc.header.get(rc.prefix + name) }
	modified := v.Modified.Truncate(time.Second)
	if list := get("if-match"); list != "" {
		if !matchesAny(list, v.ETag) {
			return rc.prefix + "If-Match"
		}
	} else if t, ok := parseTime(get("if-unmodified-since")); ok && modified.After(t) {
		return rc.prefix + "If-Unmodified-Since"
	}
	if list := get("if-none-match"); list != "" {
		if matchesAny(list, v.ETag) {
			return rc.prefix + "If-None-Match"
		}
	} else if t, ok := parseTime(get("if-modified-since")); ok && !modified.After(t) && !t.After(rc.now) {
		return rc.prefix + "If-Modified-Since"
	}
	return ""
}

// parseTime reads a date of a condition; false if there is none, or one that S3
// ignores.
func parseTime(date string) (time.Time, bool) {
	if date == "" {
		return time.Time{}, false
	}
	t, err := http.ParseTime(date)
	return t, err == nil
}
