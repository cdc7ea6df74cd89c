package s3fake

import (
	"cmp"
	"slices"
)

// load fills the memory with what the directory holds.
func (s *Service) load() error {
	settings, err := s.disk.buckets()
	if err != nil {
		return err
	}
	for name, bs := range settings {
		b := newBucket(name, bs)
		versions, err := s.disk.versions(name)
		if err != nil {
			return err
		}
		b.index = newIndex(versions)
		for _, v := range versions {
			s.lastSeq.Store(max(s.lastSeq.Load(), v.Seq))
		}
		s.buckets[name] = b
	}
	return nil
}

// newIndex sorts versions into an index.
func newIndex(versions []*version) index {
	slices.SortFunc(versions, func(a, b *version) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Seq, b.Seq))
	})
	x := index{versions: map[string][]*version{}}
	for _, v := range versions {
		if len(x.versions[v.Key]) == 0 {
			x.keys = append(x.keys, v.Key)
		}
		x.versions[v.Key] = append(x.versions[v.Key], v)
	}
	return x
}
