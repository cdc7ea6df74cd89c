package linear_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/internal/linear"
)

// job is the work of a process of TestFileProcesses.
type job struct {
	Path  string
	First int
	Ops   int
	Seed  uint64
}

// done is the result of that work.
type done struct {
	Calls  []linear.Call
	Report linear.Report
}

// TestFileProcesses: two clients in each of three processes, on one file.
func TestFileProcesses(t *testing.T) {
	rounds(t, 3, func(t *testing.T, seed uint64) linear.Report {
		path := filepath.Join(t.TempDir(), "state.json")
		var mu sync.Mutex
		var wg sync.WaitGroup
		var all done
		for p := range 3 {
			wg.Go(func() {
				d, err := inProcess(job{Path: path, First: 2 * p, Ops: 8, Seed: seed})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				all.Calls = append(all.Calls, d.Calls...)
				all.Report.Add(d.Report)
			})
		}
		wg.Wait()
		if !linear.Check(t, all.Calls, seed) {
			all.Report.Undecided++
		}
		return all.Report
	})
}

func inProcess(j job) (d done, err error) {
	text, err := json.Marshal(j)
	if err != nil {
		return d, err
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestProcess$")
	cmd.Env = append(os.Environ(), "LINEAR_JOB="+string(text))
	out, err := cmd.Output()
	if err != nil {
		return d, fmt.Errorf("%w: %s", err, out)
	}
	_, out, _ = bytes.Cut(out, []byte("DONE "))
	return d, json.NewDecoder(bytes.NewReader(out)).Decode(&d)
}

// TestProcess is a process of TestFileProcesses.
func TestProcess(t *testing.T) {
	text := os.Getenv("LINEAR_JOB")
	if text == "" {
		return // not one
	}
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		t.Fatal(err)
	}
	var d done
	d.Calls, d.Report = linear.Config{
		Stores: handles(2, func() awsjar.Store { return filejar.New(j.Path) }), First: j.First, Ops: j.Ops, Seed: j.Seed,
	}.Record(t.Context())
	out, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("DONE %s\n", out)
}
