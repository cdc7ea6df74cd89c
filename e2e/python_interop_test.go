package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// interop is where Go and Python meet: a function with the variable STAGE=prod,
// and S3.
type interop struct {
	python    *session
	lambda    *lambda.Client
	s3        *s3.Client
	function  string
	unguarded bool // there is no RevisionId
}

// TestPythonInterop lets Go and Python share state on awsjar dev,
// and on moto.
func TestPythonInterop(t *testing.T) {
	for _, c := range []struct {
		name string
		open func(t *testing.T) *interop
	}{{"awsjar dev", newDev}, {"moto", newMoto}} {
		t.Run(c.name, func(t *testing.T) {
			p := c.open(t)
			t.Run("values", func(t *testing.T) { exchangeValues(t, p) })
			t.Run("jar in turn", func(t *testing.T) { jarInTurn(t, p) })
			t.Run("object in turn", func(t *testing.T) { objectInTurn(t, p) })
		})
	}
}

func newMoto(t *testing.T) *interop {
	t.Helper()
	s := moto().start(t)
	client, function := newFunction(t, s.config())
	return &interop{
		python: newSession(t, []string{
			"AWS_ENDPOINT_URL=" + s.url, "AWS_DEFAULT_REGION=" + region,
			"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + secretKey,
		}),
		lambda: client, s3: s.s3Client(), function: function, unguarded: true,
	}
}

// awsjarBuilt returns the path of the command of this repository.
func awsjarBuilt(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(running.dir, "awsjar")
	if _, err := os.Stat(binary); err != nil {
		build := exec.Command("go", "build", "-o", binary, "./cmd/awsjar")
		build.Dir = ".."
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", build.Args, err, out)
		}
	}
	return binary
}

// newDev runs Python under the command awsjar dev, which tells it where AWS
// is.
func newDev(t *testing.T) *interop {
	t.Helper()
	binary := awsjarBuilt(t)
	addr, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	const function = "sams-lambda"
	p := &interop{
		python: newSession(t, nil, binary, "dev", "--addr", addr, "--function", function,
			"--access-key", awsfake.DefaultAccessKey, "--secret-key", awsfake.DefaultSecretKey, "--"),
		function: function,
	}
	cfg := aws.Config{
		Region:       region,
		Credentials:  credentials.NewStaticCredentialsProvider(awsfake.DefaultAccessKey, awsfake.DefaultSecretKey, ""),
		BaseEndpoint: aws.String("http://" + addr),
	}
	p.lambda = lambda.NewFromConfig(cfg)
	p.s3 = s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	p.python.eval(t, "1") // AWS is there before Python is
	_, err = p.lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: &p.function, Environment: &types.Environment{Variables: map[string]string{"STAGE": "prod"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newFake is an interop in this process, for faults.
func newFake(t *testing.T) (*awsfake.Server, *interop) {
	t.Helper()
	srv := awsfake.NewServer(t)
	srv.CreateFunction("sams-lambda", map[string]string{"STAGE": "prod"})
	return srv, &interop{
		python:   newSession(t, srv.Env()),
		lambda:   lambda.NewFromConfig(srv.Config()),
		s3:       s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true }),
		function: "sams-lambda",
	}
}

// jar is the function's environment as awsjar for Go sees it.
func (p *interop) jar(form lambdajar.Form) awsjar.Store {
	return lambdajar.New(p.lambda, p.function, func(o *lambdajar.Options) {
		o.Form, o.Unguarded = form, p.unguarded
	})
}

func (p *interop) object(bucket string) awsjar.Store {
	return s3jar.NewBucket(p.s3, bucket).Object("state.json")
}

func withCodec(c python.Codec) func(*awsjar.Options) {
	return func(o *awsjar.Options) { o.Codec = c }
}

// variables returns those of the function.
func (p *interop) variables(t *testing.T) map[string]string {
	t.Helper()
	out, err := p.lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: &p.function})
	if err != nil {
		t.Fatal(err)
	}
	return out.Environment.Variables
}
