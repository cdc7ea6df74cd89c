package awsfake_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/awsjar/awsjar/awsfake"
)

func TestRequestLog(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"KEY": "1"})
	srv.CreateBucket("bucket")
	c := lambdaClient(srv)
	get(t, c, functionARN+"fn")
	if err := create(t.Context(), c, "gn", nil); err != nil {
		t.Fatal(err)
	}
	srv.Inject(awsfake.Fault{Op: "PutObject", Code: "SlowDown"})
	if err := putObject(t.Context(), onceS3(srv), "new"); err == nil {
		t.Error("no error")
	}
	if err := putObject(t.Context(), onceS3(srv), "new"); err != nil {
		t.Error(err)
	}
	signed(t, srv, "lambda", "GET", "/2015-03-31/no-such-thing", "")
	do(t, srv, request(t, srv, "GET", "/bucket/key", ""))
	want := []awsfake.Request{
		{Service: "lambda", Op: "GetFunctionConfiguration", Target: "fn", Method: "GET", Status: 200, Attempt: 1},
		{Service: "lambda", Op: "CreateFunction", Target: "gn", Method: "POST", Status: 201, Attempt: 1},
		{Service: "s3", Op: "PutObject", Target: "bucket/key", Method: "PUT", Status: 503, Attempt: 1, Faulted: true},
		{Service: "s3", Op: "PutObject", Target: "bucket/key", Method: "PUT", Status: 200, Attempt: 1},
		{Service: "lambda", Method: "GET", Status: 501},
		{Service: "s3", Op: "GetObject", Target: "bucket/key", Method: "GET", Status: 403},
	}
	got := srv.Requests()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(awsfake.Request{}, "InvocationID", "BytesIn", "BytesOut")); diff != "" {
		t.Error(diff)
	}
	if got[3].BytesIn != 3 || got[3].BytesOut != 0 || got[0].BytesIn != 0 || got[0].BytesOut < 100 || got[1].BytesIn < 50 {
		t.Errorf("%+v", got)
	}
	srv.ResetRequests()
	if n := len(srv.Requests()); n != 0 {
		t.Error(n)
	}
}

func TestRequestLogKeepsTheNewest(t *testing.T) {
	srv := awsfake.NewServer(t)
	for i := range 4100 {
		do(t, srv, request(t, srv, "GET", fmt.Sprintf("/bucket/%d", i), ""))
	}
	log := srv.Requests()
	if len(log) != 4096 || log[0].Target != "bucket/4" || log[4095].Target != "bucket/4099" {
		t.Errorf("%d: %+v to %+v", len(log), log[0], log[len(log)-1])
	}
}
