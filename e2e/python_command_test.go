package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestPythonCommand: the command shows Python's value as plain JSON, with
// datetimes in ISO form, and rewrites it, which Python still reads.
func TestPythonCommand(t *testing.T) {
	srv, p := newFake(t)
	srv.CreateBucket("acorns")
	awsjar := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(awsjarBuilt(t), args...)
		cmd.Env = append(withoutAWS(os.Environ()), srv.Env()...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("awsjar %v: %v", args, err)
		}
		return strings.TrimSuffix(string(out), "\n")
	}
	for _, c := range []struct{ original, url string }{
		{"Jar('sams-lambda', **DATETIMES)", "lambda://sams-lambda"},
		{"Jar('sams-lambda', compression=True, **DATETIMES)", "lambda://sams-lambda"},
		{"Bucket('acorns', 'state.json', pretty=True, **DATETIMES)", "s3://acorns/state.json"},
	} {
		p.python.eval(t, "%s.put({'é': '☃', 'at': [datetime(2019, 1, 9, 18, 49, 44, 5), datetime(2019, 1, 9, tzinfo=timezone(timedelta(hours=-8)))]}) and 0", c.original)
		const want = `{"at":["2019-01-09T18:49:44.000005Z","2019-01-09T00:00:00-08:00"],"é":"☃"}`
		if got := awsjar("get", "--python", c.url); got != want {
			t.Errorf("get --python %s prints %s; want %s", c.url, got, want)
		}
		awsjar("copy", "--python", c.url, c.url)
		if got := awsjar("get", c.url); got != want {
			t.Errorf("after copy --python %s holds %s; want %s", c.url, got, want)
		}
		checkPython(t, p, c.original, want)
		for _, scalar := range []string{"'hello'", "True", "12.5"} {
			p.python.eval(t, "%s.put(%s) and 0", c.original, scalar)
			read := asJSON(p.python.eval(t, "%s.get()", c.original))
			if got := awsjar("get", "--python", c.url); got != read {
				t.Errorf("of %s %s get --python prints %s; Python gets %s", c.original, scalar, got, read)
			}
		}
	}
	if stage := p.variables(t)["STAGE"]; stage != "prod" {
		t.Errorf("STAGE is %q", stage)
	}
}
