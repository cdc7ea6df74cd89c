// Feeds polls JSON feeds (jsonfeed.org) and reports the entries that it has not
// seen before. What it has seen is one object in S3.
package main

import (
	"context"
	"encoding/json"
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
)

const (
	keep    = 200     // entries remembered for each feed
	maxFeed = 4 << 20 // bytes of a feed that are read
)

// State holds the ids that were seen, newest first, by the feed's URL.
type State map[string][]string

type feed struct {
	Items []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	} `json:"items"`
}

func main() {
	client := s3.NewFromConfig(lambdaenv.Config())
	object := s3jar.NewBucket(client, os.Getenv("STATE_BUCKET")).Object("feeds.json")
	jar := awsjar.New[State](object)
	_ = jar.Warm(context.Background()) // a failure shows again in the first invocation

	web := &http.Client{Timeout: 20 * time.Second}
	lambda.Start(func(ctx context.Context) ([]string, error) {
		feeds := map[string]feed{}
		for url := range strings.FieldsSeq(os.Getenv("FEEDS")) {
			f, err := fetch(ctx, web, url)
			if err != nil {
				return nil, err
			}
			feeds[url] = f
		}
		var titles []string
		_, err := jar.Update(ctx, func(s *State) error {
			titles = s.take(feeds) // may run again: it only edits
			return nil
		})
		return titles, err
	})
}

// take remembers the entries of the feeds and returns the titles of new ones.
func (s *State) take(feeds map[string]feed) []string {
	if *s == nil {
		*s = State{}
	}
	titles := []string{}
	for url, f := range feeds {
		seen := (*s)[url]
		var fresh []string
		for _, item := range f.Items {
			if !slices.Contains(seen, item.ID) {
				fresh = append(fresh, item.ID)
				titles = append(titles, item.Title)
			}
		}
		seen = append(fresh, seen...)
		(*s)[url] = seen[:min(len(seen), keep)]
	}
	slices.Sort(titles)
	return titles
}

func fetch(ctx context.Context, client *http.Client, url string) (f feed, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return f, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return f, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return f, fmt.Errorf("%s: %s", url, resp.Status)
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, maxFeed)).Decode(&f)
	return f, err
}
