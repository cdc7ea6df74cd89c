package awsfake_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
)

// control sends a request to the control path, and returns status and answer.
func control(t *testing.T, srv *awsfake.Server, method, path, body string) (int, string) {
	t.Helper()
	r := request(t, srv, method, "/_awsfake/"+path, body)
	r.Header.Set("Authorization", "Bearer "+awsfake.DefaultSecretKey)
	resp, err := srv.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

// TestFaultsOverHTTP: an answer is lost after its effect, for a program in any
// language.
func TestFaultsOverHTTP(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	status, text := control(t, srv, "POST", "faults", `{"op":"PutObject","target":"bucket/key","after":true,"drop":true,"mustFire":true}`)
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(text), &made); status != 201 || err != nil || made.ID == "" {
		t.Fatal(status, text)
	}
	if err := putObject(t.Context(), onceS3(srv), "stored"); err == nil {
		t.Error("the answer is not lost")
	}
	if body, _, _ := srv.Object("bucket", "key"); string(body) != "stored" {
		t.Errorf("stored %q", body)
	}
	if status, text = control(t, srv, "GET", "faults/"+made.ID, ""); status != 200 || !strings.Contains(text, `"fired":1`) {
		t.Error(status, text)
	}
	if status, text = control(t, srv, "GET", "requests", ""); status != 200 || !strings.Contains(text, `"op":"PutObject"`) || strings.Contains(text, "_awsfake") {
		t.Error(status, text)
	}
	if _, text = control(t, srv, "DELETE", "requests", ""); strings.Count(text, `"op"`) != 1 || len(srv.Requests()) != 0 {
		t.Errorf("the log is not empty, or was not shown: %s", text)
	}
	control(t, srv, "POST", "faults", `{"status":503,"times":-1,"header":{"Retry-After":"7"},"delay":"1ms"}`)
	if err := putObject(t.Context(), onceS3(srv), "x"); code(err) != "SlowDown" {
		t.Error(err)
	}
	if status, text = control(t, srv, "GET", "faults", ""); status != 200 || strings.Count(text, `"id"`) != 2 {
		t.Error(status, text)
	}
	if status, text = control(t, srv, "DELETE", "faults", ""); status != 200 || strings.Count(text, `"fired":1`) != 2 {
		t.Error(status, text)
	}
	if _, text = control(t, srv, "GET", "faults", ""); text != "[]" {
		t.Errorf("faults that are left: %s", text)
	}
	if err := putObject(t.Context(), onceS3(srv), "x"); err != nil {
		t.Error(err)
	}
}

func TestControlRefused(t *testing.T) {
	srv := awsfake.NewServer(t)
	for _, row := range []struct {
		method, path, body string
		status             int
		text               string
	}{
		{"POST", "faults", `{"op":"PutObjekt"}`, 400, `a fault for the operation \"PutObjekt\", which no service has`},
		{"POST", "faults", `{"op":"PutObject","untill":1}`, 400, "untill"},
		{"POST", "faults", `{"delay":"soon"}`, 400, "soon"},
		{"POST", "faults", `{"status":42}`, 400, "the status 42, which no answer has"},
		{"POST", "faults", `{}{}`, 400, "one JSON object"},
		{"POST", "faults", `[]`, 400, "JSON object"},
		{"POST", "faults", strings.Repeat(" ", 65<<10), 413, "too large"},
		{"GET", "faults/7", "", 404, "there is no fault"},
		{"PATCH", "faults", "", 404, "there is no PATCH /_awsfake/faults"},
		{"GET", "secrets", "", 404, "there is no GET"},
	} {
		if status, text := control(t, srv, row.method, row.path, row.body); status != row.status || !strings.Contains(text, row.text) {
			t.Errorf("%s %s %.40s: %d %s", row.method, row.path, row.body, status, text)
		}
	}
	for _, header := range []string{"", "Bearer", "Bearer wrong", awsfake.DefaultSecretKey} {
		r := request(t, srv, "POST", "/_awsfake/faults", `{"status":500}`)
		r.Header.Set("Authorization", header)
		resp, err := srv.HTTPClient().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if want := http.StatusForbidden; header != awsfake.DefaultSecretKey && resp.StatusCode != want {
			t.Errorf("%q: %d", header, resp.StatusCode)
		}
	}
}

// fakeTB records the failures of a test.
type fakeTB struct {
	failures []string
	cleanup  []func()
}

func (f *fakeTB) Helper()              {}
func (f *fakeTB) Cleanup(after func()) { f.cleanup = append(f.cleanup, after) }
func (f *fakeTB) Fatalf(format string, args ...any) {
	f.failures = append(f.failures, fmt.Sprintf(format, args...))
}

func TestFaultThatNeverStrikes(t *testing.T) {
	tb := &fakeTB{}
	srv := awsfake.NewServer(tb)
	srv.Inject(awsfake.Fault{Op: "UpdateFunctionConfigurations"})
	srv.Deny("PutObjects", "", "")
	if len(tb.failures) != 2 || !strings.Contains(tb.failures[0], `"UpdateFunctionConfigurations", which no service has`) {
		t.Errorf("at once: %q", tb.failures)
	}
	srv.CreateBucket("bucket")
	srv.Inject(awsfake.Fault{Op: "PutObject", Status: 500, MustFire: true})
	srv.Inject(awsfake.Fault{Op: "PutObject", Status: 500, Times: 2, MustFire: true})
	srv.Inject(awsfake.Fault{Op: "GetObject", Times: -1, MustFire: true})
	srv.Inject(awsfake.Fault{Op: "HeadObject"})
	putObject(t.Context(), onceS3(srv), "x")
	putObject(t.Context(), onceS3(srv), "x")
	tb.failures = nil
	for _, after := range tb.cleanup {
		after()
	}
	if len(tb.failures) != 1 || strings.Count(tb.failures[0], "struck") != 2 || !strings.Contains(tb.failures[0], "of PutObject") || !strings.Contains(tb.failures[0], "of GetObject") {
		t.Errorf("at the end: %q", tb.failures)
	}
	started, err := awsfake.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer started.Close()
	defer func() {
		if recover() == nil {
			t.Error("a misspelt operation is taken")
		}
	}()
	started.Inject(awsfake.Fault{Op: "putObject"})
}
