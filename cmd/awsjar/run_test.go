package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/spf13/cobra"
)

// output is the result of a command.
type output struct {
	Code           int
	Stdout, Stderr string
}

func runIn(t *testing.T, w world, args ...string) output {
	t.Helper()
	var stdout, stderr bytes.Buffer
	w.stdout, w.stderr = &stdout, &stderr
	if w.stdin == nil {
		w.stdin = strings.NewReader("")
	}
	code := run(t.Context(), args, w)
	return output{code, stdout.String(), stderr.String()}
}

// TestTerminal: people get values indented and differences coloured, unless
// they asked for something else.
func TestTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	person := world{watching: true}
	for _, value := range []string{`{"n":1}`, `{"n":2}`} {
		runIn(t, world{}, "put", "file:a.json", value)
	}
	colored := "\x1b[31m-  \"n\": 1\x1b[0m\n\x1b[32m+  \"n\": 2\x1b[0m\n"
	for _, test := range []struct {
		name string
		w    world
		args []string
		part string
	}{
		{"get", person, []string{"get", "file:a.json"}, "{\n  \"n\": 2\n}\n"},
		{"get --compact", person, []string{"get", "--compact", "file:a.json"}, "{\"n\":2}\n"},
		{"get of a machine", world{}, []string{"get", "file:a.json"}, "{\"n\":2}\n"},
		{"update", person, []string{"update", "file:a.json", "--jq", "."}, "{\n  \"n\": 2\n}\n"},
		{"diff", person, []string{"diff", "file:a.json"}, colored},
		{"diff of a machine", world{}, []string{"diff", "file:a.json"}, "-  \"n\": 1\n+  \"n\": 2\n"},
		{"diff with NO_COLOR", world{watching: true, environ: []string{"NO_COLOR=1"}}, []string{"diff", "file:a.json"}, "-  \"n\": 1\n+  \"n\": 2\n"},
		{"diff with empty NO_COLOR", world{watching: true, environ: []string{"NO_COLOR="}}, []string{"diff", "file:a.json"}, colored},
		{"diff in a dumb terminal", world{watching: true, environ: []string{"TERM=dumb"}}, []string{"diff", "file:a.json"}, "-  \"n\": 1\n+  \"n\": 2\n"},
	} {
		got := runIn(t, test.w, test.args...)
		if got.Code != 0 || got.Stderr != "" || !strings.Contains(got.Stdout, test.part) {
			t.Errorf("%s: %+v, want %q in it", test.name, got, test.part)
		}
	}
}

// TestDemoForAPerson: the demo shows its commands in color.
func TestDemoForAPerson(t *testing.T) {
	if testing.Short() {
		t.Skip("a person is given time to read")
	}
	t.Parallel() // for it waits
	got := runIn(t, world{watching: true}, "demo")
	if part := "\x1b[36m$ awsjar get lambda://sams-lambda\x1b[0m\n"; got.Code != 0 || got.Stderr != "" || !strings.Contains(got.Stdout, part) {
		t.Errorf("%+v, want %q in it", got, part)
	}
}

// TestNobodyTypes: a put without a value does not wait for somebody to type it.
func TestNobodyTypes(t *testing.T) {
	got := runIn(t, world{typing: true, stdin: forbidden{t}}, "put", "mem:")
	want := output{2, "", "awsjar: error: the value is missing\nawsjar: hint: give it as an argument, as @FILE, or on stdin\n"}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := runIn(t, world{typing: true, stdin: strings.NewReader("1")}, "put", "mem:", "-"); got.Code != 0 {
		t.Errorf("with - stdin is read: %+v", got)
	}
}

type forbidden struct{ t *testing.T }

func (f forbidden) Read([]byte) (int, error) {
	f.t.Error("stdin was read")
	return 0, io.EOF
}

// TestProgress: a long copy shows a bar to a person, and clears it.
func TestProgress(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, value := range []string{"1", "2", "3"} {
		runIn(t, world{}, "put", "file:a.json", value)
	}
	if got := runIn(t, world{attending: true}, "copy", "--history", "file:a.json", "file:b.json"); got.Code != 0 || !strings.Contains(got.Stderr, "awsjar: copying") {
		t.Errorf("%+v, want a bar", got)
	}
}

// TestUndoSaysWhatItDid: a person reads which value is current again; a program
// gets no word of it.
func TestUndoSaysWhatItDid(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, value := range []string{"1", "2"} {
		runIn(t, world{}, "put", "file:a.json", value)
	}
	if got := runIn(t, world{attending: true}, "undo", "file:a.json"); got.Code != 0 || !strings.HasPrefix(got.Stderr, "awsjar: the value is that of version 1-") {
		t.Errorf("%+v, want the version", got)
	}
	if got := runIn(t, world{}, "undo", "file:a.json"); got != (output{}) {
		t.Errorf("%+v, want silence", got)
	}
	if got := runIn(t, world{attending: true}, "undo", "--json", "file:a.json"); got.Code != 0 || got.Stderr != "" {
		t.Errorf("%+v, want JSON alone", got)
	}
	// A delete is taken back, and the undo of it.
	runIn(t, world{}, "delete", "file:a.json")
	if got := runIn(t, world{attending: true}, "undo", "file:a.json"); !strings.HasSuffix(got.Stderr, " again; awsjar undo once more removes it again\n") {
		t.Errorf("%+v, want the undo of a delete", got)
	}
	if got, want := runIn(t, world{attending: true}, "undo", "file:a.json").Stderr, "awsjar: the value is removed again; awsjar undo once more brings it back\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWriteErrors: a value that could not be written out is an error, but not
// if its reader has seen enough.
func TestWriteErrors(t *testing.T) {
	for _, args := range [][]string{
		{"get", "env:none", "--default", "1"}, {"get", "env:none", "--default", "1", "--json"}, {"version"}, {"version", "--json"}, {"demo"}, {"update", "mem:", "--jq", "1"},
	} {
		for _, test := range []struct {
			err  error
			code int
			text string
		}{
			{errors.New("disk full"), 1, "awsjar: error: disk full\n"},
			{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}, 0, ""},
		} {
			var stderr bytes.Buffer
			code := run(t.Context(), args, world{stdin: strings.NewReader(""), stdout: broken{test.err}, stderr: &stderr})
			want := test.text
			if want != "" && slices.Contains(args, "--json") {
				want = `{"exit":1,"error":"disk full"}` + "\n"
			}
			if code != test.code || stderr.String() != want {
				t.Errorf("%v to a stdout with %v: %d, %q", args, test.err, code, stderr.String())
			}
		}
	}
}

// TestBrokenConnection: a connection that breaks while a value is sent is an
// error, though its number is that of a stdout without a reader.
func TestBrokenConnection(t *testing.T) {
	cfg := aws.Config{
		Region: "us-east-1", Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1,
		HTTPClient: smithyhttp.ClientDoFunc(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", syscall.EPIPE)}
		}),
	}
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"put", "s3://my-bucket/state.json", "1"}, world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr, aws: &cfg})
	if code != 1 || !strings.Contains(stderr.String(), "broken pipe") {
		t.Errorf("%d, %q", code, stderr.String())
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// TestInterrupted: an ended context ends every command that waits.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	t.Chdir(t.TempDir())
	for _, args := range []string{"put file:a 1", "get file:a", "update file:a --jq .", "update file:a -- cat", "delete file:a", "demo", "copy file:a file:b", "history file:a"} {
		var stdout, stderr bytes.Buffer
		code := run(ctx, strings.Fields(args), world{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr})
		if code != 130 || !strings.Contains(stderr.String(), "interrupted") {
			t.Errorf("%s: %d, %q", args, code, stderr.String())
		}
	}
	if code := run(ctx, []string{"dev"}, world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}); code != 0 {
		t.Errorf("dev ends with %d, want 0", code)
	}
	if names, _ := filepath.Glob("*"); names != nil {
		t.Errorf("files were made: %q", names)
	}
}

// TestStdinThatNeverEnds: a value that does not come ends with the --timeout.
func TestStdinThatNeverEnds(t *testing.T) {
	for _, args := range [][]string{{"put", "mem:"}, {"put", "mem:", "-"}, {"create", "mem:"}, {"fit"}} {
		stdin, open := io.Pipe()
		got := runIn(t, world{stdin: stdin}, append(args, "--timeout", "10ms")...)
		open.Close() // ends the read
		if got.Code != 1 || !strings.Contains(got.Stderr, "reading stdin: the --timeout of 10ms is over") {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

// TestHostileText: text of a server or a file cannot steer the terminal.
func TestHostileText(t *testing.T) {
	if got, want := printable("a\x1b[2J\u202eb\r\x9b\n\xff"), `a\x1b[2J\u202eb\r`+"\ufffd\n\ufffd"; got != want {
		t.Errorf("printable: %q, want %q", got, want)
	}
	for word, want := range map[string]string{
		"s3://b/k": "s3://b/k", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "lambda://f?name=x": "'lambda://f?name=x'", "f:$LATEST": "'f:$LATEST'",
	} {
		if got := quote(word); got != want {
			t.Errorf("quote(%q) = %s, want %s", word, got, want)
		}
	}
}

// TestHostileNames: nor can a name that a server gives to a function, a bucket or a
// variable.
func TestHostileNames(t *testing.T) {
	const control = "\u009b2J"
	cfg := aws.Config{
		Region: "us-east-1", Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1,
		HTTPClient: smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
			body := `<ListAllMyBucketsResult><Owner/><Buckets><Bucket><Name>` + control + `</Name><BucketRegion>` + control + `</BucketRegion></Bucket></Buckets></ListAllMyBucketsResult>`
			switch {
			case strings.HasSuffix(r.URL.Path, "/functions"), strings.HasSuffix(r.URL.Path, "/functions/"):
				body = `{"Functions":[{"FunctionName":"` + control + `","Environment":{"Variables":{"jar":"{}"}}}]}`
			case strings.Contains(r.URL.Path, "/functions/"):
				body = `{"FunctionName":"f","RevisionId":"1","Environment":{"Variables":{"` + control + `":"1"}}}`
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		}),
	}
	for _, args := range [][]string{{"ls", "s3://"}, {"ls", "-l", "s3://"}, {"ls", "lambda://"}, {"usage", "lambda://f"}} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), args, world{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, aws: &cfg})
		if code != 0 || !strings.Contains(stdout.String(), "2J") || strings.Contains(stdout.String(), control) {
			t.Errorf("%v: %d, %q, %q", args, code, stdout.String(), stderr.String())
		}
	}
}

// TestHelp: every command has a help of one line, shows an example that
// parses, and has no flag without a word about it.
func TestHelp(t *testing.T) {
	c := &command{}
	for _, sub := range c.root().Commands() {
		if sub.Short == "" || len(sub.Short) > 70 || strings.HasSuffix(sub.Short, ".") {
			t.Errorf("%s: %q is no short help", sub.Name(), sub.Short)
		}
		if sub.RunE != nil && !strings.Contains(sub.Example, "awsjar "+sub.Name()) {
			t.Errorf("%s has no example", sub.Name())
		}
		for line := range strings.Lines(sub.Long + "\n" + sub.Example) {
			if len(strings.TrimRight(line, "\n")) > 100 {
				t.Errorf("%s: a long line: %s", sub.Name(), line)
			}
		}
		checkFlags(t, sub)
	}
}

func checkFlags(t *testing.T, cmd *cobra.Command) {
	help := runIn(t, world{}, cmd.Name(), "--help")
	if help.Code != 0 || help.Stderr != "" || !strings.Contains(help.Stdout, cmd.Use) {
		t.Errorf("%s --help: %+v", cmd.Name(), help)
	}
	for line := range strings.Lines(help.Stdout) {
		if fields := strings.Fields(line); len(fields) > 0 && strings.HasPrefix(fields[0], "--") && len(fields) < 3 {
			t.Errorf("%s: a flag without help: %s", cmd.Name(), line)
		}
	}
}
