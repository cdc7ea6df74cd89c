package execution

import (
	"bytes"
	"crypto/rand"
	"os"
	"sync"
)

// output is a pipe that a process prints into. Its output before the answer to an
// event is in the pipe before the answer is here, but may be read later; flush
// waits for it, by a mark that it puts into the pipe after it.
type output struct {
	in   *os.File // for the process
	out  *os.File
	mark []byte

	flushing sync.Mutex
	seen     chan struct{} // a mark has come out
	done     chan struct{} // closed when nothing more comes out
}

func newOutput(to *log) (*output, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	o := &output{in: in, out: out, mark: []byte("\x00" + rand.Text() + "\x00"), seen: make(chan struct{}, 1), done: make(chan struct{})}
	go o.copy(to)
	return o, nil
}

// copy passes on the text of the pipe, without the marks.
func (o *output) copy(to *log) {
	defer close(o.done)
	buffer := make([]byte, 32<<10)
	var held []byte
	for {
		n, err := o.out.Read(buffer)
		held = append(held, buffer[:n]...)
		for {
			before, after, found := bytes.Cut(held, o.mark)
			if !found {
				break
			}
			_, _ = to.Write(before)
			held = after
			o.seen <- struct{}{}
		}
		keep := o.partial(held)
		if err != nil {
			keep = 0
		}
		_, _ = to.Write(held[:len(held)-keep])
		held = bytes.Clone(held[len(held)-keep:])
		if err != nil {
			return
		}
	}
}

// partial returns how many bytes at the end of b may be the beginning of a mark.
func (o *output) partial(b []byte) int {
	for n := min(len(b), len(o.mark)-1); n > 0; n-- {
		if bytes.HasPrefix(o.mark, b[len(b)-n:]) {
			return n
		}
	}
	return 0
}

// flush waits until everything that is in the pipe has been passed on.
func (o *output) flush() {
	o.flushing.Lock()
	defer o.flushing.Unlock()
	if _, err := o.in.Write(o.mark); err != nil { // one write, shorter than PIPE_BUF, is not torn
		return
	}
	select {
	case <-o.seen:
	case <-o.done:
	}
}

// close ends the pipe, even if something still holds its other end.
func (o *output) close() {
	if o == nil {
		return
	}
	_ = o.in.Close()
	_ = o.out.Close()
	<-o.done
}
