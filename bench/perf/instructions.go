package perf

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// callInstructions counts the user instructions of one call over https: those
// of a run of 130 calls less those of a run of 30, by callgrind.
func (w *world) callInstructions(op, client string) (float64, error) {
	few, err := w.instructions("call", "-op", op, "-clients", client, "-only", "30")
	if err != nil {
		return 0, err
	}
	many, err := w.instructions("call", "-op", op, "-clients", client, "-only", "130")
	return (many - few) / 100, err
}

var collected = regexp.MustCompile(`Collected : (\d+)`)

// instructions counts those of a whole run of a program over https.
func (w *world) instructions(program string, args ...string) (float64, error) {
	args = append([]string{"--tool=callgrind", "--callgrind-out-file=/dev/null", w.path(program)}, args...)
	cmd := w.command("https", "valgrind", args...)
	cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
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
