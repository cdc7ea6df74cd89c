package s3jar

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// held returns a body of a PUT in an overlap.
func held(ctx context.Context, o *overlap) *heldBody {
	return &heldBody{ReadCloser: io.NopCloser(strings.NewReader("1")), ctx: ctx, place: &place{overlap: o}, closed: make(chan struct{})}
}

// TestHold: a body waits until all PUTs are under way, and then until the server
// has had their headers for a while; it does not wait for ever for one that never
// comes, nor for a request that is over.
func TestHold(t *testing.T) {
	const late = 300 * time.Millisecond // when the other PUT comes
	for name, c := range map[string]struct {
		other func(o *overlap)
		end   func(body *heldBody, cancel func())
		want  time.Duration
	}{
		"both":             {other: func(o *overlap) { io.ReadAll(held(context.Background(), o)) }, want: late + minHold},
		"one is not sent":  {other: func(o *overlap) { o.arrive() }, want: late + minHold},
		"one never comes":  {want: maxWait},
		"it is closed":     {end: func(body *heldBody, _ func()) { body.Close() }, want: late},
		"the context ends": {end: func(_ *heldBody, cancel func()) { cancel() }, want: late},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), roundTime)
				defer cancel()
				o := newOverlap(2, minHold)
				body, began := held(ctx, o), time.Now()
				go func() {
					time.Sleep(late)
					if c.other != nil {
						c.other(o)
					}
					if c.end != nil {
						c.end(body, cancel)
					}
				}()
				io.ReadAll(body)
				if took := time.Since(began); took != c.want {
					t.Errorf("the body was held back for %v; want %v", took, c.want)
				}
				synctest.Wait() // and nothing is left behind
			})
		})
	}
}
