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
one and @~1 the one before. With --at it is the version of a time: 5m or 2h ago,
"10 minutes ago", a date, or a date and a time, such as 2026-11-25T09:00 on this
machine's clock, and 2026-11-25T09:00Z in UTC, which awsjar history prints.`

func atFlag(cmd *cobra.Command, at *string) {
	cmd.Flags().StringVar(at, "at", "", "the version of this `time`: 5m, 2h, '10 minutes ago', 2026-11-25, or 2026-11-25T09:00Z")
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
	if there == 0 {
		return "", &awsjar.Error{Target: jar.String(), Err: awsjar.ErrNotFound}
	}
	return "", c.noVersion(jar, fmt.Sprintf("there is no version %s: there %s", name, areThere(there)))
}

// areThere continues "there".
func areThere(n int) string {
	if n == 1 {
		return "is 1"
	}
	return fmt.Sprintf("are %d", n)
}

// versionAt returns the id of the version that was the newest one at a time.
func (c *command) versionAt(ctx context.Context, jar *awsjar.Jar[json.RawMessage], at string) (string, error) {
	moment, err := parseTime(at, time.Now())
	if err != nil {
		return "", err
	}
	var found, oldest awsjar.Meta
	older, doubtful := 0, false // versions before the one found, and whether one has a later time
	for meta, err := range jar.Versions(ctx) {
		switch {
		case err != nil:
			return "", err
		case found == awsjar.Meta{} && !meta.Modified.After(moment):
			found = meta
		case found != awsjar.Meta{}:
			older++
			doubtful = doubtful || meta.Modified.After(moment)
		}
		oldest = meta
		if older == c.outOfOrder() {
			break
		}
	}
	switch {
	case oldest == awsjar.Meta{}:
		return "", &awsjar.Error{Target: jar.String(), Err: awsjar.ErrNotFound}
	case found == awsjar.Meta{}:
		return "", c.noVersion(jar, fmt.Sprintf("nothing was stored yet at %s; the oldest version is of %s", inUTC(moment), inUTC(oldest.Modified)))
	case doubtful:
		c.tell("warning", fmt.Sprintf("a version before %s has a later time, as after a clock was set back; see which is meant: awsjar history %s", found.VersionID, quote(c.url)))
	}
	return c.withValue(jar, found)
}

// withValue returns the id of a version that has a value.
func (c *command) withValue(jar *awsjar.Jar[json.RawMessage], meta awsjar.Meta) (string, error) {
	if meta.Deleted {
		return "", c.noVersion(jar, "the value was deleted then")
	}
	if meta.Unconfirmed {
		c.tell("warning", "nothing proves that version "+meta.VersionID+" was ever the current one: its write may have been refused")
	}
	return meta.VersionID, nil
}

func inUTC(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// absent is an ErrNotFound about a version, where others are stored.
type absent string

func (a absent) Error() string { return string(a) }
func (absent) Unwrap() error   { return awsjar.ErrNotFound }

func (c *command) noVersion(jar *awsjar.Jar[json.RawMessage], why string) error {
	return c.atVersion(&awsjar.Error{Target: jar.String(), Err: absent(why)})
}

// The forms of a time, by the clock and zone of this machine where it names none.
var timeForms = []string{
	time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00",
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
}

// units are the lengths of the times that can be "ago".
var units = map[string]time.Duration{
	"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
}

// parseTime reads a time that is not to come, such as 2026-11-25T09:00,
// "10 minutes ago" or 10m.
func parseTime(text string, now time.Time) (time.Time, error) {
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil && t.After(now) {
			hint := "awsjar history prints UTC, and a time without a zone is by this machine's clock: write the zone, such as " + now.UTC().Format("2006-01-02T15:04Z")
			return t, &usageError{&hinted{fmt.Errorf("%q is in the future", text), hint}}
		} else if err == nil {
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
	return time.Time{}, &usageError{&hinted{fmt.Errorf("%q is not a time", text), "write '10 minutes ago', 5m, 2026-11-25T09:00 on this machine's clock, or 2026-11-25T09:00Z"}}
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
