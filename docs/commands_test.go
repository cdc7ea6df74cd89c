// Package docs_test runs the commands of the pages, and reads their programs.
package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/executable"
)

// step is one command of a page.
type step struct {
	block
	command string
	want    string // the output that the page shows; "..." stands for any text
	shown   bool   // the page shows an output
}

// TestCommands runs the commands of each page from top to bottom, in a directory
// and against an AWS of its own, which has the function sams-lambda and the bucket
// my-bucket. A block of console shows outputs too. This checkout stands in for
// the release that "go get", "go install" and "git clone" would bring.
func TestCommands(t *testing.T) {
	tools := tools(t)
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal("the commands of the pages need bash: ", err)
	}
	for _, page := range pages(t) {
		steps := stepsOf(t, page)
		if len(steps) == 0 {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(page), ".md"), func(t *testing.T) {
			t.Parallel()
			s := newSession(t, bash, tools)
			for n, out := range s.run(steps) {
				steps[n].check(t, out)
			}
		})
	}
}

// stepsOf returns the commands of a page, and a step without one for each of its
// files.
func stepsOf(t *testing.T, page string) (steps []step) {
	for _, b := range blocksOf(t, page) {
		file, isFile := strings.CutPrefix(b.note, "file: ")
		switch {
		case isFile:
			steps = append(steps, step{block: b, command: "cp " + strconv.Quote("$FILES/"+fileName(b)) + " " + file})
		case strings.HasPrefix(b.note, "not run: "):
		case b.kind == "sh":
			for command := range strings.Lines(strings.ReplaceAll(b.text, "\\\n", "\\\r")) {
				steps = append(steps, step{block: b, command: strings.ReplaceAll(command, "\\\r", "\\\n")})
			}
		case b.kind == "console":
			steps = append(steps, transcript(b)...)
		}
	}
	return steps
}

// fileName is the name under which a session finds the text of a block.
func fileName(b block) string { return fmt.Sprintf("%s-%d", filepath.Base(b.page), b.line) }

// transcript returns the steps of a block whose commands begin with "$ ".
func transcript(b block) (steps []step) {
	for line := range strings.Lines(b.text) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			steps = append(steps, step{block: b, command: command, shown: true})
			continue
		}
		last := &steps[len(steps)-1]
		if last.want == "" && strings.HasSuffix(last.command, "\\\n") {
			last.command += line
		} else {
			last.want += line
		}
	}
	return steps
}

// ending is the output of a step and its exit code.
type ending struct {
	out  string
	code int
}

// check compares an ending with the page.
func (s step) check(t *testing.T, got ending) {
	t.Helper()
	where := fmt.Sprintf("%s:%d: %s", s.page, s.line, strings.TrimSpace(s.command))
	if got.code != 0 && !strings.Contains(s.want, "error:") {
		t.Errorf("%s\nends with %d:\n%s", where, got.code, got.out)
		return
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(s.want)), `\.\.\.`, `.*`)
	if s.shown && !regexp.MustCompile(`^(?s:`+pattern+`)$`).MatchString(strings.TrimSpace(got.out)) {
		t.Errorf("%s\nprints\n%s\nand the page says\n%s", where, got.out, s.want)
	}
}

// session is a directory and an AWS in which a page runs.
type session struct {
	t    *testing.T
	bash string
	dir  string
	env  []string
}

func newSession(t *testing.T, bash, tools string) *session {
	aws := awsfake.NewServer(t)
	aws.CreateFunction("sams-lambda", nil)
	aws.CreateBucket("my-bucket")
	aws.SetVersioning("my-bucket", "Enabled")
	home := t.TempDir()
	s := &session{t: t, bash: bash, dir: filepath.Join(home, "work")}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	repository, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	workspace := filepath.Join(home, "go.work")
	write(t, workspace, "go 1.26.0\n\nuse "+strconv.Quote(repository)+"\n", 0o600)
	for _, variable := range os.Environ() { // without the AWS and the proxy of this machine
		if name, _, _ := strings.Cut(variable, "="); !strings.HasPrefix(name, "AWS_") && !strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
			s.env = append(s.env, variable)
		}
	}
	if os.Getenv("HOME") == "" {
		s.env = append(s.env, "HOME="+home)
	}
	s.env = append(s.env, aws.Env()...)
	s.env = append(s.env, "PATH="+tools+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"GOWORK=off", "WORKSPACE="+workspace, "REPOSITORY="+repository, "FILES="+home, "EDITOR=true", "GORACE=atexit_sleep_ms=0",
		"GOFLAGS="+os.Getenv("GOFLAGS")+" -ldflags=-w") // without debug information a program is linked in half the time
	return s
}

// compiled finds a function that is compiled when it is invoked. On a busy machine
// that takes longer than the ten seconds that AWS gives a function to start, so
// its program is compiled before, and ends at once without Lambda around it.
var compiled = regexp.MustCompile(`--function '\w+=go run (\S+)'`)

// run carries out the steps in one shell.
func (s *session) run(steps []step) []ending {
	var script strings.Builder
	// "cd awsjar" after "git clone" goes to this checkout.
	script.WriteString("exec 2>&1 </dev/null\ncd() { [ \"$1\" != awsjar ] || set -- \"$REPOSITORY\"; builtin cd \"$@\"; }\n")
	for _, step := range steps {
		if m := compiled.FindStringSubmatch(step.command); m != nil {
			fmt.Fprintf(&script, "(cd \"$REPOSITORY\" && go run %s) >/dev/null\n", m[1])
		}
		if strings.HasPrefix(step.note, "file: ") {
			write(s.t, filepath.Join(filepath.Dir(s.dir), fileName(step.block)), step.text, 0o600)
		}
		fmt.Fprintf(&script, "%s\nprintf '\\036%%d\\036' $?\n", strings.TrimSpace(step.command))
	}
	path := filepath.Join(filepath.Dir(s.dir), "steps")
	write(s.t, path, script.String(), 0o600)
	cmd := exec.CommandContext(s.t.Context(), s.bash, path)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	parts := strings.Split(string(out), "\036")
	if err != nil || len(parts) != 2*len(steps)+1 {
		s.t.Fatalf("%v: %d of %d commands ran:\n%s", err, len(parts)/2, len(steps), out)
	}
	endings := make([]ending, len(steps))
	for n := range endings {
		code, err := strconv.Atoi(parts[2*n+1])
		if err != nil {
			s.t.Fatal(err)
		}
		endings[n] = ending{parts[2*n], code}
	}
	return endings
}

// awsjar compiles the command for all tests and returns its path.
var awsjar = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "awsjar")
	if out, err := executable.Copy("../cmd/awsjar", path).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go run: %w\n%s", err, out)
	}
	return path, nil
})

// built is the directory of the command.
var built string

func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "docs"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(built)
	os.Exit(code)
}

// tools returns a directory with the command awsjar, and with a go and a git that
// take this checkout for the release: "go get" gets all that it would get, and takes
// the other modules from the cache of this machine first. The program of "go run
// ./cmd/awsjar" is the command, which was compiled by that.
func tools(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("the command is compiled")
	}
	dir := t.TempDir()
	command, err := awsjar()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Link(command, filepath.Join(dir, filepath.Base(command))); err != nil {
		t.Fatal(err)
	}
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go"), `#!/bin/sh
case "$1 $2" in
"install github.com/awsjar/awsjar/"*) exit 0 ;;
"get "*)
	cache=$(`+real+` env GOMODCACHE)
	export GOPROXY="file://$cache/cache/download,$(`+real+` env GOPROXY)" GONOSUMDB='*'
	shift
	for package in "$@"; do
		case $package in github.com/awsjar/awsjar*) package=$package@v0.0.0-00010101000000-000000000000 ;; esac
		set -- "$@" "$package"
		shift
	done
	exec `+real+` get "$@" ;;
"run ./cmd/awsjar") [ -f cmd/awsjar/main.go ] && shift 2 && exec "`+command+`" "$@" ;;
"mod init") `+real+` "$@" && exec `+real+` mod edit -replace "github.com/awsjar/awsjar=$REPOSITORY" ;;
"run github.com/awsjar/awsjar/"*@latest) program=${2%@latest} && shift 2 && GOWORK=$WORKSPACE exec `+real+` run "$program" "$@" ;;
esac
exec `+real+` "$@"
`, 0o700)
	write(t, filepath.Join(dir, "git"), "#!/bin/sh\n[ \"$1 $2\" = \"clone https://github.com/awsjar/awsjar\" ]\n", 0o700)
	write(t, filepath.Join(dir, "pytest"), "#!/bin/sh\n[ -n \"$AWS_ENDPOINT_URL\" ]\n", 0o700)
	return dir
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
