package s3fake

import (
	"encoding/xml"
	"net/http"
	"strings"
)

type listedObject struct {
	XMLName           xml.Name `xml:"Contents"`
	Key               text
	LastModified      string
	ETag              text
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
	Size              int64
	StorageClass      string
	Owner             *owner
}

type listObjectsResult struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                text
	Marker                *text
	NextMarker            text   `xml:",omitempty"`
	StartAfter            text   `xml:",omitempty"`
	ContinuationToken     text   `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              *int
	MaxKeys               int
	Delimiter             text   `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Entries               []any
	Prefixes              []commonPrefix // after all objects (recorded: go-cloud's TestDirsWithCharactersBeforeDelimiter)
}

// objects lists the current versions after the given key or common prefix.
func (s *Service) objects(b *bucket, l listing, after string) page {
	var p page
	settings := b.currentSettings()
	early := s.Trouble().HideEarlyWrites && s.options.Now().Before(settings.VersionedFrom)
	x, unlock := b.sorted()
	defer unlock()
	for i := l.start(x, after); i < len(x.keys) && strings.HasPrefix(x.keys[i], l.prefix); {
		key := x.keys[i]
		v := x.newest(key)
		if v.Marker || early && v.Early {
			i++
			continue
		}
		group := l.group(key)
		if group == "" {
			if !p.add(l, found{key: key, version: v}) {
				break
			}
			i++
			continue
		}
		if !p.add(l, found{key: group}) {
			break
		}
		i = x.past(group)
	}
	return p
}

func (s *Service) listObjects(c *call) (*answer, error) {
	l, err := parseListing(c.query)
	if err != nil {
		return nil, err
	}
	marker := c.query.Get("marker")
	p := s.objects(c.bucket, l, marker)
	result := s.objectsResult(c, l, p, true)
	encoded := l.encode(marker)
	result.Marker = &encoded
	if p.truncated && l.delimiter != "" { // API reference, ListObjects: without a delimiter there is no NextMarker
		result.NextMarker = l.encode(p.last().key)
	}
	return listAnswer(c, result)
}

// listAnswer answers with a listing, and the Region of the bucket (recorded:
// go-cloud's TestList).
func listAnswer(c *call, result *listObjectsResult) (*answer, error) {
	a, err := xmlAnswer(result)
	if err != nil {
		return nil, err
	}
	a.set("x-amz-bucket-region", c.bucket.currentSettings().Region)
	return a, nil
}

func (s *Service) listObjectsV2(c *call) (*answer, error) {
	l, err := parseListing(c.query)
	if err != nil {
		return nil, err
	}
	after := c.query.Get("start-after")
	startAfter := after // shown even where a token overrides it (ceph/s3-tests, test_bucket_listv2_both_continuationtoken_startafter)
	if c.query.Has("continuation-token") {
		var ok bool
		if after, ok = parseToken(c.query.Get("continuation-token")); !ok {
			return nil, refuse(http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect",
				"ArgumentName", "continuation-token")
		}
	}
	p := s.objects(c.bucket, l, after)
	result := s.objectsResult(c, l, p, c.query.Get("fetch-owner") == "true")
	result.StartAfter = l.encode(startAfter)
	result.ContinuationToken = text(c.query.Get("continuation-token"))
	count := len(p.entries)
	result.KeyCount = &count
	if p.truncated {
		result.NextContinuationToken = token(p.last().key)
	}
	return listAnswer(c, result)
}

// objectsResult fills in the elements that both versions of the listing have.
func (s *Service) objectsResult(c *call, l listing, p page, withOwner bool) *listObjectsResult {
	result := &listObjectsResult{
		Name: c.bucket.name, Prefix: l.encode(l.prefix), MaxKeys: l.max, Delimiter: l.encode(l.delimiter),
		EncodingType: l.encodingType(), IsTruncated: p.truncated,
	}
	var o *owner
	if withOwner {
		o = &owner{s.ownerID()}
	}
	for _, f := range p.entries {
		if f.version == nil {
			result.Prefixes = append(result.Prefixes, commonPrefix{Prefix: l.encode(f.key)})
			continue
		}
		v := f.version
		result.Entries = append(result.Entries, listedObject{
			Key: l.encode(v.Key), LastModified: timestamp(v.Modified), ETag: text(v.ETag), Size: v.Size,
			ChecksumAlgorithm: v.Checksum.Algorithm, ChecksumType: v.Checksum.kind(), StorageClass: v.storageClass(), Owner: o,
		})
	}
	return result
}
