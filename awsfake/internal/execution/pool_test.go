package execution

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestOneEnvironmentServesUntilTheConfigurationChanges(t *testing.T) {
	f := start(t)
	for i, want := range []string{"1 a", "2 a"} {
		if got, failed := f.run(function("KEY=a"), "{}"); got != want || failed {
			t.Errorf("invocation %d: %q %v", i, got, failed)
		}
	}
	changed := function("KEY=b")
	changed.Generation = "2"
	if got, _ := f.run(changed, "{}"); got != "1 b" {
		t.Errorf("after a change: %q", got)
	}
	version := function("KEY=a")
	version.Version = "1"
	if got, _ := f.run(version, "{}"); got != "1 a" {
		t.Errorf("of a version: %q", got)
	}
	if got, _ := f.run(changed, "{}"); got != "2 b" {
		t.Errorf("again: %q", got)
	}
	f.Forget("fn")
	if got, _ := f.run(changed, "{}"); got != "1 b" {
		t.Errorf("after the end of the function: %q", got)
	}
}

func TestInvocationsAtOnceHaveEnvironmentsOfTheirOwn(t *testing.T) {
	f := start(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				if got, failed := f.run(function("KEY=a"), "{}"); failed {
					t.Error(got)
				}
			}
		})
	}
	wg.Wait()
	if n := len(f.members); n == 0 || n > 4 {
		t.Errorf("%d environments", n)
	}
}

func TestCloseEndsWhatRuns(t *testing.T) {
	f := start(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if got, failed := f.run(function("KEY="+listener.Addr().String()), `"child"`); failed || got != "<nil>" {
		t.Fatal(got)
	}
	child, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer child.Close()
	running := make(chan string)
	go func() {
		got, _ := f.run(function(), `"hang"`)
		running <- got
	}()
	<-f.hanging
	f.Close()
	if got := <-running; !strings.Contains(got, "Runtime.ExitError") {
		t.Errorf("the invocation that was running: %s", got)
	}
	child.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := child.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the child of the function runs on")
	}
	if got, failed := f.run(function(), "{}"); !failed || !strings.Contains(got, "closed") {
		t.Errorf("after Close: %s", got)
	}
}

func TestIdleEnvironmentsExpire(t *testing.T) {
	f := start(t)
	f.run(function(), "{}")
	f.mu.Lock()
	m := f.idle["fn:$LATEST"][0]
	f.mu.Unlock()
	f.expire(m)
	f.expire(m)
	<-m.environment.(*process).exited
	if got, _ := f.run(function("KEY=a"), "{}"); got != "1 a" {
		t.Errorf("got %q", got)
	}
}

// slow is a Program with one environment, which begins when it is let.
type slow struct {
	let   chan struct{}
	ended bool
}

func (s *slow) begin(*setting) (environment, error) {
	<-s.let
	return s, nil
}

func (s *slow) serve(Event, time.Duration) (Result, bool) { return Result{}, true }

func (s *slow) end() { s.ended = true }

// TestCloseWaitsForBeginnings: an environment that begins while the pool is closed
// has ended when Close returns.
func TestCloseWaitsForBeginnings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Variables: func() []string { return nil }, Log: io.Discard})
		program := &slow{let: make(chan struct{})}
		go p.Invoke(program, function(), Event{})
		synctest.Wait()
		time.AfterFunc(time.Second, func() { close(program.let) })
		p.Close()
		if !program.ended {
			t.Error("Close returned, and an environment that began meanwhile was not ended")
		}
	})
}
