package jarurl

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// TestPathOn: the URL of a file on a drive leads back to the file.
func TestPathOn(t *testing.T) {
	for _, c := range []struct{ system, path, want string }{
		{"windows", "/C:/data/k", "C:/data/k"},
		{"windows", "/c:/k", "c:/k"},
		{"windows", "/data/k", "/data/k"},
		{"windows", "C:/data/k", "C:/data/k"},
		{"windows", "/CD:/k", "/CD:/k"},
		{"windows", "//server/share/k", "//server/share/k"},
		{"linux", "/C:/data/k", "/C:/data/k"},
	} {
		if got := filepath.ToSlash(pathOn(c.system, c.path)); got != c.want {
			t.Errorf("on %s %s is %s; want %s", c.system, c.path, got, c.want)
		}
	}
}

// TestFileURLReturns: the target of a filejar store opens the same file.
func TestFileURLReturns(t *testing.T) {
	name := "a b%?#é.json"
	if runtime.GOOS == "windows" {
		name = "a b%#é.json" // it has no names with a ?
	}
	path := filepath.Join(t.TempDir(), name)
	url := filejar.New(path).String()
	store, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Save(t.Context(), []byte("1"), awsjar.None); err != nil {
		t.Fatal(err)
	}
	if data, _, err := filejar.New(path).Load(t.Context()); err != nil || string(data) != "1" {
		t.Errorf("on %s: %q, %v, from %s", runtime.GOOS, data, err, url)
	}
}

// TestKeepParameters: the bounds of a file's history stand in its URL.
func TestKeepParameters(t *testing.T) {
	for query, want := range map[string]int{"": 7, "?keep=2": 2, "?keep=all": 7, "?keep-bytes=3": 3, "?keep=all&keep-bytes=1": 1, "?keep-bytes=all&keep=1": 1} {
		store, err := Open(t.Context(), filejar.New(filepath.Join(t.TempDir(), "k")).String()+query)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 7 {
			if _, err := store.Save(t.Context(), []byte(fmt.Sprint(n)), awsjar.Any); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		for _, err := range store.(awsjar.Versioned).Versions(t.Context()) {
			if n++; err != nil {
				t.Fatal(err)
			}
		}
		if n != want {
			t.Errorf("%q keeps %d versions; want %d", query, n, want)
		}
	}
}
