package main

import (
	"context"
	"fmt"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/page"
	"github.com/awsjar/awsjar/jarurl"
)

// servePageOf begins to serve a page of all states of a fake AWS, with its
// requests. The function returned ends it.
func (c *command) servePageOf(ctx context.Context, srv *awsfake.Server) (end func() error, err error) {
	cfg := srv.Config()
	of := &command{world: c.world, noWait: c.noWait}
	of.aws = &cfg
	account := jarurl.Target{Scheme: jarurl.Lambda}
	p, err := page.Listen(page.Options{
		Write: true, Where: cfg.Region, Explain: of.explain,
		Places:   []page.Place{{URL: account.String(), List: of.jarsOf(account)}, {URL: "s3://", List: of.allObjects(s3.NewFromConfig(cfg))}},
		Requests: func() ([]page.Request, int) { return newest(srv.Requests()) },
	})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(c.stderr, "awsjar: a page of it, whose address works once: %s\n", p.URL())
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx) }()
	return func() error {
		cancel()
		return <-ended
	}, nil
}

// allObjects lists the objects of all buckets.
func (c *command) allObjects(client *s3.Client) func(context.Context) iter.Seq2[page.State, error] {
	return func(ctx context.Context) iter.Seq2[page.State, error] {
		return func(yield func(page.State, error) bool) {
			all, err := client.ListBuckets(ctx, &s3.ListBucketsInput{})
			if err != nil {
				yield(page.State{}, err)
				return
			}
			for _, bucket := range all.Buckets {
				target := jarurl.Target{Scheme: jarurl.S3, Bucket: aws.ToString(bucket.Name)}
				for state, err := range c.objectsOf(target)(ctx) {
					if !yield(state, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// newest returns the last requests of all, without values.
func newest(all []awsfake.Request) (shown []page.Request, known int) {
	const most = 100
	for _, r := range all[max(0, len(all)-most):] {
		shown = append(shown, page.Request{
			Service: r.Service, Op: r.Op, Target: r.Target, Status: r.Status,
			BytesIn: r.BytesIn, BytesOut: r.BytesOut, Faulted: r.Faulted,
		})
	}
	return shown, len(all)
}
