package s3fake

// write stores v as the newest version of its key, if the condition allows: check,
// durable write and change of memory happen under the lock of the key. The caller
// fills in v's key, body and headers; write gives it its id, order and time.
func (s *Service) write(b *bucket, v *version, cond condition) error {
	return s.change(b, v.Key, cond, func(*version) error {
		return s.append(b, v)
	})
}

// change runs apply under the lock of the key if the condition holds for its
// current version.
func (s *Service) change(b *bucket, key string, cond condition, apply func(current *version) error) error {
	b.settings.RLock()
	defer b.settings.RUnlock()
	if b.gone {
		return noSuchBucket(b.name)
	}
	unlock, contended := b.keyLocks.lock(key)
	defer unlock()
	current := b.current(key)
	if err := s.checkCondition(cond, current, contended); err != nil {
		return err
	}
	return apply(current)
}

// append makes v the newest version. The caller holds the settings and the key's lock.
func (s *Service) append(b *bucket, v *version) error {
	now := s.options.Now()
	v.Seq, v.Modified, v.Size = s.lastSeq.Add(1), now, int64(len(v.body))
	v.ID, v.Early = nullID, now.Before(b.VersionedFrom)
	if b.effective(now) == versioningEnabled {
		v.ID = newVersionID(v.Seq)
	}
	if err := s.disk.saveVersion(b.name, v); err != nil {
		return err
	}
	b.uploads.touch(v.Key)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.index.insert(v)
	return nil
}

// replace puts a changed copy of a version in its place, with the same id and time.
// The caller holds the settings and the key's lock.
func (s *Service) replace(b *bucket, v *version) error {
	if err := s.disk.saveVersion(b.name, v); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.index.replace(v)
	return nil
}

// erase removes one version for good. The caller holds the settings and the key's lock.
func (s *Service) erase(b *bucket, v *version) error {
	if err := s.disk.removeVersion(b.name, v); err != nil {
		return err
	}
	b.uploads.touch(v.Key)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.index.remove(v.Key, v.ID)
	return nil
}

// deletion is the effect of a delete.
type deletion struct {
	marker    bool   // a delete marker was added, or the version removed was one
	versionID string // of the marker added or the version removed; "" in a bucket that was never versioned
}

// deleteCurrent deletes a key as a DELETE without version id does: never versioned,
// the object goes; enabled, a marker is added, on top of another marker too;
// suspended, a marker takes the place of the null version (user guide, "Deleting
// object versions from a versioning-enabled bucket" and "... from
// versioning-suspended buckets").
func (s *Service) deleteCurrent(b *bucket, key string, cond condition) (deletion, error) {
	var done deletion
	err := s.change(b, key, cond, func(current *version) error {
		if b.effective(s.options.Now()) == "" {
			if current == nil {
				return nil
			}
			return s.erase(b, current)
		}
		marker := &version{Key: key, Marker: true}
		if err := s.append(b, marker); err != nil {
			return err
		}
		done = deletion{marker: true, versionID: marker.ID}
		return nil
	})
	return done, err
}

// deleteVersion removes one version for good; a version that does not exist is no
// error.
func (s *Service) deleteVersion(b *bucket, key, id string) (deletion, error) {
	done := deletion{versionID: id}
	err := s.change(b, key, condition{}, func(*version) error {
		v := b.find(key, id)
		if v == nil {
			return nil
		}
		if v.Protected {
			e := accessDenied()
			e.message = "Access Denied because object protected by object lock."
			return e
		}
		done.marker = v.Marker
		return s.erase(b, v)
	})
	return done, err
}
