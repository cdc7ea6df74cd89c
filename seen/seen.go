// Package seen is a bounded set of ids that a program has seen: a value to keep
// in an awsjar.Jar, with no store of its own.
//
//	type State struct {
//		Seen seen.Set `json:"seen"`
//	}
//
//	var keep = seen.Bound{Number: 500, Age: 90 * 24 * time.Hour}
//
//	_, err := jar.Update(ctx, func(s *State) error {
//		fresh = fresh[:0] // the function may run again
//		for _, entry := range feed.Entries {
//			if s.Seen.Add(entry.ID, keep) {
//				fresh = append(fresh, entry)
//			}
//		}
//		return nil
//	})
//
// As JSON a set is one object, the ids in the order in which they were seen and
// each with its time in Unix seconds: {"id-1":1764150000,"id-2":1764150060}. An
// Update keeps that order, also next to members that the type does not have. A person
// can read and edit it, and jq's has, keys and del work on it. An array of ids,
// as other programs keep it, is read too.
//
// # How large a bound
//
// Let Number be at least twice as large as the number of ids that the source
// shows at once. Then an id that the source still shows is never forgotten: Add
// moves a known id to the newest end once it is in the older half of the bound,
// by number or by age. All other calls for known ids change nothing, so that a
// poll without news writes nothing.
package seen

import (
	"iter"
	"slices"
	"time"
)

// DefaultNumber is the number of ids that a Bound without one keeps. 1,000 ids
// of 12 characters are about 27 KB of JSON.
const DefaultNumber = 1000

// Bound says how many ids a [Set] keeps, and for how long. The zero value keeps
// the newest 1,000, of any age.
type Bound struct {
	Number int           // the newest ids that are kept; 0 or less means DefaultNumber
	Age    time.Duration // older ids are forgotten, in whole seconds; 0 or less means never
}

func (b Bound) number() int {
	if b.Number <= 0 {
		return DefaultNumber
	}
	return b.Number
}

// Set is a set of ids, each with the time when it was last seen. The zero value
// is an empty set. It behaves as a map does: a copy of a set that has had ids shares
// them with the original, and it is not safe for concurrent use.
type Set struct {
	_   [0]func() // no ==, as for a map: it would not compare the ids
	ids *ids
}

// ids are those of a Set and of its copies.
type ids struct {
	order []string // the oldest first
	at    map[string]int64
}

// read returns the ids, for a method that changes nothing.
func (s Set) read() ids {
	if s.ids == nil {
		return ids{}
	}
	return *s.ids
}

// Add adds the id and reports whether it is new. It forgets the ids that are
// outside the bound. An id that was known stays where it is, unless it is in
// the older half of the bound: then it counts as seen now.
func (s *Set) Add(id string, keep Bound) bool {
	now := time.Now().Unix()
	s.Prune(keep)
	known := s.Has(id)
	if known && !s.ids.old(id, now, keep) {
		return false
	}
	s.Remove(id)
	if s.ids == nil {
		s.ids = &ids{at: make(map[string]int64)}
	}
	s.ids.at[id] = now
	s.ids.order = append(s.ids.order, id)
	s.Prune(keep)
	return !known
}

// old reports whether a known id is in the older half of the bound.
func (s *ids) old(id string, now int64, keep Bound) bool {
	if half := int64(keep.Age/time.Second) / 2; keep.Age > 0 && now-s.at[id] > half {
		return true
	}
	older := len(s.order) - keep.number()/2
	return older > 0 && slices.Contains(s.order[:older], id)
}

// Prune forgets the ids that are outside the bound. Add does so by itself.
func (s *Set) Prune(keep Bound) {
	if s.ids != nil {
		s.ids.prune(keep)
	}
}

func (s *ids) prune(keep Bound) {
	drop := max(0, len(s.order)-keep.number())
	if keep.Age > 0 {
		oldest := time.Now().Unix() - int64(keep.Age/time.Second)
		for drop < len(s.order) && s.at[s.order[drop]] < oldest {
			drop++
		}
	}
	for _, id := range s.order[:drop] {
		delete(s.at, id)
	}
	s.order = slices.Delete(s.order, 0, drop)
}

// Has reports whether the id is in the set.
func (s Set) Has(id string) bool {
	_, ok := s.read().at[id]
	return ok
}

// Remove forgets one id, so that it is new again.
func (s *Set) Remove(id string) {
	if s.Has(id) {
		delete(s.ids.at, id)
		s.ids.order = slices.DeleteFunc(s.ids.order, func(other string) bool { return other == id })
	}
}

// Len returns the number of ids.
func (s Set) Len() int { return len(s.read().order) }

// All yields the ids with the times when they were last seen, oldest first. The
// loop may remove ids; one that it removes before it comes to it is not yielded.
func (s Set) All() iter.Seq2[string, time.Time] {
	return func(yield func(string, time.Time) bool) {
		for _, id := range slices.Clone(s.read().order) {
			at, ok := s.read().at[id]
			if ok && !yield(id, time.Unix(at, 0)) {
				return
			}
		}
	}
}

// IsZero reports whether the set is empty, for the JSON option omitzero.
func (s Set) IsZero() bool { return s.Len() == 0 }
