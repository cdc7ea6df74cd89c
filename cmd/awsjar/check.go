package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/s3jar"
)

func (c *command) check() *cobra.Command {
	var asJSON bool
	var rounds int
	cmd := &cobra.Command{
		Use:   "check s3://BUCKET",
		Short: "Find out whether a server keeps the promises that updates need",
		Long: `Find out, by scratch objects that are removed afterwards, what the server makes
of conditional requests. AWS honours all of them; other servers may not:

  honoured  a write whose condition does not hold is refused
  racy      so it is, but not if several come at the same moment
  ignored   it is done all the same, and something is lost
  refused   the server does not take such requests

Where create or replace is not honoured, update and create are not safe and the
exit code is 1. Of 20 rounds of simultaneous writes, which take some 190 requests,
a race that is not seen is unlikely, but not impossible.`,
		Example: `  awsjar check s3://my-bucket --endpoint http://127.0.0.1:9000`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			bucket, _, err := c.bucket(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			found, err := bucket.Check(cmd.Context(), func(o *s3jar.CheckOptions) {
				if o.Rounds = rounds; rounds == 0 {
					o.Rounds = -1
				}
			})
			if found.Create == "" && err != nil {
				return err
			}
			if writeErr := c.writeCapabilities(bucket.String(), found, asJSON); writeErr != nil {
				return writeErr
			}
			return err
		},
	}
	cmd.Flags().IntVar(&rounds, "rounds", 20, "rounds of simultaneous writes; 0: none")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return cmd
}

func (c *command) writeCapabilities(url string, found s3jar.Capabilities, asJSON bool) error {
	if asJSON {
		return c.writeJSON(struct {
			URL      string        `json:"url"`
			Create   s3jar.Support `json:"create"`
			Replace  s3jar.Support `json:"replace"`
			Delete   s3jar.Support `json:"delete"`
			Versions bool          `json:"versions"`
			Rounds   int           `json:"rounds"`
		}{url, found.Create, found.Replace, found.Delete, found.Versions, found.Rounds})
	}
	versions := "not kept"
	if found.Versions {
		versions = "kept"
	}
	_, err := fmt.Fprintf(c.stdout, `create    %-9s If-None-Match on PUT
replace   %-9s If-Match on PUT
delete    %-9s If-Match on DELETE
versions  %s
rounds    %-9d of simultaneous writes
`, found.Create, found.Replace, found.Delete, versions, found.Rounds)
	return err
}
