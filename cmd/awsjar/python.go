package main

import (
	"bytes"
	"context"
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

// fromPython turns the text that Python awsjar stored at a URL into compact JSON, with
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

// toPython turns JSON into the text that Python awsjar stores at a place, in ASCII
// as its json.dumps does. Members keep their order. Its get returns a lone text for
// bytes without quotes, and a datetime for an object as its datetime_encoder writes
// it.
func toPython(text []byte, target jarurl.Target) ([]byte, error) {
	var value any
	err := python.Codec{}.Unmarshal(text, &value)
	var encoded []byte
	if err == nil {
		encoded, err = python.Codec{Bare: bareOf(target)}.Marshal(value)
	}
	if err != nil {
		return nil, fmt.Errorf("it is refused by Python: %w", err)
	}
	o := newOrder()
	if v, err := o.decode(text); err == nil && json.Valid(encoded) {
		return o.arrange(encoded, v)
	}
	return encoded, nil
}

// readByPython returns a place in the form that Python awsjar reads.
func readByPython(target jarurl.Target) jarurl.Target {
	if target.Scheme == jarurl.Lambda && target.Form == "" {
		target.Form = "plain" // Python reads no packed one
	}
	return target
}

// asPython returns a change of a value that Python awsjar stored. The change
// gets JSON: a lone text in quotes, and a datetime as the object that Python
// stores for it.
func (c *command) asPython(by change, target jarurl.Target) change {
	return func(ctx context.Context, value []byte) ([]byte, error) {
		text := value
		if bare := bytes.TrimSpace(value); len(bare) > 0 && bare[0] != '{' && bare[0] != '[' {
			var err error
			if text, err = c.fromPython(value, c.url); err != nil {
				return nil, err
			}
		}
		changed, err := by(ctx, text)
		if err != nil || changed == nil {
			return nil, err
		}
		if bytes.Equal(changed, text) {
			return value, nil
		}
		return toPython(changed, target)
	}
}

// forPython names the form that Python reads as well, for a value that does not
// fit plain.
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
