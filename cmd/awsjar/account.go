package main

import (
	"context"
	"fmt"
	"time"

	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/lambdajar"
)

// listJars lists the jars in the functions of an account.
func (c *command) listJars(ctx context.Context, url string, limit int, asJSON bool) error {
	target, err := c.target(url)
	if err != nil {
		return err
	}
	listed, hidden := 0, 0
	for found, err := range c.jarsIn(ctx, target) {
		if err != nil {
			return err
		}
		if found.Hidden {
			hidden++
			continue
		}
		if limit > 0 && listed == limit {
			break
		}
		if err := c.writeJar(target, found, asJSON); err != nil {
			return err
		}
		listed++
	}
	if hidden > 0 {
		c.tell("warning", fmt.Sprintf("%d %s not looked into: AWS Lambda cannot decrypt the variables for you", hidden, plural(hidden, "function")))
	}
	return nil
}

// writeJar writes one line about a jar.
func (c *command) writeJar(account jarurl.Target, found lambdajar.Found, asJSON bool) error {
	place := jarurl.Target{Scheme: jarurl.Lambda, Function: found.Function, Region: account.Region, Endpoint: account.Endpoint}
	if place.Region == c.region {
		place.Region = ""
	}
	if place.Endpoint == c.endpoint {
		place.Endpoint = ""
	}
	if found.Name != "jar" {
		place.Variable = found.Name
	}
	if asJSON {
		return c.writeJSON(struct {
			URL      string    `json:"url"`
			Function string    `json:"function"`
			Variable string    `json:"variable"`
			Limit    int       `json:"limit"`
			Used     int       `json:"used"`
			State    int       `json:"state"`
			Free     int       `json:"free"`
			Overflow int64     `json:"overflow,omitempty"`
			Modified time.Time `json:"function_modified"`
		}{place.String(), found.Function, found.Name, lambdajar.Limit, found.Used, found.State, found.FreeAsStored, found.OverflowSize, found.Modified.UTC()})
	}
	const width = 20
	note := ""
	if found.OverflowSize > 0 {
		note = fmt.Sprintf("  and %d bytes in the overflow", found.OverflowSize)
	}
	_, err := fmt.Fprintf(c.stdout, "[%s] %4d of %d bytes, %4d free  %8s  %s%s\n", barOf(width, found.State, found.Used, lambdajar.Limit),
		found.Used, lambdajar.Limit, found.FreeAsStored, ageOf(found.Modified), printable(place.String()), note)
	return err
}

// ageOf returns how long ago a moment was, in the largest unit.
func ageOf(t time.Time) string {
	age := max(0, time.Since(t))
	switch {
	case t.IsZero():
		return "-"
	case age < time.Minute:
		return fmt.Sprintf("%ds ago", int(age.Seconds()))
	case age < time.Hour:
		return fmt.Sprintf("%dm ago", int(age.Minutes()))
	case age < 48*time.Hour:
		return fmt.Sprintf("%dh ago", int(age.Hours()))
	}
	return fmt.Sprintf("%dd ago", int(age.Hours()/24))
}
