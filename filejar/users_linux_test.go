package filejar_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// The users of these tests. None needs to exist.
const (
	service   = 61001
	colleague = 61002
	stranger  = 61003
)

// mustBeRoot skips a test that needs several users; where everything must be
// tested it fails.
func mustBeRoot(t *testing.T) {
	t.Helper()
	switch {
	case os.Geteuid() == 0:
	case os.Getenv("CI") != "":
		t.Fatal("this test needs to run as root, for it acts as several users")
	default:
		t.Skip("NOT TESTED: this test needs to run as root, for it acts as several users")
	}
}

func addRoles() { // of child processes, besides those of main_test.go
	children["load"] = func(path string) error {
		data, _, err := filejar.New(path).Load(context.Background())
		fmt.Print(string(data))
		return err
	}
	children["append"] = func(path string) error {
		jar := awsjar.New[string](filejar.New(path))
		_, err := jar.Update(context.Background(), func(s *string) error { *s += "x"; return nil })
		return err
	}
	children["put"] = func(path string) error {
		return awsjar.New[string](filejar.New(path)).Put(context.Background(), "put")
	}
	children["delete"] = func(path string) error { return filejar.New(path).Delete(context.Background(), awsjar.Any) }
	children["history"] = func(path string) error {
		n := 0
		for _, err := range filejar.New(path).Versions(context.Background()) {
			if err != nil {
				return err
			}
			n++
		}
		fmt.Print(n)
		return nil
	}
}

// publicDir returns a directory that every user reaches.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "filejar-users-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// as runs a role as another user, and returns its output. The error holds
// its error text.
func as(t *testing.T, user int, groups []uint32, role, path string) (string, error) {
	t.Helper()
	binary := filepath.Join(publicDir(t), "test") // the directory of the test binary is closed to others
	if err := copyFile(os.Args[0], binary); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), childEnv+"="+role+" "+path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(user), Gid: uint32(user), Groups: groups}}
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, said.String())
	}
	return string(out), err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func mustAs(t *testing.T, user int, role, path, want string) {
	t.Helper()
	if got, err := as(t, user, nil, role, path); err != nil || got != want {
		t.Fatalf("%s as user %d: %q, %v; want %q", role, user, got, err, want)
	}
}

func mustBeRefused(t *testing.T, user int, role, path string, want ...string) {
	t.Helper()
	_, err := as(t, user, nil, role, path)
	if err == nil {
		t.Fatalf("%s as user %d: no error", role, user)
	}
	for _, text := range append(want, awsjar.ErrAccessDenied.Error()) {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%s as user %d: %v; want %q", role, user, err, text)
		}
	}
}

// dirOf makes a directory of a user.
func dirOf(t *testing.T, user int, mode os.FileMode) string {
	t.Helper()
	dir := filepath.Join(publicDir(t), "state")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, user, user), os.Chmod(dir, mode)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustBelong(t *testing.T, path string, user int, mode os.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	if int(stat.Uid) != user || int(stat.Gid) != user || info.Mode().Perm() != mode {
		t.Errorf("%s belongs to %d:%d with the mode %v; want %d with %v", path, stat.Uid, stat.Gid, info.Mode().Perm(), user, mode)
	}
}

// TestRootLeavesTheServiceItsState: after root has changed the value of a
// service, also one that it had deleted, the service goes on as before.
func TestRootLeavesTheServiceItsState(t *testing.T) {
	mustBeRoot(t)
	path := filepath.Join(dirOf(t, service, 0o755), "value.json")
	mustAs(t, service, "append", path, "")
	if err := os.Chmod(path, 0o664); err != nil {
		t.Fatal(err)
	}
	root := filejar.New(path)
	mustSave(t, root, `"root"`, awsjar.Any)
	mustBelong(t, path, service, 0o664)
	versions, err := filepath.Glob(filepath.Join(metaDir(path), "000000000002-*"))
	if err != nil || len(versions) != 1 {
		t.Fatal(versions, err)
	}
	mustBelong(t, versions[0], service, 0o664)
	mustAs(t, service, "append", path, "")
	mustAs(t, service, "load", path, `"rootx"`)
	mustAs(t, service, "history", path, "3")
	mustAs(t, service, "delete", path, "")
	mustSave(t, root, `"again"`, awsjar.Any)
	mustBelong(t, path, service, 0o600)
	mustAs(t, service, "append", path, "")
	mustAs(t, service, "history", path, "6")
	mustBelong(t, filepath.Dir(metaDir(path)), service, 0o755)
	mustHaveHistory(t, root, `"againx"`, `"again"`, gone, `"rootx"`, `"root"`, `"x"`)
}

// TestRootFirst: root's own value beside those of a service does not close the
// directory of the histories to the service; nor does a history that root begins.
func TestRootFirst(t *testing.T) {
	mustBeRoot(t)
	dir := dirOf(t, service, 0o755)
	mustSave(t, filejar.New(filepath.Join(dir, "root.json")), "1", awsjar.None)
	path := filepath.Join(dir, "value.json")
	mustAs(t, service, "append", path, "")

	found := filepath.Join(dirOf(t, service, 0o755), "value.json")
	edit(t, found, `"found"`)
	if err := os.Chown(found, service, service); err != nil {
		t.Fatal(err)
	}
	mustSave(t, filejar.New(found), `"root"`, awsjar.Any)
	mustAs(t, service, "append", found, "")
	mustAs(t, service, "history", found, "3")
}

// TestReaders: those who may read the file may load the value, with any rights in
// the directory of the history.
func TestReaders(t *testing.T) {
	mustBeRoot(t)
	path := filepath.Join(dirOf(t, service, 0o755), "value.json")
	mustAs(t, service, "append", path, "")
	mustBeRefused(t, colleague, "load", path)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	mustAs(t, colleague, "load", path, `"x"`)
	mustBeRefused(t, colleague, "append", path, "ls -la")
	mustAs(t, service, "append", path, "")
	mustBelong(t, path, service, 0o644)
	mustAs(t, colleague, "load", path, `"xx"`)
	mustAs(t, colleague, "history", path, "2")
}

// TestTeam: in a directory of a group, its members share a value that the group
// may write.
func TestTeam(t *testing.T) {
	mustBeRoot(t)
	const team = 61100
	dir := dirOf(t, 0, 0o755)
	if err := errors.Join(os.Chown(dir, 0, team), os.Chmod(dir, 0o770|os.ModeSetgid)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "value.json")
	for i, user := range []int{service, colleague, stranger, service} {
		if _, err := as(t, user, []uint32{team}, "append", path); err != nil {
			t.Fatalf("user %d: %v", user, err)
		}
		if i == 0 {
			if err := os.Chmod(path, 0o660); err != nil {
				t.Fatal(err)
			}
			if _, err := as(t, service, []uint32{team}, "append", path); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out, err := as(t, colleague, []uint32{team}, "history", path); out != "5" || err != nil {
		t.Errorf("the history has %s versions, %v; want 5", out, err)
	}
}

// TestSticky: the users of a directory such as /tmp do not lock each other out.
func TestSticky(t *testing.T) {
	mustBeRoot(t)
	dir := dirOf(t, 0, 0o777|os.ModeSticky)
	for _, user := range []int{service, colleague} {
		path := filepath.Join(dir, fmt.Sprint(user, ".json"))
		mustAs(t, user, "append", path, "")
		mustAs(t, user, "append", path, "")
		mustAs(t, user, "history", path, "2")
		mustBelong(t, filepath.Join(dir, fmt.Sprint(".awsjar-", user)), user, 0o700)
	}
	path := filepath.Join(dir, fmt.Sprint(service, ".json"))
	mustBeRefused(t, colleague, "load", path)
	mustSave(t, filejar.New(path), `"root"`, awsjar.Any)
	mustAs(t, service, "append", path, "")
	mustAs(t, service, "history", path, "4")
}

// TestHistoryOfAnother: a directory of the history that another user made, or
// may write, is not used.
func TestHistoryOfAnother(t *testing.T) {
	mustBeRoot(t)
	for name, c := range map[string]struct {
		dir     os.FileMode
		history string
		owner   int
		mode    os.FileMode
		want    string
	}{
		"sticky":                 {0o777 | os.ModeSticky, ".awsjar-" + fmt.Sprint(service), stranger, 0o777, "belongs to another user"},
		"open to all":            {0o777, ".awsjar", stranger, 0o755, "belongs to another user"},
		"only the inner":         {0o777, ".awsjar/value.json", stranger, 0o777, "belongs to another user"},
		"own, but all may write": {0o755, ".awsjar", service, 0o757, "can be written by every user"},
		"of another group":       {0o777, ".awsjar", 0, 0o775, "can be written by a group"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := dirOf(t, 0, c.dir)
			if c.owner == service {
				os.Chown(dir, service, service)
			}
			path := filepath.Join(dir, "value.json")
			edit(t, path, `"mine"`)
			history := filepath.Join(dir, c.history)
			if err := errors.Join(os.Chown(path, service, service), os.MkdirAll(history, 0o700)); err != nil {
				t.Fatal(err)
			}
			if above := filepath.Dir(history); above != dir {
				os.Chown(above, service, service)
			}
			if err := errors.Join(os.Chown(history, c.owner, c.owner), os.Chmod(history, c.mode)); err != nil {
				t.Fatal(err)
			}
			mustBeRefused(t, service, "append", path, c.want)
			mustAs(t, service, "load", path, `"mine"`)
			if names := list(t, history); len(names) != 0 {
				t.Errorf("in the history there is %v", names)
			}
		})
	}
}

// TestOwnHistoryIsALink: the directories of the history are not followed
// elsewhere, no matter who made the links.
func TestOwnHistoryIsALink(t *testing.T) {
	mustBeRoot(t)
	for _, name := range []string{".awsjar", ".awsjar/value.json", ".awsjar/value.json/lock", ".awsjar/value.json/head"} {
		dir, private := dirOf(t, service, 0o755), dirOf(t, service, 0o700)
		path, victim := filepath.Join(dir, "value.json"), filepath.Join(private, "temp")
		edit(t, path, `"mine"`)
		edit(t, victim, "mine")
		link, target := filepath.Join(dir, name), private
		if strings.Count(name, "/") == 2 {
			target = filepath.Join(private, "new")
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(link), 0o700), os.Symlink(target, link), chownAll(dir, service), chownAll(private, service)); err != nil {
			t.Fatal(err)
		}
		if _, err := as(t, service, nil, "append", path); err == nil {
			t.Errorf("%s is a link, and is followed", name)
		}
		mustAs(t, service, "load", path, `"mine"`)
		if names := list(t, private); len(names) != 1 || names[0] != "temp" {
			t.Errorf("%s is a link: at its target there is %v", name, names)
		}
	}
}

func chownAll(dir string, user int) error {
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, user, user))
	})
}
