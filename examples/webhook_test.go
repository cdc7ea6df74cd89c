package examples_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
)

// delivery is the event of a function URL with a body.
func delivery(id string, cents int) string {
	return fmt.Sprintf(`{"body":"{\"id\":\"%s\",\"cents\":%d}"}`, id, cents)
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	aws := awsfake.NewServer(t)
	aws.CreateBucket("state")
	var charges atomic.Int64
	var status atomic.Int64
	status.Store(http.StatusOK)
	payments := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		number := charges.Add(1)
		w.WriteHeader(int(status.Load()))
		fmt.Fprintf(w, `{"number":"R%d"}`, number)
	}))
	defer payments.Close()
	r := deploy(t, aws, "webhook", map[string]string{"STATE_BUCKET": "state", "PAYMENTS": payments.URL})
	wantStatus := func(event, want string) {
		t.Helper()
		if a := r.invoke(event); !a.ok || !strings.Contains(compact(a.body), want) {
			t.Errorf("%s: the handler answered %s, want %s", event, a.body, want)
		}
	}

	// One order, delivered to two invocations at once and again: one charge.
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { r.invoke(delivery("a", 500)) })
	}
	both.Wait()
	for range 2 {
		wantStatus(delivery("a", 500), `"statusCode":200,"headers":null,"body":"{\"number\":\"R1\"}"`)
	}
	if n := charges.Load(); n != 1 {
		t.Errorf("%d charges of one order", n)
	}
	wantStatus(delivery("a", 9), `"statusCode":409`)
	wantStatus(`{"body":"?"}`, `"statusCode":400`)

	// An order that curl -d sends without a Content-Type comes in base64.
	encoded := base64.StdEncoding.EncodeToString([]byte(`{"id":"a","cents":500}`))
	wantStatus(fmt.Sprintf(`{"body":%q,"isBase64Encoded":true}`, encoded), `R1`)

	// A refused charge had no effect: the next delivery tries again.
	status.Store(http.StatusPaymentRequired)
	if a := r.invoke(delivery("b", 1)); a.ok {
		t.Errorf("a refused charge was answered with %s", a.body)
	}
	status.Store(http.StatusOK)
	wantStatus(delivery("b", 1), `R3`)

	// A charge in doubt is never tried again.
	status.Store(http.StatusBadGateway)
	wantStatus(delivery("c", 1), `"statusCode":202`)
	status.Store(http.StatusOK)
	wantStatus(delivery("c", 1), `"statusCode":503`)
	if n := charges.Load(); n != 4 {
		t.Errorf("%d charges, want 4: one of a, two of b, one of c", n)
	}
	wantPermissions(t, aws, "webhook")
}
