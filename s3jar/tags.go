package s3jar

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/failure"
)

// Tags says which tags of an object a write over a revision keeps.
type Tags int

const (
	// TagsSeen carries them where the answer to a GET or HEAD says that there
	// are some, which S3 says only to a caller with s3:GetObjectTagging: by one
	// GetObjectTagging before each PUT, which then needs s3:PutObjectTagging.
	// Without the permission to read them they are lost.
	TagsSeen Tags = iota
	// TagsAsked asks for them before each PUT over a revision. A caller
	// who must not read them cannot write.
	TagsAsked
	// TagsDropped writes the object without tags.
	TagsDropped
)

// tagReader is the method of a [Client] that carries tags.
type tagReader interface {
	GetObjectTagging(ctx context.Context, in *s3.GetObjectTaggingInput, optFns ...func(*s3.Options)) (*s3.GetObjectTaggingOutput, error)
}

// carryTags adds to a PUT the tags that the object has now. The condition of
// the PUT does not cover them: tags that somebody sets between the two
// requests are lost.
func (o *Object) carryTags(ctx context.Context, in *s3.PutObjectInput, w write) (commit.Answer, bool) {
	asked := o.bucket.opts.Tags == TagsAsked
	if o.bucket.opts.Tags == TagsDropped || !asked && (w.others == nil || !w.others.tagged) {
		return commit.Answer{}, true
	}
	client, ok := o.bucket.client.(tagReader)
	if !ok {
		return refusedWrite(failure.Hinted("set Options.Tags to TagsDropped, or tags=dropped in a URL, to write the object without its tags",
			fmt.Errorf("%w: the object has tags, and the Client has no GetObjectTagging", awsjar.ErrUnsupported))), false
	}
	var seen exchange.Seen
	out, err := client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{
		Bucket: &o.bucket.name, Key: &o.key, VersionId: optional(w.version),
		ExpectedBucketOwner: o.bucket.owner(), RequestPayer: o.bucket.payer(),
	}, sendOnce, watch(&seen, maxAnswer))
	switch code := awserr.Code(err); {
	case code == "NoSuchKey", code == "NoSuchVersion": // the PUT will find that out
		return commit.Answer{}, true
	case err != nil:
		return o.untagged(err, &seen), false
	}
	tags := url.Values{}
	for _, tag := range out.TagSet {
		if key := aws.ToString(tag.Key); !attests(key) {
			tags.Set(key, aws.ToString(tag.Value))
		}
	}
	in.Tagging = optional(strings.ReplaceAll(tags.Encode(), "+", "%20"))
	return commit.Answer{}, true
}

// untagged is the answer to a write whose tags could not be read: nothing was
// sent, and a fault that may pass is followed by another attempt.
func (o *Object) untagged(err error, seen *exchange.Seen) commit.Answer {
	answer := commit.Answer{Outcome: commit.Unsent, RetryAfter: awserr.RetryAfter(err), Err: o.said(err, "s3:GetObjectTagging")}
	switch seen.Outcome(outcomes, err) {
	case commit.Refused, commit.Mismatch:
		answer.Outcome = commit.Refused
	}
	if errors.Is(answer.Err, awsjar.ErrAccessDenied) {
		answer.Err = failure.Hinted("the caller's policy must allow s3:GetObjectTagging and s3:PutObjectTagging on "+o.bucket.resource(o.key)+
			"; or set Options.Tags to TagsDropped, or tags=dropped in a URL, to write the object without its tags", withoutHint(answer.Err))
	}
	return answer
}
