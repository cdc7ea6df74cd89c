package awsfake_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/awsfake"
)

// TestPublishOnCreationAndWithCode is LocalStack's test_publish_version_on_create,
// test_publish_with_update and test_list_functions.
func TestPublishOnCreationAndWithCode(t *testing.T) {
	srv := awsfake.NewServer(t)
	c := lambdaClient(srv)
	made, err := c.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: aws.String("fn"), Role: aws.String("arn:aws:iam::123456789012:role/r"), Publish: true, Code: &types.FunctionCode{ZipFile: []byte("1")},
	})
	if err != nil || *made.Version != "1" || *made.FunctionArn != functionARN+"fn" || made.State != types.StatePending {
		t.Fatalf("%+v %v", made, err)
	}
	before := get(t, c, "fn")
	code1, err := c.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("fn"), ZipFile: []byte("22"), RevisionId: before.RevisionId, Publish: true})
	if err != nil || *code1.Version != "2" || *code1.FunctionArn != functionARN+"fn:2" || code1.CodeSize != 2 || *code1.CodeSha256 == *before.CodeSha256 {
		t.Fatalf("%+v %v", code1, err)
	}
	_, err = c.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("fn"), ZipFile: []byte("3"), RevisionId: before.RevisionId})
	if code(err) != "PreconditionFailedException" {
		t.Errorf("with a stale revision: %v", err)
	}
	if _, err = c.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("fn")}); code(err) != "InvalidParameterValueException" {
		t.Errorf("without code: %v", err)
	}
	srv.CreateFunction("other", nil)
	list := func(all types.FunctionVersion) string {
		var arns []string
		pages := lambda.NewListFunctionsPaginator(c, &lambda.ListFunctionsInput{FunctionVersion: all, MaxItems: aws.Int32(1)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range page.Functions {
				if f.State != "" || f.LastUpdateStatus != "" {
					t.Errorf("a list tells the state: %+v", f)
				}
				arns = append(arns, strings.TrimPrefix(*f.FunctionArn, functionARN))
			}
		}
		return strings.Join(arns, " ")
	}
	if got := list(""); got != "fn other" {
		t.Error(got)
	}
	if got := list(types.FunctionVersionAll); got != "fn:$LATEST fn:1 fn:2 other:$LATEST" {
		t.Error(got)
	}
}

// TestAliases is LocalStack's test_alias_lifecycle and test_non_existent_alias_update.
func TestAliases(t *testing.T) {
	srv, c := versioned(t)
	_ = srv
	name := aws.String("fn")
	if _, err := c.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: name, Name: aws.String("beta"), FunctionVersion: aws.String("1"), Description: aws.String("d")}); err != nil {
		t.Fatal(err)
	}
	before, err := c.GetAlias(t.Context(), &lambda.GetAliasInput{FunctionName: name, Name: aws.String("beta")})
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: name, Name: aws.String("beta"), Description: aws.String("e"), RevisionId: before.RevisionId})
	if err != nil || *after.FunctionVersion != "1" || *after.Description != "e" || *after.RevisionId == *before.RevisionId {
		t.Errorf("%+v %v", after, err)
	}
	if _, err := c.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: name, Name: aws.String("beta"), RevisionId: before.RevisionId}); code(err) != "PreconditionFailedException" {
		t.Error(err)
	}
	if _, err := c.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: name, Name: aws.String("none")}); message(err) != "Alias not found: "+functionARN+"fn:none" {
		t.Error(err)
	}
	list, err := c.ListAliases(t.Context(), &lambda.ListAliasesInput{FunctionName: name, FunctionVersion: aws.String("1")})
	if err != nil || len(list.Aliases) == 0 || *list.Aliases[0].FunctionVersion != "1" {
		t.Errorf("%+v %v", list, err)
	}
	if list, err = c.ListAliases(t.Context(), &lambda.ListAliasesInput{FunctionName: name, FunctionVersion: aws.String("77")}); err != nil || len(list.Aliases) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// TestFunctionTags is LocalStack's TestLambdaTag, test_tag_lifecycle and
// test_tag_exceptions.
func TestFunctionTags(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", nil)
	c := lambdaClient(srv)
	arn := aws.String(functionARN + "fn")
	before := get(t, c, "fn")
	if _, err := c.TagResource(t.Context(), &lambda.TagResourceInput{Resource: arn, Tags: map[string]string{"A": "1", "B": "2"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.UntagResource(t.Context(), &lambda.UntagResourceInput{Resource: arn, TagKeys: []string{"A", "none"}}); err != nil {
		t.Fatal(err)
	}
	tags, err := c.ListTags(t.Context(), &lambda.ListTagsInput{Resource: arn})
	if err != nil || !maps.Equal(tags.Tags, map[string]string{"B": "2"}) {
		t.Errorf("%v %v", tags, err)
	}
	if after := get(t, c, "fn"); *after.RevisionId != *before.RevisionId {
		t.Error("tags change the revision")
	}
	for resource, want := range map[string]string{
		functionARN + "none": "ResourceNotFoundException", functionARN + "fn:1": "InvalidParameterValueException", "arn:aws:something": "ValidationException",
	} {
		if _, err := c.TagResource(t.Context(), &lambda.TagResourceInput{Resource: &resource, Tags: map[string]string{"A": "1"}}); code(err) != want {
			t.Errorf("%s: %v", resource, err)
		}
	}
	many := map[string]string{}
	for i := range 51 {
		many[strings.Repeat("k", i+1)] = ""
	}
	if _, err := c.TagResource(t.Context(), &lambda.TagResourceInput{Resource: arn, Tags: many}); message(err) != "Number of tags exceeds resource tag limit." {
		t.Error(err)
	}
}

// TestConcurrencySettings is LocalStack's TestLambdaReservedConcurrency.
func TestConcurrencySettings(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", nil)
	c := lambdaClient(srv)
	put := func(name string, n int32) error {
		_, err := c.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: &name, ReservedConcurrentExecutions: &n})
		return err
	}
	read := func() *int32 {
		out, err := c.GetFunctionConcurrency(t.Context(), &lambda.GetFunctionConcurrencyInput{FunctionName: aws.String("fn")})
		if err != nil {
			t.Fatal(err)
		}
		return out.ReservedConcurrentExecutions
	}
	if n := read(); n != nil {
		t.Error(*n)
	}
	if err := put("fn", 3); err != nil || aws.ToInt32(read()) != 3 {
		t.Error(err)
	}
	if err := put("fn", 901); !strings.Contains(message(err), "below its minimum value of [100]") {
		t.Error(err)
	}
	if err := put("none", 1); message(err) != "Function not found: "+functionARN+"none:$LATEST" {
		t.Error(err)
	}
	if err := put("fn:1", 1); code(err) != "InvalidParameterValueException" {
		t.Error(err)
	}
	if _, err := c.DeleteFunctionConcurrency(t.Context(), &lambda.DeleteFunctionConcurrencyInput{FunctionName: aws.String("fn")}); err != nil || read() != nil {
		t.Error(err)
	}
}
