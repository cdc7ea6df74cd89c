// Nightly works through a list that is served in pages, a few pages with every
// invocation, and keeps the cursor in S3. It can be interrupted anywhere, and
// two of them can run at once: a page whose end was not recorded is done again,
// and the cursor never goes back.
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
	"github.com/awsjar/awsjar/s3jar"
)

const (
	reserve = 5 * time.Second // left of an invocation when no new page is begun
	maxPage = 4 << 20         // bytes of a page that are read
)

// Cursor is how far the job has come.
type Cursor struct {
	Next string    `json:"next"` // the page to do next; empty at the beginning
	Rows int       `json:"rows"` // done in this round
	Done time.Time `json:"done"` // when the last round was complete
}

type page struct {
	Rows []json.RawMessage `json:"rows"`
	Next string            `json:"next"` // empty on the last page
}

func main() {
	client := s3.NewFromConfig(lambdaenv.Config())
	jar := awsjar.New[Cursor](s3jar.NewBucket(client, os.Getenv("STATE_BUCKET")).Object("nightly.json"))
	_ = jar.Warm(context.Background()) // a failure shows again in the first invocation

	web := &http.Client{Timeout: 20 * time.Second}
	lambda.Start(func(ctx context.Context) (Cursor, error) {
		for {
			cursor, more, err := step(ctx, jar, web)
			if err != nil || !more || nearlyOver(ctx) {
				return cursor, err
			}
		}
	})
}

// step does one page and records that it is done. If another run was faster
// nothing is recorded, and the next step begins where that one is.
func step(ctx context.Context, jar *awsjar.Jar[Cursor], web *http.Client) (cursor Cursor, more bool, err error) {
	entry, err := jar.Load(ctx)
	begins := errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) // the bucket must be there
	if err != nil && !begins {
		return cursor, false, err
	}
	p, err := fetch(ctx, web, entry.Value.Next)
	if err != nil {
		return entry.Value, false, err
	}
	cursor = Cursor{Next: p.Next, Rows: entry.Value.Rows + len(p.Rows), Done: entry.Value.Done}
	if p.Next == "" {
		cursor = Cursor{Done: time.Now().UTC().Truncate(time.Second)}
	}
	_, err = jar.PutIf(ctx, cursor, entry.Revision)
	if errors.Is(err, awsjar.ErrConflict) {
		return entry.Value, true, nil
	}
	return cursor, p.Next != "", err
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
