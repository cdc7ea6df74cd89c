package awsfake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/awsjar/awsjar/internal/durable"
)

const (
	// markerFile makes a directory one of a Server: only in such a one it changes
	// and removes files.
	markerFile = ".awsfake"
	marker     = "The state of awsfake, a fake of AWS, format 1.\n"
	dirLock    = "lock"
	bundleFile = "ca.pem"
)

// takeDir makes a directory and takes it for this Server, until the file that it
// returns is closed, or the process ends. It refuses a directory that holds files
// and is not one of a Server.
func takeDir(path string) (*os.File, error) {
	if err := (durable.Disk{}).MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	dir, err := durable.Disk{}.Open(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	if err := checkMarker(dir, path); err != nil {
		return nil, err
	}
	lock, err := dir.OpenLock(dirLock, 0o600)
	if err != nil {
		return nil, err
	}
	switch ok, err := durable.TryLock(lock); {
	case err != nil:
		return nil, errors.Join(err, lock.Close())
	case !ok:
		return nil, errors.Join(fmt.Errorf("%s is in use by another server", path), lock.Close())
	}
	return lock, nil
}

// checkMarker refuses a directory that is not one of a Server, and makes an empty
// one a Server's.
func checkMarker(dir *durable.Dir, path string) error {
	content, err := dir.ReadFile(markerFile)
	if err == nil && string(content) == marker {
		return nil
	}
	if err == nil {
		return fmt.Errorf("%s holds the state of another version of awsfake: take an empty directory", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := dir.EachName(func(name string) error {
		if strings.HasPrefix(name, durable.TempPrefix) || name == markerFile {
			return nil // of a Server that is starting now, or was stopped then
		}
		return fmt.Errorf("%s holds %q and is not a directory of awsfake: take an empty one", path, name)
	}); err != nil {
		return err
	}
	return dir.Replace(durable.File{Name: markerFile, Perm: 0o600}, strings.NewReader(marker))
}

// writeBundle writes the certificate of the authority into the directory.
func writeBundle(path string, pem []byte) error {
	dir, err := durable.Disk{}.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Replace(durable.File{Name: bundleFile, Perm: 0o600}, strings.NewReader(string(pem)))
}
