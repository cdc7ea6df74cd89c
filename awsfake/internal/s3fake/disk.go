package s3fake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"github.com/awsjar/awsjar/internal/durable"
)

// disk keeps the state in a directory:
//
//	.lock                         held while a Service uses the directory
//	BUCKET/bucket.json            bucketSettings; a directory without it is the rest of a bucket that is gone
//	BUCKET/objects/NAME~ID        one version: its version struct as one line of JSON, then the body
//
// NAME is the beginning of the key, for people, and a hash of it, since keys hold any character and are longer than file
// names. Each change of the state is one file put in place or removed, so that a crash leaves the state before or after it.
// A nil *disk keeps nothing.
type disk struct {
	dir  string
	lock *flock.Flock
}

const (
	settingsFile = "bucket.json"
	objectsDir   = "objects"
)

func openDisk(dir string) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, ".lock"))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s is in use by another process", dir)
	}
	return &disk{dir: dir, lock: lock}, nil
}

func (d *disk) close() error {
	if d == nil {
		return nil
	}
	return d.lock.Unlock()
}

func (d *disk) bucketPath(name string) string { return filepath.Join(d.dir, name) }

func (d *disk) versionPath(bucketName string, v *version) string {
	return filepath.Join(d.dir, bucketName, objectsDir, fileName(v.Key)+"~"+v.ID)
}

// fileName gives a key a file name of its own: at most 64 harmless characters of it, then a hash.
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

// createBucket makes the bucket's directories and puts its settings in place, which is what makes it exist.
func (d *disk) createBucket(name string, settings bucketSettings) error {
	if d == nil {
		return nil
	}
	path := d.bucketPath(name)
	// What a deletion cut short may have left must not come back to life with the new bucket.
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	if err := (durable.Disk{}).MkdirAll(filepath.Join(path, objectsDir), 0o700); err != nil {
		return err
	}
	return d.saveSettings(name, settings)
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
	return replace(filepath.Join(d.bucketPath(name), settingsFile), bytes.NewReader(content))
}

// removeBucket removes the settings first: from then on the bucket does not exist.
func (d *disk) removeBucket(name string) error {
	if d == nil {
		return nil
	}
	path := d.bucketPath(name)
	if err := (durable.Disk{}).Remove(filepath.Join(path, settingsFile)); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// replace puts a file in place. No file name made of a key begins with the
// prefix of temporary ones.
func replace(path string, content io.Reader) error {
	return durable.Disk{}.Replace(durable.File{Name: path, Perm: 0o600}, content)
}

func (d *disk) saveVersion(bucketName string, v *version) error {
	if d == nil {
		return nil
	}
	head, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return replace(d.versionPath(bucketName, v), io.MultiReader(bytes.NewReader(append(head, '\n')), bytes.NewReader(v.body)))
}

func (d *disk) removeVersion(bucketName string, v *version) error {
	if d == nil {
		return nil
	}
	return durable.Disk{}.Remove(d.versionPath(bucketName, v))
}

// buckets reads the settings of every bucket.
func (d *disk) buckets() (map[string]bucketSettings, error) {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	found := map[string]bucketSettings{}
	for _, entry := range entries {
		path := filepath.Join(d.dir, entry.Name(), settingsFile)
		content, err := os.ReadFile(path)
		if !entry.IsDir() || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var settings bucketSettings
		if err := json.Unmarshal(content, &settings); err != nil {
			return nil, fmt.Errorf("%s is damaged: %w", path, err)
		}
		found[entry.Name()] = settings
	}
	return found, nil
}

// versions reads every version in a bucket, in no order, and removes what writes cut short have left.
func (d *disk) versions(bucketName string) ([]*version, error) {
	dir := filepath.Join(d.bucketPath(bucketName), objectsDir)
	if err := errors.Join(durable.RemoveTemps(d.bucketPath(bucketName)), durable.RemoveTemps(dir)); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []*version
	for _, entry := range entries {
		v, err := readVersion(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}

func readVersion(path string) (*version, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	head, body, _ := bytes.Cut(content, []byte{'\n'})
	v := &version{body: body}
	if err := json.Unmarshal(head, v); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", path, err)
	}
	if int64(len(body)) != v.Size || v.ID == "" {
		return nil, fmt.Errorf("%s is damaged: a body of %d bytes where %d were written", path, len(body), v.Size)
	}
	return v, nil
}
