//go:build !windows

package filejar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// limitedEnv holds the path for the child of TestWriteLimit.
const limitedEnv = "FILEJAR_TEST_LIMITED"

func saveBeyondLimit(path string) error {
	before := []byte("before")
	s := filejar.New(path)
	if _, err := s.Save(context.Background(), before, awsjar.Any); err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4 << 10, Max: 4 << 10}); err != nil {
		return err
	}
	_, err := s.Save(context.Background(), make([]byte, 64<<10), awsjar.Any)
	var e *awsjar.Error
	if !errors.As(err, &e) || e.Hint == "" || errors.Is(err, awsjar.ErrUncertain) {
		return fmt.Errorf("Save of more than can be written: %w", err)
	}
	if data, _, err := s.Load(context.Background()); err != nil || !bytes.Equal(data, before) {
		return fmt.Errorf("after a Save that failed the value is %.20q, %w", data, err)
	}
	if names, err := os.ReadDir(metaDir(path)); err != nil || len(names) != 3 {
		return fmt.Errorf("after a Save that failed there are %v, %w", names, err)
	}
	_, err = s.Save(context.Background(), []byte("small"), awsjar.Any)
	return err
}

// TestWriteLimit: a write that the system cuts off in the middle, as a full
// disk does. The limit is for good, so it is a child's.
func TestWriteLimit(t *testing.T) {
	if limited := os.Getenv(limitedEnv); limited != "" {
		if err := saveBeyondLimit(limited); err != nil {
			t.Fatal(err)
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestWriteLimit$")
	cmd.Env = append(os.Environ(), limitedEnv+"="+newPath(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
