package lambdafake

import (
	"bufio"
	"fmt"
	"github.com/awsjar/awsjar/internal/durable"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// childDir is the environment variable that makes the test binary a writer to be
// killed.
const childDir = "LAMBDAFAKE_WRITER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, writeForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeForEver counts in the function fn, and tells of each number once it is stored.
func writeForEver(dir string) error {
	s, err := New(Options{Dir: dir})
	if err != nil {
		return err
	}
	env, _ := s.Environment("fn")
	n, err := strconv.Atoi(env["COUNT"])
	for err == nil {
		n++
		padding := strings.Repeat("x", n%3000)
		if err = s.ReplaceEnvironment("fn", map[string]string{"COUNT": strconv.Itoa(n), "PADDING": padding}); err == nil {
			_, err = fmt.Println(n)
		}
	}
	return err
}

// TestKilledWriterLeavesTheOldOrTheNewState kills a writer again and again in the
// middle of its work.
func TestKilledWriterLeavesTheOldOrTheNewState(t *testing.T) {
	dir := t.TempDir()
	s, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateFunction("fn", map[string]string{"COUNT": "0"}); err != nil {
		t.Fatal(err)
	}
	const kills = 25
	total := 0
	for i := range kills {
		told := killWriter(t, dir, 1+i%7)
		s, err := New(Options{Dir: dir})
		if err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
		env, _ := s.Environment("fn")
		n, err := strconv.Atoi(env["COUNT"])
		if err != nil || n < told || n > told+1 || n > 0 && len(env["PADDING"]) != n%3000 {
			t.Fatalf("after kill %d: told of %d, found %q with %d bytes of padding", i, told, env["COUNT"], len(env["PADDING"]))
		}
		total = n
	}
	if total < kills {
		t.Errorf("only %d writes", total)
	}
	if left, err := filepath.Glob(filepath.Join(dir, durable.TempPrefix+"*")); err != nil || len(left) != 0 {
		t.Error("temporary files are left:", left, err)
	}
}

// killWriter starts a writer, kills it once it told of so many numbers, and returns
// the last one it told of.
func killWriter(t *testing.T, dir string, numbers int) (last int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); seen++ {
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if seen == numbers {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	child.Wait() // killed
	return last
}
