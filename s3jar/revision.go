package s3jar

import (
	"fmt"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/lineage"
)

// lineageName is the name of the user metadata that holds the lineage:
// x-amz-meta-awsjar-lineage. With its value of up to 769 bytes it takes three
// eighths of the 2,048 bytes that S3 allows.
const lineageName = "awsjar-lineage"

// maxETag is the longest text, in bytes, that is taken for an ETag.
const maxETag = 256

// revision is an [awsjar.Revision] of this store in its parts: the ETag for the
// next condition, and the lineage that the next write continues.
type revision struct {
	etag string // in its quotes
	line lineage.Deep
}

// whatServer is the hint for answers that S3 does not give, such as the page of
// a web server.
const whatServer = "check the endpoint: a server that speaks the protocol of S3 must be there"

// newRevision checks an ETag that a server sent. Quotes are added where a
// server leaves them out.
func newRevision(etag string, line lineage.Deep) (revision, error) {
	if etag != "" && !strings.Contains(etag, `"`) {
		etag = `"` + etag + `"`
	}
	if !isETag(etag) {
		return revision{}, failure.Hinted(whatServer, fmt.Errorf("%w: the endpoint answers without a valid ETag", awsjar.ErrUnsupported))
	}
	return revision{etag, line}, nil
}

// public returns the ETag, then a space and the lineage if there is one.
func (r revision) public() awsjar.Revision {
	if line := r.line.String(); line != "" {
		return awsjar.Revision(r.etag + " " + line)
	}
	return awsjar.Revision(r.etag)
}

// parseRevision reads a text that public returned.
func parseRevision(rev awsjar.Revision) (revision, error) {
	etag, text, hasLine := strings.Cut(string(rev), " ")
	r := revision{etag, lineage.ParseDeep(text)}
	if !isETag(etag) || hasLine && r.line.Newest() == "" {
		return revision{}, fmt.Errorf("%w: not a revision of an object in S3", awsjar.ErrInvalid)
	}
	return r, nil
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
