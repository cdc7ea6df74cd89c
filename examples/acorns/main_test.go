package main

import (
	"testing"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/jarurl"
)

// TestHandler: a found acorn is counted once, even if the answer of S3 is lost.
func TestHandler(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("my-bucket")
	cfg := srv.Config()
	jar, err := jarurl.OpenJar[State](t.Context(), "s3://my-bucket/state.json", func(o *jarurl.Options) { o.Config = &cfg })
	if err != nil {
		t.Fatal(err)
	}
	srv.Inject(awsfake.Fault{Op: "PutObject", After: true, Drop: true})
	state, err := handler(jar)(t.Context(), Request{Found: 2})
	if err != nil || state.Acorns != 2 {
		t.Errorf("%+v, %v", state, err)
	}
}
