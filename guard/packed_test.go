//go:build !race

package guard

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/pack"
)

// TestPacked: the bytes of a packed state, the work of reading it as the packer
// counts it, and the allocations of a read. The work is counted
// in microseconds of a whole processor, 14 of which pass in a function with 128
// MB; the count is the same on every machine.
func TestPacked(t *testing.T) {
	needRelease(t)
	r := openRecord(t, "packed.txt", "a packed state: bytes, microseconds counted and bytes allocated of a read")
	for name, value := range packedStates() {
		text, err := pack.Encode(t.Context(), []byte(value), pack.FormDense, pack.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		content, err := pack.Read(t.Context(), text)
		if err != nil || string(content.Value) != value {
			t.Fatalf("%s: %.20q, %v", name, content.Value, err)
		}
		r.check(name+".size", float64(pack.Measure(text)), 0.005)
		r.check(name+".work", float64(content.Cost.Microseconds()), 0.02)
		r.check(name+".read-bytes", allocatedBy(func() { _, _ = pack.Decode(context.Background(), text) }), 0.05)
	}
}

// packedStates are states of some 12 KB: of typed values, of text, and of both.
func packedStates() map[string]string {
	list := func(n int, element func(i int, random string) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = element(i, fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, i))))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	words := strings.Fields("the order was not found because a server is ready and users could change what they have seen before")
	sentence := func(random string) string {
		var s []string
		for _, c := range random[:9] {
			s = append(s, words[(int(c)*7+len(s)*5)%len(words)])
		}
		return strings.Join(s, " ")
	}
	return map[string]string{
		"ids": list(300, func(_ int, random string) string { return `"` + random[:36] + `"` }),
		"links": list(200, func(i int, random string) string {
			return fmt.Sprintf(`"https://example.com/news/2026/%s-%d.html"`, random[:8], 71000+i*3)
		}),
		"rows": list(100, func(i int, random string) string {
			return fmt.Sprintf(`{"id":"%s","n":%d,"at":"2026-03-%02dT08:%02d:00Z","ok":%t,"note":"%s"}`,
				random[:16], i*i, 1+i%28, i%60, i%3 > 0, sentence(random))
		}),
		"prose": list(220, func(_ int, random string) string { return `"` + sentence(random) + `"` }),
	}
}

// allocatedBy returns the bytes that a call allocates once the memory that it
// shares with other calls is there.
func allocatedBy(do func()) float64 {
	const calls = 4
	do()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range calls {
		do()
	}
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / calls
}
