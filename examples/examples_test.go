// Package examples_test builds the examples as they would be deployed and runs
// them in awsfake.
package examples_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
)

func TestCounter(t *testing.T) {
	t.Parallel()
	aws := awsfake.NewServer(t)
	counter := deploy(t, aws, "counter", map[string]string{"STAGE": "prod"})
	counter.publish()

	counter.want(`{"add": 2}`, `{"sum":2,"calls":1}`)
	counter.wantWarm("GetFunctionConfiguration")
	counter.want(`{"add": 3}`, `{"sum":5,"calls":2}`)
	counter.restart()
	counter.want(`{"add": -1}`, `{"sum":4,"calls":3}`)

	// The answer of a write is lost: counted once all the same.
	aws.Inject(awsfake.Fault{Op: "UpdateFunctionConfiguration", After: true, Drop: true})
	counter.want(`{"add": 1}`, `{"sum":5,"calls":4}`)
	env, _ := aws.Environment("counter")
	if env["STAGE"] != "prod" || env["jar"] != `{"sum":5,"calls":4}` {
		t.Errorf("the environment is %v", env)
	}

	// Two execution environments at once.
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 5 {
				counter.invoke(`{"add": 1}`)
			}
		})
	}
	wg.Wait()
	counter.want(`{"add": 0}`, `{"sum":15,"calls":15}`)

	// On $LATEST every write makes the next invocation a cold start.
	counter.qualifier = nil
	counter.want(`{"add": 1}`, `{"sum":16,"calls":16}`)
	counter.want(`{"add": 1}`, `{"sum":17,"calls":17}`)

	wantPermissions(t, aws, "counter")
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
	r := deploy(t, aws, "uptime", map[string]string{"JAR_FUNCTION": "jars", "SITE": site.URL})

	r.want(`{}`, `{"up":true}`)
	r.wantWarm("GetFunctionConfiguration")
	r.want(`{}`, `{"up":true}`)
	down.Store(true)
	r.want(`{}`, `{"up":false}`)
	r.restart() // between two failures
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
