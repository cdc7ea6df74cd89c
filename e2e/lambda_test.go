package e2e

import (
	"archive/zip"
	"bytes"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
)

// newFunction makes a function with one variable of its own.
func newFunction(t *testing.T, cfg aws.Config) (*lambda.Client, string) {
	t.Helper()
	name := newName("function")
	role, err := iam.NewFromConfig(cfg).CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String(name), Path: aws.String("/"),
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var code bytes.Buffer
	archive := zip.NewWriter(&code)
	w, _ := archive.Create("bootstrap")
	w.Write([]byte("#!/bin/sh\n"))
	archive.Close()
	client := lambda.NewFromConfig(cfg)
	_, err = client.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: &name, Role: role.Role.Arn, Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Code:        &types.FunctionCode{ZipFile: code.Bytes()},
		Environment: &types.Environment{Variables: map[string]string{"STAGE": "prod"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, name
}

// TestMoto shows that another implementation understands our requests. moto
// has no RevisionId, so it shows nothing about concurrency.
func TestMoto(t *testing.T) {
	s := moto().start(t)
	client, name := newFunction(t, s.config())
	ctx := t.Context()
	jar := awsjar.New[map[string]int](lambdajar.New(client, name, func(o *lambdajar.Options) { o.Unguarded = true }))
	if _, err := jar.Load(ctx); !errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrNoStore) {
		t.Fatalf("Load of nothing: %v; want ErrNotFound", err)
	}
	if err := jar.Put(ctx, map[string]int{"sum": 1}); err != nil {
		t.Fatal(err)
	}
	got, err := jar.Update(ctx, func(m *map[string]int) error { (*m)["sum"]++; return nil })
	if err != nil || got["sum"] != 2 {
		t.Fatalf("Update returned %v, %v; want 2", got, err)
	}
	out, err := client.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if vars := out.Environment.Variables; vars["STAGE"] != "prod" || vars["jar"] != `{"sum":2}` {
		t.Errorf("the variables are %v", vars)
	}
	if err := jar.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	out, err = client.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if vars := out.Environment.Variables; len(vars) != 1 || vars["STAGE"] != "prod" {
		t.Errorf("after Delete the variables are %v; want only STAGE", vars)
	}
	if _, err := awsjar.New[int](lambdajar.New(client, "nobody")).Get(ctx); !errors.Is(err, awsjar.ErrNoStore) {
		t.Errorf("Get of no function: %v; want ErrNoStore", err)
	}
}
