package s3jar

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// maxEntries is how many versions and delete markers S3 puts on a page (API
// reference, ListObjectVersions).
const maxEntries = 1000

// version is one entry of a listing.
type version struct {
	key  string
	meta awsjar.Meta
}

// listVersions gets one page, its versions and delete markers in the order in
// which S3 lists them: by key, then newest first.
func listVersions(ctx context.Context, lister versionLister, in *s3.ListObjectVersionsInput) (*s3.ListObjectVersionsOutput, []version, error) {
	var kinds order
	page, err := whole(ctx, func() (*s3.ListObjectVersionsOutput, error) {
		return lister.ListObjectVersions(ctx, in, atMost(maxPage), func(o *s3.Options) { o.Interceptors.AddBeforeDeserialization(&kinds) })
	})
	if err != nil {
		return nil, nil, err
	}
	if page.Name == nil && page.IsTruncated == nil && len(kinds) == 0 {
		return nil, nil, errNoListing
	}
	versions, err := kinds.merge(page)
	return page, versions, err
}

// order is the order of the entries of a page: for each whether it is a
// delete marker. The SDK returns versions and delete markers apart, and their
// times, in whole seconds, do not tell which came first. So it is read from
// the answer before the SDK takes it apart.
type order []bool

// BeforeDeserialization reads the order, and leaves the answer as it was.
func (o *order) BeforeDeserialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	*o = nil
	if in.Response == nil || in.Response.Body == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(in.Response.Body, maxPage+1))
	if err != nil {
		return err
	}
	if len(body) > maxPage {
		return fmt.Errorf("the endpoint sends a page of more than %d bytes", maxPage)
	}
	in.Response.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), in.Response.Body}
	var page struct {
		Entries []struct{ XMLName xml.Name } `xml:",any"`
	}
	if xml.Unmarshal(body, &page) != nil {
		return nil // an error page, which the SDK explains
	}
	for _, e := range page.Entries {
		switch e.XMLName.Local {
		case "Version":
			*o = append(*o, false)
		case "DeleteMarker":
			*o = append(*o, true)
		}
	}
	if len(*o) > maxEntries {
		return fmt.Errorf("the endpoint sends a page of more than %d versions", maxEntries)
	}
	return nil
}

// merge returns the entries of a page in their order.
func (o order) merge(page *s3.ListObjectVersionsOutput) ([]version, error) {
	objects, markers := page.Versions, page.DeleteMarkers
	versions := make([]version, 0, len(o))
	for _, isMarker := range o {
		var key *string
		var meta awsjar.Meta
		switch {
		case isMarker && len(markers) > 0:
			m := markers[0]
			markers = markers[1:]
			key, meta = m.Key, awsjar.Meta{
				VersionID: aws.ToString(m.VersionId), Modified: aws.ToTime(m.LastModified),
				Latest: aws.ToBool(m.IsLatest), Deleted: true,
			}
		case !isMarker && len(objects) > 0:
			v := objects[0]
			objects = objects[1:]
			key, meta = v.Key, awsjar.Meta{
				VersionID: aws.ToString(v.VersionId), Modified: aws.ToTime(v.LastModified),
				Latest: aws.ToBool(v.IsLatest), Size: aws.ToInt64(v.Size),
			}
		default:
			return nil, errOrder
		}
		name, err := decodeKey(key, page.EncodingType)
		if err != nil {
			return nil, err
		}
		versions = append(versions, version{name, meta})
	}
	if len(objects)+len(markers) > 0 {
		return nil, errOrder
	}
	return versions, nil
}

// errNoListing is the error for a page of another kind, which the SDK reads as
// an empty one.
var errNoListing = failure.Hinted(whatServer, fmt.Errorf("%w: the endpoint's answer is no listing", awsjar.ErrUnsupported))

var errEndless = errors.New("the endpoint sends a listing that does not end")

// maxEmptyPages is how many pages without an entry may follow each other. S3
// sends some where it passes over entries that the listing does not show.
const maxEmptyPages = 1000

// emptyPages counts those that followed each other.
type emptyPages int

// add counts a page, which is not the last one, with that many entries.
func (e *emptyPages) add(entries int) error {
	if *e++; entries > 0 {
		*e = 0
	}
	if *e >= maxEmptyPages {
		return errEndless
	}
	return nil
}

var errOrder = errors.New("the order of a listing cannot be read: does the Client pass its options on?")

// whole repeats a listing that was cut on its way, which the SDK does not.
func whole[T any](ctx context.Context, list func() (T, error)) (T, error) {
	for attempt := 0; ; attempt++ {
		page, err := list()
		if err != nil && errors.Is(err, io.ErrUnexpectedEOF) && attempt < maxReads-1 && pause(ctx, attempt) {
			continue
		}
		return page, err
	}
}

// decodeKey undoes the encoding that the listing asked for: without one XML
// cannot carry every key. Some servers do not encode, and do not say so.
func decodeKey(key *string, encoding types.EncodingType) (string, error) {
	if encoding != types.EncodingTypeUrl {
		return aws.ToString(key), nil
	}
	name, err := url.QueryUnescape(aws.ToString(key))
	if err != nil {
		return "", fmt.Errorf("the endpoint lists a key that cannot be decoded: %w", err)
	}
	return name, nil
}
