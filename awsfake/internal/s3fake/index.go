package s3fake

import (
	"slices"
	"sort"
	"strings"
)

// index holds the versions of a bucket, its keys sorted by their UTF-8 bytes as S3 lists them.
type index struct {
	keys     []string              // sorted; those with at least one version
	versions map[string][]*version // oldest first
}

// insert adds v as the newest version of its key; a null version replaces the key's earlier null version.
func (x *index) insert(v *version) {
	old := x.versions[v.Key]
	if len(old) == 0 {
		i, _ := slices.BinarySearch(x.keys, v.Key)
		x.keys = slices.Insert(x.keys, i, v.Key)
	}
	if v.ID == nullID {
		old = slices.DeleteFunc(old, func(o *version) bool { return o.ID == nullID })
	}
	x.versions[v.Key] = append(old, v)
}

// remove takes a version out, and its key with the last one.
func (x *index) remove(key, id string) {
	left := slices.DeleteFunc(x.versions[key], func(v *version) bool { return v.ID == id })
	if len(left) > 0 {
		x.versions[key] = left
		return
	}
	delete(x.versions, key)
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

// from returns the position of the first key that is not less than key.
func (x *index) from(key string) int { return sort.SearchStrings(x.keys, key) }

// past returns the position of the first key after all those that begin with prefix.
func (x *index) past(prefix string) int {
	return sort.Search(len(x.keys), func(i int) bool {
		return x.keys[i] > prefix && !strings.HasPrefix(x.keys[i], prefix)
	})
}
