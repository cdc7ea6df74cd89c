// Fakes measures how many requests the fakes of S3 answer per second of their
// own CPU time, each in a process of its own, and how much memory an object takes
// in each:
//
//	go run ./fakes [-moto PATH-OF-moto_server]
//
// The client is the SDK for Go; its own work is not counted. Linux only: the
// times are those of /proc.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/awsjar/awsjar/awsfake"
)

// A server is one of the fakes: the command that serves, and how its URL is known.
type server struct {
	name    string
	command []string
	url     string // "": the first line that the command prints
}

const motoPort = "47113"

func main() {
	moto := flag.String("moto", "", "path of moto_server, which is left out without")
	serves := flag.String("serve", "", "serve one of the fakes that are written in Go")
	flag.Parse()
	run := func() error { return compare(*moto) }
	if *serves != "" {
		run = func() error { return serve(*serves) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve prints the URL of a fake, and serves until standard input ends.
func serve(name string) error {
	if name == "gofakes3" {
		srv := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
		defer srv.Close()
		fmt.Println(srv.URL)
	} else {
		srv, err := awsfake.Start()
		if err != nil {
			return err
		}
		defer srv.Close()
		fmt.Println(srv.URL())
	}
	_, err := bufio.NewReader(os.Stdin).ReadString(0)
	if err.Error() == "EOF" {
		return nil
	}
	return err
}

// compare measures all fakes, in rounds.
func compare(moto string) error {
	servers := []server{
		{name: "awsfake", command: []string{os.Args[0], "-serve", "awsfake"}},
		{name: "gofakes3", command: []string{os.Args[0], "-serve", "gofakes3"}},
	}
	if moto != "" {
		servers = append(servers, server{"moto", []string{moto, "-H", "127.0.0.1", "-p", motoPort}, "http://127.0.0.1:" + motoPort})
	}
	fmt.Printf("%-10s %16s %16s %18s\n", "", "puts per s CPU", "gets per s CPU", "bytes per object")
	for range rounds {
		if err := round(context.Background(), servers); err != nil {
			return err
		}
	}
	return nil
}

// round measures fakes that are started for it.
func round(ctx context.Context, servers []server) error {
	var all []*contender
	for _, s := range servers {
		c, err := s.enter(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		defer c.stop()
		all = append(all, c)
	}
	if err := measure(ctx, all); err != nil {
		return err
	}
	for _, c := range all {
		fmt.Printf("%-10s %16.0f %16.0f %18d\n", c.name, c.puts, c.gets, c.memory)
	}
	return nil
}

// start starts the fake and waits until its URL is known.
func (s server) start() (p *process, err error) {
	p = &process{cmd: exec.Command(s.command[0], s.command[1:]...), url: s.url}
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if s.url == "" {
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			return nil, err
		}
		p.url = strings.TrimSpace(line)
	}
	return p, nil
}
