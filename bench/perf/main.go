// Package perf measures awsjar beside other clients in one run, and writes the
// tables and plots of docs/performance.md, and the tables of
// docs/performance-contention.md.
//
// A server that answers every request with fixed bytes runs in another process,
// so that only the client is measured. CPU time is compared round by round,
// since a disturbance of a round disturbs all clients; allocations and
// instructions hardly depend on the machine.
package perf

import (
	"flag"
	"fmt"
	"os"
	"time"
)

type settings struct {
	rounds, batch int
	python        string
	pythonClients []string
	valgrind      bool
}

// Main measures and writes.
func Main(args []string) error {
	flags := flag.NewFlagSet("perf", flag.ContinueOnError)
	docs := flags.String("docs", "../docs", "the directory that holds performance.md and performance-contention.md")
	rounds := flags.Int("rounds", 30, "how often each client and each program has its turn")
	batch := flags.Int("batch", 40, "warm calls of a turn")
	python := flags.String("python", "python3", "a Python that may have boto3 and awsjar")
	op := flags.String("op", "", "measure only this warm operation (s3-get, s3-put, s3-update, lambda-get, lambda-update), print its table and write nothing")
	valgrind := flags.Bool("valgrind", haveValgrind(), "count instructions with callgrind, which takes some minutes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s := settings{rounds: *rounds, batch: *batch, valgrind: *valgrind}
	if *op != "" {
		return measureOne(*op, s)
	}
	s.python, s.pythonClients = findPython(*python)
	return measure(*docs, s)
}

func measure(docs string, s settings) error {
	say("building")
	w, err := open(programs)
	if err != nil {
		return err
	}
	defer w.close()
	r := report{made: time.Now(), settings: s}
	for _, op := range operations {
		say(op.title)
		rows, err := w.warm(op.name, op.clients, s)
		if err != nil {
			return err
		}
		r.warm = append(r.warm, rows)
	}
	say("cold starts")
	if r.cold, err = w.cold(s); err != nil {
		return err
	}
	say("many writers of one place")
	if r.contention, err = w.contention(); err != nil {
		return err
	}
	return r.write(docs)
}

// measureOne prints the table of one operation.
func measureOne(name string, s settings) error {
	for _, op := range operations {
		if op.name != name {
			continue
		}
		w, err := open(nil)
		if err != nil {
			return err
		}
		defer w.close()
		rows, err := w.warm(op.name, op.clients, s)
		if err != nil {
			return err
		}
		fmt.Println(warmTable(rows))
		return nil
	}
	return fmt.Errorf("there is no operation %q", name)
}

func say(text string) {
	fmt.Fprintf(os.Stderr, "bench: %s %s\n", time.Now().Format(time.TimeOnly), text)
}
