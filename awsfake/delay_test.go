package awsfake_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/awsjar/awsjar/awsfake"
)

func TestDelayEndsWithTheClient(t *testing.T) {
	for _, after := range []bool{false, true} {
		srv := awsfake.NewServer(t)
		srv.CreateBucket("bucket")
		started := make(chan struct{})
		f := awsfake.Fault{Op: "PutObject", After: after, Delay: time.Hour, Hook: func() { close(started) }}
		if after {
			f.Hook, f.Then = nil, f.Hook
		}
		srv.Inject(f)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- putObject(ctx, onceS3(srv), "new") }()
		<-started
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		srv.Close() // waits for the handler
		if _, _, stored := srv.Object("bucket", "key"); stored != after {
			t.Errorf("after=%v: stored=%v", after, stored)
		}
	}
}

func TestDelayedRequestsGoThrough(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	for _, after := range []bool{false, true} {
		srv.Inject(awsfake.Fault{Op: "PutObject", After: after, Delay: 20 * time.Millisecond, Header: http.Header{"X-Slow": {"1"}}})
		start := time.Now()
		if err := putObject(t.Context(), onceS3(srv), "new"); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took < 20*time.Millisecond {
			t.Error(took)
		}
	}
}
