package s3fake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/awsjar/awsjar/internal/durable"
)

// disk keeps the state in a directory:
//
//	.lock                         held while a Service uses the directory
//	BUCKET/bucket.json            bucketSettings; a directory without it is the rest of a bucket that is gone
//	BUCKET/objects/NAME~ID.v      one version: its version struct as one line of JSON, then the body
//
// NAME is the beginning of the key, for people, and a hash of it, since keys hold
// any character and are longer than file names. An ID may end with a dot, which
// Windows takes off the end of a name. Each change of the state is one file put in
// place or removed, so that a crash leaves the state before or after it. Nothing is
// removed that this package did not write, and no link is followed. A nil *disk
// keeps nothing.
type disk struct {
	dir  string
	lock *os.File
}

const (
	settingsFile = "bucket.json"
	objectsDir   = "objects"
	lockFile     = ".lock"
)

func openDisk(dir string) (*disk, error) {
	if err := (durable.Disk{}).MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	d := &disk{dir: dir}
	opened, err := d.open()
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	if d.lock, err = opened.OpenLock(lockFile, 0o600); err != nil {
		return nil, err
	}
	ok, err := durable.TryLock(d.lock)
	if err == nil && !ok {
		err = fmt.Errorf("%s is in use by another process", dir)
	}
	if err != nil {
		return nil, errors.Join(err, d.lock.Close())
	}
	return d, nil
}

func (d *disk) close() error {
	if d == nil {
		return nil
	}
	if err := d.lock.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// open opens the directory, or one in it. It, too, must not be a link.
func (d *disk) open(names ...string) (*durable.Dir, error) {
	dir, err := durable.Disk{}.Open(filepath.Dir(d.dir))
	for _, name := range append([]string{filepath.Base(d.dir)}, names...) {
		if err != nil {
			return nil, err
		}
		var next *durable.Dir
		next, err = dir.OpenDir(name)
		dir.Close()
		dir = next
	}
	return dir, err
}

// in calls do with the directory, or one in it.
func (d *disk) in(names []string, do func(*durable.Dir) error) error {
	dir, err := d.open(names...)
	if err != nil {
		return err
	}
	defer dir.Close()
	return do(dir)
}

// fileOf returns the name of the file of a version.
func fileOf(v *version) string { return fileName(v.Key) + "~" + v.ID + ".v" }

// fileName gives a key a file name of its own: at most 64 harmless characters of
// it, then a hash.
func fileName(key string) string {
	readable := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			return c
		}
		return '_'
	}, key)
	sum := sha256.Sum256([]byte(key))
	return readable[:min(len(readable), 64)] + "~" + hex.EncodeToString(sum[:16])
}

// createBucket makes the bucket's directories and puts its settings in place; with
// them it exists.
func (d *disk) createBucket(name string, settings bucketSettings) error {
	if d == nil {
		return nil
	}
	if err := d.in(nil, func(all *durable.Dir) error { return all.Mkdir(name, 0o700) }); err != nil {
		return err
	}
	if err := d.in([]string{name}, func(bucket *durable.Dir) error { return bucket.Mkdir(objectsDir, 0o700) }); err != nil {
		return err
	}
	// Directories that an interrupted deletion has left are empty: a bucket with
	// objects is not deleted.
	if err := d.mustBeEmpty(name); err != nil {
		return err
	}
	return d.saveSettings(name, settings)
}

// mustBeEmpty refuses the directory of a bucket to be made that holds anything:
// somebody else's files, or objects that must not come back to life.
func (d *disk) mustBeEmpty(name string) error {
	foreign := func(names ...string) func(string) error {
		return func(found string) error {
			if slices.Contains(names, found) || strings.HasPrefix(found, durable.TempPrefix) {
				return nil
			}
			return fmt.Errorf("%s holds %q, which this server did not write: move it away", filepath.Join(d.dir, name), found)
		}
	}
	return errors.Join(
		d.in([]string{name}, func(bucket *durable.Dir) error { return bucket.EachName(foreign(objectsDir)) }),
		d.in([]string{name, objectsDir}, func(objects *durable.Dir) error { return objects.EachName(foreign()) }),
	)
}

// saveSettings replaces the settings of a bucket.
func (d *disk) saveSettings(name string, settings bucketSettings) error {
	if d == nil {
		return nil
	}
	content, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	return d.replace([]string{name}, settingsFile, bytes.NewReader(content))
}

// removeBucket removes the settings first: from then on the bucket does not exist.
// Its directories stay if somebody else put files there.
func (d *disk) removeBucket(name string) error {
	if d == nil {
		return nil
	}
	if err := d.in([]string{name}, func(bucket *durable.Dir) error { return bucket.Remove(settingsFile) }); err != nil {
		return err
	}
	for _, left := range [][]string{{name, objectsDir}, {name}} {
		d.in(left[:len(left)-1], func(above *durable.Dir) error { return above.Forget(left[len(left)-1]) })
	}
	return nil
}

// replace puts a file in place. No file name made of a key begins with the
// prefix of temporary ones.
func (d *disk) replace(dir []string, name string, content io.Reader) error {
	return d.in(dir, func(dir *durable.Dir) error {
		return dir.Replace(durable.File{Name: name, Perm: 0o600}, content)
	})
}

func (d *disk) saveVersion(bucketName string, v *version) error {
	if d == nil {
		return nil
	}
	head, err := json.Marshal(v)
	if err != nil {
		return err
	}
	content := io.MultiReader(bytes.NewReader(append(head, '\n')), bytes.NewReader(v.body))
	return d.replace([]string{bucketName, objectsDir}, fileOf(v), content)
}

func (d *disk) removeVersion(bucketName string, v *version) error {
	if d == nil {
		return nil
	}
	return d.in([]string{bucketName, objectsDir}, func(objects *durable.Dir) error { return objects.Remove(fileOf(v)) })
}
