package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/lambdajar"
)

func pythonFlag(cmd *cobra.Command, set *bool) {
	cmd.Flags().BoolVar(set, "python", false, "the value is what Python awsjar stored: make it plain JSON, with datetimes in ISO form")
}

// fromPython turns what Python awsjar stored at a URL into compact JSON, with
// members sorted by name. A datetime becomes text by RFC 3339, one without a
// tzinfo as if it were UTC; bare text becomes a text or a number, as its get
// returns it.
func (c *command) fromPython(data []byte, url string) ([]byte, error) {
	codec := python.Codec{RoundTimes: true} // the moment stays exact
	if text := bytes.TrimSpace(data); len(text) > 0 && text[0] != '{' && text[0] != '[' {
		target, _ := jarurl.Parse(url) // it was opened
		codec.Bare = bareOf(target)
	}
	var value any
	if err := codec.Unmarshal(data, &value); err != nil {
		return nil, &awsjar.Error{Target: url, Err: fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err)}
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(withTexts(value)); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// bareOf says which of the classes of Python awsjar has its state at a place.
func bareOf(target jarurl.Target) python.Bare {
	if target.Scheme == jarurl.Lambda || target.Scheme == jarurl.Env {
		return python.BareJar
	}
	return python.BareBucket
}

const datetimeExample = `{"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}`

// toPython turns JSON into what Python awsjar stores at a place. Datetimes are
// those that its datetime_encoder writes; text stays text.
func toPython(text []byte, target jarurl.Target, pretty bool) ([]byte, error) {
	var value any
	err := python.Codec{}.Unmarshal(text, &value)
	if err == nil {
		text, err = python.Codec{Bare: bareOf(target), Pretty: pretty}.Marshal(value)
	}
	if err != nil {
		return nil, fmt.Errorf("nothing that Python reads: %w", err)
	}
	return text, nil
}

// forPython says of a value that does not fit plain what Python reads as well.
func (c *command) forPython(err error, target jarurl.Target) error {
	if _, ok := errors.AsType[*lambdajar.TooLargeError](err); !ok || target.Form == "python" {
		return err
	}
	target.Form = "python"
	return &hinted{err, "if Python reads it with compression=True: awsjar " + c.name + " --python " + quote(target.String())}
}

// withTexts returns a value with texts in the place of times.
func withTexts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = withTexts(member)
		}
	case []any:
		for i, element := range v {
			v[i] = withTexts(element)
		}
	case time.Time:
		return rfc3339(v)
	}
	return v
}

// rfc3339 writes a time. The offset of its zone is cut to whole minutes, for
// RFC 3339 has no other; the moment stays the same.
func rfc3339(t time.Time) string {
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.In(time.FixedZone("", offset-offset%60))
	}
	return t.Format(time.RFC3339Nano)
}
