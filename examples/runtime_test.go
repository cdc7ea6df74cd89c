package examples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/awsjar/awsjar/awsfake"
)

// deployment is an example that is deployed, and runs in awsfake.
type deployment struct {
	t         *testing.T
	aws       *awsfake.Server
	client    *lambda.Client
	function  string
	qualifier *string
	binary    string
}

// built is the directory of the examples, which one test builds for all.
var built struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(built.dir)
	os.Exit(code)
}

// binaries returns the directory of the examples, each built as it would be
// deployed.
func binaries(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "examples"); built.err != nil {
			return
		}
		args := []string{"build", "-tags", "lambda.norpc", "-ldflags=-w", "-o", built.dir + string(filepath.Separator)}
		out, err := exec.Command("go", append(args, "./counter", "./feeds", "./nightly", "./uptime", "./webhook")...).CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

// deploy makes a function of an example's name that runs it.
func deploy(t *testing.T, aws *awsfake.Server, name string, variables map[string]string) *deployment {
	t.Helper()
	d := &deployment{t: t, aws: aws, client: lambda.NewFromConfig(aws.Config()), function: name, binary: filepath.Join(binaries(t), name)}
	aws.CreateFunction(name, variables)
	d.restart()
	_, err := d.client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Timeout: sdk.Int32(30)})
	if err != nil {
		t.Fatal(err)
	}
	aws.ResetRequests()
	return d
}

// restart makes the next invocation a cold start, as Lambda does at any time
// between two.
func (d *deployment) restart() { d.aws.Run(d.function, d.binary) }

// publish publishes a version and invokes that from now on, so that a write to
// $LATEST disturbs nothing.
func (d *deployment) publish() {
	d.t.Helper()
	version, err := d.aws.PublishVersion(d.function)
	if err != nil {
		d.t.Fatal(err)
	}
	d.qualifier = &version
}

// answer is the answer of a function.
type answer struct {
	ok   bool
	body []byte
}

// invoke runs the handler once and returns its answer.
func (d *deployment) invoke(event string) answer {
	d.t.Helper()
	out, err := d.client.Invoke(d.t.Context(), &lambda.InvokeInput{FunctionName: &d.function, Qualifier: d.qualifier, Payload: []byte(event)})
	if err != nil {
		d.t.Error(err)
		return answer{}
	}
	return answer{sdk.ToString(out.FunctionError) == "", out.Payload}
}

// want invokes and checks the answer, as JSON.
func (d *deployment) want(event, want string) {
	d.t.Helper()
	a := d.invoke(event)
	if !a.ok || compact(a.body) != want {
		d.t.Fatalf("invoked with %s the handler answered %s (success: %v); want %s", event, a.body, a.ok, want)
	}
}

// wantWarm checks that the first invocation found a connection and credentials
// that the init phase had made: it read once before the handler did.
func (d *deployment) wantWarm(op string) {
	d.t.Helper()
	if got := operations(d.aws); len(got) < 2 || got[0] != op || got[1] != op {
		d.t.Errorf("the first invocation asked AWS for %v, want %s in the init phase and again for the event", got, op)
	}
}

// operations returns the operations that functions asked AWS for, in order.
func operations(aws *awsfake.Server) (ops []string) {
	for _, request := range aws.Requests() {
		if request.Op != "Invoke" {
			ops = append(ops, request.Op)
		}
	}
	return ops
}

func compact(data []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		return fmt.Sprintf("not JSON: %q", data)
	}
	return b.String()
}
