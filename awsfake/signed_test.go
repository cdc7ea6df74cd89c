package awsfake_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/awsjar/awsjar/awsfake"
)

// answer is the part of an HTTP answer that matters. Code and message are those of
// an error.
type answer struct {
	status        int
	code, message string
}

// request returns a request that is not signed yet.
func request(t *testing.T, srv *awsfake.Server, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, srv.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func hash(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// sign signs r as the SDK does.
func sign(t *testing.T, srv *awsfake.Server, r *http.Request, service, payload string, at time.Time) {
	t.Helper()
	c, err := srv.Config().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", payload)
	}
	plainPath := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" }
	if err := v4.NewSigner().SignHTTP(t.Context(), c, r, payload, service, srv.Config().Region, at, plainPath); err != nil {
		t.Fatal(err)
	}
}

// do sends r and reads the answer.
func do(t *testing.T, srv *awsfake.Server, r *http.Request) answer {
	t.Helper()
	response, err := srv.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: response.StatusCode, code: response.Header.Get("X-Amzn-Errortype")}
	if a.status < 300 {
		return a
	}
	var e struct{ Code, Message string }
	if a.code != "" {
		err = json.Unmarshal(body, &e)
	} else if err = xml.Unmarshal(body, &e); err == nil {
		a.code = e.Code
	}
	if err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	a.message = e.Message
	return a
}

// signed sends a request that is signed as it should be.
func signed(t *testing.T, srv *awsfake.Server, service, method, path, body string) answer {
	t.Helper()
	r := request(t, srv, method, path, body)
	sign(t, srv, r, service, hash(body), time.Now())
	return do(t, srv, r)
}
