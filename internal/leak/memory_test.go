package leak

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/s3jar"
)

// peak returns by how many bytes the heap grows at most while run runs. The
// collector runs often, so that this is at most half more than the memory that is
// held.
func peak(run func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() int64 {
		metrics.Read(sample)
		return int64(sample[0].Value.Uint64())
	}
	before := read()
	most := before
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			most = max(most, read())
			select {
			case <-stop:
				return
			case <-time.After(300 * time.Microsecond): // the next sample
			}
		}
	}()
	run()
	close(stop)
	<-stopped
	return most - before
}

const maxSize = 5 << 20

// cloudAt returns stores that talk to a server. Values in the bucket have at
// most maxSize bytes.
func cloudAt(t *testing.T, h http.HandlerFunc) (object *s3jar.Object, bucket *s3jar.Bucket, function *lambdajar.Store) {
	t.Helper()
	srv := httptest.NewServer(h)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		srv.CloseClientConnections()
		srv.Close()
	})
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: &srv.URL, HTTPClient: &http.Client{Transport: transport},
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	}
	bucket = s3jar.NewBucket(s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle, o.Retryer = true, quick() }), "bucket", func(o *s3jar.Options) {
		o.MaxSize = maxSize
		o.SkipProbe = true // this server answers every request alike
	})
	return bucket.Object("state.json"), bucket, lambdajar.New(lambda.NewFromConfig(cfg, func(o *lambda.Options) { o.Retryer = quick() }), "fn")
}

// quick makes the SDK's retries without its waits. It is the SDK's own type, so
// that requests may take the shortcut past the middleware.
func quick() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
}

// honest is a server that holds one value, keeps nothing of the requests,
// and needs hardly any memory itself.
func honest(value string) http.HandlerFunc {
	configuration := fmt.Sprintf(`{"RevisionId":"1","State":"Active","LastUpdateStatus":"Successful","Environment":{"Variables":{"jar":%q}}}`, value)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		if strings.HasPrefix(r.URL.Path, "/2015-03-31/") && r.Method == http.MethodPut {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			w.Write(body) // the RevisionId and the variables, as AWS answers them
			return
		}
		io.Copy(io.Discard, r.Body)
		switch {
		case strings.HasPrefix(r.URL.Path, "/2015-03-31/"):
			io.WriteString(w, configuration)
		case r.Method == http.MethodGet:
			w.Header().Set("Content-Length", fmt.Sprint(len(value)))
			io.WriteString(w, value)
		}
	}
}

// each makes a call of each kind, each measured for itself.
func each(t *testing.T, store awsjar.Store, value string, limit int64) {
	t.Helper()
	jar := awsjar.New[string](store)
	for name, call := range map[string]func() error{
		"Get": func() error { _, err := jar.Get(t.Context()); return err },
		"Put": func() error { return jar.Put(t.Context(), value) },
		"Update": func() error {
			_, err := jar.Update(t.Context(), func(s *string) error {
				*s = value[:len(value)-1] + string('a'+(*s)[len(*s)-1]%2) // another one than before
				return nil
			})
			return err
		},
	} {
		if err := call(); err != nil { // the buffers of the first call stay
			t.Errorf("%s: %v", name, err)
		}
		got := peak(func() { call() })
		t.Logf("%s of %d bytes: %d bytes", name, len(value), got)
		if got > limit {
			t.Errorf("%s of %d bytes takes %d bytes; want at most %d", name, len(value), got, limit)
		}
	}
}

// TestMemory: a call holds at most the memory that docs/operations.md states.
func TestMemory(t *testing.T) {
	const small, large = 100, 4 << 20
	for _, size := range []int{small, large} {
		value := strings.Repeat("0123456789abcdef", size/16+1)[:size]
		object, _, _ := cloudAt(t, honest(`"`+value+`"`))
		file := filejar.New(filepath.Join(t.TempDir(), "state.json"))
		for name, c := range map[string]struct {
			store awsjar.Store
			times int64
		}{
			"s3jar":   {object, 8},
			"filejar": {file, 8},
			"memjar":  {memjar.New(), 8},
		} {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				if err := awsjar.New[string](c.store).Put(t.Context(), value); err != nil {
					t.Fatal(err)
				}
				each(t, c.store, value[:size-1]+"x", c.times*int64(size)+1<<20)
			})
		}
	}
	for _, size := range []int{small, 3000, 7000} { // the last one does not fit unless it is packed
		t.Run(fmt.Sprintf("lambdajar/%d", size), func(t *testing.T) {
			var text strings.Builder
			for n := 0; text.Len() < size; n++ {
				fmt.Fprintf(&text, "line %d of the log; ", n*n)
			}
			value := text.String()[:size]
			_, _, function := cloudAt(t, honest(`"`+value+`"`))
			each(t, function, value[:size-1]+"x", 4<<20)
		})
	}
}
