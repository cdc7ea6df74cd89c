package s3fake

import (
	"slices"
	"sort"
	"strings"
)

// index holds the versions of a bucket, its keys sorted by their UTF-8 bytes as S3
// lists them. New keys are sorted when a listing needs them: a bucket is written to
// more often than it is listed.
type index struct {
	keys     []string              // sorted; with added, those with at least one version
	added    []string              // not sorted yet
	versions map[string][]*version // oldest first
}

// sort sorts the keys that were added. It moves no key that is less than all of them.
func (x *index) sort() {
	slices.Sort(x.added)
	old := len(x.keys)
	x.keys = append(x.keys, x.added...)
	added := x.added
	for at := len(x.keys) - 1; len(added) > 0; at-- { // from the end, where there is room
		last := added[len(added)-1]
		if old > 0 && x.keys[old-1] > last {
			old--
			x.keys[at] = x.keys[old]
			continue
		}
		x.keys[at] = last
		added = added[:len(added)-1]
	}
	x.added = nil
}

// insert adds v as the newest version of its key; a null version replaces the key's
// earlier null version.
func (x *index) insert(v *version) {
	old := x.versions[v.Key]
	if len(old) == 0 {
		x.added = append(x.added, v.Key)
	}
	if v.ID == nullID {
		old = slices.DeleteFunc(old, func(o *version) bool { return o.ID == nullID })
	}
	x.versions[v.Key] = append(old, v)
}

// remove takes a version out, and its key with the last version.
func (x *index) remove(key, id string) {
	left := slices.DeleteFunc(x.versions[key], func(v *version) bool { return v.ID == id })
	if len(left) > 0 {
		x.versions[key] = left
		return
	}
	delete(x.versions, key)
	x.sort()
	if i, ok := slices.BinarySearch(x.keys, key); ok {
		x.keys = slices.Delete(x.keys, i, i+1)
	}
}

// replace puts a changed copy of a version in its place.
func (x *index) replace(v *version) {
	for i, old := range x.versions[v.Key] {
		if old.ID == v.ID {
			x.versions[v.Key][i] = v
		}
	}
}

// newest returns the newest version of a key, which may be a delete marker, or nil.
func (x *index) newest(key string) *version {
	if vs := x.versions[key]; len(vs) > 0 {
		return vs[len(vs)-1]
	}
	return nil
}

// find returns the version of a key with the given id, or nil.
func (x *index) find(key, id string) *version {
	for _, v := range x.versions[key] {
		if v.ID == id {
			return v
		}
	}
	return nil
}

// from returns the position of the first key that is not less than key. The index
// is sorted, as for past.
func (x *index) from(key string) int { return sort.SearchStrings(x.keys, key) }

// past returns the position of the first key after all those that begin with prefix.
func (x *index) past(prefix string) int {
	return sort.Search(len(x.keys), func(i int) bool {
		return x.keys[i] > prefix && !strings.HasPrefix(x.keys[i], prefix)
	})
}
