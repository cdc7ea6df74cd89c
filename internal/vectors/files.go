package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// filesVector is a directory with a value and its history.
type filesVector struct {
	Name     string            `json:"name"`
	Files    map[string][]byte `json:"files"` // by their names in the directory, in base64
	Value    *[]byte           `json:"value"` // in base64; null: nothing is stored
	Revision string            `json:"revision,omitempty"`
	Versions []string          `json:"versions"` // ids, newest first
}

func (v filesVector) name() string { return v.Name }

// fileKey is the name of the value.
const fileKey = "state.json"

// filesCase is a list of values that are stored one after the other.
type filesCase struct {
	label  string
	values []string // empty: it is deleted
	damage func(dir string) error
}

func (c filesCase) name() string { return c.label }

func filesCases() []filesCase {
	return []filesCase{
		{label: "one write", values: []string{"1"}},
		{label: "three writes", values: []string{"1", `{"n":2}`, "\x00\xff"}},
		{label: "a value that came back", values: []string{"1", "2", "1"}},
		{label: "deleted", values: []string{"1", ""}},
		{label: "deleted and stored again", values: []string{"1", "", "2"}},
		{label: "a write that ended before the value changed", values: []string{"1", "2"}, damage: func(dir string) error {
			return errors.Join(underWayAgain(dir), os.WriteFile(filepath.Join(dir, fileKey), []byte("1"), 0o600))
		}},
		{label: "a write that ended after the value changed", values: []string{"1", "2"}, damage: underWayAgain},
		{label: "without a head", values: []string{"1", "2"}, damage: func(dir string) error {
			return os.Remove(filepath.Join(dir, ".awsjar", fileKey, "head"))
		}},
	}
}

// underWayAgain gives the newest version the name that it has while it is added.
func underWayAgain(dir string) error {
	history := filepath.Join(dir, ".awsjar", fileKey)
	names, err := filepath.Glob(filepath.Join(history, "0*"))
	if err != nil {
		return err
	}
	newest := filepath.Base(slices.Max(names))
	return os.Rename(filepath.Join(history, newest), filepath.Join(history, "next-"+newest))
}

// write stores the values in a directory, and returns its files.
func (c filesCase) write(ctx context.Context) (filesVector, error) {
	v := filesVector{Name: c.label, Files: map[string][]byte{}}
	dir, err := os.MkdirTemp("", "vectors")
	if err != nil {
		return v, err
	}
	defer os.RemoveAll(dir)
	store := filejar.New(filepath.Join(dir, fileKey))
	for _, value := range c.values {
		if value == "" {
			err = store.Delete(ctx, awsjar.Any)
		} else {
			_, err = store.Save(ctx, []byte(value), awsjar.Any)
		}
		if err != nil {
			return v, err
		}
	}
	if c.damage != nil {
		if err := c.damage(dir); err != nil {
			return v, err
		}
	}
	v.Value, v.Revision, v.Versions, err = seen(ctx, store)
	if err != nil {
		return v, err
	}
	return v, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil {
			v.Files[strings.ReplaceAll(name, string(filepath.Separator), "/")], err = os.ReadFile(path)
		}
		return err
	})
}

// seen returns the value of a store and its versions.
func seen(ctx context.Context, store *filejar.Store) (value *[]byte, revision string, versions []string, err error) {
	data, meta, err := store.Load(ctx)
	switch {
	case err == nil:
		value, revision = &data, string(meta.Revision)
	case !errors.Is(err, awsjar.ErrNotFound):
		return nil, "", nil, err
	}
	versions = []string{}
	for meta, err := range store.Versions(ctx) {
		if err != nil {
			return nil, "", nil, err
		}
		versions = append(versions, meta.VersionID)
	}
	return value, revision, versions, nil
}
