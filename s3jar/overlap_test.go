package s3jar_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// TestOverlap: a server that looks at a condition when the headers come, and
// stores without another look if the body comes later, is found out: the bodies
// of a round wait until the server has all headers.
func TestOverlap(t *testing.T) {
	t.Parallel()
	for name, direct := range map[string]func(*s3.Client) s3jar.Client{
		"s3":     func(c *s3.Client) s3jar.Client { return c },
		"direct": awsdirect.S3,
	} {
		t.Run(name, func(t *testing.T) {
			srv := careless(t)
			web := httptest.NewServer(&hasty{Server: srv})
			defer web.Close()
			client := newForeign(srv, func(o *s3.Options) { o.BaseEndpoint, o.HTTPClient = &web.URL, web.Client() })
			found, err := s3jar.NewBucket(direct(client), bucketName).Check(within(t))
			mustBe(t, err, awsjar.ErrUnsupported)
			if found.Create != s3jar.SupportRacy || found.Replace != s3jar.SupportRacy {
				t.Errorf("Check found %+v; want races", found)
			}
		})
	}
}

// hasty is a server that keeps conditions where the body comes at once with the
// headers. Where it comes later it is stored without another look.
type hasty struct {
	*awsfake.Server // ignores conditions
	mu              sync.Mutex
}

func (h *hasty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		h.Server.ServeHTTP(w, r)
		return
	}
	body := make(chan []byte, 1)
	h.mu.Lock()
	unlock := sync.OnceFunc(h.mu.Unlock)
	defer unlock()
	if !h.holds(r) {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	go func() {
		data, _ := io.ReadAll(r.Body)
		body <- data
	}()
	late := time.AfterFunc(20*time.Millisecond, unlock)
	defer late.Stop()
	r.Body = io.NopCloser(bytes.NewReader(<-body))
	h.Server.ServeHTTP(w, r)
}

// holds reports whether the condition of a PUT holds now.
func (h *hasty) holds(r *http.Request) bool {
	_, header, exists := h.Object(bucketName, strings.TrimPrefix(r.URL.Path, "/"+bucketName+"/"))
	etag := r.Header.Get("If-Match")
	return (r.Header.Get("If-None-Match") == "" || !exists) && (etag == "" || exists && header.Get("ETag") == etag)
}
