//go:build !race

// The programs are the same under the race detector; .ci/run runs this package
// without it as well.

package guard

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/executable"
)

// TestPrograms builds the two smallest programs and the command as one deploys
// them, runs them, and compares their size and the allocations before main
// begins: nearly all that the command does to read a file.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles programs")
	}
	needRelease(t)
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the numbers are those of linux/amd64")
	}
	aws := awsfake.NewServer(t)
	const value = `{"cursor":7,"note":"fine","seen":["a"]}`
	if err := errors.Join(
		aws.CreateBucket("bucket"),
		aws.PutObject("bucket", "state.json", []byte(value), nil),
		aws.CreateFunction("sams-lambda", map[string]string{"jar": value}),
	); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(file, []byte("[7, 4, 1]"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := openRecord(t, "programs.txt", "bytes of the stripped programs, and what they allocate before main")
	for _, p := range []struct {
		name, source, output string
		args                 []string
	}{
		{"s3only", "./s3only", "7 4 1\n", []string{"bucket", "state.json"}},
		{"lambdaonly", "./lambdaonly", "7 4 1\n", []string{"sams-lambda"}},
		{"awsjar", "../cmd/awsjar", "[7,4,1]\n", []string{"get", "file:" + file}},
	} {
		binary := build(t, p.source)
		info, err := os.Stat(binary)
		if err != nil {
			t.Fatal(err)
		}
		out, trace := run(t, binary, append(os.Environ(), aws.Env()...), p.args)
		if out != p.output {
			t.Errorf("%s printed %q", p.name, out)
		}
		allocs, size := initAllocations(t, trace)
		t.Logf("%-10s %8d bytes, %5.0f allocations of %7.0f bytes before main", p.name, info.Size(), allocs, size)
		r.check(p.name+".size", float64(info.Size()), 0.02) // patch releases of Go differ by 1.5 %
		r.check(p.name+".init-allocs", allocs, 0.02)
		r.check(p.name+".init-bytes", size, 0.05)
	}
}

// build compiles a program, which "go run" links without debugging information.
func build(t *testing.T, source string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), filepath.Base(source))
	cmd := executable.Copy(source, binary)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=") // without -race and the like
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go run: %v\n%s", err, out)
	}
	return binary
}

// run returns the output of a program, and the runtime's account of its
// initialization.
func run(t *testing.T, binary string, env, args []string) (out string, trace []byte) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append(env, "GODEBUG=inittrace=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(binary), err, &stderr)
	}
	return stdout.String(), stderr.Bytes()
}

// initLine is the line that the runtime prints for each package (documentation of
// package runtime, "GODEBUG", inittrace).
var initLine = regexp.MustCompile(`^init \S+ @.* (\d+) bytes, (\d+) allocs$`)

func initAllocations(t *testing.T, trace []byte) (allocs, size float64) {
	t.Helper()
	for lines := bufio.NewScanner(bytes.NewReader(trace)); lines.Scan(); {
		if m := initLine.FindStringSubmatch(lines.Text()); m != nil {
			size += number(t, m[1])
			allocs += number(t, m[2])
		}
	}
	if allocs == 0 {
		t.Fatalf("no account of the initialization:\n%s", trace)
	}
	return allocs, size
}

func number(t *testing.T, digits string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		t.Fatal(fmt.Errorf("not a number: %w", err))
	}
	return n
}
