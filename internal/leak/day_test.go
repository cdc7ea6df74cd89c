package leak

import (
	"context"
	"flag"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/memjar"
)

var updates = flag.Int("updates", 432, "how many updates; a day has 1,440 minutes and 86,400 seconds")

// heap returns the bytes that are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // collects the objects that the first one took out of pools
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// sizeAt returns the bytes of everything that a server stores.
func sizeAt(srv *awsfake.Server) (n int) {
	srv.ResetRequests()
	body, header, _ := srv.Object("bucket", "state.json")
	n = len(body)
	for name, values := range header {
		n += len(name) + len(values[0])
	}
	env, _ := srv.Environment("fn")
	for name, value := range env {
		n += len(name) + len(value)
	}
	return n
}

// sizeIn returns the bytes of everything that a directory holds.
func sizeIn(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		n += int(info.Size())
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// TestDay: a handle that makes many updates holds no more after them than after
// the first of them, and the stored state does not grow either. A memjar keeps
// every version, and is pruned.
func TestDay(t *testing.T) {
	onCloud(t, "s3jar", func(t *testing.T, srv *awsfake.Server, cfg aws.Config, open opener) {
		aDay(t, open(srv, cfg), func() int { return sizeAt(srv) })
	})
	t.Run("lambdajar", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { // for it waits until each update is in force
			srv, err := awsfake.New()
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			cfg := srv.Config()
			cfg.BaseEndpoint, cfg.HTTPClient = aws.String("http://aws.test"), wireless{srv}
			aDay(t, clouds["lambdajar"](srv, cfg), func() int { return sizeAt(srv) })
		})
	})
	t.Run("memjar", func(t *testing.T) {
		leavesNothing(t, func(t *testing.T) { aDay(t, pruned{memjar.New()}, func() int { return 0 }) })
	})
	t.Run("filejar", func(t *testing.T) {
		dir := inMemory(t)
		leavesNothing(t, func(t *testing.T) {
			aDay(t, filejar.New(filepath.Join(dir, "state.json")), func() int { return sizeIn(t, dir) })
		})
	})
}

// wireless is an HTTP client that calls the server without a network.
type wireless struct{ server *awsfake.Server }

func (w wireless) Do(req *http.Request) (*http.Response, error) {
	served := req.Clone(req.Context())
	served.RequestURI, served.Host = req.URL.RequestURI(), req.URL.Host
	if served.Body == nil {
		served.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, served)
	return answer.Result(), nil
}

// inMemory returns a directory that is in memory, if there may be one: to sync a
// day of updates to a disk takes half a minute.
func inMemory(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "awsjar-leak-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// pruned is a memjar that does not keep all its versions.
type pruned struct{ *memjar.Store }

func (p pruned) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	meta, err := p.Store.Save(ctx, data, replaces)
	if err == nil {
		_, err = awsjar.New[int](p.Store).Prune(ctx, 10)
	}
	return meta, err
}

// aDay makes the updates of a day. stored returns how many bytes are stored
// outside of the store.
func aDay(t *testing.T, store awsjar.Store, stored func() int) {
	t.Helper()
	const full = 144         // updates, after which the lineage is full
	const growth = 256 << 10 // bytes; 1,440 times 200 bytes would be more
	jar := awsjar.New[int](store)
	var before, after int64
	var size [2]int
	start := time.Now()
	for n := range *updates {
		if _, err := jar.Update(t.Context(), func(v *int) error { *v = 10_000_000 + n; return nil }); err != nil {
			t.Fatal(err)
		}
		switch n {
		case full:
			size[0], before = stored(), heap()
		case *updates - 1:
			size[1], after = stored(), heap()
		}
	}
	t.Logf("%d updates in %v: the heap was %d bytes after the first of them, and %d at the end; stored are %d and %d",
		*updates, time.Since(start).Round(time.Millisecond), before, after, size[0], size[1])
	if after-before > growth {
		t.Errorf("the heap has grown by %d bytes", after-before)
	}
	if size[1] != size[0] {
		t.Errorf("what is stored has grown from %d to %d bytes", size[0], size[1])
	}
}
