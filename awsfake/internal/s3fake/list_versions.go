package s3fake

import (
	"encoding/xml"
	"math"
	"strings"
)

type listedVersion struct {
	XMLName xml.Name `xml:"Version"`
	versionFields
	ETag              text
	ChecksumAlgorithm string
	ChecksumType      string
	Size              int64
	StorageClass      string
}

type listedMarker struct {
	XMLName xml.Name `xml:"DeleteMarker"`
	versionFields
}

// versionFields are the elements that versions and delete markers have alike.
type versionFields struct {
	Key          text
	VersionID    string `xml:"VersionId"`
	IsLatest     bool
	LastModified string
	Owner        owner
}

type listVersionsResult struct {
	XMLName             xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListVersionsResult"`
	Name                string
	Prefix              text
	KeyMarker           text
	VersionIDMarker     string `xml:"VersionIdMarker"`
	NextKeyMarker       text   `xml:",omitempty"`
	NextVersionIDMarker string `xml:"NextVersionIdMarker,omitempty"`
	MaxKeys             int
	Delimiter           text   `xml:",omitempty"`
	EncodingType        string `xml:",omitempty"`
	IsTruncated         bool
	Entries             []any
	Prefixes            []commonPrefix
}

func (s *Service) listObjectVersions(c *call) (*answer, error) {
	if isDirectory(c.bucket.name) {
		return nil, methodNotAllowed(c.request.Method, "DirectoryBucket")
	}
	l, err := parseListing(c.query)
	if err != nil {
		return nil, err
	}
	keyMarker, idMarker := c.query.Get("key-marker"), c.query.Get("version-id-marker")
	if idMarker != "" {
		if keyMarker == "" {
			return nil, invalidArgument("A version-id marker cannot be specified without a key marker.",
				"version-id-marker", idMarker)
		}
		if _, ok := sequenceOf(idMarker); !ok && idMarker != nullID {
			return nil, invalidArgument("Invalid version id specified", "version-id-marker", idMarker)
		}
	}
	p := c.bucket.versions(l, keyMarker, idMarker)
	result := listVersionsResult{
		Name: c.bucket.name, Prefix: l.encode(l.prefix), KeyMarker: l.encode(keyMarker), VersionIDMarker: idMarker,
		MaxKeys: l.max, Delimiter: l.encode(l.delimiter), EncodingType: l.encodingType(), IsTruncated: p.truncated,
	}
	o := owner{s.ownerID()}
	for _, f := range p.entries {
		if f.version == nil {
			result.Prefixes = append(result.Prefixes, commonPrefix{Prefix: l.encode(f.key)})
			continue
		}
		result.Entries = append(result.Entries, versionEntry(l, f, o))
	}
	if p.truncated {
		// AWS names the last entry returned, where the API reference says the first
		// one not returned: recorded.
		last := p.last()
		result.NextKeyMarker = l.encode(last.key)
		if last.version != nil {
			result.NextVersionIDMarker = last.version.ID
		}
	}
	return xmlAnswer(result)
}

func versionEntry(l listing, f found, o owner) any {
	v := f.version
	fields := versionFields{l.encode(v.Key), v.ID, f.latest, timestamp(v.Modified), o}
	if v.Marker {
		return listedMarker{versionFields: fields}
	}
	return listedVersion{
		versionFields: fields, ETag: text(v.ETag), Size: v.Size, StorageClass: v.storageClass(),
		ChecksumAlgorithm: v.Checksum.Algorithm, ChecksumType: v.Checksum.kind(),
	}
}

// versions lists versions by key, then newest first, after the given markers. The
// key marker alone skips the rest of that key's versions.
func (b *bucket) versions(l listing, keyMarker, idMarker string) page {
	var p page
	x, unlock := b.sorted()
	defer unlock()
	i, before := l.start(x, keyMarker), uint64(math.MaxUint64)
	if idMarker != "" {
		i = max(x.from(l.prefix), x.from(keyMarker))
		before = x.sequence(keyMarker, idMarker)
	}
	for i < len(x.keys) && strings.HasPrefix(x.keys[i], l.prefix) {
		key := x.keys[i]
		if group := l.group(key); group != "" {
			if !p.add(l, found{key: group}) {
				break
			}
			i = x.past(group)
			continue
		}
		if key != keyMarker {
			before = math.MaxUint64
		}
		if !p.addVersions(l, x.versions[key], before) {
			break
		}
		i++
	}
	return p
}

// addVersions adds the versions of one key that are older than a sequence number,
// and returns false if the page is full.
func (p *page) addVersions(l listing, versions []*version, before uint64) bool {
	for j := len(versions) - 1; j >= 0; j-- {
		v := versions[j]
		if v.Seq < before && !p.add(l, found{key: v.Key, version: v, latest: j == len(versions)-1}) {
			return false
		}
	}
	return true
}

// sequence returns the sequence number of a version, also of one that is deleted by
// now; the largest number if the id says nothing about it, so that nothing is
// skipped.
func (x *index) sequence(key, id string) uint64 {
	if v := x.find(key, id); v != nil {
		return v.Seq
	}
	if seq, ok := sequenceOf(id); ok {
		return seq
	}
	return math.MaxUint64
}
