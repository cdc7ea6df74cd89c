//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/itchyny/gojq"
)

// TestProgramEndsWithItsGroup: when the context ends, so does a process that
// the program has started, and a program that ended well leaves none behind.
func TestProgramEndsWithItsGroup(t *testing.T) {
	for _, end := range []string{"wait", "exit 0"} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		file := filepath.Join(t.TempDir(), "pid")
		script := "sleep 1000 >/dev/null 2>&1 & echo $! >" + file + ".new; mv " + file + ".new " + file + "; echo 1; " + end
		go func() { // the context ends as soon as the process is there
			for end == "wait" && ctx.Err() == nil {
				if _, err := os.Stat(file); err == nil {
					cancel()
				}
				time.Sleep(time.Millisecond)
			}
		}()
		c := &command{world: world{stderr: &bytes.Buffer{}, environ: os.Environ()}}
		printed, err := c.runProgram(ctx, []string{"sh", "-c", script}, nil)
		if end == "wait" && !errors.Is(err, context.Canceled) || end == "exit 0" && (err != nil || string(printed) != "1\n") {
			t.Fatalf("%s: %q, %v", end, printed, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if !isGone(pid) {
			t.Errorf("%s: process %d runs on", end, pid)
		}
	}
}

// isGone waits until a process has ended, which takes a moment after its kill.
func isGone(pid int) bool {
	for range 5000 {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if syscall.Kill(pid, 0) != nil || err == nil && bytes.Contains(stat, []byte(") Z ")) {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

// TestProgramPrintsTooMuch: no more than a number of bytes is taken.
func TestProgramPrintsTooMuch(t *testing.T) {
	l := &limited{left: 10}
	if n, err := l.Write(make([]byte, 10)); n != 10 || err != nil {
		t.Errorf("10 bytes: %d, %v", n, err)
	}
	if n, err := l.Write([]byte("x")); n != 0 || !errors.Is(err, errPrintedTooMuch) || l.left >= 0 || l.Len() != 10 {
		t.Errorf("one more: %d, %v, left %d, len %d", n, err, l.left, l.Len())
	}
}

// TestProgramIsWaitedFor: a program that has printed a whole value and then
// fails stores nothing.
func TestProgramIsWaitedFor(t *testing.T) {
	t.Chdir(t.TempDir())
	runIn(t, world{}, "put", "file:a.json", "1")
	got := runIn(t, world{environ: os.Environ()}, "update", "file:a.json", "--", "sh", "-c", "echo 2; exec >&-; sleep 0.2; exit 1")
	if got.Code != exitError || !strings.Contains(got.Stderr, "exit status 1") {
		t.Errorf("%+v", got)
	}
	if got := runIn(t, world{}, "get", "file:a.json"); got.Stdout != "1\n" {
		t.Errorf("stored is %q", got.Stdout)
	}
}

// TestFunctionIsNotWaitedFor: a function of gojq that does not look at the
// context holds up nobody when the context ends.
func TestFunctionIsNotWaitedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan struct{})
	end := sync.OnceFunc(func() { close(ended) })
	defer time.AfterFunc(20*time.Second, end).Stop() // only where the test fails
	query, err := gojq.Parse("slow")
	if err != nil {
		t.Fatal(err)
	}
	code, err := gojq.Compile(query, gojq.WithFunction("slow", 0, 0, func(any, []any) any {
		cancel()
		<-ended
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	e := &expression{code: code, order: newOrder()}
	if _, err := e.apply(ctx, []byte("1")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	select {
	case <-ended:
		t.Error("the function was waited for")
	default:
		end()
	}
}

// TestSignalLeavesTheJobItsTime: a program that is asked to end has the time for it,
// and its exit code is that of the command; it keeps its lock.
func TestSignalLeavesTheJobItsTime(t *testing.T) {
	for _, verb := range []string{"lock", "once"} {
		dir := t.TempDir()
		asked, leave := filepath.Join(dir, "asked"), filepath.Join(dir, "leave")
		script := "trap 'touch " + asked + "; until [ -e " + leave + " ]; do sleep 0.01; done; exit 7' TERM; touch " + filepath.Join(dir, "ready") + "; while :; do sleep 0.01; done"
		ctx, cancel := context.WithCancelCause(t.Context())
		place := "file:" + filepath.ToSlash(filepath.Join(dir, "key.json"))
		ended := make(chan int)
		var stderr bytes.Buffer
		go func() {
			ended <- run(ctx, []string{verb, place, "--", "sh", "-c", script}, world{stdout: &bytes.Buffer{}, stderr: &stderr, environ: os.Environ()})
		}()
		waitForFile(t, filepath.Join(dir, "ready"))
		cancel(signalled{syscall.SIGTERM})
		waitForFile(t, asked)
		if got := runIn(t, world{environ: os.Environ()}, "lock", "-n", place, "--", "true"); verb == "lock" && got.Code != exitConflict {
			t.Errorf("another one got the lock: %+v", got)
		}
		if err := os.WriteFile(leave, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if code := <-ended; code != 7 {
			t.Errorf("%s: exit code %d, want 7: %s", verb, code, &stderr)
		}
	}
}

// waitForFile waits until another process has made a file.
func waitForFile(t *testing.T, name string) {
	t.Helper()
	for range 20_000 {
		if _, err := os.Stat(name); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("there is no %s", name)
}
