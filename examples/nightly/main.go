// Nightly works through a list that is served in pages, and keeps the cursor in
// S3. It runs under a lease: of two invocations at once, the second one ends
// without doing anything. It can be interrupted anywhere: a page whose end was
// not stored is done again, the lease of an invocation that died runs out, and
// the fence keeps a late invocation from moving the cursor back.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/lease"
	"github.com/awsjar/awsjar/s3jar"
)

const (
	reserve = 5 * time.Second // left of an invocation when no new page is begun
	maxPage = 4 << 20         // bytes of a page that are read
)

// Cursor is how far the job has come.
type Cursor struct {
	Next  string    `json:"next"`  // the page to do next; empty at the beginning
	Rows  int       `json:"rows"`  // done in this round
	Done  time.Time `json:"done"`  // when the last round was complete
	Fence uint64    `json:"fence"` // token of the last invocation that wrote
}

type page struct {
	Rows []json.RawMessage `json:"rows"`
	Next string            `json:"next"` // empty on the last page
}

func main() {
	bucket := s3jar.NewBucket(s3.NewFromConfig(lambdaenv.Config()), os.Getenv("STATE_BUCKET"))
	j := &job{
		cursor: awsjar.New[Cursor](bucket.Object("nightly.json")),
		lock:   lease.New(bucket.Object("nightly.lease")),
		web:    &http.Client{Timeout: 20 * time.Second},
	}
	warm, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	_ = j.cursor.Warm(warm) // a failure shows again in the first invocation
	cancel()
	lambda.Start(j.run)
}

type job struct {
	cursor *awsjar.Jar[Cursor]
	lock   *lease.Lock
	web    *http.Client
}

// run does one page after the other until the list or the invocation ends, and
// returns the cursor. If another invocation is at work it does nothing.
func (j *job) run(ctx context.Context) (cursor Cursor, err error) {
	err = j.lock.TryDo(ctx, func(ctx context.Context, held *lease.Held) error {
		for {
			var stepErr error
			cursor, stepErr = j.step(ctx, held)
			if stepErr != nil || cursor.Next == "" || nearlyOver(ctx) {
				return stepErr
			}
		}
	})
	if errors.Is(err, lease.ErrHeld) {
		return j.cursor.Get(ctx)
	}
	return cursor, err
}

// step does one page and stores that it is done.
func (j *job) step(ctx context.Context, held *lease.Held) (Cursor, error) {
	cursor, err := j.cursor.Get(ctx)
	if err != nil {
		return cursor, err
	}
	page, err := fetch(ctx, j.web, cursor.Next)
	if err != nil {
		return cursor, err
	}
	return j.cursor.Update(ctx, func(c *Cursor) error {
		if err := held.Fence(&c.Fence); err != nil {
			return err // a later invocation has taken over
		}
		c.Next, c.Rows = page.Next, c.Rows+len(page.Rows)
		if page.Next == "" {
			c.Rows, c.Done = 0, time.Now().UTC().Truncate(time.Second)
		}
		return nil
	})
}

func nearlyOver(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < reserve
}

func fetch(ctx context.Context, client *http.Client, next string) (p page, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv("SOURCE")+"?page="+url.QueryEscape(next), nil)
	if err != nil {
		return p, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return p, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return p, fmt.Errorf("%s: %s", req.URL.Redacted(), resp.Status)
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, maxPage)).Decode(&p)
	return p, err
}
