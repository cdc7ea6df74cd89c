package awsfake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake"
)

const (
	mismatchText = "The derived qualifier from the function name does not match the specified qualifier."
	nameText     = "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: " +
		`(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`
)

// versioned returns a server with the function fn: version 1 has KEY=1, the alias
// live points to it, $LATEST has KEY=2.
func versioned(t *testing.T) (*awsfake.Server, *lambda.Client) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"KEY": "1"})
	srv.PublishVersion("fn")
	c := lambdaClient(srv)
	_, err := c.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: aws.String("fn"), Name: aws.String("live"), FunctionVersion: aws.String("1")})
	if err != nil {
		t.Fatal(err)
	}
	srv.ReplaceEnvironment("fn", map[string]string{"KEY": "2"})
	return srv, c
}

func TestReadByNameARNAndQualifier(t *testing.T) {
	tests := []struct {
		row, name, qualifier string
		key, version, arn    string // of the answer
		code, text           string // of the refusal
	}{
		{row: "name", name: "fn", key: "2", version: "$LATEST", arn: functionARN + "fn"},
		{row: "ARN", name: functionARN + "fn", key: "2", version: "$LATEST", arn: functionARN + "fn"},
		{row: "partial ARN", name: "123456789012:function:fn", key: "2", version: "$LATEST", arn: functionARN + "fn"},
		{row: "function:name", name: "function:fn", key: "2", version: "$LATEST", arn: functionARN + "fn"},
		{row: "version by Qualifier", name: "fn", qualifier: "1", key: "1", version: "1", arn: functionARN + "fn:1"},
		{row: "version in the name", name: "fn:1", key: "1", version: "1", arn: functionARN + "fn:1"},
		{row: "version in the ARN", name: functionARN + "fn:1", key: "1", version: "1", arn: functionARN + "fn:1"},
		{row: "alias", name: "fn", qualifier: "live", key: "1", version: "1", arn: functionARN + "fn:live"},
		{row: "$LATEST", name: "fn", qualifier: "$LATEST", key: "2", version: "$LATEST", arn: functionARN + "fn:$LATEST"},
		{row: "both agree", name: "fn:1", qualifier: "1", key: "1", version: "1", arn: functionARN + "fn:1"},
		{row: "both disagree", name: "fn:1", qualifier: "2", code: "InvalidParameterValueException", text: mismatchText},
		{row: "no such function", name: "gn", code: "ResourceNotFoundException", text: "Function not found: " + functionARN + "gn"},
		{row: "no such function by ARN", name: functionARN + "gn", code: "ResourceNotFoundException", text: "Function not found: " + functionARN + "gn"},
		{row: "no such version", name: "fn", qualifier: "7", code: "ResourceNotFoundException", text: "Function not found: " + functionARN + "fn:7"},
		{row: "no such alias", name: "fn:dead", code: "ResourceNotFoundException", text: "Function not found: " + functionARN + "fn:dead"},
		{row: "another Region", name: "arn:aws:lambda:eu-west-1:123456789012:function:fn", code: "ResourceNotFoundException",
			text: "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:fn"},
		{row: "another account", name: "999999999999:function:fn", code: "AccessDeniedException",
			text: "User: arn:aws:iam::123456789012:user/awsfake is not authorized to perform: lambda:GetFunctionConfiguration on resource: arn:aws:lambda:us-east-1:999999999999:function:fn because no resource-based policy allows the lambda:GetFunctionConfiguration action"},
		{row: "not a name", name: "f n", code: "ValidationException", text: fmt.Sprintf(nameText, "f n")},
		{row: "a slash", name: "f/n", code: "ValidationException", text: fmt.Sprintf(nameText, "f/n")},
	}
	_, c := versioned(t)
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			in := &lambda.GetFunctionConfigurationInput{FunctionName: &tt.name}
			if tt.qualifier != "" {
				in.Qualifier = &tt.qualifier
			}
			out, err := c.GetFunctionConfiguration(t.Context(), in)
			if code(err) != tt.code || message(err) != tt.text {
				t.Fatalf("got %v\nwant %s: %s", err, tt.code, tt.text)
			}
			if err != nil {
				return
			}
			got := []string{out.Environment.Variables["KEY"], *out.Version, *out.FunctionArn, *out.FunctionName}
			if diff := cmp.Diff([]string{tt.key, tt.version, tt.arn, "fn"}, got); diff != "" {
				t.Error(diff)
			}
			whole, err := c.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: in.FunctionName, Qualifier: in.Qualifier})
			if err != nil || *whole.Configuration.RevisionId != *out.RevisionId || whole.Code.Location == nil {
				t.Errorf("GetFunction: %+v, %v", whole, err)
			}
		})
	}
}

func TestUpdateActsOnLatestOnly(t *testing.T) {
	tests := []struct{ row, name, code string }{
		{"name", "fn", ""},
		{"ARN", functionARN + "fn", ""},
		{"partial ARN", "123456789012:function:fn", ""},
		{"$LATEST", "fn:$LATEST", ""},
		{"a version is locked", "fn:1", "InvalidParameterValueException"},
		{"an alias is locked", functionARN + "fn:live", "InvalidParameterValueException"},
		{"no such function", "gn", "ResourceNotFoundException"},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			srv, c := versioned(t)
			_, err := update(t.Context(), c, tt.name, "", map[string]string{"KEY": "3"})
			if code(err) != tt.code {
				t.Fatalf("%v, want %q", err, tt.code)
			}
			want := "3"
			if err != nil {
				want = "2"
			}
			if env, _ := srv.Environment("fn"); env["KEY"] != want {
				t.Error(env)
			}
			old, err := c.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("fn:1")})
			if err != nil || old.Environment.Variables["KEY"] != "1" {
				t.Error("version 1 changed", old, err)
			}
		})
	}
}

func TestPublishedVersions(t *testing.T) {
	srv, c := versioned(t)
	publish := func() string {
		t.Helper()
		out, err := c.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("fn")})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Version
	}
	if v := publish(); v != "2" {
		t.Errorf("a change of the environment alone makes version %s, want 2", v)
	}
	if v := publish(); v != "2" {
		t.Errorf("nothing changed, and yet there is version %s", v)
	}
	_, err := c.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("fn"), RevisionId: aws.String("stale")})
	if code(err) != "PreconditionFailedException" {
		t.Error(err)
	}
	list, err := c.ListVersionsByFunction(t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: aws.String("fn")})
	if err != nil || len(list.Versions) != 3 || *list.Versions[0].Version != "$LATEST" || *list.Versions[2].Version != "2" {
		t.Errorf("%+v %v", list, err)
	}
	deletion := func(qualifier, wantCode string) {
		t.Helper()
		_, err := c.DeleteFunction(t.Context(), &lambda.DeleteFunctionInput{FunctionName: aws.String("fn"), Qualifier: aws.String(qualifier)})
		if code(err) != wantCode {
			t.Errorf("deletion of %s: %v", qualifier, err)
		}
	}
	deletion("$LATEST", "InvalidParameterValueException")
	deletion("live", "InvalidParameterValueException")
	deletion("1", "ResourceConflictException") // the alias needs it
	alias := &lambda.GetAliasInput{FunctionName: aws.String("fn"), Name: aws.String("live")}
	if out, err := c.GetAlias(t.Context(), alias); err != nil || *out.FunctionVersion != "1" || *out.AliasArn != functionARN+"fn:live" {
		t.Errorf("%+v %v", out, err)
	}
	if _, err := c.DeleteAlias(t.Context(), &lambda.DeleteAliasInput{FunctionName: aws.String("fn"), Name: aws.String("live")}); err != nil {
		t.Error(err)
	}
	if _, err := c.GetAlias(t.Context(), alias); code(err) != "ResourceNotFoundException" {
		t.Error(err)
	}
	deletion("1", "")
	if env, _ := srv.Environment("fn"); env["KEY"] != "2" {
		t.Error(env)
	}
}

func TestDeleteAndListFunctions(t *testing.T) {
	srv := awsfake.NewServer(t)
	c := lambdaClient(srv)
	for i := range 60 {
		srv.CreateFunction(fmt.Sprintf("fn-%02d", i), nil)
	}
	if _, err := c.DeleteFunction(t.Context(), &lambda.DeleteFunctionInput{FunctionName: aws.String("fn-07")}); err != nil {
		t.Fatal(err)
	}
	_, err := c.DeleteFunction(t.Context(), &lambda.DeleteFunctionInput{FunctionName: aws.String("fn-07")})
	if code(err) != "ResourceNotFoundException" {
		t.Error(err)
	}
	if _, ok := srv.Environment("fn-07"); ok {
		t.Error("still there")
	}
	for _, size := range []int32{0, 7, 59} {
		in := &lambda.ListFunctionsInput{}
		if size > 0 {
			in.MaxItems = &size
		}
		seen := 0
		for pages := lambda.NewListFunctionsPaginator(c, in); pages.HasMorePages(); {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			seen += len(page.Functions)
		}
		if seen != 59 {
			t.Errorf("pages of %d: %d functions", size, seen)
		}
	}
}

func TestCreateFunctionRefusesBadNames(t *testing.T) {
	srv := awsfake.NewServer(t)
	c := lambdaClient(srv)
	for _, name := range []string{"", "a b", "a/b", strings.Repeat("x", 65), "fn:1", functionARN + "fn:live"} {
		r := signed(t, srv, "lambda", "POST", "/2015-03-31/functions", fmt.Sprintf(`{"FunctionName":%q}`, name))
		if r.status != 400 || r.code != "ValidationException" {
			t.Errorf("%q: %+v", name, r)
		}
	}
	if err := create(t.Context(), c, functionARN+"fn", nil); err != nil {
		t.Error(err)
	}
	if _, ok := srv.Environment("fn"); !ok {
		t.Error("not created")
	}
}
