package filejar_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/storetest"
)

// TestAdversary: in directories that other users can write, a store neither
// changes nor reads files elsewhere.
func TestAdversary(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: directories of several users have no modes here")
	}
	for name, mode := range map[string]os.FileMode{"sticky": 0o777 | os.ModeSticky, "open": 0o777} {
		t.Run(name, func(t *testing.T) {
			storetest.RunAdversary(t, func(t *testing.T, below string) storetest.Place {
				dir := filepath.Join(below, "state")
				if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, mode)); err != nil {
					t.Fatal(err)
				}
				s := filejar.New(filepath.Join(dir, "value.json"))
				return storetest.Place{Store: s, Dir: dir, File: filepath.Join(dir, "value.json"), SetBefore: s.SetBefore}
			})
		})
	}
}
