package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/lambdajar"
)

// jarsIn yields the jars of all functions of the account of "lambda://".
func (c *command) jarsIn(ctx context.Context, account jarurl.Target) iter.Seq2[lambdajar.Found, error] {
	return func(yield func(lambdajar.Found, error) bool) {
		clients, err := account.Clients(ctx, c.configured)
		if account.Scheme != jarurl.Lambda || account.Function != "" {
			err = &awsjar.Error{
				Op: "list", Target: account.String(), Hint: "write lambda:// for the functions of the account",
				Err: fmt.Errorf("%w: this is not an account", awsjar.ErrInvalid),
			}
		}
		if err != nil {
			yield(lambdajar.Found{}, err)
			return
		}
		for found, err := range lambdajar.Jars(ctx, clients.Lambda) {
			if !yield(found, err) {
				return
			}
		}
	}
}

// foundBucket is a bucket of an account.
type foundBucket struct {
	name    string
	region  string    // empty if the server does not say it
	created time.Time // zero if the server does not say it
}

// buckets yields the buckets of the account, by one request for every 1,000. An
// error ends it.
func (c *command) buckets(ctx context.Context) iter.Seq2[foundBucket, error] {
	account := jarurl.Target{Scheme: jarurl.S3, Region: c.region, Endpoint: c.endpoint}
	return func(yield func(foundBucket, error) bool) {
		clients, err := account.Clients(ctx, c.configured)
		if err != nil {
			yield(foundBucket{}, err)
			return
		}
		pages := s3.NewListBucketsPaginator(clients.S3, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(foundBucket{}, unlisted(err))
				return
			}
			if page.Buckets == nil && page.Owner == nil {
				yield(foundBucket{}, unlisted(fmt.Errorf("%w: the endpoint's answer is no listing", awsjar.ErrUnsupported)))
				return
			}
			for _, bucket := range page.Buckets {
				if !yield(foundBucket{aws.ToString(bucket.Name), aws.ToString(bucket.BucketRegion), aws.ToTime(bucket.CreationDate)}, nil) {
					return
				}
			}
		}
	}
}

// unlisted is the error for buckets that were not listed.
func unlisted(err error) error {
	e := &awsjar.Error{Op: "list", Target: "s3://", Err: err}
	switch {
	case awserr.Code(err) == "AccessDenied":
		e.Hint, e.Err = "the caller's policy must allow s3:ListAllMyBuckets", fmt.Errorf("%w: %w", awsjar.ErrAccessDenied, err)
	case errors.Is(err, awsjar.ErrUnsupported):
		e.Hint = "check the endpoint: a server that speaks the protocol of S3 must be there"
	}
	return e
}
