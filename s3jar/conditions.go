package s3jar

import (
	"context"
	"fmt"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// condition is a header of a PUT.
type condition int

const (
	ifNoneMatch condition = iota
	ifMatch
	conditions // how many there are
)

// String returns the header.
func (c condition) String() string {
	if c == ifNoneMatch {
		return "If-None-Match"
	}
	return "If-Match"
}

// mayReplace refuses a write with a condition where conditions are known not to
// hold.
func (o *Object) mayReplace(ctx context.Context) error {
	if isMultiRegion(o.bucket.name) {
		return errMultiRegion
	}
	return o.notBroken(ctx)
}

var errMultiRegion = failure.Hinted("use the bucket of one Region, or one of its access points; Get, Put and Delete work here too",
	fmt.Errorf("%w: behind a Multi-Region Access Point a condition holds in one Region only, and the last writer wins", awsjar.ErrUnsupported))

// isMultiRegion reports whether a name is the ARN of a Multi-Region Access
// Point, which alone has no Region: arn:aws:s3::ACCOUNT:accesspoint/NAME.mrap
// (user guide, "Multi-Region Access Points in Amazon S3").
func isMultiRegion(name string) bool {
	parts := strings.SplitN(name, ":", 6)
	return isARN(name) && len(parts) == 6 && parts[2] == "s3" && parts[3] == "" && strings.HasPrefix(parts[5], "accesspoint")
}
