package s3jar

import (
	"fmt"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
)

// depth is how many writes a lineage remembers. An entry takes 16 of the
// 2,048 bytes that S3 allows for user metadata.
const depth = 8

// maxETag bounds, in bytes, what is taken for an ETag.
const maxETag = 256

// revision is what an [awsjar.Revision] of this store holds: the ETag for the
// next condition, and the lineage that the next write continues.
type revision struct {
	etag string // in its quotes
	line lineage.Line
}

// newRevision checks an ETag that a server sent. Quotes are added where a
// server leaves them out.
func newRevision(etag string, line lineage.Line) (revision, error) {
	if etag != "" && !strings.Contains(etag, `"`) {
		etag = `"` + etag + `"`
	}
	if !isETag(etag) {
		return revision{}, fmt.Errorf("%w: the endpoint answers without a valid ETag", awsjar.ErrUnsupported)
	}
	return revision{etag, line[:min(len(line), depth)]}, nil
}

// public returns the ETag, and the lineage behind a space if there is one.
func (r revision) public() awsjar.Revision {
	if len(r.line) == 0 {
		return awsjar.Revision(r.etag)
	}
	return awsjar.Revision(r.etag + " " + r.line.String())
}

// parseRevision reads what public returned.
func parseRevision(rev awsjar.Revision) (revision, error) {
	etag, text, hasLine := strings.Cut(string(rev), " ")
	line := lineage.Parse(text)
	if !isETag(etag) || hasLine && len(line) == 0 || len(line) > depth {
		return revision{}, fmt.Errorf("%w: not a revision of an object in S3", awsjar.ErrInvalid)
	}
	return revision{etag, line}, nil
}

// isETag reports whether s may stand in an If-Match header: a quoted string
// of visible characters, by RFC 9110 section 8.8.3.
func isETag(s string) bool {
	if len(s) < 3 || len(s) > maxETag || s[len(s)-1] != '"' || s[0] != '"' && !strings.HasPrefix(s, `W/"`) {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
