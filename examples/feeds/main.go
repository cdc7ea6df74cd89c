// Feeds polls JSON feeds (jsonfeed.org) and posts the entries that it has not
// seen before to a webhook. Its state is one object in S3.
//
// No entry is lost, and no two invocations deliver one at the same time: an
// entry is claimed, delivered, and then confirmed. An invocation that ends in
// between leaves its claims. They run out, and a later invocation delivers the
// entries again, also those that the feed no longer shows. A receiver that must
// not see an entry twice looks at its id.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/seen"
)

// claimTime is longer than an invocation can last: its timeout is a minute.
const claimTime = 5 * time.Minute

const maxFeed = 4 << 20 // bytes of a feed that are read

// keep bounds the ids that are remembered. A feed shows some 50 entries.
var keep = seen.Bound{Number: 1000, Age: 180 * 24 * time.Hour}

// State is the poller's memory.
type State struct {
	Delivered seen.Set         `json:"delivered"`
	Claimed   map[string]Claim `json:"claimed,omitempty"` // by id: entries that are not delivered yet
}

// Claim is an entry that an invocation is delivering.
type Claim struct {
	Title string `json:"title"`
	Until int64  `json:"until"` // Unix seconds; then another invocation may deliver it
}

// Entry is one entry of a feed.
type Entry struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

func main() {
	client := s3.NewFromConfig(lambdaenv.Config())
	object := s3jar.NewBucket(client, os.Getenv("STATE_BUCKET")).Object("feeds.json")
	p := &poller{jar: awsjar.New[State](object), web: &http.Client{Timeout: 20 * time.Second}}

	warm, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	_ = p.jar.Warm(warm) // a failure shows again in the first invocation
	cancel()
	lambda.Start(p.poll)
}

type poller struct {
	jar *awsjar.Jar[State]
	web *http.Client
}

// poll delivers the new entries of all feeds, and returns the titles of those
// that were delivered. Its error is that of the feeds and deliveries that
// failed; the next poll tries them again.
func (p *poller) poll(ctx context.Context) ([]string, error) {
	var entries []Entry
	var failures error
	for url := range strings.FieldsSeq(os.Getenv("FEEDS")) {
		found, err := p.fetch(ctx, url)
		failures = errors.Join(failures, err)
		entries = append(entries, found...)
	}
	claimed, err := p.claim(ctx, entries)
	if err != nil {
		return nil, errors.Join(failures, err)
	}
	titles := []string{}
	var delivered, failed []string
	for _, entry := range claimed {
		if err := p.deliver(ctx, entry); err != nil {
			failures = errors.Join(failures, err)
			failed = append(failed, entry.ID)
			continue
		}
		delivered = append(delivered, entry.ID)
		titles = append(titles, entry.Title)
	}
	return titles, errors.Join(failures, p.confirm(ctx, delivered, failed))
}

// claim returns the entries that are new, and those whose claims have run out.
// From then on they are this invocation's, for a while.
func (p *poller) claim(ctx context.Context, entries []Entry) (claimed []Entry, err error) {
	now := time.Now()
	_, err = p.jar.Update(ctx, func(s *State) error {
		claimed = nil // the function may run again
		if s.Claimed == nil {
			s.Claimed = make(map[string]Claim)
		}
		for _, entry := range entries {
			if s.Delivered.Has(entry.ID) {
				s.Delivered.Add(entry.ID, keep) // it is still shown, so it is not forgotten
			} else if _, ok := s.Claimed[entry.ID]; !ok {
				s.Claimed[entry.ID] = Claim{Title: entry.Title}
			}
		}
		for id, c := range s.Claimed {
			if c.Until <= now.Unix() {
				claimed = append(claimed, Entry{ID: id, Title: c.Title})
				s.Claimed[id] = Claim{Title: c.Title, Until: now.Add(claimTime).Unix()}
			}
		}
		return nil
	})
	slices.SortFunc(claimed, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return claimed, err
}

// confirm notes the entries that were delivered, and gives the others back.
func (p *poller) confirm(ctx context.Context, delivered, failed []string) error {
	if len(delivered)+len(failed) == 0 {
		return nil
	}
	_, err := p.jar.Update(ctx, func(s *State) error {
		for _, id := range delivered {
			s.Delivered.Add(id, keep)
			delete(s.Claimed, id)
		}
		for _, id := range failed {
			if c, ok := s.Claimed[id]; ok {
				s.Claimed[id] = Claim{Title: c.Title}
			}
		}
		return nil
	})
	return err
}

// deliver posts one entry to the webhook.
func (p *poller) deliver(ctx context.Context, entry Entry) error {
	body, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("WEBHOOK"), bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.web.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("the webhook answers %s", resp.Status)
	}
	return nil
}

// fetch returns the entries of one feed.
func (p *poller) fetch(ctx context.Context, url string) ([]Entry, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.web.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, resp.Status)
	}
	var feed struct {
		Items []Entry `json:"items"`
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, maxFeed)).Decode(&feed)
	return feed.Items, err
}
