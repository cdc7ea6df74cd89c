package durable

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// TempPrefix begins the names of the temporary files of Replace.
const TempPrefix = "+tmp-"

// Replace puts a file with the content in the place of what is there, if
// anything: a Write under a temporary name in the same directory, which begins
// with TempPrefix, and a Rename. A temporary file that a crash leaves behind is
// for RemoveTemps.
func (d Disk) Replace(f File, content io.Reader) error {
	temp := f
	temp.Name = filepath.Join(filepath.Dir(f.Name), TempPrefix+rand.Text())
	if err := d.Write(temp, content); err != nil {
		return err
	}
	if err := d.Rename(temp.Name, f.Name); err != nil {
		if removeErr := os.Remove(temp.Name); !errors.Is(removeErr, os.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
		return err
	}
	return nil
}

// RemoveTemps removes what interrupted calls of Replace left in a directory.
// No Replace may be under way there.
func RemoveTemps(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, TempPrefix+"*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
