package lambdafake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/awsjar/awsjar/internal/durable"
)

// disk keeps one file per function in a directory. With an empty dir it keeps nothing.
//
// After kill -9 or a power cut at any moment a file is the old one or the new one, and once save has returned it is the new
// one; package durable says how.
type disk struct{ dir string }

const stateSuffix = ".json"

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
	if err := durable.RemoveTemps(d.dir); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), stateSuffix) {
			continue
		}
		f, err := readFunction(filepath.Join(d.dir, e.Name()))
		if err != nil {
			return nil, err
		}
		functions[f.Name] = f
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
	return durable.Disk{}.Replace(durable.File{Name: d.path(f.Name), Perm: 0o600}, bytes.NewReader(content))
}

// remove deletes the file of a function durably.
func (d disk) remove(name string) error {
	if d.dir == "" {
		return nil
	}
	return durable.Disk{}.Remove(d.path(name))
}
