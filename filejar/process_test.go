package filejar_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// numbered is the value of the n-th write: of many sizes, and none is a part
// of another.
func numbered(n int) []byte {
	return fmt.Appendf(nil, "%d%s;%d", n, strings.Repeat(".", n*7919%20_000), n)
}

func numberOf(data []byte) (int, error) {
	_, text, _ := bytes.Cut(data, []byte(";"))
	n, err := strconv.Atoi(string(text))
	if err == nil && !bytes.Equal(data, numbered(n)) {
		err = fmt.Errorf("%d bytes that end with %d", len(data), n)
	}
	return n, err
}

// keepFew keeps the history short enough to be checked after every kill.
func keepFew(o *filejar.Options) { o.Keep = 9 }

// writeForEver counts up from the stored number, and prints the number and the
// version of every write that was stored.
func writeForEver(path string) error {
	s := filejar.New(path, keepFew)
	for {
		data, meta, err := s.Load(context.Background())
		n := 0
		if err == nil {
			n, err = numberOf(data)
		}
		if err != nil && !errors.Is(err, awsjar.ErrNotFound) {
			return err
		}
		meta, err = s.Save(context.Background(), numbered(n+1), meta.Revision)
		if err != nil {
			return err
		}
		fmt.Println(n+1, meta.VersionID)
	}
}

// TestKill kills a process that writes, by SIGKILL and at random moments. The
// value is then the last one that was acknowledged or the one after it, and
// the history holds every earlier one and none that never was.
func TestKill(t *testing.T) {
	const places, kills = 4, 55
	var midWrite atomic.Int64
	t.Cleanup(func() { t.Logf("%d kills, of which %d left a write half done", places*kills, midWrite.Load()) })
	for place := range places {
		t.Run(fmt.Sprint(place), func(t *testing.T) {
			t.Parallel()
			path := memoryPath(t)
			last := 0
			for range kills {
				last = killOnce(t, path, last, &midWrite)
			}
			if last < kills {
				t.Errorf("only %d writes in %d lives", last, kills)
			}
		})
	}
}

// killOnce lets a child write from last on, kills it, and returns how far it
// came.
func killOnce(t *testing.T, path string, last int, midWrite *atomic.Int64) int {
	cmd := child("write", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	acknowledged := map[int]string{}
	note := func() {
		number, id, _ := strings.Cut(lines.Text(), " ")
		n, _ := strconv.Atoi(number)
		acknowledged[n] = id
		last = max(last, n)
	}
	if !lines.Scan() { // it has started
		t.Fatalf("the child ended by itself: %v", cmd.Wait())
	}
	note()
	killer := time.AfterFunc(rand.N(3*time.Millisecond), func() { cmd.Process.Kill() })
	defer killer.Stop()
	for lines.Scan() {
		note()
	}
	if err := cmd.Wait(); err == nil || runtime.GOOS != "windows" && cmd.ProcessState.Exited() {
		t.Fatalf("the child ended by itself: %v", err)
	}
	if slices.ContainsFunc(list(t, metaDir(path)), func(name string) bool { return name == "temp" || isNext(name) }) {
		midWrite.Add(1)
	}
	return checkAfterKill(t, path, last, acknowledged)
}

func checkAfterKill(t *testing.T, path string, last int, acknowledged map[int]string) int {
	t.Helper()
	s := filejar.New(path, keepFew)
	var numbers []int
	for meta, err := range s.Versions(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		data, _, err := s.LoadVersion(t.Context(), meta.VersionID)
		if err != nil {
			t.Fatal(err)
		}
		n, err := numberOf(data)
		if err != nil {
			t.Fatalf("version %s: %v", meta.VersionID, err)
		}
		if id := acknowledged[n]; id != "" && id != meta.VersionID {
			t.Fatalf("version %s holds write %d, which was acknowledged as %s", meta.VersionID, n, id)
		}
		numbers = append(numbers, n)
	}
	data, _, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now, err := numberOf(data)
	if err != nil || now != last && now != last+1 {
		t.Fatalf("after write %d was acknowledged the value is write %d, %v", last, now, err)
	}
	for i, n := range numbers {
		if n != now-i {
			t.Fatalf("the value is write %d, the history %v", now, numbers)
		}
	}
	if len(numbers) < min(now, 9) {
		t.Fatalf("the value is write %d, the history only %v", now, numbers)
	}
	return now
}

// interrupted is a context that calls do when it is asked for the n-th time
// whether it has ended, which is somewhere within a Load.
type interrupted struct {
	context.Context
	n  int
	do func()
}

func (c *interrupted) Err() error {
	if c.n--; c.n == 0 {
		c.do()
	}
	return c.Context.Err()
}

// TestLoadInterrupted: within one Load another value is stored, and a write
// of the first one begins and is killed. That one never was the value.
func TestLoadInterrupted(t *testing.T) {
	skipOnWine(t, "it replaces no file that somebody has open, also where Windows is asked for the semantics of POSIX (set_fd_name in its server/fd.c)")
	for n := 1; ; n++ {
		path := memoryPath(t)
		s := filejar.New(path)
		want := map[awsjar.Revision]string{mustSave(t, s, "a", awsjar.None).Revision: "a"}
		ctx := &interrupted{t.Context(), n, func() {
			want[mustSave(t, s, "b", awsjar.Any).Revision] = "b"
			stop(t, path, save("a"), 5) // with next and half of temp
		}}
		data, meta, err := s.Load(ctx)
		if err != nil || want[meta.Revision] != string(data) {
			t.Errorf("interrupted at %d, Load returned %q, %q, %v; want one of %q", n, data, meta.Revision, err, want)
		}
		if ctx.n > 0 { // Load has no such place
			if n < 4 {
				t.Errorf("Load was interrupted in %d places only", n-1)
			}
			return
		}
	}
}

const increments = 25

func countUp(path string) error {
	jar := awsjar.New[int](filejar.New(path))
	for range increments {
		if _, err := jar.Update(context.Background(), func(n *int) error { *n++; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// TestProcesses counts up in several processes at once.
func TestProcesses(t *testing.T) {
	const processes = 4
	path := newPath(t)
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			if err := child("count", path).Run(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n, err := awsjar.New[int](filejar.New(path)).Get(t.Context()); err != nil || n != processes*increments {
		t.Errorf("the count is %d, %v; want %d", n, err, processes*increments)
	}
}

// TestLoadWhileWriting: a reader takes no lock, sees whole values, and never
// an older one after a newer one, nor takes a write under way for an edit.
func TestLoadWhileWriting(t *testing.T) {
	path := memoryPath(t)
	writer := filejar.New(path, keepFew)
	ids := make([]string, 1, 400)
	var mu sync.Mutex
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		defer close(done)
		for n := 1; n < cap(ids); n++ {
			meta, err := writer.Save(context.Background(), numbered(n), awsjar.Any)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			ids = append(ids, meta.VersionID)
			mu.Unlock()
		}
	})
	seen := map[int]string{}
	last := 0
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		data, meta, err := filejar.New(path).Load(t.Context())
		if errors.Is(err, awsjar.ErrNotFound) && last == 0 {
			continue
		}
		n, numErr := numberOf(data)
		if err != nil || numErr != nil || n < last {
			t.Errorf("Load after write %d: write %d, %v, %v", last, n, err, numErr)
			break
		}
		last, seen[n] = n, meta.VersionID
	}
	wg.Wait()
	for n, id := range seen {
		if ids[n] != id {
			t.Errorf("Load returned write %d as %s, Save as %s", n, id, ids[n])
		}
	}
	if len(seen) < 2 {
		t.Errorf("Load saw %d values", len(seen))
	}
}
