package filejar_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

func TestMaxSize(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path, func(o *filejar.Options) { o.MaxSize = 100 })
	fits, tooLarge := strings.Repeat("f", 100), strings.Repeat("t", 101)
	mustSave(t, s, fits, awsjar.None)
	mustLoad(t, s, fits)
	if _, err := s.Save(t.Context(), []byte(tooLarge), awsjar.Any); !errors.Is(err, awsjar.ErrTooLarge) {
		t.Errorf("Save of 101 bytes: %v; want ErrTooLarge", err)
	}
	mustHaveHistory(t, s, fits)

	edit(t, path, tooLarge)
	data, meta, err := s.Load(t.Context())
	var e *awsjar.Error
	if data != nil || !errors.Is(err, awsjar.ErrTooLarge) || !errors.Is(err, awsjar.ErrCorrupt) || !errors.As(err, &e) || e.Hint == "" {
		t.Fatalf("Load of 101 bytes: %q, %v; want ErrTooLarge and ErrCorrupt with a hint", data, err)
	}
	if meta.Revision == awsjar.None || meta.Size != 101 {
		t.Fatalf("Load of 101 bytes: %+v", meta)
	}
	mustSave(t, s, "replaced", meta.Revision)
	if _, _, err := s.LoadVersion(t.Context(), meta.VersionID); !errors.Is(err, awsjar.ErrTooLarge) {
		t.Errorf("LoadVersion of 101 bytes: %v; want ErrTooLarge", err)
	}
	mustHaveHistory(t, filejar.New(path), "replaced", tooLarge, fits)

	none := filejar.New(memoryPath(t), func(o *filejar.Options) { o.MaxSize = 0 })
	mustSave(t, none, "", awsjar.None)
	mustLoad(t, none, "")
}

// TestMaxSizeOfAnyNumber: no limit, however near the largest int or int64,
// overflows where a buffer is made for a value, on a 32-bit machine neither.
func TestMaxSizeOfAnyNumber(t *testing.T) {
	for _, size := range []int64{math.MaxInt64, math.MaxInt64 - 1, math.MaxInt32, math.MaxInt32 - 512, math.MaxInt32 + 1, 1 << 31, 1 << 32, 1<<32 + 5} {
		s := filejar.New(memoryPath(t), func(o *filejar.Options) { o.MaxSize = size })
		mustSave(t, s, "old", awsjar.None)
		mustSave(t, s, "a value", awsjar.Any)
		meta := mustLoad(t, s, "a value")
		if data, _, err := s.LoadVersion(t.Context(), meta.VersionID); err != nil || string(data) != "a value" {
			t.Errorf("MaxSize %d: LoadVersion: %q, %v", size, data, err)
		}
		mustHaveHistory(t, s, "a value", "old")
	}
}

// TestLargeOn32Bits: a file near the largest int is no reason to panic, with any
// MaxSize.
func TestLargeOn32Bits(t *testing.T) {
	if strconv.IntSize > 32 {
		t.Skip("of systems with 32 bits: GOARCH=386 go test ./filejar")
	}
	path := memoryPath(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	edit(t, path, "")
	if err := os.Truncate(path, math.MaxInt32); err != nil { // without using the space
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	s := filejar.New(path, func(o *filejar.Options) { o.MaxSize = 1 << 40 })
	if _, _, err := s.Load(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Load: %v; want context.DeadlineExceeded", err)
	}
}

// TestLargeEnds: the reading of a file without end ends with the context.
func TestLargeEnds(t *testing.T) {
	path := memoryPath(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	edit(t, path, "")
	if err := os.Truncate(path, 64<<30); err != nil { // without using the space
		t.Fatal(err)
	}
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, _, err := filejar.New(path).Load(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Load: %v; want context.DeadlineExceeded", err)
	}
	if _, err := filejar.New(path).Save(ctx, nil, awsjar.Any); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Save: %v; want context.DeadlineExceeded", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("both took %v", took)
	}
}
