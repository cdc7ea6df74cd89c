package leak

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
)

// endless is how much a hostile server sends at most, in bytes: more than any
// bound.
const endless = 256 << 20

// poured is how many bytes it has sent.
var poured atomic.Int64

// pour sends text again and again.
func pour(w io.Writer, begin, text string) {
	chunk := []byte(strings.Repeat(text, 64<<10/len(text)))
	io.WriteString(w, begin)
	for sent := 0; sent < endless; sent += len(chunk) {
		n, err := w.Write(chunk)
		poured.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// noBody is the answer to a HEAD.
type noBody struct{ http.ResponseWriter }

func (noBody) Write([]byte) (int, error) { return 0, http.ErrBodyNotAllowed }

// full answers with as many bytes as are read. A %07d in text is a number.
func full(begin, text, end string, size int) http.HandlerFunc {
	var b strings.Builder
	b.WriteString(begin)
	for n := 0; b.Len() < size-len(end)-len(text); n++ {
		b.WriteString(strings.Replace(text, "%07d", fmt.Sprintf("%07d", n), 1))
	}
	b.WriteString(end)
	body := b.String()
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }
}

var (
	hugeLineage = strings.Repeat("abcdefgh,", 900<<10)
	hugeHeaders = headers(9 << 10)
)

// headers returns n headers of 1,000 bytes.
func headers(n int) http.Header {
	h := http.Header{}
	value := []string{strings.Repeat("x", 1000)}
	for n := range n {
		h[fmt.Sprintf("X-Amz-Meta-%d", n)] = value
	}
	return h
}

// hostile servers answer every request alike.
var hostile = map[string]http.HandlerFunc{
	"endless body":         func(w http.ResponseWriter, _ *http.Request) { pour(w, "", "x") },
	"endless text":         func(w http.ResponseWriter, _ *http.Request) { pour(w, `{"FunctionName":"`, "x") },
	"endless Environment":  func(w http.ResponseWriter, _ *http.Request) { pour(w, `{"Environment":{"Variables":{`, `"a":"b",`) },
	"endless list":         func(w http.ResponseWriter, _ *http.Request) { pour(w, "<ListVersionsResult>", "<Version/>") },
	"endless list of keys": func(w http.ResponseWriter, _ *http.Request) { pour(w, "<ListBucketResult>", "<Contents/>") },
	"long list":            full("<ListVersionsResult>", "<Version/>", "</ListVersionsResult>", 2<<20),
	"long list of keys":    full("<ListBucketResult>", "<Contents/>", "</ListBucketResult>", 2<<20),
	"long Environment":     full(`{"RevisionId":"1","Environment":{"Variables":{`, `"%07d":"",`, `"b":""}}}`, 1<<20),
	"huge Content-Length": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(int64(1)<<50))
		pour(w, "", "x")
	},
	"huge headers": func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), hugeHeaders)
	},
	"huge lineage": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-amz-meta-awsjar-lineage", hugeLineage)
	},
	"endless error 500": func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		pour(w, "", "x")
	},
	"endless error 412": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "PreconditionFailedException")
		w.WriteHeader(http.StatusPreconditionFailed)
		pour(w, `{"Message":"`, "x")
	},
}

// TestHostile: with any answer of a server, each call holds no more than
// docs/operations.md states, and ends: it reads no more either.
func TestHostile(t *testing.T) {
	for name, answer := range hostile {
		t.Run(name, func(t *testing.T) {
			object, bucket, function := cloudAt(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"e"`)
				if r.Method == http.MethodHead {
					w = noBody{w}
				}
				answer(w, r)
			})
			attack(t, object, 4*maxSize+64<<20)
			attack(t, function, 64<<20)
			bounds(t, bucket, 128<<20, "Keys", func(ctx context.Context) error {
				for _, err := range bucket.Keys(ctx, "") {
					return err
				}
				return nil
			})
		})
	}
}

// attack makes every kind of call.
func attack(t *testing.T, store awsjar.Store, limit int64) {
	t.Helper()
	jar := awsjar.New[string](store)
	for op, call := range map[string]func(context.Context) error{
		"Get":    func(ctx context.Context) error { _, err := jar.Get(ctx); return err },
		"Put":    func(ctx context.Context) error { return jar.Put(ctx, "value") },
		"Create": func(ctx context.Context) error { return jar.Create(ctx, "value") },
		"Update": func(ctx context.Context) error {
			_, err := jar.Update(ctx, func(s *string) error { *s += "x"; return nil })
			return err
		},
		"Delete": func(ctx context.Context) error { return jar.Delete(ctx) },
		"History": func(ctx context.Context) error {
			for _, err := range jar.History(ctx) {
				return err
			}
			return nil
		},
	} {
		bounds(t, store, limit, op, call)
	}
}

// bounds makes one call.
func bounds(t *testing.T, place any, limit int64, op string, call func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience()) // a call that waits between attempts need not wait for long
	defer cancel()
	start := time.Now()
	poured.Store(0)
	var err error
	held := peak(func() { err = call(ctx) })
	took, read := time.Since(start).Round(time.Millisecond), poured.Load()
	t.Logf("%s %v: %d KiB, %v, %d KiB sent: %.150v", op, place, held>>10, took, read>>10, err)
	if held > limit {
		t.Errorf("%s %v held %d bytes; want at most %d", op, place, held, limit)
	}
	if read > endless/2 || took > 30*time.Second {
		t.Errorf("%s %v took %v and %d bytes", op, place, took, read)
	}
}
