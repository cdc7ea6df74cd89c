package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/percent"
	"github.com/awsjar/awsjar/jarurl"
)

// errHidden is why a function is not looked into.
var errHidden = errors.New("AWS Lambda cannot decrypt the variables for you")

// many reports whether a URL stands for many states: a prefix of a bucket or a
// directory that ends with a slash, or the functions of an account.
func many(text string) bool {
	return text == jarurl.Lambda+"://" ||
		strings.HasSuffix(text, "/") && (strings.HasPrefix(text, jarurl.S3+"://") || strings.HasPrefix(text, jarurl.File+":"))
}

// eachState yields the names of the states at a source, relative to it, without
// a slash at the beginning or the end.
func (c *command) eachState(ctx context.Context, source string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var err error
		switch {
		case source == jarurl.Lambda+"://":
			err = c.eachJar(ctx, source, yield)
		case strings.HasPrefix(source, jarurl.S3+":"):
			err = c.eachObject(ctx, source, yield)
		default:
			err = c.eachFile(source, yield)
		}
		if err != nil {
			yield("", err)
		}
	}
}

// eachJar names the jars of an account FUNCTION/VARIABLE.json.
func (c *command) eachJar(ctx context.Context, source string, yield func(string, error) bool) error {
	account, err := c.target(source)
	if err != nil {
		return err
	}
	for found, err := range c.jarsIn(ctx, account) {
		if err != nil {
			return err
		}
		if found.Hidden {
			err = fmt.Errorf("the function %s: %w", found.Function, errHidden)
		}
		if !yield(found.Function+"/"+found.Name+".json", err) {
			return nil
		}
	}
	return nil
}

func (c *command) eachObject(ctx context.Context, source string, yield func(string, error) bool) error {
	bucket, target, err := c.bucket(ctx, source)
	if err != nil {
		return err
	}
	for key, err := range bucket.Keys(ctx, target.Key) {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(key.Key, target.Key)
		if name == "" || strings.HasSuffix(name, "/") { // a folder, as consoles make them
			continue
		}
		if !yield(name, nil) {
			return nil
		}
	}
	return nil
}

func (c *command) eachFile(source string, yield func(string, error) bool) error {
	target, err := c.target(source)
	if err != nil {
		return err
	}
	return eachFile(target.Path, func(name string, _ fs.DirEntry) bool { return yield(name, nil) })
}

// eachFile names the files below a directory. It leaves out files and directories
// whose names begin with a dot, among which is the history of a file.
func eachFile(dir string, yield func(name string, file fs.DirEntry) bool) error {
	dir = filepath.FromSlash(dir)
	return filepath.WalkDir(dir, func(name string, file fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(dir, name)
		switch {
		case err != nil || relErr != nil:
			return errors.Join(err, relErr)
		case rel != "." && strings.HasPrefix(file.Name(), "."):
			if file.IsDir() {
				return filepath.SkipDir
			}
		case file.Type().IsRegular() && !yield(filepath.ToSlash(rel), file):
			return filepath.SkipAll
		}
		return nil
	})
}

// placeOf returns the URL of a state at a place for many. A name is that of a key
// or a file, which others may have made: no part of it is taken for another part of
// the URL.
func placeOf(place, name string) (string, error) {
	switch {
	case place == jarurl.Lambda+"://":
		function, variable, ok := strings.Cut(strings.TrimSuffix(name, ".json"), "/")
		if !ok || strings.Contains(variable, "/") || strings.ContainsAny(function, "?#") {
			return "", &hinted{fmt.Errorf("%q names no variable of a function", name), "copy what awsjar copy lambda:// has made: FUNCTION/VARIABLE.json"}
		}
		if variable == "jar" {
			return place + function, nil
		}
		return place + function + "?name=" + url.QueryEscape(variable), nil
	case strings.HasPrefix(place, jarurl.S3+"://"):
		bucket, prefix, _ := strings.Cut(strings.TrimPrefix(place, jarurl.S3+"://"), "/")
		prefix, err := url.PathUnescape(prefix)
		return jarurl.Target{Scheme: jarurl.S3, Bucket: bucket, Key: prefix + name}.String(), err
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) || path.Clean(name) != name {
		return "", fmt.Errorf("%q would be a file outside of %s", name, place)
	}
	return place + percent.Encode(name), nil
}

// checkPlaces refuses a destination for many states that has room for one, or that
// is a part of the source: the copies would be copied as well, without an end.
func (c *copying) checkPlaces() error {
	if !many(c.to) {
		hint := "end it with a slash, or write lambda:// for the functions of the account"
		if strings.HasSuffix(c.to, "/") {
			hint = "write a directory as " + quote(jarurl.File+":"+c.to)
		}
		return &usageError{&hinted{fmt.Errorf("%s is one place for many states", c.to), hint}}
	}
	to, err := c.target(c.to)
	if err != nil {
		return err
	}
	from, err := c.target(c.from)
	if err != nil {
		return err
	}
	if from.Scheme != to.Scheme {
		return nil
	}
	hint := "copy to another bucket, or to a prefix that is not below " + quote(c.from)
	within := from.Bucket == to.Bucket && strings.HasPrefix(to.Key, from.Key)
	if from.Scheme == jarurl.File {
		hint = "copy to a directory that is not below " + quote(c.from)
		within = below(filepath.FromSlash(from.Path), filepath.FromSlash(to.Path))
	}
	if within && from.Scheme != jarurl.Lambda {
		return &usageError{&hinted{fmt.Errorf("%s is a part of %s, which would be copied into itself", c.to, c.from), hint}}
	}
	return nil
}

// below reports whether eachFile of a directory looks into another one: it is the
// same or below it, and no directory on the way is hidden.
func below(dir, other string) bool {
	dir, err := filepath.Abs(dir)
	other, wrong := filepath.Abs(other)
	rel, notRelative := filepath.Rel(dir, other)
	if err != nil || wrong != nil || notRelative != nil {
		return false
	}
	return rel == "." || !strings.Contains("/"+filepath.ToSlash(rel), "/.") // nor is it above
}

// all copies every state of a source, and goes on after one that fails.
func (c *copying) all(ctx context.Context, one func(context.Context, *copying) (int, error)) error {
	if err := c.checkPlaces(); err != nil {
		return err
	}
	shown := &progress{command: c.command, doing: "copying state"}
	defer shown.end()
	failures, copied, left := 0, 0, 0
	for name, err := range c.eachState(ctx, c.from) {
		if err != nil && !errors.Is(err, errHidden) {
			return err
		}
		if err == nil {
			err = c.part(ctx, name, one)
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case c.create && errors.Is(err, awsjar.ErrExists):
			left++
		case err != nil:
			shown.end()
			failures++
			c.report(err)
		default:
			copied++
		}
		shown.step()
	}
	if left > 0 {
		shown.end()
		c.tell("note", fmt.Sprintf("%d %s already there, and left alone", left, plural(left, "state")))
	}
	if failures > 0 {
		return &hinted{fmt.Errorf("%d of %d %s not copied", failures, failures+copied+left, plural(failures+copied+left, "state")), "mend the errors above and copy again; --create leaves alone the states that are there"}
	}
	if copied+left == 0 {
		return &awsjar.Error{Target: c.from, Err: awsjar.ErrNotFound, Hint: "see the states that are there: awsjar ls " + quote(c.from)}
	}
	return nil
}

// part copies one of many states.
func (c *copying) part(ctx context.Context, name string, one func(context.Context, *copying) (int, error)) (err error) {
	part := *c
	if part.from, err = placeOf(c.from, name); err != nil {
		return err
	}
	if part.to, err = placeOf(c.to, name); err != nil {
		return err
	}
	if err := part.open(ctx); err != nil {
		return err
	}
	_, err = one(ctx, &part)
	return err
}
