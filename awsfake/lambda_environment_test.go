package awsfake_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake"
)

const (
	unable   = "Lambda was unable to configure your environment variables because "
	tooLarge = unable + "the environment variables you have provided exceeded the 4KB limit. Measured size: %d bytes"
	reserved = unable + "the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: "
	badName  = "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
)

func TestEnvironmentAcceptedOrRefused(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct {
		row  string
		env  map[string]string
		code string // "" if it is accepted
		text string
	}{
		{row: "4096 bytes succeed", env: map[string]string{"LARGE_VAR": x(4080)}},
		{"4097 bytes fail", map[string]string{"LARGE_VAR": x(4081)}, "InvalidParameterValueException", fmt.Sprintf(tooLarge, 4097)},
		{row: "two variables of 4096 bytes succeed", env: map[string]string{"VAR_A": x(2000), "VAR_B": x(2096 - 23)}},
		{"two variables of 4097 bytes fail", map[string]string{"VAR_A": x(2000), "VAR_B": x(2097 - 23)}, "InvalidParameterValueException", fmt.Sprintf(tooLarge, 4097)},
		{row: "UTF-8 bytes are counted, not characters", env: map[string]string{"LARGE_VAR": strings.Repeat("é", 2040)}},
		{"UTF-8 bytes over the limit", map[string]string{"LARGE_VAR": strings.Repeat("é", 2041)}, "InvalidParameterValueException", fmt.Sprintf(tooLarge, 4098)},
		{row: "slash, angle brackets, ampersand, equals and apostrophe count once", env: map[string]string{"LARGE_VAR": strings.Repeat("/<>&='", 680)}},
		{row: "line break, quote and backslash count twice", env: map[string]string{"LARGE_VAR": strings.Repeat("\n\"\\", 680)}},
		{"line break, quote and backslash over the limit", map[string]string{"LARGE_VAR": strings.Repeat("\n\"\\", 680) + "x"}, "InvalidParameterValueException", fmt.Sprintf(tooLarge, 4097)},
		{row: "tab and carriage return count twice, other controls six times", env: map[string]string{"LARGE_VAR": strings.Repeat("\t\r", 1018) + "\x01" + "xx"}},
		{"control over the limit", map[string]string{"LARGE_VAR": strings.Repeat("\t\r", 1018) + "\x01" + "xxx"}, "InvalidParameterValueException", fmt.Sprintf(tooLarge, 4097)},

		{row: "names of two characters", env: map[string]string{"ab": "", "Z_": "", "z9": ""}},
		{"name of one character", map[string]string{"a": "1"}, "ValidationException", badName},
		{"leading underscore", map[string]string{"_ab": "1"}, "ValidationException", badName},
		{"leading digit", map[string]string{"1ab": "1"}, "ValidationException", badName},
		{"dash in a name", map[string]string{"a-b": "1"}, "ValidationException", badName},
		{"trailing line break in a name", map[string]string{"ab\n": "1"}, "ValidationException", badName},
		{"no name", map[string]string{"": "1"}, "ValidationException", badName},
		{"reserved names, sorted", map[string]string{"AWS_REGION": "", "OTHER": "", "AWS_ACCESS_KEY_ID": "", "LAMBDA_TASK_ROOT": ""},
			"InvalidParameterValueException", reserved + "AWS_ACCESS_KEY_ID, AWS_REGION, LAMBDA_TASK_ROOT"},
		{row: "unreserved names with a meaning", env: map[string]string{"PATH": "/bin", "LD_LIBRARY_PATH": "/lib", "TZ": "UTC", "AWS_XRAY_CONTEXT_MISSING": "x"}},

		{row: "commas, line breaks, non-ASCII and empty values", env: map[string]string{"PEM": "-----\nabc\n-----", "LIST": "1,2,3", "RTL": "12345\u202c", "EMPTY": ""}},
		{"NUL in a value", map[string]string{"NUL": "a\x00b"}, "InvalidParameterValueException", unable + "the value of NUL contains characters that are not allowed"},
	}
	srv := awsfake.NewServer(t)
	c := lambdaClient(srv)
	for i, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			name := fmt.Sprint("fn-", i)
			before := map[string]string{"BEFORE": "kept"}
			srv.CreateFunction(name, before)
			_, err := update(t.Context(), c, name, "", tt.env)
			if code(err) != tt.code || message(err) != tt.text {
				t.Errorf("got %v\nwant %s: %s", err, tt.code, tt.text)
			}
			want := tt.env
			if tt.code != "" {
				want = before
			}
			if got, _ := srv.Environment(name); !maps.Equal(got, want) {
				t.Error(cmp.Diff(want, got))
			}
			created := create(t.Context(), c, name+"-created", tt.env)
			if code(created) != tt.code || message(created) != tt.text {
				t.Errorf("creation: got %v\nwant %s: %s", created, tt.code, tt.text)
			}
		})
	}
}

func TestOldTextOfTheLimitEchoesValues(t *testing.T) {
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.EchoMeasured = true })
	srv.CreateFunction("fn", nil)
	secret := "<&>" + strings.Repeat("s", 5000-913)
	_, err := update(t.Context(), lambdaClient(srv), "fn", "", map[string]string{"KEY": secret})
	want := unable + `the environment variables you have provided exceeded the 4KB limit. String measured: {"KEY":"` + secret + `"}`
	if code(err) != "InvalidParameterValueException" || message(err) != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestRequestBodyOver5120Bytes(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", nil)
	const path = "/2015-03-31/functions/fn/configuration"
	body := func(size int) string {
		frame := `{"Description":""}`
		return frame[:len(frame)-2] + strings.Repeat("x", size-len(frame)) + frame[len(frame)-2:]
	}
	if r := signed(t, srv, "lambda", "PUT", path, body(5120)); r.status != 200 {
		t.Errorf("5120 bytes: %+v", r)
	}
	r := signed(t, srv, "lambda", "PUT", path, body(5121))
	want := answer{413, "RequestEntityTooLargeException", "Request must be smaller than 5120 bytes for the UpdateFunctionConfiguration operation"}
	if r != want {
		t.Errorf("got %+v, want %+v", r, want)
	}
	_, err := update(t.Context(), lambdaClient(srv), "fn", "", map[string]string{"BIG": strings.Repeat("x", 6000)})
	if code(err) != "RequestEntityTooLargeException" || message(err) != want.message {
		t.Error(err)
	}
}

func TestWhatAnUpdateReplaces(t *testing.T) {
	tests := []struct {
		row  string
		env  *types.Environment
		want map[string]string
	}{
		{"the whole map", &types.Environment{Variables: map[string]string{"NEW": "1"}}, map[string]string{"NEW": "1"}},
		{"no Environment changes none", nil, map[string]string{"OLD": "1", "KEPT": "2"}},
		{"an empty map clears all", &types.Environment{Variables: map[string]string{}}, map[string]string{}},
		{"a nil map is sent as {} and clears all", &types.Environment{}, map[string]string{}},
	}
	srv := awsfake.NewServer(t)
	c := lambdaClient(srv)
	for i, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			name := aws.String(fmt.Sprint("fn-", i))
			srv.CreateFunction(*name, map[string]string{"OLD": "1", "KEPT": "2"})
			_, err := c.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
				FunctionName: name, Environment: tt.env, Description: aws.String("changed"), MemorySize: aws.Int32(256)})
			if err != nil {
				t.Fatal(err)
			}
			out := get(t, c, *name)
			if diff := cmp.Diff(tt.want, out.Environment.Variables); diff != "" {
				t.Error(diff)
			}
			if *out.Description != "changed" || *out.MemorySize != 256 || *out.Timeout != 3 {
				t.Error(*out.Description, *out.MemorySize, *out.Timeout)
			}
		})
	}
}

func TestFunctionThatNeverHadVariablesShowsNoEnvironment(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", nil)
	if env := get(t, lambdaClient(srv), "fn").Environment; env != nil {
		t.Errorf("%+v", env)
	}
	if env, ok := srv.Environment("fn"); env != nil || !ok {
		t.Error(env, ok)
	}
}

func TestHiddenEnvironment(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"KEY": "secret"})
	srv.HideEnvironment("fn", true)
	c := lambdaClient(srv)
	updated, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": "new"})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := c.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("fn")})
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]*types.EnvironmentResponse{
		"GetFunctionConfiguration":    get(t, c, "fn").Environment,
		"GetFunction":                 whole.Configuration.Environment,
		"UpdateFunctionConfiguration": updated.Environment,
	}
	for op, env := range shown {
		if env == nil || env.Variables != nil || env.Error == nil || *env.Error.ErrorCode != "AccessDeniedException" ||
			!strings.HasPrefix(*env.Error.Message, "Lambda was unable to decrypt your environment variables because the KMS access was denied.") {
			t.Errorf("%s: %+v", op, env)
		}
	}
	if env, _ := srv.Environment("fn"); env["KEY"] != "new" {
		t.Error(env)
	}
	srv.HideEnvironment("fn", false)
	if env := get(t, c, "fn").Environment; env.Error != nil || env.Variables["KEY"] != "new" {
		t.Errorf("%+v", env)
	}
}
