package jarurl_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/smithy-go/logging"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/jarurl"
)

// fake starts an AWS with a function and a bucket.
func fake(t *testing.T, optFns ...func(*awsfake.Options)) *awsfake.Server {
	srv := awsfake.NewServer(t, optFns...)
	srv.CreateFunction("sams-lambda", map[string]string{"TREE": "oak"})
	srv.CreateBucket("acorns")
	return srv
}

// pointAt makes the machine's configuration that of the fake, and nothing else.
func pointAt(t *testing.T, srv *awsfake.Server) {
	for _, line := range os.Environ() {
		if name, _, _ := strings.Cut(line, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", t.TempDir())
	for _, line := range srv.Env() {
		name, value, _ := strings.Cut(line, "=")
		t.Setenv(name, value)
	}
}

func open(t *testing.T, url string, optFns ...func(*jarurl.Options)) *awsjar.Jar[int] {
	t.Helper()
	store, err := jarurl.Open(t.Context(), url, optFns...)
	if err != nil {
		t.Fatalf("Open(%q): %v", url, err)
	}
	return awsjar.New[int](store)
}

// TestOpen writes through each kind of URL and looks where it went.
func TestOpen(t *testing.T) {
	srv := fake(t)
	pointAt(t, srv)
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "sams-lambda")
	dir := t.TempDir()
	t.Chdir(dir)

	variable := func(name string) func() string {
		return func() string {
			variables, _ := srv.Environment("sams-lambda")
			return variables[name]
		}
	}
	object := func(key string) func() string {
		return func() string {
			body, _, _ := srv.Object("acorns", key)
			return string(body)
		}
	}
	file := func(path string) func() string {
		return func() string {
			data, err := os.ReadFile(filepath.Join(dir, path))
			return fmt.Sprint(string(data), err)
		}
	}
	for i, test := range []struct {
		url   string
		place func() string
		want  string
	}{
		{"lambda://sams-lambda", variable("jar"), "%d"},
		{"lambda://", variable("jar"), "%d"},
		{"lambda://sams-lambda?name=cursor", variable("cursor"), "%d"},
		{"lambda://sams-lambda?name=by_form&form=plain", variable("by_form"), "%d"},
		{"lambda://arn:aws:lambda:us-east-1:123456789012:function:sams-lambda?name=by_arn", variable("by_arn"), "%d"},
		{"s3://acorns/a/state.json", object("a/state.json"), "%d"},
		{"s3://acorns/a%20b%3F%2525//c", object("a b?%25//c"), "%d"},
		{"s3://acorns/owned?expected-owner=123456789012", object("owned"), "%d"},
		{"file:a/state.json", file("a/state.json"), "%d<nil>"},
		{filejar.New(filepath.Join(dir, "b c.json")).String(), file("b c.json"), "%d<nil>"},
	} {
		jar := open(t, test.url)
		value := 100 + i
		if err := jar.Put(t.Context(), value); err != nil {
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		if got, want := test.place(), fmt.Sprintf(test.want, value); got != want {
			t.Errorf("%s: stored %q, want %q", test.url, got, want)
		}
		if again, err := open(t, test.url).Get(t.Context()); err != nil || again != value {
			t.Errorf("%s: read %v, %v; want %d", test.url, again, err, value)
		}
		reopened := open(t, jar.String())
		if again, err := reopened.Get(t.Context()); err != nil || again != value {
			t.Errorf("%s: read %v, %v through its own URL %s; want %d", test.url, again, err, jar, value)
		}
	}
}

func TestOpenReadOnlyAndMemory(t *testing.T) {
	t.Setenv("acorns", "50")
	if n, err := open(t, "env:acorns").Get(t.Context()); n != 50 || err != nil {
		t.Errorf("env: read %d, %v; want 50", n, err)
	}
	if err := open(t, "env:acorns").Put(t.Context(), 1); !errors.Is(err, awsjar.ErrUnsupported) {
		t.Errorf("env: Put: %v, want ErrUnsupported", err)
	}
	one, two := open(t, "mem:"), open(t, "mem:")
	if err := one.Put(t.Context(), 1); err != nil {
		t.Error(err)
	}
	if n, err := two.Get(t.Context()); n != 0 || err != nil {
		t.Errorf("mem: another one reads %d, %v; want 0", n, err)
	}
}

// TestOpenForm: a value is written in the form of the URL, and read without it.
func TestOpenForm(t *testing.T) {
	srv := fake(t)
	pointAt(t, srv)
	for form, begins := range map[string]string{"": "1", "auto": "1", "plain": "1", "flate": "^0", "dense": "^1", "python": "eN"} {
		url := "lambda://sams-lambda?form=" + form
		if form == "" {
			url = "lambda://sams-lambda"
		}
		if err := open(t, url).Put(t.Context(), 1); err != nil {
			t.Errorf("%s: %v", url, err)
		}
		if variables, _ := srv.Environment("sams-lambda"); !strings.HasPrefix(variables["jar"], begins) {
			t.Errorf("%s: stored %q, want what begins with %q", url, variables["jar"], begins)
		}
		if n, err := open(t, "lambda://sams-lambda").Get(t.Context()); n != 1 || err != nil {
			t.Errorf("%s: read %d, %v; want 1", url, n, err)
		}
	}
}

// TestOpenGoesWhereTheURLSays: the parameters go before the configuration,
// and that before the environment.
func TestOpenGoesWhereTheURLSays(t *testing.T) {
	here, away := fake(t), fake(t, func(o *awsfake.Options) { o.Region = "eu-west-1" })
	pointAt(t, here)
	parameters := "?region=eu-west-1&endpoint=" + away.URL()
	for _, url := range []string{"lambda://sams-lambda", "s3://acorns/state.json"} {
		if err := open(t, url+parameters).Put(t.Context(), 1); err != nil {
			t.Errorf("%s: %v", url+parameters, err)
		}
	}
	if n := len(here.Requests()); n != 0 {
		t.Errorf("%d requests went to the endpoint of the environment", n)
	}

	t.Setenv("AWS_ENDPOINT_URL_LAMBDA", here.URL())
	t.Setenv("AWS_ENDPOINT_URL_S3", here.URL())
	cfg := away.Config()
	given := func(o *jarurl.Options) { o.Config = &cfg }
	for _, url := range []string{"lambda://sams-lambda", "s3://acorns/state.json"} {
		if n, err := open(t, url, given).Get(t.Context()); n != 1 || err != nil {
			t.Errorf("%s with a Config: %d, %v; want 1", url, n, err)
		}
	}
	if n := len(here.Requests()); n != 0 {
		t.Errorf("%d requests went to the endpoint of the environment", n)
	}
	if cfg.Region != "eu-west-1" {
		t.Errorf("the given Config was changed: %q", cfg.Region)
	}
}

// TestOpenByARN: a function is asked for in the Region of its ARN.
func TestOpenByARN(t *testing.T) {
	srv := fake(t, func(o *awsfake.Options) { o.Region = "eu-west-1" })
	pointAt(t, srv)
	t.Setenv("AWS_REGION", "us-east-1")
	if err := open(t, "lambda://arn:aws:lambda:eu-west-1:123456789012:function:sams-lambda").Put(t.Context(), 1); err != nil {
		t.Error(err)
	}
}

// hosts notes which hosts the requests are for. None of them has anything.
type hosts []string

func (h *hosts) Do(r *http.Request) (*http.Response, error) {
	*h = append(*h, r.URL.Hostname())
	body := io.NopCloser(strings.NewReader("<Error><Code>NoSuchKey</Code></Error>"))
	return &http.Response{StatusCode: http.StatusNotFound, Body: body, Header: http.Header{}, Request: r}, nil
}

func TestOpenPathStyle(t *testing.T) {
	pointAt(t, fake(t))
	t.Setenv("AWS_ENDPOINT_URL", "")
	client := new(hosts)
	given := func(o *jarurl.Options) { o.HTTPClient = client }
	for _, parameters := range []string{
		"",
		"?path-style=true",
		"?endpoint=http://s3.example.com",
		"?endpoint=http://s3.example.com&path-style=false",
		"?endpoint=http://s3.us-east-1.amazonaws.com",
	} {
		open(t, "s3://acorns/state.json"+parameters, given).Get(t.Context()) // only where it went matters
	}
	want := []string{
		"acorns.s3.us-east-1.amazonaws.com",
		"s3.us-east-1.amazonaws.com",
		"s3.example.com",
		"acorns.s3.example.com",
		"acorns.s3.us-east-1.amazonaws.com",
	}
	if diff := cmp.Diff(want, []string(*client)); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}

func TestOpenRefuses(t *testing.T) {
	srv := fake(t)
	pointAt(t, srv)
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	for _, test := range []struct{ url, text, hint string }{
		{"lambda://", "open lambda://: invalid argument: this program does not run in a Lambda function", "name the function: lambda://NAME"},
		{"lambda://sams-lambda", "open lambda://sams-lambda: invalid argument: no AWS Region is set", "set AWS_REGION, or write ?region=us-east-1 behind the URL"},
		{"s3://acorns", "open s3://acorns: invalid argument: the key is missing", "write s3://acorns/KEY, such as s3://acorns/state.json"},
		{"state.json", "open state.json: invalid argument: this is not a URL", "write a file as file:state.json"},
	} {
		_, err := jarurl.Open(t.Context(), test.url)
		told, ok := errors.AsType[*awsjar.Error](err)
		if !ok || !errors.Is(err, awsjar.ErrInvalid) || err.Error() != test.text || told.Hint != test.hint {
			t.Errorf("Open(%q): %v; %+v", test.url, err, told)
		}
	}
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestTargetOpenRefuses: a Target that did not come by Parse is checked like
// one that did.
func TestTargetOpenRefuses(t *testing.T) {
	srv := fake(t)
	pointAt(t, srv)
	for _, test := range []struct {
		target jarurl.Target
		text   string
	}{
		{jarurl.Target{Scheme: jarurl.Lambda, Function: "f1", Endpoint: "foo"}, "open lambda://f1: invalid argument: the endpoint is not an http or https URL"},
		{jarurl.Target{Scheme: jarurl.Lambda, Function: "f1", Form: "zip"}, "open lambda://f1: invalid argument: the form is none of auto, plain, flate, dense and python"},
		{jarurl.Target{Scheme: jarurl.Env, Variable: "jar", Overflow: "jar"}, "open env:jar: invalid argument: the overflow is not the URL of an object in S3"},
		{jarurl.Target{Scheme: jarurl.S3, Bucket: "b", Key: "k", Endpoint: "ftp://x"}, "open s3://b/k: invalid argument: the endpoint is not an http or https URL"},
		{jarurl.Target{Scheme: jarurl.S3, Bucket: "b", Key: "k", Region: "a b"}, "open s3://b/k: invalid argument: the region is malformed"},
		{jarurl.Target{Scheme: jarurl.S3, Bucket: "b", Key: "k", PathStyle: 7}, "open s3://b/k: invalid argument: path-style is neither true nor false"},
		{jarurl.Target{Scheme: jarurl.S3, Bucket: "b", Key: "k", MaxSize: -1}, "open s3://b/k: invalid argument: max-size is not a number of bytes"},
		{jarurl.Target{Scheme: jarurl.S3, Bucket: "b", Key: "k", Tags: 99}, "open s3://b/k: invalid argument: tags is none of seen, asked and dropped"},
		{jarurl.Target{Scheme: jarurl.File, Path: "a", KeepBytes: -2}, "open file:a: invalid argument: keep-bytes is not a number of bytes"},
		{jarurl.Target{Scheme: jarurl.File, Path: "a", Keep: -2}, "open file:a: invalid argument: keep is not a number of versions"},
		{jarurl.Target{Scheme: jarurl.S3, Bucket: "b", Key: "k", ExpectedOwner: "me"}, "open s3://b/k: invalid argument: the expected owner is not an account id"},
	} {
		if _, err := test.target.Open(t.Context()); !errors.Is(err, awsjar.ErrInvalid) || err.Error() != test.text {
			t.Errorf("Open of %+v: %v", test.target, err)
		}
	}
	t.Setenv("AWS_REGION", "a b")
	_, err := jarurl.Open(t.Context(), "lambda://f1")
	if told, ok := errors.AsType[*awsjar.Error](err); !ok || !errors.Is(err, awsjar.ErrInvalid) || told.Hint != "set AWS_REGION to one such as us-east-1" {
		t.Errorf("Open with a malformed AWS_REGION: %v", err)
	}
}

func TestOpenUnreadableConfiguration(t *testing.T) {
	pointAt(t, fake(t))
	t.Setenv("AWS_PROFILE", "nobody")
	_, err := jarurl.Open(t.Context(), "s3://acorns/state.json")
	if told, ok := errors.AsType[*awsjar.Error](err); !ok || told.Hint != "check AWS_PROFILE and the files in ~/.aws" {
		t.Errorf("Open with an unknown profile: %v", err)
	}
}

// TestOpenReadsQuietly: an object without a checksum, as older ones and those of some
// servers are, is read without a line in the log.
func TestOpenReadsQuietly(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
		io.WriteString(w, "7")
	}))
	defer server.Close()
	pointAt(t, fake(t))
	var said []string
	jar := open(t, "s3://acorns/state.json?skip-probe=true&endpoint="+server.URL, func(o *jarurl.Options) {
		o.SDKLogger = logging.LoggerFunc(func(_ logging.Classification, format string, args ...any) {
			said = append(said, fmt.Sprintf(format, args...))
		})
	})
	if n, err := jar.Get(t.Context()); n != 7 || err != nil || len(said) > 0 {
		t.Errorf("got %d, %v; logged %q", n, err, said)
	}
}

// TestOpenNeedsNoConfiguration: a state that is not in AWS opens with any
// configuration of the machine.
func TestOpenNeedsNoConfiguration(t *testing.T) {
	t.Setenv("AWS_PROFILE", "nobody")
	t.Chdir(t.TempDir())
	for _, url := range []string{"file:a", "env:jar", "mem:"} {
		if _, err := jarurl.Open(t.Context(), url); err != nil {
			t.Errorf("Open(%q): %v", url, err)
		}
	}
}

// TestOpenInFunction: inside of Lambda the environment is all there is to
// read.
func TestOpenInFunction(t *testing.T) {
	pointAt(t, fake(t))
	t.Setenv("AWS_PROFILE", "nobody") // an error wherever it is read
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "sams-lambda")
	if err := open(t, "lambda://").Put(t.Context(), 1); err != nil {
		t.Error(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	if _, err := jarurl.Open(t.Context(), "lambda://"); err == nil {
		t.Error("with no credentials in the environment the profile was not looked for")
	}
}

func TestOpenBucket(t *testing.T) {
	srv := fake(t)
	cfg := srv.Config()
	given := func(o *jarurl.Options) { o.Config = &cfg }
	for _, place := range []string{"s3://acorns", "s3://acorns/a%20b/"} {
		bucket, err := jarurl.OpenBucket(t.Context(), place, given)
		if err != nil || bucket.String() != place {
			t.Fatalf("OpenBucket(%q): %v, %v", place, bucket, err)
		}
		object := strings.TrimSuffix(place, "/") + "/n"
		if err := awsjar.New[int](bucket.Object("n")).Put(t.Context(), 1); err != nil || bucket.Object("n").String() != object {
			t.Errorf("%s has %s: %v", place, bucket.Object("n"), err)
		}
		if n, err := open(t, object, given).Get(t.Context()); n != 1 || err != nil {
			t.Errorf("Open(%q): %d, %v", object, n, err)
		}
	}
	for bad, hint := range map[string]string{
		"file:a":              "write s3://BUCKET",
		"s3://acorns/a%25b/c": "write the bucket as s3://acorns, or a prefix as s3://acorns/a%25b/c/",
	} {
		if _, err := jarurl.OpenBucket(t.Context(), bad, given); !errors.Is(err, awsjar.ErrInvalid) || awsjar.Hint(err) != hint {
			t.Errorf("OpenBucket(%q): %v, hint %q; want ErrInvalid", bad, err, awsjar.Hint(err))
		}
	}
}

func ExampleOpen() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv("STATE_URL", "file:"+filepath.ToSlash(dir)+"/count.json") // in production: s3://BUCKET/count.json

	store, err := jarurl.Open(ctx, os.Getenv("STATE_URL"))
	if err != nil {
		panic(err)
	}
	count, err := awsjar.New[int](store).Update(ctx, func(n *int) error { *n++; return nil })
	fmt.Println(count, err)
	// Output: 1 <nil>
}
