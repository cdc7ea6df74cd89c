package perf

import (
	_ "embed"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

//go:embed python.py
var pythonProgram string

// pythonClients returns the clients that the interpreter has.
func pythonClients(python string) []string {
	var clients []string
	for client, module := range map[string]string{"boto3": "boto3", "python-awsjar": "awsjar"} {
		if exec.Command(python, "-c", "import "+module).Run() == nil {
			clients = append(clients, client)
		}
	}
	return clients
}

// pythonWarm measures an operation in a process of its own, so that its rounds
// are not those of the Go clients.
func (w *world) pythonWarm(op, client string, s settings) (*warmRow, error) {
	row := &warmRow{client: client, cpu: map[string][]float64{}}
	for _, scheme := range []string{"http", "https"} {
		const rounds, batch = 5, 40
		cmd := w.python(s.python, scheme, strings.TrimPrefix(client, "python-"), op, strconv.Itoa(rounds), strconv.Itoa(batch))
		before, err := w.traffic()
		if err != nil {
			return nil, err
		}
		out, err := output(cmd)
		if err != nil {
			return nil, err
		}
		after, err := w.traffic()
		if err != nil {
			return nil, err
		}
		for field := range strings.FieldsSeq(string(out)) {
			seconds, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return nil, err
			}
			row.cpu[scheme] = append(row.cpu[scheme], seconds*1e6)
		}
		if calls := float64(rounds*batch + 1); scheme == "http" {
			row.requests = float64((after.Requests - before.Requests) / int64(calls))
			row.sent = float64(after.In-before.In) / calls
			row.read = float64(after.Out-before.Out) / calls
		}
	}
	return row, nil
}

// python is a run of the Python program.
func (w *world) python(python, scheme string, args ...string) *exec.Cmd {
	if path, err := exec.LookPath(python); err == nil {
		python = path
	}
	cmd := exec.Command(python, append([]string{"-c", pythonProgram}, args...)...)
	// Python's own libraries bring certificates of their own.
	cmd.Env = append(w.env(scheme), "AWS_CA_BUNDLE="+w.bundle, "PYENV_VERSION="+os.Getenv("PYENV_VERSION"))
	return cmd
}
