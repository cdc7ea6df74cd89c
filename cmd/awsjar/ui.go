package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/awsjar/awsjar/internal/page"
	"github.com/awsjar/awsjar/jarurl"
)

func (c *command) ui() *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:        "ui URL ...",
		SuggestFor: []string{"page", "web", "gui", "browser", "open"},
		Short:      "Look at states on a page in a browser",
		Long: `Serve a page on this machine, until interrupted, and print its address. It shows
how full functions are, the age, size and health of states, the value of each, its
versions and what they changed, and follows all that as it changes. It shows no
value of a variable that is no jar.

A URL is a state, a bucket or a part of one (s3://BUCKET/PREFIX/), a directory
(file:DIR/), or all jars of the account and Region (lambda://). The page is read-only
unless --write is given.

The address works once, in one browser on this machine. It is a secret: who has it
sees the values. Only this machine is listened to.`,
		Example: `  awsjar ui lambda:// s3://my-bucket/
  awsjar ui --write s3://my-bucket/state.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := page.Options{Write: write, Where: c.where(), Explain: c.explain}
			for _, url := range args {
				place, err := c.place(url)
				if err != nil {
					return err
				}
				o.Places = append(o.Places, place)
			}
			return c.servePage(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "let the page change, restore and bring back states")
	return cmd
}

// servePage prints the address of a page and serves it until the context ends.
func (c *command) servePage(ctx context.Context, o page.Options) error {
	p, err := page.Listen(o)
	if err != nil {
		return err
	}
	may := "read-only"
	if o.Write {
		may = "which may write"
	}
	fmt.Fprintf(c.stderr, "awsjar: a page, %s, until interrupted; its address works once, in a browser on this machine:\n", may)
	if _, err := fmt.Fprintln(c.stdout, p.URL()); err != nil {
		return errors.Join(err, p.Close())
	}
	return errors.Join(p.Serve(ctx), timeOver(ctx))
}

// timeOver returns the error of a context whose time is over, and nil if it was
// interrupted, which is the usual end of a command that serves.
func timeOver(ctx context.Context) error {
	if err := ctx.Err(); errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// where names the Region of the page, if the command line does.
func (c *command) where() string {
	for _, name := range []string{c.region, c.variable("AWS_REGION"), c.variable("AWS_DEFAULT_REGION")} {
		if name != "" {
			return name
		}
	}
	return ""
}

// place returns the states that a URL stands for.
func (c *command) place(url string) (page.Place, error) {
	target, err := c.target(url)
	if err != nil {
		return page.Place{}, err
	}
	place := page.Place{URL: target.String()}
	switch {
	case target.Scheme == jarurl.Lambda && target.Function == "":
		place.List = c.jarsOf(target)
	case target.Scheme == jarurl.S3 && (target.Key == "" || strings.HasSuffix(target.Key, "/")):
		place.List, place.Versioning = c.objectsOf(target), c.versioningOf(target)
	case target.Scheme == jarurl.File && strings.HasSuffix(target.Path, "/"):
		place.List = c.filesOf(target)
	default:
		place.List = c.only(target)
	}
	return place, nil
}

// maxPageValue is how many bytes a value may have to be read for the page.
const maxPageValue = 16 << 20

// stateOf returns a state of the page.
func (c *command) stateOf(target jarurl.Target) page.State {
	return page.State{URL: target.String(), Open: func(ctx context.Context) (awsjar.Store, error) {
		if target.MaxSize == 0 && (target.Scheme == jarurl.S3 || target.Scheme == jarurl.File) {
			target.MaxSize = maxPageValue
		}
		return c.openTarget(ctx, target)
	}}
}

func (c *command) only(target jarurl.Target) func(context.Context) iter.Seq2[page.State, error] {
	return func(context.Context) iter.Seq2[page.State, error] {
		return func(yield func(page.State, error) bool) { yield(c.stateOf(target), nil) }
	}
}

func (c *command) jarsOf(account jarurl.Target) func(context.Context) iter.Seq2[page.State, error] {
	return func(ctx context.Context) iter.Seq2[page.State, error] {
		return func(yield func(page.State, error) bool) {
			for found, err := range c.jarsIn(ctx, account) {
				target := account
				target.Function = found.Function
				if found.Name != "jar" {
					target.Variable = found.Name
				}
				state := c.stateOf(target)
				state.Listed, state.Modified, state.Jar = true, found.Modified, &found
				if !yield(state, err) || err != nil {
					return
				}
			}
		}
	}
}

func (c *command) objectsOf(target jarurl.Target) func(context.Context) iter.Seq2[page.State, error] {
	return func(ctx context.Context) iter.Seq2[page.State, error] {
		return func(yield func(page.State, error) bool) {
			bucket, err := c.openBucket(ctx, target)
			if err != nil {
				yield(page.State{}, err)
				return
			}
			for key, err := range bucket.Keys(ctx, target.Key) {
				object := target
				object.Key = key.Key
				state := c.stateOf(object)
				state.Listed, state.Size, state.Modified = true, key.Size, key.Modified
				if !yield(state, err) || err != nil {
					return
				}
			}
		}
	}
}

// filesOf lists the files that copy takes for states, too.
func (c *command) filesOf(target jarurl.Target) func(context.Context) iter.Seq2[page.State, error] {
	return func(context.Context) iter.Seq2[page.State, error] {
		return func(yield func(page.State, error) bool) {
			err := eachFile(target.Path, func(name string, file fs.DirEntry) bool {
				object := target
				object.Path += name
				state := c.stateOf(object)
				if info, err := file.Info(); err == nil { // or it was removed meanwhile
					state.Listed, state.Size, state.Modified = true, info.Size(), info.ModTime()
				}
				return yield(state, nil)
			})
			if err != nil {
				yield(page.State{}, err)
			}
		}
	}
}

func (c *command) versioningOf(target jarurl.Target) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		bucket, err := c.openBucket(ctx, target)
		if err != nil {
			return "", err
		}
		status, err := bucket.Versioning(ctx)
		return string(status), err
	}
}

// explain returns the words of the command for an error about a state.
func (c *command) explain(url string, err error) (text, hint string) {
	about := *c
	about.name, about.url = "get", url
	if told, ok := errors.AsType[*awsjar.Error](err); ok && told.Op == "put" {
		about.name = told.Op
	}
	if _, ok := errors.AsType[*exactjson.Error](err); ok && !errors.Is(err, awsjar.ErrCorrupt) {
		err = about.notJSON(err)
	}
	return about.text(err), about.hint(err)
}
