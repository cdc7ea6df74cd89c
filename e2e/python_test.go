package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The newest Python awsjar on PyPI, and the packages that it and its tests need.
const (
	awsjarVersion = "0.2.11"
	boto3Version  = "1.44.5"
)

var pythonPackages = []string{"boto3==" + boto3Version, "setuptools==84.2.1", "pytest==9.2.0", "pprintpp==0.4.0"}

// pythonAwsjar returns the python of a virtual environment that holds Python
// awsjar.
func pythonAwsjar() (string, error) {
	python, err := pythonBuilt("python-awsjar", awsjarVersion+"-boto3-"+boto3Version, pythonPackages...)
	if err != nil {
		return "", err
	}
	done := filepath.Join(filepath.Dir(filepath.Dir(python)), "awsjar-complete")
	if _, err := os.Stat(done); err == nil {
		return python, nil
	}
	patches, err := filepath.Abs(filepath.Join("testdata", "python", "build"))
	if err != nil {
		return "", err
	}
	// There is no wheel, and pip shows the patches to a build only if that is not
	// isolated.
	cmd := exec.Command(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
		"--no-deps", "--no-build-isolation", "awsjar=="+awsjarVersion)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+patches, "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v: %w\n%s", cmd.Args, err, out)
	}
	return python, os.WriteFile(done, nil, 0o644)
}

// needPython returns the python that has Python awsjar, or skips the test
// loudly; under CI it fails.
func needPython(t *testing.T) string {
	t.Helper()
	running.Lock()
	defer running.Unlock()
	const name = "Python awsjar"
	err := running.errs[name]
	if err == nil {
		var python string
		if python, err = pythonAwsjar(); err == nil {
			return python
		}
		running.errs[name] = err
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s: %v", name, err)
	}
	t.Skipf("%s: %v", name, err)
	return ""
}

// session is a running Python program that holds jars and buckets of the
// original, and evaluates expressions with them. See testdata/python/session.py.
type session struct {
	mu      sync.Mutex
	in      io.WriteCloser
	answers *json.Decoder
}

// pythonError is an exception.
type pythonError struct{ Class, Text string }

func (e *pythonError) Error() string { return e.Class + ": " + e.Text }

// newSession starts one with the given variables in the place of any that
// concern AWS. The command, if any, runs it.
func newSession(t *testing.T, env []string, command ...string) *session {
	t.Helper()
	command = append(command, needPython(t), filepath.Join("testdata", "python", "session.py"))
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(withoutAWS(os.Environ()), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v\n%s", command, err, &stderr)
		}
	})
	s := &session{in: in, answers: json.NewDecoder(out)}
	s.answers.UseNumber()
	return s
}

// withoutAWS is an environment without variables that concern AWS.
func withoutAWS(env []string) []string {
	env = slices.DeleteFunc(env, func(line string) bool { return strings.HasPrefix(line, "AWS_") })
	return append(env, "AWS_EC2_METADATA_DISABLED=true", "PYTHONDONTWRITEBYTECODE=1")
}

// try returns the value of an expression. An exception is a *pythonError.
func (s *session) try(format string, args ...any) (any, error) {
	line, err := json.Marshal(fmt.Sprintf(format, args...))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.in.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	var answer struct {
		Value       any
		Error, Text string
	}
	if err := s.answers.Decode(&answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, &pythonError{answer.Error, answer.Text}
	}
	return answer.Value, nil
}

// eval returns the value of an expression that must not fail.
func (s *session) eval(t *testing.T, format string, args ...any) any {
	t.Helper()
	value, err := s.try(format, args...)
	if err != nil {
		t.Fatalf("python: "+format+": %v", append(args, err)...)
	}
	return value
}
