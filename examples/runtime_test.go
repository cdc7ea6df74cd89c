package examples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/executable"
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

// built is the directory of the examples.
var built string

func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "examples"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(built)
	os.Exit(code)
}

// compile compiles an example as it would be deployed, once for all tests.
var compile = map[string]func() error{
	"counter": once("counter"),
	"feeds":   once("feeds"),
	"nightly": once("nightly"),
	"uptime":  once("uptime"),
	"webhook": once("webhook"),
}

func once(name string) func() error {
	return sync.OnceValue(func() error {
		out, err := executable.Copy("./"+name, filepath.Join(built, name), "-tags", "lambda.norpc").CombinedOutput()
		if err != nil {
			return fmt.Errorf("go run: %w\n%s", err, out)
		}
		return nil
	})
}

// deploy makes a function of an example's name that runs it.
func deploy(t *testing.T, aws *awsfake.Server, name string, variables map[string]string) *deployment {
	t.Helper()
	if testing.Short() {
		t.Skip("the example is compiled")
	}
	if err := compile[name](); err != nil {
		t.Fatal(err)
	}
	d := &deployment{t: t, aws: aws, client: lambda.NewFromConfig(aws.Config()), function: name, binary: filepath.Join(built, name)}
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
