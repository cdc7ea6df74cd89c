package s3fake

import (
	"hash/maphash"
	"strings"
	"sync"
	"time"
)

// bucket is a bucket and its objects.
//
// Lock order: settings, then a key's lock, then mu.
type bucket struct {
	name string

	// settings is held for reading during each write of an object and for writing
	// while the bucket itself changes, so that a write sees one state of the bucket
	// from its check to its end.
	settings sync.RWMutex
	bucketSettings
	gone bool // deleted

	keyLocks keyLocks // one write at a time per key

	uploads uploads // in progress

	mu    sync.RWMutex // guards index
	index index
}

// bucketSettings are the properties of a bucket.
type bucketSettings struct {
	Region     string
	Owner      string // account id
	Created    time.Time
	Versioning string `json:",omitempty"` // "", Enabled, Suspended
	// VersionedFrom is when the first enabling of versioning had, or will have, an
	// effect.
	VersionedFrom time.Time `json:",omitzero"`
	Lifecycle     []byte    `json:",omitempty"` // the XML document as it was put; nil: none
	LifecycleSize string    `json:",omitempty"` // x-amz-transition-default-minimum-object-size
}

// newBucket makes a bucket without objects.
func newBucket(name string, settings bucketSettings) *bucket {
	return &bucket{
		name: name, bucketSettings: settings,
		keyLocks: keyLocks{seed: maphash.MakeSeed()},
		index:    index{versions: map[string][]*version{}},
	}
}

// States of versioning besides "", never set.
const (
	versioningEnabled   = "Enabled"
	versioningSuspended = "Suspended"
)

// isDirectory says whether the name is one of a directory bucket (S3 Express One
// Zone): those end in --azid--x-s3.
func isDirectory(name string) bool {
	base, ok := strings.CutSuffix(name, "--x-s3")
	return ok && strings.Contains(base, "--")
}

// effective is the state of versioning that writes at the given time see; see
// Trouble.VersioningDelay.
func (bs bucketSettings) effective(now time.Time) string {
	if now.Before(bs.VersionedFrom) {
		return ""
	}
	return bs.Versioning
}

// currentSettings returns a copy of the settings.
func (b *bucket) currentSettings() bucketSettings {
	b.settings.RLock()
	defer b.settings.RUnlock()
	return b.bucketSettings
}

// current returns the version that a plain GET of the key sees; nil if there is
// none or it is a delete marker.
func (b *bucket) current(key string) *version {
	if v := b.newest(key); v != nil && !v.Marker {
		return v
	}
	return nil
}

// newest returns the newest version of a key, which may be a delete marker, or nil.
func (b *bucket) newest(key string) *version {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.index.newest(key)
}

// find returns the version of a key with the given id, or nil.
func (b *bucket) find(key, id string) *version {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.index.find(key, id)
}

// sorted returns the index for a listing, and the end of its lock.
func (b *bucket) sorted() (x *index, unlock func()) {
	b.mu.RLock()
	if len(b.index.added) == 0 {
		return &b.index, b.mu.RUnlock
	}
	b.mu.RUnlock()
	b.mu.Lock()
	b.index.sort()
	return &b.index, b.mu.Unlock
}

// keyLocks gives every key its lock. Keys share a fixed number of locks, so that
// they need no book-keeping.
type keyLocks struct {
	seed  maphash.Seed
	locks [64]sync.Mutex
}

// lock locks a key and reports whether another write of it, or of a key that shares
// its lock, was under way.
func (k *keyLocks) lock(key string) (unlock func(), contended bool) {
	l := &k.locks[maphash.String(k.seed, key)%uint64(len(k.locks))]
	if l.TryLock() {
		return l.Unlock, false
	}
	l.Lock()
	return l.Unlock, true
}
