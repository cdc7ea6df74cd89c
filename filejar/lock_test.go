package filejar_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// TestLockWait: who waits for the lock stops with the context, and changes
// and leaves nothing.
func TestLockWait(t *testing.T) {
	path := newPath(t)
	s := filejar.New(path)
	if err := save("before")(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	locked, release := make(chan struct{}), make(chan struct{})
	var holder sync.WaitGroup
	holder.Go(func() {
		other := filejar.New(path)
		var once sync.Once
		other.SetBefore(func(string, string) error {
			once.Do(func() { close(locked); <-release })
			return nil
		})
		if err := save("other")(context.Background(), other); err != nil {
			t.Error(err)
		}
	})
	<-locked
	for name, write := range map[string]func(context.Context, *filejar.Store) error{
		"Save": save("after"), "Delete": remove,
		"DeleteVersion": func(ctx context.Context, s *filejar.Store) error { return s.DeleteVersion(ctx, "1-00000000") },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		begin := time.Now()
		if err := write(ctx, s); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s while another holds the lock: %v; want context.DeadlineExceeded", name, err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s took %v after its context had ended", name, took)
		}
		cancel()
	}
	if data, _, err := s.Load(t.Context()); err != nil || string(data) != "before" {
		t.Errorf("Load while another holds the lock: %q, %v", data, err)
	}
	close(release)
	holder.Wait()
	if data, _, err := s.Load(t.Context()); err != nil || string(data) != "other" {
		t.Errorf("Load after the other's write: %q, %v", data, err)
	}
}

// waiting is a context that says when somebody waits for its end.
type waiting struct {
	context.Context
	begins func()
}

func (w waiting) Done() <-chan struct{} {
	w.begins()
	return w.Context.Done()
}

// TestLockRemoved: a writer that waited for a file of the lock that somebody
// removed meanwhile takes the lock that the others see.
func TestLockRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that is locked cannot be removed")
	}
	path := newPath(t)
	mustSave(t, filejar.New(path), "0", awsjar.None)
	held, release := make(chan struct{}), make(chan struct{})
	var writers sync.WaitGroup
	writers.Go(func() {
		holder := filejar.New(path)
		var once sync.Once
		holder.SetBefore(func(string, string) error {
			once.Do(func() { close(held); <-release })
			return nil
		})
		if err := save("1")(context.Background(), holder); err != nil {
			t.Error(err)
		}
	})
	<-held
	waits := make(chan struct{})
	var once sync.Once
	writers.Go(func() {
		late := filejar.New(path)
		late.SetBefore(func(string, string) error {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			if err := save("3")(ctx, filejar.New(path)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("another writer while this one writes: %v; want context.DeadlineExceeded", err)
			}
			late.SetBefore(nil)
			return nil
		})
		if err := save("2")(waiting{context.Background(), func() { once.Do(func() { close(waits) }) }}, late); err != nil {
			t.Error(err)
		}
	})
	<-waits
	if err := os.Remove(filepath.Join(metaDir(path), "lock")); err != nil {
		t.Fatal(err)
	}
	close(release)
	writers.Wait()
	mustHaveHistory(t, filejar.New(path), "2", "1", "0")
}
