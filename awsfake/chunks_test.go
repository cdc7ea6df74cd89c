package awsfake_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/awsjar/awsjar/awsfake"
)

// TestSignedChunks sends a body in chunks that are signed one by one, as SDKs for
// other languages do over http.
func TestSignedChunks(t *testing.T) {
	tests := []struct {
		row    string
		tamper func(string) string
		want   answer
	}{
		{"as it should be", func(b string) string { return b }, answer{status: 200}},
		{"another byte", func(b string) string { return strings.Replace(b, "hello", "jello", 1) }, answer{403, "SignatureDoesNotMatch", s3NoMatch}},
		{"a chunk is missing", func(b string) string { return b[strings.Index(b, "6;"):] }, answer{403, "SignatureDoesNotMatch", s3NoMatch}},
		{"no last chunk", func(b string) string { return b[:strings.Index(b, "0;")] }, answer{400, "IncompleteBody", "The request body terminated unexpectedly"}},
		{"cut", func(b string) string { return b[:20] }, answer{400, "IncompleteBody", "The request body terminated unexpectedly"}},
		{"a huge chunk", func(b string) string { return "7fffffffffffffff" + b[1:] }, answer{400, "IncompleteBody", "The request body terminated unexpectedly"}},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			srv := awsfake.NewServer(t)
			srv.CreateBucket("bucket")
			r := request(t, srv, "PUT", "/bucket/key", "")
			r.Header.Set("X-Amz-Decoded-Content-Length", "11")
			r.Header.Set("Content-Encoding", "aws-chunked")
			now := time.Now()
			sign(t, srv, r, "s3", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", now)
			replaceBody(tt.tamper(chunks(t, srv, r, now, "hello", " world")))(r)
			if got := do(t, srv, r); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if body, _, ok := srv.Object("bucket", "key"); ok != (tt.want.status == 200) || ok && string(body) != "hello world" {
				t.Errorf("stored %q, %v", body, ok)
			}
		})
	}
}

// chunks frames data for the signed request r.
func chunks(t *testing.T, srv *awsfake.Server, r *http.Request, at time.Time, data ...string) string {
	t.Helper()
	_, seed, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	previous, err := hex.DecodeString(seed)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := srv.Config().Credentials.Retrieve(t.Context())
	signer := v4.NewStreamSigner(c, "s3", "us-east-1", previous)
	var b strings.Builder
	for _, chunk := range append(data, "") {
		value, err := signer.GetSignature(t.Context(), nil, []byte(chunk), at)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%x;chunk-signature=%x\r\n%s\r\n", len(chunk), value, chunk)
	}
	return b.String()
}
