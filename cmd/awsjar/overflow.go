package main

import (
	"errors"
	"strings"

	"github.com/awsjar/awsjar/internal/pack"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/lambdajar"
)

// completeOverflow fills in the values of the flags for the overflow that the URL
// names. Its Region is that of the function.
func (c *command) completeOverflow(target *jarurl.Target) error {
	if target.Overflow == "" || c.endpoint == "" {
		return nil
	}
	overflow, err := jarurl.Parse(target.Overflow)
	if overflow.Endpoint == "" {
		overflow.Endpoint = c.endpoint
	}
	target.Overflow = overflow.String()
	return err
}

// hintToOverflow says how a URL names the overflow, to whom that is missing.
func (c *command) hintToOverflow(err error) string {
	separator := "?"
	if strings.Contains(c.url, "?") {
		separator = "&"
	}
	url := quote(c.url + separator + "overflow=s3://BUCKET/KEY")
	if _, ok := errors.AsType[*pack.PointerError](err); ok {
		return "name the object in S3 that it was written with: " + url
	}
	tooLarge, ok := errors.AsType[*lambdajar.TooLargeError](err)
	switch {
	case !ok || strings.Contains(c.url, "overflow="):
	case tooLarge.Dense > 0:
		return "let S3 take it: " + url + "; or let a read take so long: " + quote(c.url+separator+"form=dense")
	default:
		return "see what takes the space: awsjar usage " + quote(c.url) + "; or let S3 take what does not fit: " + url
	}
	return ""
}
