package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/smithy-go/logging"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/s3jar"
)

// target takes a URL apart and fills in the values of the flags.
func (c *command) target(url string) (jarurl.Target, error) {
	url = fromARN(url)
	c.url = url
	target, err := jarurl.Parse(url)
	if err != nil {
		return target, withScheme(url, err)
	}
	if target.Region == "" && !strings.HasPrefix(target.Function, "arn:") {
		target.Region = c.region
	}
	if target.Endpoint == "" {
		target.Endpoint = c.endpoint
	}
	return target, c.completeParts(&target)
}

// fromARN returns the URL of the function, bucket or object that an ARN names,
// and any other text as it is.
func fromARN(text string) string {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return text
	}
	switch parts[2] {
	case "lambda":
		return "lambda://" + text
	case "s3":
		bucket, key, _ := strings.Cut(parts[5], "/")
		return jarurl.Target{Scheme: jarurl.S3, Bucket: bucket, Key: key}.String()
	}
	return text
}

// open opens the store that a URL names.
func (c *command) open(ctx context.Context, url string) (awsjar.Store, error) {
	target, err := c.target(url)
	if err != nil {
		return nil, err
	}
	return c.openTarget(ctx, target)
}

// openTarget opens the store of a target. A write to a function waits until it
// is in force, unless --no-wait or the URL says otherwise.
func (c *command) openTarget(ctx context.Context, target jarurl.Target) (awsjar.Store, error) {
	if target.Scheme == jarurl.Lambda && target.Confirm == jarurl.SwitchDefault && !c.noWait {
		target.Confirm = jarurl.SwitchOn
	}
	return target.Open(ctx, c.configured)
}

// openBucket opens the whole bucket of a target: keys and prefixes are those that
// S3 has.
func (c *command) openBucket(ctx context.Context, target jarurl.Target) (*s3jar.Bucket, error) {
	target.Key = ""
	return target.OpenBucket(ctx, c.configured)
}

// configured hands the configuration of AWS on to package jarurl. The SDK's
// log is left out: stderr is for things that the user can do something about.
func (c *command) configured(o *jarurl.Options) {
	o.Config, o.SDKLogger, o.Profile = c.aws, logging.Nop{}, c.profile
}

// jar opens the state that a URL names, as the bytes that are stored.
func (c *command) jar(ctx context.Context, url string) (*awsjar.Jar[json.RawMessage], error) {
	store, err := c.open(ctx, url)
	if err != nil {
		return nil, err
	}
	return bytesOf(store), nil
}
