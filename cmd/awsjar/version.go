package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (c *command) version() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print which build this is",
		Example: `  awsjar version --json`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return c.writeJSON(thisBuild())
			}
			return c.writeBuild()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return cmd
}

func (c *command) writeBuild() error {
	b := thisBuild()
	_, err := fmt.Fprintf(c.stdout, "awsjar %s, %s, %s\n", b.Version, b.Go, b.Commit)
	return err
}

type build struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	Commit  string `json:"commit"` // with "+" after it if files were changed since
}

func thisBuild() build {
	b := build{Version: "unknown", Commit: "commit unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version, b.Go = info.Main.Version, info.GoVersion
	changed := ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			b.Commit = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			changed = "+"
		}
	}
	b.Commit += changed
	return b
}
