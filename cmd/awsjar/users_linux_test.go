package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// mustBeRoot skips a test that needs root's rights; where everything must be
// tested it fails.
func mustBeRoot(t *testing.T) {
	t.Helper()
	switch {
	case os.Geteuid() == 0:
	case os.Getenv("CI") != "":
		t.Fatal("this test needs to run as root")
	default:
		t.Skip("NOT TESTED: this test needs to run as root")
	}
}

// TestMountedFile: a container gets its state file as a mount of that file alone.
// The value stays, the hint says to mount the directory, and the new value is not
// left beside it.
func TestMountedFile(t *testing.T) {
	mustBeRoot(t)
	dir := t.TempDir()
	source, file := filepath.Join(dir, "source"), filepath.Join(dir, "app", "s.json")
	err := errors.Join(os.WriteFile(source, []byte(`{"n":1}`), 0o600), os.Mkdir(filepath.Dir(file), 0o700), os.WriteFile(file, nil, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount(source, file, "", syscall.MS_BIND, ""); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("NOT TESTED: nothing can be mounted here: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(file, syscall.MNT_DETACH) })
	got := runIn(t, world{}, "update", "file:"+file, "--jq", ".n += 41")
	if got.Code != exitError || !strings.Contains(got.Stderr, "hint: the file is mounted by itself, so that it cannot be replaced: mount the directory around it instead") {
		t.Errorf("update: %+v", got)
	}
	if text, err := os.ReadFile(source); err != nil || string(text) != `{"n":1}` {
		t.Errorf("the mounted file holds %q, %v", text, err)
	}
	filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if text, _ := os.ReadFile(path); entry.Type().IsRegular() && bytes.Contains(text, []byte(`"n":42`)) {
			t.Errorf("%s holds the new value: %q", path, text)
		}
		return err
	})
}

// TestReadableByOthers: the state of a service is made readable for another
// user, who may then get it, and stays so when the service saves again.
func TestReadableByOthers(t *testing.T) {
	mustBeRoot(t)
	const service, monitor = 61001, 61002 // neither needs to exist
	dir, err := os.MkdirTemp("", "awsjar-users-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	binary, state := filepath.Join(dir, "awsjar"), filepath.Join(dir, "state")
	// The test binary is in a directory that is closed to others. It is copied by
	// another process: a child of another test could hold the copy open for writing.
	err = errors.Join(exec.Command("cp", os.Args[0], binary).Run(), os.Chmod(binary, 0o755), os.Chmod(dir, 0o755),
		os.Mkdir(state, 0o700), os.Chmod(state, 0o755), os.Chown(state, service, service))
	if err != nil {
		t.Fatal(err)
	}
	as := func(user uint32, args ...string) string {
		t.Helper()
		cmd := exec.Command(binary, args...)
		cmd.Dir, cmd.Env = dir, slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HOME=") })
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("awsjar %q as user %d: %v: %s", args, user, err, out)
		}
		return string(out)
	}
	as(service, "put", "file:state/s.json", "1")
	if err := os.Chmod(filepath.Join(state, "s.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"1\n", "2\n"} {
		if got := as(monitor, "get", "file:state/s.json"); got != value {
			t.Errorf("the other user gets %q, want %q", got, value)
		}
		as(service, "put", "file:state/s.json", "2")
	}
	info, err := os.Stat(filepath.Join(state, "s.json"))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("after two more saves the file is %v, %v", info, err)
	}
}
