// Package directtest compares the requests of an SDK client with those that
// package direct sends in its place.
package directtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"
)

// Captured is an HTTP client that sends nothing and keeps the request.
type Captured struct{ Requests []*http.Request }

// ErrNotSent is its answer.
var ErrNotSent = errors.New("not sent")

// Do keeps a request with its body.
func (c *Captured) Do(r *http.Request) (*http.Response, error) {
	kept := r.Clone(context.Background())
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		kept.Body = io.NopCloser(bytes.NewReader(body))
	}
	c.Requests = append(c.Requests, kept)
	return nil, ErrNotSent
}

// Credentials are always the same.
type Credentials struct{}

// Retrieve returns them.
func (Credentials) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret", SessionToken: "token/+="}, nil
}

// MustEqual compares the two requests that c has kept, the SDK's and ours, but
// for their times, ids and signatures, and has the SDK's signer sign the second
// one again. It returns their bodies, and forgets them.
func MustEqual(t testing.TB, c *Captured) (official, ours []byte) {
	t.Helper()
	if len(c.Requests) != 2 {
		t.Fatalf("%d requests were sent; want 2", len(c.Requests))
	}
	a, b := c.Requests[0], c.Requests[1]
	c.Requests = nil
	if diff := cmp.Diff(constant(t, a), constant(t, b)); diff != "" {
		t.Errorf("the headers (-SDK +ours):\n%s", diff)
	}
	if x, y := a.Method+" "+a.URL.String()+" "+a.Host, b.Method+" "+b.URL.String()+" "+b.Host; x != y {
		t.Errorf("the SDK sends %s; we send %s", x, y)
	}
	if id := "Amz-Sdk-Invocation-Id"; a.Header.Get(id) == b.Header.Get(id) || len(a.Header.Get(id)) != len(b.Header.Get(id)) {
		t.Errorf("the invocation ids are %q and %q", a.Header.Get(id), b.Header.Get(id))
	}
	official, ours = body(t, a), body(t, b)
	mustBeSigned(t, b, ours)
	return official, ours
}

// constant returns the headers that do not change from call to call.
func constant(t testing.TB, r *http.Request) http.Header {
	t.Helper()
	h := r.Header.Clone()
	for _, name := range []string{"Authorization", "Amz-Sdk-Invocation-Id", "X-Amz-Date"} {
		if len(h[name]) != 1 {
			t.Errorf("%s is %q", name, h[name])
		}
		h.Del(name)
	}
	return h
}

// body reads the body of a request, and checks its length.
func body(t testing.TB, r *http.Request) []byte {
	t.Helper()
	if r.Body == nil {
		return nil
	}
	data, err := io.ReadAll(r.Body)
	if err != nil || int64(len(data)) != r.ContentLength {
		t.Errorf("a body of %d bytes, and the request says %d; %v", len(data), r.ContentLength, err)
	}
	return data
}

// mustBeSigned has the SDK's signer sign a request again.
func mustBeSigned(t testing.TB, r *http.Request, body []byte) {
	t.Helper()
	when, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		t.Fatal(err)
	}
	got := r.Header.Get("Authorization")
	scope := strings.Split(strings.Split(got, ",")[0], "/")
	service, region := scope[3], scope[2]
	hash := r.Header.Get("X-Amz-Content-Sha256")
	if hash == "" {
		hash = sum(body)
	}
	again := r.Clone(context.Background())
	again.Header.Del("Authorization")
	credentials, _ := Credentials{}.Retrieve(context.Background()) // cannot fail
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = strings.HasPrefix(service, "s3") })
	err = signer.SignHTTP(context.Background(), credentials, again, hash, service, region, when)
	if want := again.Header.Get("Authorization"); err != nil || got != want {
		t.Errorf("signed %s; the SDK's signer says %s, %v", got, want, err)
	}
}

func sum(data []byte) string {
	hash := sha256.Sum256(data)
	return hex.EncodeToString(hash[:])
}
