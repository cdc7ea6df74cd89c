package s3fake

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// replaceFile puts a file with the given content in place of whatever is at path. After a crash there is the old file or
// the new one, and once it has returned nil the new one survives a loss of power:
//
//	open(tmp, O_CREAT|O_EXCL), write, fsync(tmp), close, rename(tmp, path), fsync(directory)
func replaceFile(path string, content ...[]byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, tempPrefix+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // if this fails too, the next start removes it
		}
	}()
	for _, part := range content {
		if _, err := f.Write(part); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// removeFile removes a file so that it stays removed after a loss of power: unlink, fsync(directory).
func removeFile(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// removeTemporary removes what replaceFile leaves behind when the process is killed.
func removeTemporary(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, tempPrefix+"*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// syncDir makes the entries of a directory last. Windows knows no such call.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
