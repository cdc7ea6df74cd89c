package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

const (
	bucketName   = "vectors"
	functionName = "vectors"
	overflowKey  = "state.json"
)

// environmentVector is a value in the variables of a function.
type environmentVector struct {
	Name      string            `json:"name"`
	Form      string            `json:"form,omitempty"` // that the writer was asked for
	Variables map[string]string `json:"variables"`
	Value     []byte            `json:"value"`              // in base64
	IDs       []string          `json:"ids"`                // newest first
	Revision  string            `json:"revision"`           //
	Overflow  map[string][]byte `json:"overflow,omitempty"` // objects by key, in base64
}

func (v environmentVector) name() string { return v.Name }

// environmentCase is a list of values that are stored one after the other.
type environmentCase struct {
	label    string
	form     lambdajar.Form
	formName string
	overflow bool
	values   []string
}

func (c environmentCase) name() string { return c.label }

// environmentCases returns the cases of all forms.
func environmentCases() []environmentCase {
	object := `{"num_acorns":50,"acorn_hideouts":["tree","lake","backyard"]}`
	var rows strings.Builder
	for n := range 60 {
		fmt.Fprintf(&rows, `,{"id":%d,"name":"user-%d","seen":"2026-01-%02dT08:%02d:00Z"}`, 1000+n, n*7, 1+n%28, n)
	}
	table := "[" + rows.String()[1:] + "]"
	long := `"` + strings.Repeat("no pattern: 8f1b ", 20) + `"`
	samples := map[string]string{
		"object": object, "number": "42", "null": "null", "unicode": `{"ä":"日本語 😀"}`, "empty": "", "text": "not JSON, but text\n",
		"control": "a\x01b", "zero": "\x00", "DEL": "a\x7fb", "line separator": "a\u2028b", "not UTF-8": "\xff\xfe",
		"begins with a mark": "^0 is no packed text", "base64 of zlib": "eJwDAAAAAAE=", "rows": table, "long": long, "space": " \t\r\n",
	}
	cases := []environmentCase{
		{label: "auto, five writes", values: []string{"1", "2", "3", "4", "5"}},
		{label: "auto, seven writes", values: []string{"1", "2", "3", "4", "5", "6", "7"}},
		{label: "auto, an equal value twice", values: []string{"1", "2", "1"}},
		{label: "auto, overflow", overflow: true, values: []string{"1", `"` + noise(6000) + `"`}},
		{label: "auto, back from the overflow", overflow: true, values: []string{`"` + noise(6000) + `"`, "2"}},
	}
	forms := []struct {
		name string
		form lambdajar.Form
	}{{"auto", lambdajar.FormAuto}, {"flate", lambdajar.FormFlate}, {"dense", lambdajar.FormDense}, {"python", lambdajar.FormPython}}
	for _, f := range forms {
		for _, name := range sorted(samples) {
			cases = append(cases, environmentCase{label: f.name + ", " + name, form: f.form, formName: f.name, values: []string{samples[name]}})
		}
	}
	return cases
}

// write stores the values in a new function, and returns its state.
func (c environmentCase) write(ctx context.Context, srv *awsfake.Server) (environmentVector, error) {
	if err := srv.CreateFunction(functionName, nil); err != nil {
		return environmentVector{}, err
	}
	defer srv.DeleteFunction(functionName)
	store := c.store(srv)
	var meta awsjar.Meta
	for _, value := range c.values {
		var err error
		if meta, err = store.Save(ctx, []byte(value), awsjar.Any); err != nil {
			return environmentVector{}, err
		}
	}
	variables, _ := srv.Environment(functionName)
	v := environmentVector{
		Name: c.label, Form: c.formName, Variables: variables,
		Value: []byte(c.values[len(c.values)-1]), Revision: string(meta.Revision), IDs: []string{},
	}
	for _, part := range strings.Split(strings.TrimPrefix(variables["jar_awsjar"], "~"), ",") {
		id, _, inOverflow := strings.Cut(part, ".")
		v.IDs = append(v.IDs, id)
		body, _, ok := srv.Object(bucketName, overflowKey+"."+id)
		if ok && inOverflow {
			if v.Overflow == nil {
				v.Overflow = map[string][]byte{}
			}
			v.Overflow[overflowKey+"."+id] = bytes.Clone(body)
		}
	}
	return v, nil
}

// store returns the store of the case.
func (c environmentCase) store(srv *awsfake.Server) *lambdajar.Store {
	return lambdajar.New(lambda.NewFromConfig(srv.Config()), functionName, func(o *lambdajar.Options) {
		o.Form = c.form
		if c.overflow {
			o.Overflow = newBucket(srv).Object(overflowKey)
		}
	})
}

func newBucket(srv *awsfake.Server) *s3jar.Bucket {
	return s3jar.NewBucket(s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true }), bucketName)
}
