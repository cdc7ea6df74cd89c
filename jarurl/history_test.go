package jarurl_test

import (
	"errors"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/jarurl"
)

// TestHistory: a function's jar has the versions that its history keeps, in a
// bucket or in a file.
func TestHistory(t *testing.T) {
	aws := awsfake.NewServer(t)
	if err := errors.Join(aws.CreateFunction("sams-lambda", nil), aws.CreateBucket("acorns"), aws.SetVersioning("acorns", "Enabled")); err != nil {
		t.Fatal(err)
	}
	cfg := aws.Config()
	for _, history := range []string{
		"s3://acorns/history/sams-lambda",
		filejar.New(filepath.Join(t.TempDir(), "history")).String(),
	} {
		text := "lambda://sams-lambda?history=" + url.QueryEscape(history)
		target, err := jarurl.Parse(text)
		if err != nil || target.History != history || target.String() != text {
			t.Errorf("%s: %+v, %v", text, target, err)
		}
		jar, err := jarurl.OpenJar[int](t.Context(), text, func(o *jarurl.Options) { o.Config = &cfg })
		if err != nil {
			t.Fatal(err)
		}
		var want awsjar.Meta
		for n := range 3 {
			meta, err := jar.PutIf(t.Context(), n, awsjar.Any)
			if err != nil {
				t.Fatal(err)
			}
			if n == 1 {
				want = meta
			}
		}
		if _, err := jar.Restore(t.Context(), want.VersionID); err != nil {
			t.Fatal(err)
		}
		if n, err := jar.Get(t.Context()); n != 1 || err != nil {
			t.Errorf("%s: %d, %v", history, n, err)
		}
	}
	for _, bad := range []string{"s3://acorns", "lambda://other", "mem:", "nothing"} {
		if _, err := jarurl.Parse("lambda://f?history=" + url.QueryEscape(bad)); !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("history=%s: %v", bad, err)
		}
	}
}
