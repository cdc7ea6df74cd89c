package jarurl

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
)

// FoundBucket is a bucket of an account.
type FoundBucket struct {
	Name    string
	Region  string    // empty if the server does not say it
	Created time.Time // zero if the server does not say it
}

// Buckets yields the buckets of the account of a target of S3 without a bucket,
// by one request for every 1,000. An error ends it. Needs s3:ListAllMyBuckets.
func (t Target) Buckets(ctx context.Context, optFns ...func(*Options)) iter.Seq2[FoundBucket, error] {
	return func(yield func(FoundBucket, error) bool) {
		if t.Scheme != S3 || t.Bucket != "" {
			yield(FoundBucket{}, t.invalid(&problem{"this is not an account", "write s3:// for the buckets of the account"}))
			return
		}
		opts := settings(optFns)
		cfg, err := t.config(ctx, opts)
		if err != nil {
			yield(FoundBucket{}, err)
			return
		}
		pages := s3.NewListBucketsPaginator(t.s3Client(cfg, opts), &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(FoundBucket{}, unlisted(err))
				return
			}
			if page.Buckets == nil && page.Owner == nil {
				yield(FoundBucket{}, unlisted(fmt.Errorf("%w: the endpoint's answer is no listing", awsjar.ErrUnsupported)))
				return
			}
			for _, bucket := range page.Buckets {
				if !yield(FoundBucket{aws.ToString(bucket.Name), aws.ToString(bucket.BucketRegion), aws.ToTime(bucket.CreationDate)}, nil) {
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

func (t Target) s3Client(cfg aws.Config, opts Options) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		if endpoint := t.endpoint(opts); endpoint != nil {
			o.BaseEndpoint = endpoint
		}
		o.UsePathStyle = t.pathStyle(o.BaseEndpoint)
		o.DisableLogOutputChecksumValidationSkipped = true // older objects and some servers have no checksum: nothing to tell at each read
		if t.Checksums != "" {
			o.RequestChecksumCalculation, o.ResponseChecksumValidation = checksums[t.Checksums].request, checksums[t.Checksums].response
		}
	})
}
