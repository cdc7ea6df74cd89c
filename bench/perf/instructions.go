package perf

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
)

// countInstructions counts those of each client, several at a time, since other
// work does not change the number.
func (w *world) countInstructions(op string, rows []*warmRow) error {
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.NumCPU())
	failed := make([]error, len(rows))
	for i, row := range rows {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			row.instructions, failed[i] = w.callInstructions(op, row.client)
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// callInstructions counts the user instructions of one call over https: those
// of a run of 120 calls less those of a run of 20, by callgrind.
func (w *world) callInstructions(op, client string) (float64, error) {
	few, err := w.instructions(w.root, "call", "-op", op, "-clients", client, "-only", "20")
	if err != nil {
		return 0, err
	}
	many, err := w.instructions(w.root, "call", "-op", op, "-clients", client, "-only", "120")
	return (many - few) / 100, err
}

var collected = regexp.MustCompile(`Collected : (\d+)`)

// instructions counts those of a whole run of a program over https that trusts
// the certificates of a bundle.
func (w *world) instructions(bundle, program string, args ...string) (float64, error) {
	args = append([]string{"--tool=callgrind", "--callgrind-out-file=/dev/null", w.path(program)}, args...)
	cmd := w.command("https", "valgrind", args...)
	// Without the garbage collector, whose rounds fall here or there; callgrind
	// cannot bear the signals of preemption.
	cmd.Env = append(cmd.Env, "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1", "SSL_CERT_FILE="+bundle)
	if bundle == w.root {
		cmd.Env = append(cmd.Env, "SSL_CERT_DIR="+filepath.Join(w.dir, "none"))
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("valgrind %s: %w\n%s", program, err, last(stderr.String(), 600))
	}
	m := collected.FindSubmatch(stderr.Bytes())
	if m == nil {
		return 0, fmt.Errorf("valgrind %s tells no count:\n%s", program, last(stderr.String(), 600))
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

func haveValgrind() bool {
	_, err := exec.LookPath("valgrind")
	return err == nil
}
