package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/jarurl"
)

// place looks at the account, and at the bucket or function that holds the
// state. A finding that takes a permission which the caller lacks, or a call
// that a server does not have, is not tested.
func (d *examination) place(ctx context.Context) {
	if d.target.Scheme != jarurl.S3 && d.target.Scheme != jarurl.Lambda {
		return
	}
	clients, err := d.target.Clients(ctx, d.configured)
	if err != nil {
		d.failedAt("identity", err)
		return
	}
	d.identity(ctx, clients)
	if d.target.Scheme == jarurl.S3 {
		d.lifecycle(ctx, clients.S3)
		d.encryption(ctx, clients.S3)
		d.publicAccess(ctx, clients.S3)
		return
	}
	d.function(ctx, clients.Lambda)
}

func (d *examination) untested(name string, err error) {
	why := "the server does not say"
	if code := awserr.Code(err); code != "" {
		why = code
	}
	d.found(name, notTested, why, "")
}

func (d *examination) identity(ctx context.Context, clients jarurl.Clients) {
	if d.target.Endpoint != "" {
		d.found("identity", notTested, "the endpoint is none of AWS", "")
		return
	}
	who, err := sts.NewFromConfig(clients.Config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		d.untested("identity", err)
		return
	}
	d.found("identity", good, fmt.Sprintf("%s in %s", aws.ToString(who.Arn), clients.Config.Region), "")
}

// lifecycle looks for rules that would remove the state or its history.
func (d *examination) lifecycle(ctx context.Context, client *s3.Client) {
	out, err := client.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &d.target.Bucket})
	switch {
	case awserr.Code(err) == "NoSuchLifecycleConfiguration":
	case err != nil:
		d.untested("lifecycle", err)
		return
	default:
		if text := removal(out.Rules, d.target.Key); text != "" {
			d.found("lifecycle", doubt, text, "see the rules: aws s3api get-bucket-lifecycle-configuration --bucket "+quote(d.target.Bucket))
			return
		}
	}
	d.found("lifecycle", good, "no rule removes the state or its earlier versions", "")
}

// removal says which rule of a bucket removes an object or its versions. A rule
// with tags or sizes counts as well, for an object may come to have them.
func removal(rules []s3types.LifecycleRule, key string) string {
	for _, rule := range rules {
		//lint:ignore SA1019 rules that were made before 2016 have it
		prefix := aws.ToString(rule.Prefix)
		if rule.Filter != nil {
			prefix = aws.ToString(rule.Filter.Prefix)
			if rule.Filter.And != nil {
				prefix = aws.ToString(rule.Filter.And.Prefix)
			}
		}
		if rule.Status != s3types.ExpirationStatusEnabled || !strings.HasPrefix(key, prefix) {
			continue
		}
		id := aws.ToString(rule.ID)
		if e := rule.Expiration; e != nil && (e.Days != nil || e.Date != nil) {
			return fmt.Sprintf("the rule %q removes the state itself %s", id, after(e.Days))
		}
		if e := rule.NoncurrentVersionExpiration; e != nil {
			return fmt.Sprintf("the rule %q removes earlier versions %s", id, after(e.NoncurrentDays))
		}
	}
	return ""
}

func after(days *int32) string {
	if days == nil {
		return "at a date"
	}
	return fmt.Sprintf("after %d %s", *days, plural(int(*days), "day"))
}

func (d *examination) encryption(ctx context.Context, client *s3.Client) {
	out, err := client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &d.target.Bucket})
	if err != nil || out.ServerSideEncryptionConfiguration == nil || len(out.ServerSideEncryptionConfiguration.Rules) == 0 {
		d.untested("encryption", err)
		return
	}
	algorithm := s3types.ServerSideEncryptionAes256
	if by := out.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault; by != nil {
		algorithm = by.SSEAlgorithm
	}
	d.found("encryption", good, "objects are encrypted by "+string(algorithm)+" unless a write says otherwise", "")
}

func (d *examination) publicAccess(ctx context.Context, client *s3.Client) {
	out, err := client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &d.target.Bucket})
	absent := awserr.Code(err) == "NoSuchPublicAccessBlockConfiguration"
	if !absent && (err != nil || out.PublicAccessBlockConfiguration == nil) {
		d.untested("public", err)
		return
	}
	if !absent {
		b := out.PublicAccessBlockConfiguration
		if aws.ToBool(b.BlockPublicAcls) && aws.ToBool(b.IgnorePublicAcls) && aws.ToBool(b.BlockPublicPolicy) && aws.ToBool(b.RestrictPublicBuckets) {
			d.found("public", good, "public access is blocked", "")
			return
		}
	}
	d.found("public", doubt, "public access is not blocked by the bucket itself", "aws s3api put-public-access-block --bucket "+quote(d.target.Bucket)+
		" --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true")
}
