package leak

import (
	"flag"
	"runtime"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
)

// A day has 1,440 minutes and 86,400 seconds.
var updates = flag.Int("updates", 1440, "how many updates make a day")

// heap returns the bytes that are in use.
func heap(srv *awsfake.Server) int64 {
	srv.ResetRequests()
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first one freed from pools
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// size returns the bytes of everything that is stored.
func size(srv *awsfake.Server) (n int) {
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

// TestDay: a handle that makes as many updates as a day has minutes holds no
// more after them than after the first tenth of them, and what is stored does
// not grow either.
func TestDay(t *testing.T) {
	const growth = 256 << 10 // bytes; 1,440 times 200 bytes would be more
	eachCloud(t, func(t *testing.T, srv *awsfake.Server, cfg aws.Config, open opener) {
		jar := awsjar.New[int](open(srv, cfg))
		var before, after int64
		var stored [2]int
		for n := range *updates {
			if _, err := jar.Update(t.Context(), func(v *int) error { *v = 10_000_000 + n; return nil }); err != nil {
				t.Fatal(err)
			}
			switch n {
			case *updates / 10:
				before, stored[0] = heap(srv), size(srv)
			case *updates - 1:
				after, stored[1] = heap(srv), size(srv)
			}
		}
		t.Logf("%d updates: the heap was %d bytes after a tenth of them, and %d at the end; stored are %d and %d", *updates, before, after, stored[0], stored[1])
		if after-before > growth {
			t.Errorf("the heap has grown by %d bytes", after-before)
		}
		if stored[1] != stored[0] {
			t.Errorf("what is stored has grown from %d to %d bytes", stored[0], stored[1])
		}
	})
}
