package durable_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/awsjar/awsjar/internal/durable"
)

// The users and the group of TestLikenAsMember. None needs to exist.
const user, other, group = 61001, 61002, 61003

// likeEnv names the directory in which this test binary, as a child process,
// writes a file like each of the others.
const likeEnv = "DURABLE_TEST_LIKE"

func TestMain(m *testing.M) {
	path := os.Getenv(likeEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	dir, err := durable.Disk{}.Open(path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for _, name := range []string{"of the group", "of nobody here"} {
		like, err := dir.Lstat(name)
		if err != nil {
			fmt.Println(err)
			continue
		}
		is, err := dir.Write(durable.File{Name: "new", Perm: 0o600, Like: like}, strings.NewReader("x"))
		if err != nil {
			fmt.Println(err)
			continue
		}
		of := is.Sys().(*syscall.Stat_t)
		fmt.Println(name, is.Mode(), of.Uid, of.Gid)
	}
}

// TestLikenAsMember: a user who may not give files away, but is in the group of
// the other file, keeps the group and its bits, and only those.
func TestLikenAsMember(t *testing.T) {
	if os.Geteuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("this test needs to run as root, for it acts as several users")
		}
		t.Skip("NOT TESTED: this test needs to run as root, for it acts as several users")
	}
	path, err := os.MkdirTemp("", "durable-like-") // which every user reaches
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(path) })
	binary, err := os.ReadFile(os.Args[0])
	err = errors.Join(err, os.Chmod(path, 0o777), os.WriteFile(filepath.Join(path, "test"), binary, 0o700), os.Chown(filepath.Join(path, "test"), user, user))
	for name, gid := range map[string]int{"of the group": group, "of nobody here": other} {
		name = filepath.Join(path, name)
		err = errors.Join(err, os.WriteFile(name, nil, 0o600), os.Chown(name, other, gid), os.Chmod(name, 0o664))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(path, "test"))
	cmd.Dir, cmd.Env = "/", append(os.Environ(), likeEnv+"="+path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user, Groups: []uint32{group}}}
	out, err := cmd.CombinedOutput()
	want := fmt.Sprintf("of the group -rw-rw-r-- %d %d\nof nobody here -rw-r--r-- %d %d\n", user, group, user, user)
	if err != nil || string(out) != want {
		t.Errorf("%v, and it wrote\n%s; want\n%s", err, out, want)
	}
}

// TestNoSyncOfDirectory: some file systems cannot sync a directory, as that of
// /proc. That is no failure.
func TestNoSyncOfDirectory(t *testing.T) {
	dir := open(t, durable.Disk{}, "/proc")
	handle, err := os.Open("/proc")
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	if err := handle.Sync(); !errors.Is(err, syscall.EINVAL) {
		t.Skip("it can be synced here: ", err)
	}
	if err := dir.Mkdir("self", 0o700); err != nil { // which is there
		t.Error(err)
	}
}
