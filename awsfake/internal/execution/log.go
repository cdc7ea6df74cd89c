package execution

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"
)

// tailBytes is how much of the log of an invocation its caller can have (API
// reference, Invoke, LogType).
const tailBytes = 4096

// log takes the output of an environment, and keeps its end for the invocation that
// is served.
type log struct {
	mu   sync.Mutex
	out  io.Writer
	tail []byte
}

func newLog(out io.Writer) *log { return &log{out: out} }

// Write takes output of the program.
func (l *log) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil // no output comes after a mark: a reader that has waited for it may read the log
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.out.Write(b) // a program must not fail because nobody reads its log
	l.tail = append(l.tail, b...)
	if over := len(l.tail) - tailBytes; over > 0 {
		l.tail = append(l.tail[:0], l.tail[over:]...)
	}
	return len(b), nil
}

// begin starts the log of an invocation. Before the first one the tail holds the
// output of the program's start, which belongs to that invocation too.
func (l *log) begin(request, version string) {
	fmt.Fprintf(l, "START RequestId: %s Version: %s\n", request, version)
}

// report is the last line of the log of an invocation. Max Memory Used is missing
// from it.
type report struct {
	request         string
	duration, start time.Duration
	memory          int
}

// end ends the log of an invocation and returns its tail.
func (l *log) end(r report) []byte {
	var b bytes.Buffer
	l.mu.Lock()
	if n := len(l.tail); n > 0 && l.tail[n-1] != '\n' {
		b.WriteByte('\n')
	}
	l.mu.Unlock()
	fmt.Fprintf(&b, "END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\t",
		r.request, r.request, milliseconds(r.duration), r.duration.Milliseconds()+1, r.memory)
	if r.start > 0 {
		fmt.Fprintf(&b, "Init Duration: %.2f ms\t", milliseconds(r.start))
	}
	b.WriteByte('\n')
	_, _ = l.Write(b.Bytes())
	l.mu.Lock()
	defer l.mu.Unlock()
	tail := l.tail
	l.tail = nil
	return tail
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// shared is a writer for the logs of many environments.
type shared struct {
	mu  sync.Mutex
	out io.Writer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(b)
}
