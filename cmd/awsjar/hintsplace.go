package main

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/jarurl"
)

// hintToList says how to see the names that are there, where nothing is stored
// under one.
func (c *command) hintToList() string {
	target, err := jarurl.Parse(c.url)
	if err != nil {
		return ""
	}
	switch target.Scheme {
	case jarurl.Env:
		return "set the variable before the command: export " + target.Variable + `='{"num_acorns": 50}'`
	case jarurl.Mem:
		return "memory is empty when a command begins: keep it in a file, file:PATH, or give a --default to get"
	case jarurl.File:
		return "see what is there: ls " + quote(filepath.Dir(filepath.FromSlash(target.Path)))
	case jarurl.S3:
		place := jarurl.Target{Scheme: jarurl.S3, Bucket: target.Bucket, Region: target.Region, Endpoint: target.Endpoint, PathStyle: target.PathStyle}
		if dir := path.Dir(target.Key); dir != "." && dir != "/" {
			place.Key = dir + "/"
		}
		return "see what is there: awsjar ls " + quote(withSlash(place))
	}
	place := jarurl.Target{Scheme: jarurl.Lambda, Region: target.Region, Endpoint: target.Endpoint}
	return "see what is there: awsjar ls " + quote(place.String())
}

// withSlash returns the URL of a place for many states, which ends with a slash
// if it has no parameters.
func withSlash(place jarurl.Target) string {
	text := place.String()
	if strings.HasSuffix(text, "/") || strings.Contains(text, "?") {
		return text
	}
	return text + "/"
}

// bucketOf returns the URL of the bucket that holds the state.
func (c *command) bucketOf() string {
	target, err := jarurl.Parse(c.url)
	if err != nil || target.Scheme != jarurl.S3 {
		return "s3://BUCKET"
	}
	target.Key = ""
	return quote(target.String())
}

// hintToPlaces says how to see which functions or buckets there are, where the
// one that was named is not there.
func (c *command) hintToPlaces(err error) string {
	switch code := awserr.Code(err); {
	case !errors.Is(err, awsjar.ErrNoStore):
		return ""
	case code == "NoSuchBucket":
		return "check the name and the region; to see the buckets: awsjar ls s3://"
	case code == "ResourceNotFoundException":
		if _, _, ok := qualified(c.url); !ok {
			return "check the name and the region; to see the functions that have a state: awsjar ls lambda://"
		}
	}
	return ""
}

// hintToEndpoint says that the server is not S3: S3 gives a code with each refusal,
// and knows the requests of this command.
func (c *command) hintToEndpoint(err error) string {
	status, code := awserr.Status(err), awserr.Code(err)
	nameless := slices.Contains([]string{"", "NotFound", "UnknownError"}, code) || awserr.Message(err) == http.StatusText(status)
	foreign := status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented
	if !strings.HasPrefix(c.url, jarurl.S3+":") || !foreign || !nameless || errors.Is(err, awsjar.ErrNotFound) {
		return ""
	}
	at := c.endpoint
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"} {
		for _, line := range c.environ {
			if value, ok := strings.CutPrefix(line, name+"="); ok && at == "" {
				at = value
			}
		}
	}
	if target, err := jarurl.Parse(c.url); err == nil && target.Endpoint != "" {
		at = target.Endpoint
	}
	server, err := url.Parse(at)
	if err != nil || server.Host == "" {
		return "the server that answers is not S3: check the endpoint, the network and the proxies on the way"
	}
	return "the server that answers at " + server.Scheme + "://" + server.Host + " is not S3: check AWS_ENDPOINT_URL and --endpoint"
}

// withScheme gives the error about a URL the hint that names the scheme which
// was meant, where one is near.
func withScheme(url string, err error) error {
	if hint := hintToScheme(url); hint != "" {
		return &hinted{err, hint}
	}
	return err
}

// hintToScheme names the scheme that is most like the one of a URL, or "".
func hintToScheme(url string) string {
	scheme, _, ok := strings.Cut(url, ":")
	if !ok || len(scheme) < len(jarurl.File) { // a shorter word is like any other
		return ""
	}
	names := &cobra.Command{Use: "schemes"}
	for _, known := range []string{jarurl.Lambda, jarurl.S3, jarurl.File, jarurl.Env, jarurl.Mem} {
		if known == scheme {
			return ""
		}
		names.AddCommand(&cobra.Command{Use: known, Run: func(*cobra.Command, []string) {}})
	}
	switch nearest(names, scheme) {
	case jarurl.Lambda:
		return "the nearest is: lambda://NAME"
	case jarurl.S3:
		return "the nearest is: s3://BUCKET/KEY"
	case jarurl.File:
		return "the nearest is: file:PATH"
	}
	return ""
}
