// Package examples_test builds the examples as they would be deployed and runs
// them against a local Lambda runtime API and awsfake.
package examples_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
)

func TestCounter(t *testing.T) {
	t.Parallel()
	aws := awsfake.NewServer(t)
	aws.CreateFunction("counter", map[string]string{"STAGE": "prod"})
	binary := build(t, "counter")
	const function = "AWS_LAMBDA_FUNCTION_NAME=counter"

	cold := start(t, binary, aws, function)
	cold.wantWarm(aws, "GetFunctionConfiguration")
	cold.want(`{"add": 2}`, `{"sum":2,"calls":1}`)
	cold.want(`{"add": 3}`, `{"sum":5,"calls":2}`)
	cold.stop()
	again := start(t, binary, aws, function)
	again.want(`{"add": -1}`, `{"sum":4,"calls":3}`)

	// The answer of a write is lost: counted once all the same.
	aws.Inject(awsfake.Fault{Op: "UpdateFunctionConfiguration", After: true, Drop: true})
	again.want(`{"add": 1}`, `{"sum":5,"calls":4}`)
	env, _ := aws.Environment("counter")
	if env["STAGE"] != "prod" || env["jar"] != `{"sum":5,"calls":4}` {
		t.Errorf("the environment is %v", env)
	}

	// Two execution environments at once.
	other := start(t, binary, aws, function)
	var wg sync.WaitGroup
	for _, r := range []*runtime{again, other} {
		wg.Go(func() {
			for range 5 {
				r.invoke(`{"add": 1}`)
			}
		})
	}
	wg.Wait()
	other.want(`{"add": 0}`, `{"sum":15,"calls":15}`)

	wantPermissions(t, aws, "counter")

	// A function that is not there is an error, not an empty state.
	lost := start(t, binary, aws, "AWS_LAMBDA_FUNCTION_NAME=nobody")
	if a := lost.invoke(`{"add": 1}`); a.ok || !strings.Contains(string(a.body), "does not exist") {
		t.Errorf("without the function the handler answered %s", a.body)
	}
}

func TestUptime(t *testing.T) {
	t.Parallel()
	aws := awsfake.NewServer(t)
	aws.CreateFunction("jars", nil)
	var down atomic.Bool
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer site.Close()
	binary := build(t, "uptime")
	env := []string{"JAR_FUNCTION=jars", "SITE=" + site.URL}

	r := start(t, binary, aws, env...)
	r.wantWarm(aws, "GetFunctionConfiguration")
	r.want(`{}`, `{"up":true}`)
	r.want(`{}`, `{"up":true}`)
	down.Store(true)
	r.want(`{}`, `{"up":false}`)
	r.stop()
	r = start(t, binary, aws, env...) // cold, between two failures
	r.want(`{}`, `{"up":false,"alert":"the site is down"}`)
	r.want(`{}`, `{"up":false}`)
	down.Store(false)
	r.want(`{}`, `{"up":true,"alert":"the site is back"}`)
	r.want(`{}`, `{"up":true}`)

	writes := 0
	for _, req := range aws.Requests() {
		if req.Op == "UpdateFunctionConfiguration" {
			writes++
		}
	}
	if writes != 3 {
		t.Errorf("%d writes; want 3, one for each change", writes)
	}
	wantPermissions(t, aws, "uptime")
}
