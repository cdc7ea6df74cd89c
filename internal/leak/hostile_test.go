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

// services are those that an answer is meant for: it attacks their readers.
type services int

const (
	all services = iota
	lists
	functions
)

// hostile servers answer every request alike.
var hostile = map[string]struct {
	at     services
	answer http.HandlerFunc
}{
	"endless body":         {all, func(w http.ResponseWriter, _ *http.Request) { pour(w, "", "x") }},
	"endless text":         {functions, func(w http.ResponseWriter, _ *http.Request) { pour(w, `{"FunctionName":"`, "x") }},
	"endless Environment":  {functions, func(w http.ResponseWriter, _ *http.Request) { pour(w, `{"Environment":{"Variables":{`, `"a":"b",`) }},
	"endless list":         {lists, func(w http.ResponseWriter, _ *http.Request) { pour(w, "<ListVersionsResult>", "<Version/>") }},
	"endless list of keys": {lists, func(w http.ResponseWriter, _ *http.Request) { pour(w, "<ListBucketResult>", "<Contents/>") }},
	"long list":            {lists, full("<ListVersionsResult>", "<Version/>", "</ListVersionsResult>", 2<<20)},
	"long list of keys":    {lists, full("<ListBucketResult>", "<Contents/>", "</ListBucketResult>", 2<<20)},
	"long Environment":     {functions, full(`{"RevisionId":"1","Environment":{"Variables":{`, `"%07d":"",`, `"b":""}}}`, 1<<20)},
	"huge Content-Length": {all, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(int64(1)<<50))
		pour(w, "", "x")
	}},
	"huge headers": {all, func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), hugeHeaders)
	}},
	"huge lineage": {all, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-amz-meta-awsjar-lineage", hugeLineage)
	}},
	"endless error 500": {all, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		pour(w, "", "x")
	}},
	"endless error 412": {all, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "PreconditionFailedException")
		w.WriteHeader(http.StatusPreconditionFailed)
		pour(w, `{"Message":"`, "x")
	}},
}

// calls are those that attack makes of a store, in the order of their names. The
// calls of a function that are not among asking begin as those do, and come to an
// end there unless the function's configuration can be read.
var (
	every  = []string{"Create", "Delete", "Get", "History", "Put", "Update"}
	asking = []string{"Get", "Update"}
)

// TestHostile: with any answer of a server, each call holds no more than
// docs/operations.md states, and ends: it reads no more either. An answer for
// the readers of one service goes to all of them with a larger volume only.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("the answers are as large as a reader allows")
	}
	more := *volume > 1
	for name, h := range hostile {
		t.Run(name, func(t *testing.T) {
			object, bucket, function := cloudAt(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"e"`)
				if r.Method == http.MethodHead {
					w = noBody{w}
				}
				h.answer(w, r)
			})
			switch {
			case h.at == all || more:
				attack(t, object, 4*maxSize+64<<20, every)
			case h.at == lists:
				attack(t, object, 4*maxSize+64<<20, []string{"History"})
			}
			switch {
			case h.at == functions || more:
				attack(t, function, 64<<20, every)
			case h.at == all:
				attack(t, function, 64<<20, asking)
			}
			if h.at == functions && !more {
				return
			}
			bounds(t, bucket, 128<<20, "Keys", func(ctx context.Context) error {
				for _, err := range bucket.Keys(ctx, "") {
					return err
				}
				return nil
			})
		})
	}
}

// attack makes the calls.
func attack(t *testing.T, store awsjar.Store, limit int64, ops []string) {
	t.Helper()
	jar := awsjar.New[string](store)
	calls := map[string]func(context.Context) error{
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
	}
	for _, op := range ops {
		bounds(t, store, limit, op, calls[op])
	}
}

// bounds makes one call.
func bounds(t *testing.T, place any, limit int64, op string, call func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience(100*time.Millisecond)) // a call that waits between attempts need not wait for long
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
