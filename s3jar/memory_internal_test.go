//go:build !race

// The race detector makes copies of its own.

package s3jar

import (
	"bytes"
	"runtime"
	"testing"
)

// TestBodyIsAllocatedOnce: a body of known length is read into memory of that
// length.
func TestBodyIsAllocatedOnce(t *testing.T) {
	text := make([]byte, 10<<20)
	length := int64(len(text))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, _, err := readBody(bytes.NewReader(text), &length, 2*length)
	runtime.ReadMemStats(&after)
	if err != nil || len(got) != len(text) {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > uint64(length)*11/10 {
		t.Errorf("reading %d bytes allocated %d", length, took)
	}
}
