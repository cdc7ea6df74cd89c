package awsfake_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake"
)

// TestEnvPointsOtherProgramsAtTheServer loads a configuration as another program
// would, from the environment alone.
func TestEnvPointsOtherProgramsAtTheServer(t *testing.T) {
	t.Setenv("AWS_PROFILE", "") // which Env leaves to the user
	t.Setenv("AWS_CA_BUNDLE", "")
	t.Chdir(t.TempDir())
	for dir, secure := range map[string]bool{"": false, "state": true, "./other": true} {
		srv := awsfake.NewServer(t, func(o *awsfake.Options) {
			o.TLS, o.SessionToken, o.Region, o.Dir = secure, "token", "eu-north-1", dir
		})
		srv.CreateFunction("fn", map[string]string{"KEY": "1"})
		var bundle string
		for _, line := range srv.Env() {
			name, value, _ := strings.Cut(line, "=")
			t.Setenv(name, value)
			if name == "AWS_CA_BUNDLE" {
				bundle = value
			}
		}
		cfg, err := config.LoadDefaultConfig(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if out := get(t, lambda.NewFromConfig(cfg), "fn"); out.Environment.Variables["KEY"] != "1" {
			t.Errorf("%+v", out)
		}
		if secure != filepath.IsAbs(bundle) {
			t.Errorf("bundle %q", bundle)
		}
		t.Setenv("AWS_CA_BUNDLE", "")
	}
}

func TestTemporaryBundleEndsWithTheServer(t *testing.T) {
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.TLS = true })
	env := srv.Env()
	bundle, ok := strings.CutPrefix(env[len(env)-1], "AWS_CA_BUNDLE=")
	if content, err := os.ReadFile(bundle); !ok || err != nil || string(content) != string(srv.CA()) || env[len(env)-2] != "NODE_EXTRA_CA_CERTS="+bundle {
		t.Error(env, err)
	}
	srv.Close()
	if _, err := os.Stat(bundle); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestCertificatesForAnyName(t *testing.T) {
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.TLS = true })
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(srv.CA()) {
		t.Fatal("no certificate in CA")
	}
	address := strings.TrimPrefix(srv.URL(), "https://")
	for _, name := range []string{"", "localhost", "a.b.c.example", "bucket.s3.us-east-1.amazonaws.com", "localhost"} {
		conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, ServerName: name})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		conn.Close()
	}
	if _, err := http.Get(srv.URL()); err == nil {
		t.Error("a client without the CA trusts the server")
	}
	if plain := awsfake.NewServer(t); plain.CA() != nil {
		t.Error("CA without TLS")
	}
}

func TestHandlerOfAnotherServer(t *testing.T) {
	srv, err := awsfake.New()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	if srv.URL() != "" || srv.HTTPClient() != nil || srv.CA() != nil {
		t.Error("it listens")
	}
	other := httptest.NewServer(srv)
	defer other.Close()
	if err := srv.CreateFunction("fn", map[string]string{"KEY": "1"}); err != nil {
		t.Error(err)
	}
	cfg := srv.Config()
	cfg.BaseEndpoint = aws.String(other.URL)
	if out := get(t, lambda.NewFromConfig(cfg), "fn"); out.Environment.Variables["KEY"] != "1" {
		t.Errorf("%+v", out)
	}
}

func TestCloseIsFinalAndRepeatable(t *testing.T) {
	srv := awsfake.NewServer(t)
	r := request(t, srv, "GET", "/", "")
	for range 2 {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := srv.HTTPClient().Do(r); err == nil {
		t.Error("it still answers")
	}
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("a request is served after Close")
		}
	}()
	srv.ServeHTTP(httptest.NewRecorder(), r)
}

// TestCloseWaitsForRequests runs in a bubble, where Close can be seen to wait.
func TestCloseWaitsForRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, err := awsfake.New()
		if err != nil {
			t.Fatal(err)
		}
		release := make(chan struct{})
		srv.Inject(awsfake.Fault{Hook: func() { <-release }})
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		sign(t, srv, r, "s3", hash(""), time.Now())
		r.RequestURI = "/"
		go srv.ServeHTTP(httptest.NewRecorder(), r)
		synctest.Wait()
		var closed atomic.Bool
		go func() {
			srv.Close()
			closed.Store(true)
		}()
		synctest.Wait()
		if closed.Load() || len(srv.Requests()) != 1 || !srv.Requests()[0].Faulted {
			t.Error("Close does not wait", srv.Requests())
		}
		close(release)
		synctest.Wait()
		if !closed.Load() {
			t.Error("Close waits for ever")
		}
	})
}

func TestStartRefuses(t *testing.T) {
	dir := t.TempDir()
	first, err := awsfake.Start(func(o *awsfake.Options) { o.Dir = dir })
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(*awsfake.Options){
		"an address in use":      func(o *awsfake.Options) { o.Addr = strings.TrimPrefix(first.URL(), "http://") },
		"a directory in use":     func(o *awsfake.Options) { o.Dir = dir },
		"a file for a directory": func(o *awsfake.Options) { o.Dir = file },
		"a malformed account":    func(o *awsfake.Options) { o.AccountID = "1" },
	}
	for row, option := range tests {
		if srv, err := awsfake.Start(option); err == nil {
			t.Errorf("%s is accepted", row)
			srv.Close()
		}
	}
}

// recordingTB is a test that notes its failures instead of failing.
type recordingTB struct {
	failures []string
	cleanups []func()
}

func (r *recordingTB) Helper()          {}
func (r *recordingTB) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recordingTB) Fatalf(f string, a ...any) {
	r.failures = append(r.failures, fmt.Sprintf(f, a...))
}

func TestDirectChangesFailTheTest(t *testing.T) {
	tb := &recordingTB{}
	srv := awsfake.NewServer(tb)
	srv.CreateFunction("fn", nil)
	changes := []struct {
		row    string
		change func() error
	}{
		{"a function that exists", func() error { return srv.CreateFunction("fn", nil) }},
		{"not a name", func() error { return srv.CreateFunction("f n", nil) }},
		{"an ARN", func() error { return srv.CreateFunction(functionARN+"gn", nil) }},
		{"a bad variable", func() error { return srv.CreateFunction("gn", map[string]string{"1": ""}) }},
		{"no such function to replace", func() error { return srv.ReplaceEnvironment("gn", nil) }},
		{"too many variables", func() error { return srv.ReplaceEnvironment("fn", map[string]string{"BIG": strings.Repeat("x", 5000)}) }},
		{"no such function to hide", func() error { return srv.HideEnvironment("gn", true) }},
		{"no such function to publish", func() error { _, err := srv.PublishVersion("gn"); return err }},
		{"no such bucket", func() error { return srv.PutObject("none", "key", nil, nil) }},
	}
	for i, c := range changes {
		err := c.change()
		if err == nil || len(tb.failures) != i+1 || tb.failures[i] != err.Error() || !strings.HasPrefix(err.Error(), "awsfake: ") {
			t.Fatalf("%s: %v, %q", c.row, err, tb.failures)
		}
	}
	if err := srv.DeleteFunction("fn"); err != nil {
		t.Error(err)
	}
	for _, f := range tb.cleanups {
		f()
	}
	if len(tb.failures) != len(changes) {
		t.Error(tb.failures)
	}
	if failing := awsfake.NewServer(tb, func(o *awsfake.Options) { o.Addr = "no address" }); failing != nil || len(tb.failures) != len(changes)+1 {
		t.Error(tb.failures)
	}
}

func TestStateSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	start := func() *awsfake.Server {
		srv, err := awsfake.Start(func(o *awsfake.Options) { o.Dir, o.Settle = dir, time.Hour })
		if err != nil {
			t.Fatal(err)
		}
		return srv
	}
	srv := start()
	for _, name := range []string{"fn", "Fn", "FN"} { // distinct, also where file names are not
		srv.CreateFunction(name, map[string]string{"NAME": name})
	}
	srv.CreateFunction("gone", nil)
	srv.DeleteFunction("gone")
	srv.HideEnvironment("Fn", true)
	srv.PublishVersion("fn")
	srv.ReplaceEnvironment("fn", map[string]string{"NAME": "fn", "KEY": "1"})
	srv.CreateBucket("bucket")
	srv.PutObject("bucket", "key", []byte("body"), nil)
	c := lambdaClient(srv)
	if _, err := update(t.Context(), c, "FN", "", map[string]string{"KEY": "<&>\u2028é"}); err != nil {
		t.Fatal(err)
	}
	before := describeAll(t, c)
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	srv = start()
	defer srv.Close()
	if diff := cmp.Diff(before, describeAll(t, lambdaClient(srv))); diff != "" {
		t.Error(diff)
	}
	if body, _, ok := srv.Object("bucket", "key"); string(body) != "body" || !ok {
		t.Errorf("%q", body)
	}
	if version, err := srv.PublishVersion("fn"); version != "2" || err != nil {
		t.Error(version, err)
	}
}

// describeAll returns Lambda's description of every function, in a form that can be
// compared.
func describeAll(t *testing.T, c *lambda.Client) []string {
	t.Helper()
	out, err := c.ListFunctions(context.WithoutCancel(t.Context()), &lambda.ListFunctionsInput{})
	if err != nil || len(out.Functions) != 3 {
		t.Fatal(out, err)
	}
	var all []string
	for _, f := range out.Functions {
		all = append(all, fmt.Sprint(*f.FunctionName, *f.RevisionId, *f.LastModified, f.LastUpdateStatus, f.State, f.Environment.Variables, f.Environment.Error != nil, *f.Timeout))
		versions, err := c.ListVersionsByFunction(t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: f.FunctionName})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range versions.Versions {
			all = append(all, fmt.Sprint(*v.FunctionArn, *v.RevisionId, v.Environment.Variables))
		}
	}
	return all
}
