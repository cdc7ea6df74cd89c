package s3jar

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// keyLister is the method of a [Client] that Keys needs.
type keyLister interface {
	ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, optFns ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

// KeyMeta is a key, without Options.Prefix, with the properties of its object that
// a listing tells.
type KeyMeta struct {
	Key      string
	Size     int64     // bytes of the body
	Modified time.Time // when it was stored
}

// Keys yields the keys that begin with prefix, below Options.Prefix and without it;
// with "" all of them. They come in the order of their UTF-8 bytes, by one LIST for
// every 1,000. A directory bucket has no order, and takes only a prefix that ends in
// "/". An object whose key is Options.Prefix itself, such as a console makes for a
// folder, is left out. Keys holds one page in memory, and stops when the loop does. An
// error ends it. Needs s3:ListBucket.
func (b *Bucket) Keys(ctx context.Context, prefix string) iter.Seq2[KeyMeta, error] {
	return func(yield func(KeyMeta, error) bool) {
		err := b.eachKey(ctx, prefix, func(key KeyMeta) bool { return yield(key, nil) })
		if err != nil {
			yield(KeyMeta{}, b.during("list", err))
		}
	}
}

// KeyList yields the given keys, for [GetAll] and [DeleteAll].
func KeyList(keys ...string) iter.Seq2[KeyMeta, error] {
	return func(yield func(KeyMeta, error) bool) {
		for _, key := range keys {
			if !yield(KeyMeta{Key: key}, nil) {
				return
			}
		}
	}
}

func (b *Bucket) eachKey(ctx context.Context, prefix string, yield func(KeyMeta) bool) error {
	if err := b.ready(ctx); err != nil {
		return err
	}
	lister, ok := b.client.(keyLister)
	if !ok {
		return fmt.Errorf("%w: the Client has no ListObjectsV2", awsjar.ErrUnsupported)
	}
	in := &s3.ListObjectsV2Input{
		Bucket: &b.name, Prefix: optional(b.opts.Prefix + prefix),
		EncodingType: types.EncodingTypeUrl, ExpectedBucketOwner: b.owner(), RequestPayer: b.payer(),
	}
	last := ""
	for pages := emptyPages(0); ; {
		page, err := whole(ctx, func() (*s3.ListObjectsV2Output, error) { return lister.ListObjectsV2(ctx, in, atMost(maxKeyPage)) })
		if err != nil {
			return b.said(err, "", "s3:ListBucket")
		}
		if page.Name == nil && page.IsTruncated == nil && len(page.Contents) == 0 {
			return errNoListing
		}
		for i, object := range page.Contents {
			key, err := decodeKey(object.Key, page.EncodingType)
			switch {
			case err != nil:
				return err
			case i == 0 && last != "" && key <= last && !b.isDirectory(): // a directory bucket lists in no order
				return errEndless
			}
			last = key
			name, ok := strings.CutPrefix(key, b.opts.Prefix)
			if !ok {
				return errOtherPrefix
			}
			if name == "" { // no Object has this key
				continue
			}
			if !yield(KeyMeta{name, aws.ToInt64(object.Size), aws.ToTime(object.LastModified)}) {
				return nil
			}
		}
		if !aws.ToBool(page.IsTruncated) {
			return nil
		}
		token := aws.ToString(page.NextContinuationToken)
		if token == "" || token == aws.ToString(in.ContinuationToken) {
			return errEndless
		}
		if err := pages.add(len(page.Contents)); err != nil {
			return err
		}
		in.ContinuationToken = &token
	}
}

// errOtherPrefix is the error for a key that would be taken for one below the
// Options.Prefix.
var errOtherPrefix = failure.Hinted(whatServer, fmt.Errorf("%w: the endpoint lists keys with another prefix", awsjar.ErrUnsupported))
