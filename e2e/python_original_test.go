package e2e

import (
	"encoding/xml"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar/awsfake"
)

// TestPythonOriginal runs the original's own test files, unchanged, against
// awsfake. The package on PyPI does not contain them: AWSJAR_PYTHON_SOURCE
// names a checkout of github.com/ysawa0/awsjar. Their checks are made
// without them by TestPythonBehaviour.
func TestPythonOriginal(t *testing.T) {
	source := os.Getenv("AWSJAR_PYTHON_SOURCE")
	if source == "" {
		t.Skip("AWSJAR_PYTHON_SOURCE is not set")
	}
	for _, c := range []struct {
		name   string
		settle time.Duration // how long an update takes
		tests  string
		fewest int // failures, all with cause in their message
		most   int
		cause  string
		reason string
	}{
		{"settled", 0, "tests", 1, 1, "l889rYbHoTeSGRffAv_epr_MGgPwBRW4", "a version id that S3 chose in its author's bucket"},
		{"a second for each update", time.Second, "tests/integration/test_jar.py", 20, 42, "ResourceConflictException", "a put while the one before is in progress"},
		{"alone", 0, "tests/integration/test_bucket.py::test_put_dict_w_pretty", 2, 2, "AssertionError", "it passes only after a test that changes its data"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := seededForOriginal(t, c.settle)
			failed := 0
			results := runOriginal(t, srv, source, c.tests)
			for _, r := range results {
				if r.Error != nil || r.Failure != nil && !strings.Contains(r.Failure.Message, c.cause) {
					t.Errorf("%s: %+v %+v", r.Name, r.Failure, r.Error)
				}
				if r.Failure != nil {
					failed++
				}
			}
			if failed < c.fewest || failed > c.most || len(results) < 2 {
				t.Errorf("%d of %d failed; want %d to %d", failed, len(results), c.fewest, c.most)
			}
			t.Logf("%d of %d pass; the others fail for: %s", len(results)-failed, len(results), c.reason)
		})
	}
}

// seededForOriginal starts a server with the content that the tests expect in
// their author's account.
func seededForOriginal(t *testing.T, settle time.Duration) *awsfake.Server {
	t.Helper()
	const regular, versioned, forbidden = "awsjar-testing-regular-bucket", "awsjar-testing-versioning", "awsjar-testing-forbidden-objects"
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Settle = settle })
	for _, python := range []string{"py", "py36", "py37"} {
		srv.CreateFunction("jar-integration-test-"+python, nil)
	}
	for _, bucket := range []string{regular, versioned, forbidden} {
		srv.CreateBucket(bucket)
	}
	srv.SetVersioning(versioned, "Enabled")
	srv.CreateBucketIn("example", region, "999999999999")
	for key, bucket := range map[string]string{
		"object-with-no-versions":                 regular,
		"test_get_latest_ver_id_of_obj_dont_edit": versioned,
		"forbidden-object":                        forbidden,
	} {
		srv.PutObject(bucket, key, []byte("{}"), http.Header{})
	}
	srv.Deny("GetObject", forbidden+"/forbidden-object", "s3:GetObject")
	return srv
}

// testcase is a result in the form of JUnit.
type testcase struct {
	Name    string   `xml:"name,attr"`
	Failure *problem `xml:"failure"`
	Error   *problem `xml:"error"`
}

type problem struct {
	Message string `xml:"message,attr"`
}

// runOriginal runs tests of the checkout with the package of PyPI.
func runOriginal(t *testing.T, srv *awsfake.Server, source, tests string) []testcase {
	t.Helper()
	dir := t.TempDir() // without the package of the checkout
	if err := os.CopyFS(filepath.Join(dir, "tests"), os.DirFS(filepath.Join(source, "tests"))); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(needPython(t), "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junit-xml=results.xml", tests)
	cmd.Dir = dir
	cmd.Env = append(withoutAWS(os.Environ()), srv.Env()...)
	out, _ := cmd.CombinedOutput() // that tests failed is in the results
	text, err := os.ReadFile(filepath.Join(dir, "results.xml"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var results struct {
		Cases []testcase `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(text, &results); err != nil {
		t.Fatal(err)
	}
	return results.Cases
}
