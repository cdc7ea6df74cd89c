package s3fake

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxBucketPage is the largest page of ListBuckets (API reference, ListBuckets).
const maxBucketPage = 10000

type listedBucket struct {
	Name         string
	CreationDate string
	BucketRegion string `xml:",omitempty"`
}

func (s *Service) listBuckets(c *call) (*answer, error) {
	limit := maxBucketPage
	if value := c.query.Get("max-buckets"); value != "" {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxBucketPage {
			return nil, invalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", value)
		}
		limit = n
	}
	after := ""
	if value := c.query.Get("continuation-token"); value != "" {
		var ok bool
		if after, ok = parseToken(value); !ok {
			return nil, refuse(http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect",
				"ArgumentName", "continuation-token")
		}
	}
	var result struct {
		XMLName           xml.Name       `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
		Buckets           []listedBucket `xml:"Buckets>Bucket"`
		Owner             owner
		Prefix            string `xml:",omitempty"`
		ContinuationToken string `xml:",omitempty"`
	}
	result.Owner, result.Prefix = owner{s.ownerID()}, c.query.Get("prefix")
	for _, b := range s.ownBuckets() {
		settings := b.currentSettings()
		region := c.query.Get("bucket-region")
		if b.name <= after || !strings.HasPrefix(b.name, result.Prefix) || region != "" && region != settings.Region ||
			settings.Owner != s.options.AccountID {
			continue
		}
		if len(result.Buckets) == limit {
			result.ContinuationToken = token(result.Buckets[limit-1].Name)
			break
		}
		result.Buckets = append(result.Buckets, listedBucket{b.name, timestamp(settings.Created), settings.Region})
	}
	return xmlAnswer(result)
}

// ownBuckets returns the buckets by name.
func (s *Service) ownBuckets() []*bucket {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var bs []*bucket
	for _, name := range slices.Sorted(maps.Keys(s.buckets)) {
		bs = append(bs, s.buckets[name])
	}
	return bs
}
