//go:build !race

// The race detector allocates too; .ci/run runs this package without it as well.

package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/s3jar"
)

type state struct {
	Cursor int      `json:"cursor"`
	Note   string   `json:"note"`
	Seen   []string `json:"seen"`
}

var (
	stored   = state{41, strings.Repeat("all quiet ", 90), []string{"first", "second", "third"}}
	body, _  = json.Marshal(stored)
	function = map[string]string{"STAGE": "prod", "jar": string(body), "jar_awsjar": "~AAAAAAAA,BBBBBBBB,CCCCCCCC,DDDDDDDD,EEEEEEEE"}
)

const lineage = "AAAAAAAA.aaaaaa,BBBBBBBB.bbbbbb,CCCCCCCC.cccccc,DDDDDDDD.dddddd"

// wire answers every request in the same way, in place of a network, so that
// only the client's work is counted. It answers an update of a function with the
// variables of the update, as AWS does.
type wire struct {
	header http.Header
	body   []byte
}

func (w wire) Do(r *http.Request) (*http.Response, error) {
	isLambda := w.header.Get("Content-Type") == "application/json"
	body := w.body
	switch {
	case r.Body == nil:
	case isLambda:
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = sent // which has the RevisionId too
	default:
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	if r.Body != nil {
		r.Body.Close()
	}
	answer := &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header.Clone(), Request: r, Body: http.NoBody,
	}
	if r.Method == http.MethodGet || isLambda {
		answer.ContentLength = int64(len(body))
		answer.Body = io.NopCloser(bytes.NewReader(body))
	}
	return answer, nil
}

func config(w wire) aws.Config {
	return aws.Config{
		Region:     "us-east-1",
		HTTPClient: w,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}, nil
		}),
	}
}

func s3Client() *s3.Client {
	return s3.NewFromConfig(config(wire{http.Header{
		"Content-Type":                 {"binary/octet-stream"},
		"Date":                         {time.Now().UTC().Format(http.TimeFormat)},
		"Etag":                         {`"d41d8cd98f00b204e9800998ecf8427e"`},
		"Last-Modified":                {"Sat, 01 Nov 2025 10:00:00 GMT"},
		"X-Amz-Version-Id":             {"3HL4kqtJvjVBH40Nrjfkd"},
		"X-Amz-Meta-Awsjar-Lineage":    {lineage},
		"X-Amz-Request-Id":             {"4442587FB7D0A2F9"},
		"X-Amz-Server-Side-Encryption": {"AES256"},
	}, body}))
}

func lambdaClient() *lambda.Client {
	answer, _ := json.Marshal(map[string]any{
		"FunctionName": "sams-lambda", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:sams-lambda",
		"Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 30, "MemorySize": 128,
		"State": "Active", "LastUpdateStatus": "Successful", "RevisionId": "1f2e3d4c-0000-4000-8000-000000000000",
		"Environment": map[string]any{"Variables": function},
	})
	return lambda.NewFromConfig(config(wire{http.Header{
		"Content-Type": {"application/json"},
		"Date":         {time.Now().UTC().Format(http.TimeFormat)},
	}, answer}))
}

// call is something that a user does.
type call struct {
	name  string
	do    func(context.Context) error
	sdk   string  // name of the same call of the SDK alone, if there is one
	ratio float64 // how many times its allocations may be made; both are without those of net/http
}

func calls() []call {
	s3Client, lambdaClient := s3Client(), lambdaClient()
	object := awsjar.New[state](s3jar.NewBucket(s3Client, "bucket").Object("state.json"))
	direct := awsjar.New[state](s3jar.NewBucket(awsdirect.S3(s3Client), "bucket").Object("state.json"))
	turn := stored
	jar := awsjar.New[state](lambdajar.New(lambdaClient, "sams-lambda"))
	number := awsjar.New[int](lambdajar.New(lambdaClient, "sams-lambda", func(o *lambdajar.Options) { o.Name = "number" }))
	mem := awsjar.New[state](memjar.New())
	raw := rawSDK{s3Client, lambdaClient}
	return []call{
		{name: "sdk-s3-get", do: raw.get},
		{name: "sdk-s3-put", do: raw.put},
		{name: "sdk-lambda-get", do: raw.getFunction},
		{name: "sdk-lambda-update", do: raw.updateFunction},
		{name: "s3-get", do: func(ctx context.Context) error { return got(object.Get(ctx)) }, sdk: "sdk-s3-get", ratio: 1.20},
		{name: "s3-put", do: func(ctx context.Context) error { return object.Put(ctx, stored) }, sdk: "sdk-s3-put", ratio: 1.20},
		{name: "s3-update", do: func(ctx context.Context) error { return got(object.Update(ctx, step)) }},
		{name: "awsdirect-get", do: func(ctx context.Context) error { return got(direct.Get(ctx)) }, sdk: "sdk-s3-get", ratio: 0.20},
		{name: "awsdirect-put", do: func(ctx context.Context) error { turn.Cursor = 50 - turn.Cursor; return direct.Put(ctx, turn) }, sdk: "sdk-s3-put", ratio: 0.20},
		{name: "awsdirect-update", do: func(ctx context.Context) error { return got(direct.Update(ctx, step)) }},
		{name: "lambda-get", do: func(ctx context.Context) error { return got(jar.Get(ctx)) }, sdk: "sdk-lambda-get", ratio: 1.20},
		{name: "lambda-update", do: func(ctx context.Context) error { return got(jar.Update(ctx, step)) }, sdk: "sdk-lambda-update", ratio: 1.20},
		{name: "lambda-put-number", do: func(ctx context.Context) error { return number.Put(ctx, 1763834400000) }},
		{name: "mem-update", do: func(ctx context.Context) error { return got(mem.Update(ctx, step)) }},
	}
}

func step(s *state) error { s.Cursor++; return nil }

func got[T any](_ T, err error) error { return err }

// rawSDK does the work of a Jar by hand, without any care for other writers.
type rawSDK struct {
	s3     *s3.Client
	lambda *lambda.Client
}

func (r rawSDK) get(ctx context.Context) error {
	out, err := r.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("state.json")})
	if err != nil {
		return err
	}
	defer out.Body.Close()
	data, err := io.ReadAll(out.Body)
	if err != nil {
		return err
	}
	var s state
	return json.Unmarshal(data, &s)
}

func (r rawSDK) put(ctx context.Context) error {
	data, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	_, err = r.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("state.json"),
		Body: bytes.NewReader(data), ContentType: aws.String("application/json"),
	})
	return err
}

func (r rawSDK) variables(ctx context.Context) (map[string]string, state, error) {
	out, err := r.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("sams-lambda")})
	if err != nil {
		return nil, state{}, err
	}
	var s state
	err = json.Unmarshal([]byte(out.Environment.Variables["jar"]), &s)
	return out.Environment.Variables, s, err
}

func (r rawSDK) getFunction(ctx context.Context) error {
	_, _, err := r.variables(ctx)
	return err
}

func (r rawSDK) updateFunction(ctx context.Context) error {
	variables, s, err := r.variables(ctx)
	if err != nil {
		return err
	}
	s.Cursor++
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	variables["jar"] = string(data)
	_, err = r.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("sams-lambda"), Environment: &lambdatypes.Environment{Variables: variables},
	})
	return err
}

// TestAllocations counts the allocations of each call.
func TestAllocations(t *testing.T) {
	needRelease(t)
	r := openRecord(t, "allocs.txt", "allocations and allocated bytes of a call")
	for _, c := range calls() {
		allocs, size := count(t, c.do)
		t.Logf("%-18s %5.0f allocations %7.0f bytes", c.name, allocs, size)
		r.check(c.name+".allocs", allocs, 0.01)
		r.check(c.name+".bytes", size, 0.05)
		if sdk := r.measured[c.sdk+".allocs"]; c.sdk != "" && allocs > c.ratio*sdk {
			t.Errorf("%s makes %.0f allocations, over %.2f times the %.0f of the SDK alone", c.name, allocs, c.ratio, sdk)
		}
	}
}

// count returns the allocations and bytes of one call, as
// testing.AllocsPerRun does, which does not tell the bytes. Without the
// garbage collector no pool is emptied meanwhile.
func count(t *testing.T, do func(context.Context) error) (allocs, size float64) {
	t.Helper()
	const runs = 100
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	ctx := context.Background()
	var before, after runtime.MemStats
	for i := range runs + 5 {
		if i == 5 { // the first calls make things that stay
			runtime.ReadMemStats(&before)
		}
		if err := do(ctx); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / runs, float64(after.TotalAlloc-before.TotalAlloc) / runs
}
