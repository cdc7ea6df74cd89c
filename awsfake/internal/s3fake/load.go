package s3fake

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/awsjar/awsjar/internal/durable"
)

// load reads the directory into memory.
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

// buckets reads the settings of every bucket.
func (d *disk) buckets() (map[string]bucketSettings, error) {
	found := map[string]bucketSettings{}
	return found, d.in(nil, func(all *durable.Dir) error {
		return all.EachName(func(name string) error {
			info, err := all.Lstat(name)
			if err != nil || !info.IsDir() {
				return err // beside the buckets is only the lock
			}
			settings, ok, err := d.settings(name)
			if ok {
				found[name] = settings
			}
			return err
		})
	})
}

// settings reads the settings of a bucket; false if there is none.
func (d *disk) settings(bucketName string) (settings bucketSettings, ok bool, err error) {
	err = d.in([]string{bucketName}, func(bucket *durable.Dir) error {
		content, err := bucket.ReadFile(settingsFile)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = json.Unmarshal(content, &settings)
		}
		if err != nil {
			return fmt.Errorf("%s is damaged: %w", filepath.Join(d.dir, bucketName, settingsFile), err)
		}
		ok = true
		return nil
	})
	return settings, ok, err
}

// versions reads every version in a bucket, in no order, and removes the remains of
// interrupted writes.
func (d *disk) versions(bucketName string) (found []*version, err error) {
	if err := d.in([]string{bucketName}, (*durable.Dir).RemoveTemps); err != nil {
		return nil, err
	}
	return found, d.in([]string{bucketName, objectsDir}, func(objects *durable.Dir) error {
		if err := objects.RemoveTemps(); err != nil {
			return err
		}
		return objects.EachName(func(name string) error {
			v, err := readVersion(objects, name)
			if err != nil {
				return fmt.Errorf("%s is damaged: %w", filepath.Join(d.dir, bucketName, objectsDir, name), err)
			}
			found = append(found, v)
			return nil
		})
	})
}

// readVersion reads the file of a version. Key and id must be those that the file
// is named after, or a later change of the version would be one of another file.
func readVersion(objects *durable.Dir, name string) (*version, error) {
	content, err := objects.ReadFile(name)
	if err != nil {
		return nil, err
	}
	head, body, _ := bytes.Cut(content, []byte{'\n'})
	v := &version{body: body}
	if err := json.Unmarshal(head, v); err != nil {
		return nil, err
	}
	if int64(len(body)) != v.Size || v.ID == "" {
		return nil, fmt.Errorf("a body of %d bytes where %d were written", len(body), v.Size)
	}
	if _, ok := sequenceOf(v.ID); fileOf(v) != name || !ok && v.ID != nullID || len(v.Key) > maxKeyBytes {
		return nil, errors.New("it is not named after its key and version")
	}
	return v, nil
}
