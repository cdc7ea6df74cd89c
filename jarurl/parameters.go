package jarurl

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/awsjar/awsjar/internal/lazyregexp"
	"github.com/awsjar/awsjar/lambdajar"
)

// query returns "?name=value&..." in a fixed order, or "".
func (t Target) query() string {
	var b strings.Builder
	for _, p := range t.parameters() {
		value := p.field.text()
		if value == "" {
			continue
		}
		if b.Len() == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(p.name + "=" + url.QueryEscape(value))
	}
	return b.String()
}

// parameter is a query parameter and the field it sets.
type parameter struct {
	name  string
	field field
}

// parameters returns those that the scheme knows, in the order of String.
func (t *Target) parameters() []parameter {
	region := parameter{"region", text(&t.Region, checkRegion)}
	endpoint := parameter{"endpoint", text(&t.Endpoint, checkEndpoint)}
	overflow := parameter{"overflow", text(&t.Overflow, checkOverflow)}
	maxSize := parameter{"max-size", numberField[int64]{&t.MaxSize, false, faultMaxSize}}
	switch t.Scheme {
	case Lambda:
		return []parameter{
			{"name", text(&t.Variable, nil)},
			{"form", text(&t.Form, checkForm)},
			{"confirm", switchField{"confirm", &t.Confirm}},
			{"unguarded", truthField{"unguarded", &t.Unguarded}},
			overflow,
			{"history", text(&t.History, checkHistory)},
			region, endpoint,
		}
	case Env:
		return []parameter{overflow}
	case File:
		return []parameter{
			{"keep", numberField[int]{&t.Keep, true, faultKeep}},
			{"keep-bytes", numberField[int64]{&t.KeepBytes, true, faultKeepBytes}},
			maxSize,
		}
	case S3:
		return append([]parameter{region, endpoint}, t.s3Parameters(maxSize)...)
	}
	return nil
}

func (t *Target) setParameters(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return &problem{"the parameters are malformed", "write them as ?name=value&name=value, odd characters percent-encoded"}
	}
	known := make([]string, 0, len(values))
	for _, p := range t.parameters() {
		known = append(known, p.name)
		given, ok := values[p.name]
		if !ok {
			continue
		}
		delete(values, p.name)
		if len(given) > 1 || given[0] == "" {
			return &problem{"parameter " + p.name + " must be there once and have a value", "write ?" + p.name + "=VALUE"}
		}
		if err := p.field.set(given[0]); err != nil {
			return err
		}
	}
	for name := range values {
		return unknownParameter(name, t.Scheme, known)
	}
	return nil
}

// checkParameters checks a Target that was not parsed, or changed since.
func (t *Target) checkParameters() error {
	for _, p := range t.parameters() {
		value := p.field.text()
		if value == "" {
			continue
		}
		if err := p.field.set(value); err != nil {
			return err
		}
	}
	return nil
}

// shownName matches names of parameters that may stand in an error.
var shownName = lazyregexp.New(`^[A-Za-z_-]{1,20}$`)

func unknownParameter(name, scheme string, known []string) error {
	text := fmt.Sprintf("parameter %q is unknown", name)
	if !shownName().MatchString(name) {
		text = "a parameter is unknown"
	}
	if len(known) == 0 {
		return &problem{text, scheme + ": takes no parameters; write a ? that belongs to the name as %3F"}
	}
	return &problem{text, scheme + ": takes " + strings.Join(known, ", ")}
}

const overflowHint = "write ?overflow=s3://BUCKET/KEY, such as ?overflow=s3://my-bucket/state.json"

var validRegion = lazyregexp.New(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

func checkRegion(value string) error {
	if !validRegion().MatchString(value) {
		return &problem{"the region is malformed", "write ?region=us-east-1"}
	}
	return nil
}

func checkEndpoint(value string) error {
	u, err := url.Parse(value)
	if err == nil && u.User != nil {
		return &problem{"a URL must not hold a user name or password", "give credentials by the environment, such as AWS_PROFILE"}
	}
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return &problem{"the endpoint is not an http or https URL", "write ?endpoint=http://127.0.0.1:9000"}
	}
	return nil
}

func checkForm(value string) error {
	switch lambdajar.Form(value) {
	case lambdajar.FormAuto, lambdajar.FormPlain, lambdajar.FormFlate, lambdajar.FormDense, lambdajar.FormPython:
		return nil
	}
	return &problem{"the form is none of auto, plain, flate, dense and python", "write ?form=plain"}
}

func checkOverflow(value string) error {
	if scheme, _, _ := strings.Cut(value, ":"); strings.ToLower(scheme) != S3 {
		return &problem{"the overflow is not the URL of an object in S3", overflowHint}
	}
	object, err := parse(value)
	if p, ok := errors.AsType[*problem](err); ok {
		return &problem{"the overflow: " + p.text, p.hint}
	}
	if object.Key == "" {
		return &problem{"the overflow has no key", overflowHint}
	}
	return err
}

const historyHint = "write ?history=s3://BUCKET/KEY, such as ?history=s3://my-bucket/history/sams-lambda, or the URL of a file"

func checkHistory(value string) error {
	target, err := parse(value)
	if p, ok := errors.AsType[*problem](err); ok {
		return &problem{"the history: " + p.text, p.hint}
	}
	if err == nil && target.Scheme != File && (target.Scheme != S3 || target.Key == "") {
		return &problem{"the history is not the URL of an object in S3 or of a file", historyHint}
	}
	return err
}

var (
	faultMaxSize   = problem{"max-size is not a number of bytes", "write ?max-size=1000000"}
	faultKeep      = problem{"keep is not a number of versions", "write ?keep=10, ?keep=1 for no earlier versions, or ?keep=all"}
	faultKeepBytes = problem{"keep-bytes is not a number of bytes", "write ?keep-bytes=1000000, or ?keep-bytes=all"}
)
