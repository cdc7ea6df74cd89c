package lambdafake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/awsjar/awsjar/internal/durable"
)

// disk keeps one file per function in a directory. With an empty dir it keeps nothing.
//
// After kill -9 or a power cut at any moment a file is the old one or the new one,
// and once save has returned it is the new one; package durable says how.
type disk struct{ dir string }

const stateSuffix = ".json"

// fileOf returns the name of the file of a function. Function names are
// case-sensitive and some file systems are not, so that a capital letter is written
// as "=" and its small letter; "=" is in no function's name.
func fileOf(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('=')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String() + stateSuffix
}

// in calls do with the directory, which must not be a link.
func (d disk) in(do func(*durable.Dir) error) error {
	above, err := durable.Disk{}.Open(filepath.Dir(d.dir))
	if err != nil {
		return err
	}
	defer above.Close()
	dir, err := above.OpenDir(filepath.Base(d.dir))
	if err != nil {
		return err
	}
	defer dir.Close()
	return do(dir)
}

// load reads every function, and removes the remains of an interrupted save.
func (d disk) load() (map[string]*function, error) {
	functions := map[string]*function{}
	if d.dir == "" {
		return functions, nil
	}
	if err := (durable.Disk{}).MkdirAll(d.dir, 0o700); err != nil {
		return nil, err
	}
	return functions, d.in(func(dir *durable.Dir) error {
		if err := dir.RemoveTemps(); err != nil {
			return err
		}
		return dir.EachName(func(name string) error {
			if !strings.HasSuffix(name, stateSuffix) {
				return nil
			}
			f, err := readFunction(dir, name)
			if err != nil {
				return fmt.Errorf("lambdafake: %s: %w", filepath.Join(d.dir, name), err)
			}
			functions[f.Name] = f
			return nil
		})
	})
}

// readFunction reads the file of a function. It must be named after the function,
// or a later change of the function would be one of another file.
func readFunction(dir *durable.Dir, name string) (*function, error) {
	content, err := dir.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f := &function{}
	if err := json.Unmarshal(content, f); err != nil {
		return nil, err
	}
	if ref, ok := parseReference(f.Name); !ok || ref.name != f.Name || fileOf(f.Name) != name {
		return nil, errors.New("not the state of the function that the file is named after")
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
	return d.in(func(dir *durable.Dir) error {
		return dir.Replace(durable.File{Name: fileOf(f.Name), Perm: 0o600}, bytes.NewReader(content))
	})
}

// remove deletes the file of a function durably.
func (d disk) remove(name string) error {
	if d.dir == "" {
		return nil
	}
	return d.in(func(dir *durable.Dir) error { return dir.Remove(fileOf(name)) })
}
