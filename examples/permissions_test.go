package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake"
)

// action is an IAM action that awsjar could need.
var action = regexp.MustCompile(`\b(?:lambda:(?:Get|Update)|s3:[A-Z])\w*`)

// wantPermissions checks that both files beside an example allow the operations
// that it has asked AWS for and nothing else, except the one that distinguishes a
// missing key from a forbidden one.
func wantPermissions(t *testing.T, aws *awsfake.Server, example string) {
	t.Helper()
	var want []string
	for _, r := range aws.Requests() {
		if r.Op == "Invoke" {
			continue // by the test
		}
		if r.Op == "HeadObject" {
			r.Op = "GetObject" // the permission that it needs (S3 API reference, HeadObject)
		}
		want = append(want, r.Service+":"+r.Op)
		if r.Service == "s3" {
			want = append(want, "s3:ListBucket")
		}
	}
	slices.Sort(want)
	want = slices.Compact(want)
	for _, name := range []string{"template.yaml", "main.tf"} {
		text, err := os.ReadFile(filepath.Join(example, name))
		if err != nil {
			t.Fatal(err)
		}
		got := action.FindAllString(string(text), -1)
		slices.Sort(got)
		if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
			t.Errorf("%s/%s allows other actions than are needed (-needed +allowed):\n%s", example, name, diff)
		}
	}
}
