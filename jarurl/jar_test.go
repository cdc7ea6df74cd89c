package jarurl_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/jarurl"
)

// TestOpenJar: one call opens a typed jar, with its options.
func TestOpenJar(t *testing.T) {
	url := filejar.New(filepath.Join(t.TempDir(), "state.json")).String()
	jar, err := jarurl.OpenJar[map[string]int](t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jar.Update(t.Context(), func(m *map[string]int) error { (*m)["a"]++; return nil }); err != nil {
		t.Fatal(err)
	}
	strict, err := jarurl.OpenJar[int](t.Context(), url+"2", func(o *jarurl.Options) { o.Jar.MustExist = true })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := strict.Get(t.Context()); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("the options of the Jar: %v", err)
	}
	for _, bad := range []string{"", "s3://bucket", "state.json"} {
		if jar, err := jarurl.OpenJar[int](t.Context(), bad); !errors.Is(err, awsjar.ErrInvalid) || jar != nil {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
