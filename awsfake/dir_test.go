package awsfake_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
)

// inDir starts a Server in a directory, lets use change it, and ends it.
func inDir(dir string, use func(*awsfake.Server) error) error {
	srv, err := awsfake.New(func(o *awsfake.Options) { o.Dir = dir })
	if err != nil {
		return err
	}
	return errors.Join(use(srv), srv.Close())
}

// tree returns the files below a directory with their content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// TestDirectoryOfOthers: a directory that holds anything and is not a server's is
// refused and left as it is.
func TestDirectoryOfOthers(t *testing.T) {
	for _, name := range []string{"notes.txt", "s3/acorns/f", "lambda/fn.json", "lock", ".awsfake"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), "x")
		before := tree(t, dir)
		err := inDir(dir, func(srv *awsfake.Server) error { return srv.CreateBucket("acorns") })
		if err == nil || !strings.Contains(err.Error(), "take an empty") {
			t.Errorf("with %s: %v; want a refusal that names the way out", name, err)
		}
		if after := tree(t, dir); !maps.Equal(before, after) {
			t.Errorf("with %s: %v became %v", name, before, after)
		}
	}
}

// TestFilesOfOthersStay: in a directory of a server, too, files are left alone that
// it did not write.
func TestFilesOfOthersStay(t *testing.T) {
	dir := t.TempDir()
	if err := inDir(dir, func(*awsfake.Server) error { return nil }); err != nil { // now it is one of a server
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "s3", "acorns", "f")
	inside := filepath.Join(dir, "s3", "nuts", "objects", "f")
	write(t, mine, "x")
	write(t, inside, "x")
	for _, bucket := range []string{"acorns", "nuts"} {
		if err := inDir(dir, func(srv *awsfake.Server) error { return srv.CreateBucket(bucket) }); err == nil || !strings.Contains(err.Error(), "did not write") {
			t.Errorf("CreateBucket over a directory of files: %v", err)
		}
	}
	// A bucket that is deleted leaves nothing but the files of others.
	later := filepath.Join(dir, "s3", "leaves", "notes.txt")
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Dir = dir })
	srv.CreateBucket("leaves")
	write(t, later, "x")
	srv.CreateBucket("empty")
	for _, bucket := range []string{"leaves", "empty"} {
		if a := signed(t, srv, "s3", "DELETE", "/"+bucket, ""); a.status != 204 {
			t.Errorf("DeleteBucket of %s: %+v", bucket, a)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "s3", "empty")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory of a deleted bucket: %v", err)
	}
	for _, path := range []string{mine, inside, later} {
		if content, err := os.ReadFile(path); err != nil || string(content) != "x" {
			t.Errorf("%s: %q, %v", path, content, err)
		}
	}
}

// link makes a link. It fails where links are not shown as such, as in wine.
func link(to, name string) error {
	err := os.Symlink(to, name)
	if info, seen := os.Lstat(name); err == nil && (seen != nil || info.Mode()&fs.ModeSymlink == 0) {
		err = errors.New("this system does not tell a link from a file")
	}
	return err
}

// TestCraftedDirectory: names in stored files lead nowhere else, and links are not
// followed.
func TestCraftedDirectory(t *testing.T) {
	version := func(key, id string) string {
		return `{"Key":"` + key + `","ID":"` + id + `","Seq":1,"Modified":"2026-01-01T00:00:00Z","Size":0}` + "\n"
	}
	for name, craft := range map[string]func(dir, outside string) error{
		"an id that is a path": func(dir, _ string) error {
			return changeObject(dir, func(name string) (string, string) { return name, version("key", "/../../../../victim") })
		},
		"an id that is a path, and a name like it": func(dir, _ string) error {
			return changeObject(dir, func(name string) (string, string) {
				return name[:strings.LastIndex(name, "~")] + "~...v", version("key", "..")
			})
		},
		"a key of another file": func(dir, _ string) error {
			return changeObject(dir, func(name string) (string, string) { return name, version("other", "null") })
		},
		"an object that is a link": func(dir, outside string) error {
			return changeObject(dir, func(name string) (string, string) {
				return name + "x", ""
			}, filepath.Join(outside, "victim"))
		},
		"a bucket that is a link": func(dir, outside string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "s3", "acorns")), link(outside, filepath.Join(dir, "s3", "acorns")))
		},
		"objects that are a link": func(dir, outside string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "s3", "acorns", "objects")), link(outside, filepath.Join(dir, "s3", "acorns", "objects")))
		},
		"a service that is a link": func(dir, outside string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "s3")), link(outside, filepath.Join(dir, "s3")))
		},
		"functions that are a link": func(dir, outside string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "lambda")), link(outside, filepath.Join(dir, "lambda")))
		},
		"a lock that is a link": func(dir, outside string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "lock")), link(filepath.Join(outside, "new"), filepath.Join(dir, "lock")))
		},
		"a function of another file": func(dir, _ string) error {
			return os.Rename(filepath.Join(dir, "lambda", "fn.json"), filepath.Join(dir, "lambda", "gn.json"))
		},
		"a function that is a link": func(dir, outside string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "lambda", "fn.json")), link(filepath.Join(outside, "victim"), filepath.Join(dir, "lambda", "fn.json")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, outside := t.TempDir(), t.TempDir()
			write(t, filepath.Join(outside, "victim"), "mine")
			write(t, filepath.Join(dir, "..", "victim"), "mine")
			if err := inDir(dir, func(srv *awsfake.Server) error {
				return errors.Join(srv.CreateBucket("acorns"), srv.PutObject("acorns", "key", nil, nil), srv.CreateFunction("fn", nil))
			}); err != nil {
				t.Fatal(err)
			}
			if err := craft(dir, outside); err != nil {
				t.Skip("cannot be crafted here: ", err)
			}
			err := inDir(dir, func(srv *awsfake.Server) error {
				srv.CreateBucket("acorns")
				srv.PutObject("acorns", "key", []byte("new"), nil)
				srv.DeleteObject("acorns", "key")
				srv.DeleteFunction("fn")
				return nil
			})
			if err == nil && name != "a bucket that is a link" { // which is no bucket
				t.Error("the directory is accepted")
			}
			for _, victim := range []string{filepath.Join(outside, "victim"), filepath.Join(dir, "..", "victim")} {
				if content, err := os.ReadFile(victim); err != nil || string(content) != "mine" {
					t.Errorf("%s: %q, %v", victim, content, err)
				}
			}
			if entries, _ := os.ReadDir(outside); len(entries) != 1 {
				t.Errorf("outside there is %v", entries)
			}
		})
	}
}

// changeObject replaces the one object's file by another name and content, or by a
// link.
func changeObject(dir string, change func(name string) (string, string), target ...string) error {
	objects := filepath.Join(dir, "s3", "acorns", "objects")
	entries, err := os.ReadDir(objects)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), "key~") })
	name, content := change(entries[i].Name())
	if err := os.Remove(filepath.Join(objects, entries[i].Name())); err != nil {
		return err
	}
	if len(target) > 0 {
		return link(target[0], filepath.Join(objects, name))
	}
	return os.WriteFile(filepath.Join(objects, name), []byte(content), 0o600)
}
