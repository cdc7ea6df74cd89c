package filejar_test

import (
	"path/filepath"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/storetest"
)

func newStore(t *testing.T, optFns ...func(*filejar.Options)) *filejar.Store {
	t.Helper()
	return filejar.New(filepath.Join(t.TempDir(), "state", "value.json"), optFns...)
}

func TestContract(t *testing.T) {
	paths := map[awsjar.Store]string{}
	storetest.Run(t, func(t *testing.T) awsjar.Store {
		path := filepath.Join(t.TempDir(), "state", "value.json")
		s := filejar.New(path)
		paths[s] = path
		return s
	}, func(o *storetest.Options) {
		o.Second = func(_ *testing.T, s awsjar.Store) awsjar.Store { return filejar.New(paths[s]) }
	})
}

func TestVersionsContract(t *testing.T) {
	storetest.RunVersions(t, func(t *testing.T) awsjar.Versioned { return newStore(t) })
}
