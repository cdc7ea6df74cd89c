package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/s3jar"
)

func (c *command) ls() *cobra.Command {
	var asJSON, long bool
	var limit int
	cmd := &cobra.Command{
		Use:     "ls (s3://[BUCKET[/PREFIX]] | lambda://)",
		Aliases: []string{"list"},
		Short:   "List the states in a bucket, or in the functions of an account",
		Long: `List the objects whose keys begin with the prefix, as URLs that the other
commands take, in the order of their bytes; with s3:// alone the buckets of the
account. With lambda:// list the jars in the functions of the account and Region: how
full the function's 4,096 bytes are, and how long ago the function was changed. No
variable's value is printed.`,
		Example: `  awsjar ls lambda:// --region eu-west-1
  awsjar ls -l s3://my-bucket
  awsjar ls --json s3://my-bucket/jobs/ | jq -r 'select(.size > 10000) | .url'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.HasPrefix(args[0], jarurl.Lambda+":") {
				return c.listJars(cmd.Context(), args[0], limit, asJSON)
			}
			if args[0] == jarurl.S3+"://" {
				return c.listBuckets(cmd.Context(), limit, long, asJSON)
			}
			bucket, target, err := c.bucket(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			listed := 0
			for meta, err := range bucket.Keys(cmd.Context(), target.Key) {
				if err != nil {
					return err
				}
				if limit > 0 && listed == limit {
					return nil
				}
				if err := c.writeKey(target, meta, long, asJSON); err != nil {
					return err
				}
				listed++
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line, with key, size and time")
	cmd.Flags().BoolVarP(&long, "long", "l", false, "print size and age before each URL of a bucket")
	cmd.MarkFlagsMutuallyExclusive("long", "json")
	limitFlag(cmd, &limit, "no more than `N` (default: all)")
	return cmd
}

// writeKey writes one line about a key. Its URL has the parameters of that of the
// bucket, and not the values of the flags.
func (c *command) writeKey(object jarurl.Target, meta s3jar.KeyMeta, long, asJSON bool) error {
	object.Key = meta.Key
	if object.Region == c.region {
		object.Region = ""
	}
	if object.Endpoint == c.endpoint {
		object.Endpoint = ""
	}
	url := object.String()
	if long {
		_, err := fmt.Fprintf(c.stdout, "%10d bytes  %8s  %s\n", meta.Size, ageOf(meta.Modified), url)
		return err
	}
	if !asJSON {
		_, err := fmt.Fprintln(c.stdout, url)
		return err
	}
	return c.writeJSON(struct {
		URL      string    `json:"url"`
		Key      string    `json:"key"`
		Size     int64     `json:"size"`
		Modified time.Time `json:"modified"`
	}{url, meta.Key, meta.Size, meta.Modified.UTC()})
}

// listBuckets lists the buckets of an account.
func (c *command) listBuckets(ctx context.Context, limit int, long, asJSON bool) error {
	c.url = jarurl.S3 + "://"
	listed := 0
	for found, err := range c.buckets(ctx) {
		switch {
		case err != nil:
			return err
		case limit > 0 && listed == limit:
			return nil
		}
		url := jarurl.Target{Scheme: jarurl.S3, Bucket: found.name}.String()
		switch {
		case asJSON:
			err = c.writeJSON(struct {
				URL     string    `json:"url"`
				Bucket  string    `json:"bucket"`
				Region  string    `json:"region,omitempty"`
				Created time.Time `json:"created"`
			}{url, found.name, found.region, found.created.UTC()})
		case long:
			_, err = fmt.Fprintf(c.stdout, "%-16s  %8s  %s\n", printable(found.region), ageOf(found.created), printable(url))
		default:
			_, err = fmt.Fprintln(c.stdout, printable(url))
		}
		if err != nil {
			return err
		}
		listed++
	}
	return nil
}

// bucket opens the bucket that a URL names.
func (c *command) bucket(ctx context.Context, url string) (*s3jar.Bucket, jarurl.Target, error) {
	target, err := c.target(url)
	switch {
	case err != nil && url == jarurl.Lambda:
		err = &hinted{err, "write lambda:// for the functions of the account"}
	case err != nil && url == jarurl.S3:
		err = &hinted{err, "write s3:// for the buckets of the account"}
	case err != nil && !strings.Contains(url, ":"):
		err = &hinted{err, "write a bucket as s3://" + url}
	}
	if err != nil {
		return nil, target, err
	}
	bucket, err := c.openBucket(ctx, target)
	return bucket, target, err
}
