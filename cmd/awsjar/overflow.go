package main

import (
	"errors"
	"strings"

	"github.com/awsjar/awsjar/internal/pack"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/lambdajar"
)

// completeParts fills in the values of the flags for the overflow and the history
// that the URL names. Their Region is that of the function.
func (c *command) completeParts(target *jarurl.Target) error {
	for _, part := range []*string{&target.Overflow, &target.History} {
		if *part == "" || c.endpoint == "" {
			continue
		}
		place, err := jarurl.Parse(*part)
		if err != nil {
			return err
		}
		if place.Scheme == jarurl.S3 && place.Endpoint == "" {
			place.Endpoint = c.endpoint
		}
		*part = place.String()
	}
	return nil
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
	case tooLarge.DenseCost > 0:
		return "let S3 take it: " + url + "; or let a read take so long: " + quote(c.url+separator+"form=dense")
	default:
		return "see what takes the space: awsjar usage " + quote(c.url) + "; or let S3 take what does not fit: " + url
	}
	return ""
}
