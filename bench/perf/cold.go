package perf

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// program is one whose whole run is measured, from its start to its end.
type program struct {
	name, title string
	pkg         string // its source; "" for Python
	args        []string
	outside     bool // runs as outside of Lambda
}

const (
	coldPrograms  = "github.com/awsjar/awsjar/bench/perf/cold/"
	guardPrograms = "github.com/awsjar/awsjar/guard/"
	baseline      = "sdk" // of the programs, the one that the others are compared with
)

var programs = []program{
	{"sdk", "aws-sdk-go-v2: config + s3 + lambda, as people write it", coldPrograms + "sdk", nil, false},
	{"s3only", "**awsjar**: lambdaenv + s3jar", guardPrograms + "s3only", []string{"bucket", "state.json"}, false},
	{"lambdaonly", "**awsjar**: lambdaenv + lambdajar", guardPrograms + "lambdaonly", []string{"sams-lambda"}, false},
	{"ours", "**awsjar**: lambdaenv + s3jar + lambdajar", coldPrograms + "ours", nil, false},
	{"url", "**awsjar**: jarurl, in a function", coldPrograms + "url", nil, false},
	{"url-outside", "awsjar: jarurl, elsewhere", coldPrograms + "url", nil, true},
	{"sdks3", "aws-sdk-go-v2: s3 alone, no config", coldPrograms + "sdks3", nil, false},
	{"gocloud", "gocloud.dev/blob", coldPrograms + "gocloud", nil, false},
	{"nethttp", "net/http, unsigned (floor)", coldPrograms + "nethttp", nil, false},
	{"hello", "hello, world (no request)", coldPrograms + "hello", nil, false},
}

// coldRow is the cost of the whole run of a program.
type coldRow struct {
	program      program
	size         int64
	initAllocs   float64
	initBytes    float64
	cpu, wall    map[string][]float64 // by scheme: milliseconds, a number for each round
	quotaWall    []float64            // milliseconds over https under the CPU quota
	rss          float64              // kilobytes over https
	instructions float64              // over https
}

// cold measures every program, one after the other in each round.
func (w *world) cold(s settings) ([]*coldRow, error) {
	var rows []*coldRow
	for _, p := range programs {
		rows = append(rows, &coldRow{program: p, cpu: map[string][]float64{}, wall: map[string][]float64{}})
	}
	if len(s.pythonClients) > 0 {
		rows = append(rows, &coldRow{program: program{name: "python", title: "Python: import boto3, one GET"}, cpu: map[string][]float64{}, wall: map[string][]float64{}})
	}
	for _, row := range rows {
		if err := w.inspect(row, s); err != nil {
			return nil, err
		}
	}
	for round := range s.rounds + 1 {
		for _, row := range rows {
			if row.program.pkg == "" && round > 5 {
				continue // takes seconds
			}
			for _, scheme := range []string{"http", "https"} {
				if err := w.once(row, scheme, s, round > 0); err != nil {
					return nil, err
				}
			}
		}
	}
	return rows, w.underQuota(rows, s)
}

// once runs a program and, after the first round, keeps its cost.
func (w *world) once(row *coldRow, scheme string, s settings, keep bool) error {
	cmd := w.run(row, scheme, s)
	start := time.Now()
	if _, err := output(cmd); err != nil {
		return err
	}
	wall := time.Since(start)
	if !keep {
		return nil
	}
	state := cmd.ProcessState
	row.cpu[scheme] = append(row.cpu[scheme], milliseconds(state.UserTime()+state.SystemTime()))
	row.wall[scheme] = append(row.wall[scheme], milliseconds(wall))
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (w *world) run(row *coldRow, scheme string, s settings) *exec.Cmd {
	if row.program.pkg == "" {
		return w.python(s.python, scheme, "cold")
	}
	cmd := w.command(scheme, row.program.name, row.program.args...)
	if row.program.outside {
		cmd.Env = append(cmd.Env, "AWS_LAMBDA_FUNCTION_NAME=", "AWS_LAMBDA_RUNTIME_API=")
	}
	return cmd
}

// peak returns the most memory that a run takes, in kilobytes.
func (w *world) peak(inner *exec.Cmd) (float64, error) {
	cmd := w.command("https", "peak", append([]string{inner.Path}, inner.Args[1:]...)...)
	cmd.Env = inner.Env
	out, err := output(cmd)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(string(out), 64)
}

var initLine = regexp.MustCompile(`(?m)^init \S+ @.* (\d+) bytes, (\d+) allocs$`)

// inspect measures the numbers that hardly change from run to run.
func (w *world) inspect(row *coldRow, s settings) error {
	var err error
	if row.rss, err = w.peak(w.run(row, "https", s)); err != nil || row.program.pkg == "" {
		return err
	}
	info, err := os.Stat(w.path(row.program.name))
	if err != nil {
		return err
	}
	row.size = info.Size()
	cmd := w.run(row, "https", s)
	cmd.Env = append(cmd.Env, "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", row.program.name, err, last(trace.String(), 600))
	}
	for _, m := range initLine.FindAllStringSubmatch(trace.String(), -1) {
		size, _ := strconv.ParseFloat(m[1], 64) // digits
		allocs, _ := strconv.ParseFloat(m[2], 64)
		row.initBytes += size
		row.initAllocs += allocs
	}
	if s.valgrind && !row.program.outside {
		row.instructions, err = w.instructions(w.bundle, row.program.name, row.program.args...)
	}
	return err
}
