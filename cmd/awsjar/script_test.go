package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/hasten"
)

func TestMain(m *testing.M) {
	testscript.Main(overlapping{m}, map[string]func(){"awsjar": main})
}

// overlapping runs more scripts at once than there are processors, for some of
// them wait: for a lease to end, or for a program that does not end by itself.
type overlapping struct{ *testing.M }

func (o overlapping) Run() int {
	hasten.Tests()
	return o.M.Run()
}

// TestScripts runs testdata/*.txtar. Each has an AWS of its own, which the
// environment points at, with the function sams-lambda and the bucket acorns.
func TestScripts(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("THE SCRIPTS WERE NOT RUN: they call programs of Unix, and expect its words in errors")
	}
	if testing.Short() {
		t.Skip("the scripts start the command a thousand times")
	}
	t.Parallel() // with other tests that wait
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			srv, err := awsfake.Start()
			if err != nil {
				return err
			}
			env.Defer(func() { srv.Close() })
			env.Vars = append(env.Vars, srv.Env()...)
			env.Vars = append(env.Vars, "URL="+srv.URL(), "AWS_MAX_ATTEMPTS=1", "AWS_EC2_METADATA_DISABLED=true")
			env.Vars = append(env.Vars, "GORACE=atexit_sleep_ms=0") // or each command takes a second with -race
			env.Vars = append(env.Vars, "CASES="+filepath.Join(here, "testdata", "cases"))
			env.Values["fake"] = srv
			return errors.Join(srv.CreateFunction("sams-lambda", map[string]string{"TREE": "oak"}), srv.CreateBucket("acorns"))
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"fails": fails,
			"proxy": proxy,
			"fake":  fake,
		},
	})
}

// fails CODE COMMAND ... runs a command that must end with that exit code and
// write nothing to stdout.
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE COMMAND ...")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		code = ended.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("stdout is %q, want nothing", out)
	}
}
