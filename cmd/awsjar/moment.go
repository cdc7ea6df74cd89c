package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

// versionGrammar says how a version is named.
const versionGrammar = `A version is named by its id in awsjar history, or by its place: @ is the newest
one and @~1 the one before. With --at it is the version of a time, such as
"10 minutes ago", 2026-11-25T09:00 (on this machine's clock), or by RFC 3339.`

func atFlag(cmd *cobra.Command, at *string) {
	cmd.Flags().StringVar(at, "at", "", "the version of this `time`, such as '10 minutes ago' or 2026-11-25T09:00")
}

// versionOf returns the id of the version that is named, or that was the newest
// one at a time.
func (c *command) versionOf(ctx context.Context, jar *awsjar.Jar[json.RawMessage], name, at string) (string, error) {
	if at != "" {
		return c.versionAt(ctx, jar, at)
	}
	back, ok := strings.CutPrefix(name, "@")
	if !ok {
		return name, nil
	}
	steps := 0
	if back != "" {
		number, ok := strings.CutPrefix(back, "~")
		n, err := strconv.ParseUint(number, 10, 31)
		if !ok || err != nil {
			return "", &usageError{&hinted{fmt.Errorf("%q names no version", name), "write @ for the newest version, @~1 for the one before"}}
		}
		steps = int(n)
	}
	there := 0
	for meta, err := range jar.Versions(ctx) {
		if err != nil {
			return "", err
		}
		if there == steps {
			return c.withValue(jar, meta)
		}
		there++
	}
	return "", c.noVersion(jar, fmt.Sprintf("%s: there %s", name, areVersions(there)))
}

// areVersions says how many versions there are.
func areVersions(n int) string {
	if n == 1 {
		return "is 1 version"
	}
	return fmt.Sprintf("are %d versions", n)
}

// versionAt returns the id of the version that was the newest one at a time.
func (c *command) versionAt(ctx context.Context, jar *awsjar.Jar[json.RawMessage], at string) (string, error) {
	moment, err := parseTime(at, time.Now())
	if err != nil {
		return "", err
	}
	var oldest awsjar.Meta
	for meta, err := range jar.Versions(ctx) {
		if err != nil {
			return "", err
		}
		if !meta.Modified.After(moment) {
			return c.withValue(jar, meta)
		}
		oldest = meta
	}
	return "", c.noVersion(jar, "the oldest version is of "+oldest.Modified.UTC().Format(time.RFC3339))
}

// withValue returns the id of a version that has a value.
func (c *command) withValue(jar *awsjar.Jar[json.RawMessage], meta awsjar.Meta) (string, error) {
	if meta.Deleted {
		return "", c.noVersion(jar, "the value had been deleted")
	}
	return meta.VersionID, nil
}

func (c *command) noVersion(jar *awsjar.Jar[json.RawMessage], why string) error {
	return c.atVersion(&awsjar.Error{Target: jar.String(), Err: fmt.Errorf("%w: %s", awsjar.ErrNotFound, why)})
}

// The forms of a time, by the clock and zone of this machine where it names none.
var timeForms = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"}

// units are the lengths of the times that can be "ago".
var units = map[string]time.Duration{
	"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
}

// parseTime reads a time such as 2026-11-25T09:00, "10 minutes ago" or 10m.
func parseTime(text string, now time.Time) (time.Time, error) {
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return t, nil
		}
	}
	ago := strings.TrimSpace(strings.TrimSuffix(text, "ago"))
	if d, err := time.ParseDuration(ago); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	if words := strings.Fields(ago); len(words) == 2 {
		n, err := strconv.ParseUint(words[0], 10, 16)
		if unit, ok := units[strings.TrimSuffix(words[1], "s")]; ok && err == nil {
			return now.Add(-time.Duration(n) * unit), nil
		}
	}
	return time.Time{}, &usageError{&hinted{fmt.Errorf("%q is not a time", text), "write '10 minutes ago', 2026-11-25T09:00, or 2026-11-25T09:00:00Z"}}
}

// oneVersion demands a URL and either a version or --at.
func oneVersion(at *string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 1 && *at == "":
			return &hinted{errors.New("the version is missing"), "take its id from: awsjar history " + quote(args[0]) + "; or write @~1 for the one before the newest"}
		case len(args) == 2 && *at != "":
			return &hinted{errors.New("a version and --at exclude each other"), "leave out one of them"}
		}
		return cobra.RangeArgs(1, 2)(cmd, args)
	}
}
