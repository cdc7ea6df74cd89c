package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/jarurl"
)

func forceFlag(cmd *cobra.Command, force *bool) {
	cmd.Flags().BoolVar(force, "force", false, "also replace a file that is no JSON and that awsjar has not written; its bytes become the first version")
}

// spareForeign returns an error if a file is there that is no JSON and that
// awsjar has never written: a typing mistake should not replace such a file.
// An empty file is nothing to lose.
func (c *command) spareForeign(ctx context.Context, url string, store awsjar.Store) error {
	target, err := c.target(url)
	if err != nil || target.Scheme != jarurl.File || hasHistory(filepath.FromSlash(target.Path)) {
		return err
	}
	value, _, err := store.Load(ctx)
	switch {
	case errors.Is(err, awsjar.ErrTooLarge):
	case err != nil || len(value) == 0:
		return nil // nothing is there, or the write fails and says why
	default:
		if _, err = compact(value); err == nil {
			return nil
		}
	}
	return &hinted{
		fmt.Errorf("%s %s: the file is no JSON, and awsjar has not written it", c.name, store),
		"check the path; to replace the file, and keep its bytes as the first version, add --force",
	}
}

// hasHistory reports whether package filejar keeps versions of a file.
func hasHistory(path string) bool {
	directory, name := filepath.Split(path)
	// a lock may be left of a write that was refused
	for _, histories := range []string{".awsjar", ".awsjar-" + strconv.Itoa(os.Getuid())} {
		if _, err := os.Lstat(filepath.Join(directory, histories, name, "head")); err == nil {
			return true
		}
	}
	return false
}
