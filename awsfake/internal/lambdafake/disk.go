package lambdafake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
)

// disk keeps one file per function in a directory. With an empty dir it keeps nothing.
//
// A file is replaced in four steps: write a temporary file in the same directory, fsync it, rename it over the old one,
// fsync the directory. After kill -9 or a power cut at any moment the file is the old one or the new one, and once save
// has returned it is the new one.
type disk struct{ dir string }

const (
	stateSuffix     = ".json"
	temporaryPrefix = ".writing-"
)

// path returns the file of a function. Function names are case-sensitive and some file systems are not, so that a capital
// letter is written as "=" and its small letter; "=" is in no function's name.
func (d disk) path(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('=')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return filepath.Join(d.dir, b.String()+stateSuffix)
}

// load reads every function, and removes what an interrupted save left.
func (d disk) load() (map[string]*function, error) {
	functions := map[string]*function{}
	if d.dir == "" {
		return functions, nil
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(d.dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), temporaryPrefix):
			if err := os.Remove(path); err != nil {
				return nil, err
			}
		case strings.HasSuffix(e.Name(), stateSuffix):
			f, err := readFunction(path)
			if err != nil {
				return nil, err
			}
			functions[f.Name] = f
		}
	}
	return functions, nil
}

func readFunction(path string) (*function, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &function{}
	if err := json.Unmarshal(content, f); err != nil {
		return nil, fmt.Errorf("lambdafake: %s: %w", path, err)
	}
	if ref, ok := parseReference(f.Name); !ok || ref.name != f.Name {
		return nil, fmt.Errorf("lambdafake: %s: not the state of a function", path)
	}
	return f, nil
}

// save replaces the file of f durably.
func (d disk) save(f *function) error {
	if d.dir == "" {
		return nil
	}
	content, err := json.Marshal(f)
	if err != nil {
		return err
	}
	temporary, err := writeTemporary(d.dir, content)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, d.path(f.Name)); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return syncDir(d.dir)
}

func writeTemporary(dir string, content []byte) (path string, err error) {
	file, err := os.CreateTemp(dir, temporaryPrefix)
	if err != nil {
		return "", err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// remove deletes the file of a function durably.
func (d disk) remove(name string) error {
	if d.dir == "" {
		return nil
	}
	if err := os.Remove(d.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(d.dir)
}

// syncDir makes a rename or removal in dir durable. Windows knows no such thing.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
