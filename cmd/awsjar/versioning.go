package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/s3jar"
)

func (c *command) versioning() *cobra.Command {
	var asJSON, wait bool
	cmd := &cobra.Command{
		Use:   "versioning s3://BUCKET [enable|suspend]",
		Short: "Show or change whether a bucket keeps earlier versions",
		Long: `Show whether a bucket keeps earlier versions: never, enabled or suspended; or
change it, for all its keys.

Every version is stored and paid for until it is removed. The first time it may
take up to 15 minutes until versioning is in effect; AWS advises not to write
meanwhile. While it is suspended a write replaces the version "null" for ever.`,
		Example: `  awsjar versioning s3://my-bucket
  awsjar versioning s3://my-bucket enable --wait`,
		Args: cobra.MatchAll(cobra.RangeArgs(1, 2), knownChange),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			bucket, target, err := c.bucket(ctx, args[0])
			if err != nil {
				return err
			}
			if target.Key != "" {
				return misused("the versioning is that of a whole bucket", "leave out the key: awsjar versioning "+words(append([]string{"s3://" + target.Bucket}, args[1:]...)))
			}
			if wait && len(args) == 1 {
				return misused("--wait is for a change", "write enable or suspend, or leave --wait out")
			}
			waiting := func(o *s3jar.VersioningOptions) { o.Wait = wait }
			switch {
			case len(args) == 1:
			case args[1] == "enable":
				err = bucket.EnableVersioning(ctx, waiting)
			default:
				err = bucket.SuspendVersioning(ctx, waiting)
			}
			if err != nil {
				return err
			}
			status, err := bucket.Versioning(ctx)
			if err != nil {
				return err
			}
			if asJSON {
				return c.writeJSON(map[string]string{"url": bucket.String(), "versioning": string(status)})
			}
			_, err = fmt.Fprintln(c.stdout, status)
			return err
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until a write shows that the change is in effect")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return cmd
}

func knownChange(_ *cobra.Command, args []string) error {
	if len(args) == 2 && args[1] != "enable" && args[1] != "suspend" {
		return &hinted{fmt.Errorf("%q is neither enable nor suspend", args[1]), "write awsjar versioning " + quote(args[0]) + " enable"}
	}
	return nil
}
