package perf

import (
	_ "embed"
	"os/exec"
	"strconv"
	"strings"
)

//go:embed python.py
var pythonProgram string

// findPython returns the path of the interpreter itself, not of a shim that
// depends on the environment, and the clients that it has.
func findPython(name string) (path string, clients []string) {
	out, err := exec.Command(name, "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		return "", nil
	}
	path = strings.TrimSpace(string(out))
	for _, client := range []string{"boto3", "python-awsjar"} {
		if exec.Command(path, "-c", "import "+strings.TrimPrefix(client, "python-")).Run() == nil {
			clients = append(clients, client)
		}
	}
	return path, clients
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
	cmd := exec.Command(python, append([]string{"-c", pythonProgram}, args...)...)
	cmd.Env = append(w.env(scheme), "AWS_CA_BUNDLE="+w.bundle) // boto3 brings certificates of its own otherwise
	return cmd
}
