package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
)

// TestDemoChecksItself: a result other than the one that the demo announces ends it.
func TestDemoChecksItself(t *testing.T) {
	for name, wrong := range map[string]step{
		"another value":        {args: []string{"get", "s3://acorns/a.json", "--default", "1"}, want: "2"},
		"another exit code":    {args: []string{"get", "s3://acorns/a.json"}, want: "nothing is stored"},
		"output where is none": {args: []string{"put", "--json", "s3://acorns/b.json", "1"}},
	} {
		s, stdout := newStage(t)
		s.do(t.Context(), step{args: []string{"put", "s3://acorns/c.json", "1"}})
		if s.err != nil {
			t.Fatalf("%s: what is right is taken for wrong: %v", name, s.err)
		}
		s.do(t.Context(), wrong)
		if s.err == nil || !strings.HasPrefix(s.err.Error(), "the demo went wrong at awsjar ") {
			t.Errorf("%s is not noticed: %v", name, s.err)
		}
		stdout.Reset()
		s.do(t.Context(), step{args: []string{"get", "s3://acorns/c.json"}})
		if stdout.Len() > 0 {
			t.Errorf("%s: the demo goes on: %s", name, stdout)
		}
	}
}

func TestDemoRaceChecksItself(t *testing.T) {
	s, _ := newStage(t)
	s.srv.Inject(awsfake.Fault{Op: "PutObject", Code: "AccessDenied", Skip: 30, Times: -1})
	s.race(t.Context(), "s3://acorns/n.json", 50)
	if s.err == nil {
		t.Error("a writer that fails is not noticed")
	}
}

// newStage returns a stage over an AWS of its own.
func newStage(t *testing.T) (*stage, *bytes.Buffer) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("acorns")
	var stdout bytes.Buffer
	cfg := srv.Config()
	return &stage{world: world{stdout: &stdout, aws: &cfg}, srv: srv}, &stdout
}
