package perf

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// world is the surroundings of the measured programs: the stub, its
// certificate, and an environment.
type world struct {
	dir    string // of the programs and the certificates
	bundle string // the system's certificates and the root of the stub's
	root   string // that root alone
	stub   *exec.Cmd
	at     struct{ HTTP, HTTPS, Counts string }
}

// open builds the programs and starts the stub.
func open(programs []program) (*world, error) {
	dir, err := os.MkdirTemp("", "awsjar-perf-")
	if err != nil {
		return nil, err
	}
	w := &world{dir: dir, bundle: filepath.Join(dir, "bundle.pem"), root: filepath.Join(dir, "root.pem")}
	if err := w.start(programs); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) start(programs []program) error {
	pair := filepath.Join(w.dir, "server.pem")
	if err := writeCertificates(w.bundle, w.root, pair); err != nil {
		return err
	}
	const here = "github.com/awsjar/awsjar/bench/perf/"
	for name, pkg := range map[string]string{"call": here + "call", "stub": here + "stub", "peak": here + "peak"} {
		if err := w.build(name, pkg); err != nil {
			return err
		}
	}
	for _, p := range programs {
		if p.pkg != "" {
			if err := w.build(p.name, p.pkg); err != nil {
				return err
			}
		}
	}
	w.stub = exec.Command(w.path("stub"), pair)
	w.stub.Stderr = os.Stderr
	if _, err := w.stub.StdinPipe(); err != nil { // it ends when we do
		return err
	}
	out, err := w.stub.StdoutPipe()
	if err != nil {
		return err
	}
	if err := w.stub.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the stub says nothing: %w", err)
	}
	return json.Unmarshal(line, &w.at)
}

// close ends the stub and removes the programs.
func (w *world) close() {
	if w.stub != nil && w.stub.Process != nil {
		w.stub.Process.Kill()
		w.stub.Wait()
	}
	os.RemoveAll(w.dir)
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// build makes a program as one deploys it.
func (w *world) build(name, pkg string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", w.path(name), pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return nil
}

// endpoint returns the stub's address for "http" or "https".
func (w *world) endpoint(scheme string) string {
	if scheme == "https" {
		return w.at.HTTPS
	}
	return w.at.HTTP
}

// env is the environment of a Lambda function, with the stub in the place of
// AWS.
func (w *world) env(scheme string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "TZ=UTC", "LANG=en_US.UTF-8",
		"AWS_ENDPOINT_URL=" + w.endpoint(scheme), "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token",
		"AWS_LAMBDA_FUNCTION_NAME=sams-lambda", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001", "LAMBDA_TASK_ROOT=/var/task",
		"AWS_EC2_METADATA_DISABLED=true", "SSL_CERT_FILE=" + w.bundle,
		"AWS_CONFIG_FILE=" + filepath.Join(w.dir, "none"), "AWS_SHARED_CREDENTIALS_FILE=" + filepath.Join(w.dir, "none"),
	}
}

// command is a program in that environment.
func (w *world) command(scheme, name string, args ...string) *exec.Cmd {
	if !strings.Contains(name, "/") && name != "valgrind" {
		name = w.path(name)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = w.env(scheme)
	return cmd
}

// output runs a command and returns its output.
func output(cmd *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, last(stderr.String(), 600))
	}
	return stdout.Bytes(), nil
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

// traffic is the requests that the stub has seen.
type traffic struct{ Requests, In, Out int64 }

func (w *world) traffic() (t traffic, err error) {
	answer, err := http.Get(w.at.Counts)
	if err != nil {
		return t, err
	}
	defer answer.Body.Close()
	return t, json.NewDecoder(answer.Body).Decode(&t)
}
