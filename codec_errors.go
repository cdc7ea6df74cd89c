package awsjar

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/awsjar/awsjar/internal/exactjson"
)

// closed returns an error for one of a Codec without the text of that, which
// may hold the value, unless one of our own codecs made it. The error of the
// Codec stays reachable.
func closed(err error) error {
	if own, ok := errors.AsType[*exactjson.Error](err); ok {
		return &closedError{own.Error(), err}
	}
	return &closedError{fmt.Sprintf("the codec failed with an error of type %T, whose text may hold the value", err), err}
}

// closedError has a text that holds no part of the value, and a cause whose
// text may.
type closedError struct {
	text string
	err  error
}

func (e *closedError) Error() string { return e.text }
func (e *closedError) Unwrap() error { return e.err }

var errTrailing = errors.New("there is more after the JSON value")

// notWritten says why encoding/json does not write a value.
func notWritten(err error) error {
	text := "a part of the value cannot be written as JSON"
	if unsupported, ok := errors.AsType[*json.UnsupportedTypeError](err); ok {
		text = fmt.Sprintf("JSON has no form for the type %v", unsupported.Type)
	} else if _, ok := errors.AsType[*json.UnsupportedValueError](err); ok {
		return &exactjson.Error{Kind: exactjson.NonFinite, Text: "JSON has no form for NaN, infinities and cycles", Err: err}
	} else if method, ok := errors.AsType[*json.MarshalerError](err); ok {
		text = fmt.Sprintf("a part of the value, of type %v, cannot be written", method.Type)
	}
	return &exactjson.Error{Text: text, Err: err}
}

// notRead says why data is not read into v.
func (c JSON) notRead(data []byte, v any, err error) error {
	found := c.find(data, reflect.TypeOf(v))
	if found.Err == nil {
		found.Err = err
	}
	if found.Hint == "" {
		found.Hint = readHints[found.Kind]
	}
	return found
}

// find returns the fault of data for a target, which is a pointer.
func (c JSON) find(data []byte, target reflect.Type) *exactjson.Error {
	if known, ok := errors.AsType[*exactjson.Error](c.rule().Check(data)); ok {
		return known
	}
	if target == nil || target.Kind() != reflect.Pointer {
		return &exactjson.Error{Text: fmt.Sprintf("a value is read into a pointer, not into a %v", target)}
	}
	t := target.Elem()
	if mismatch, text := exactjson.Mismatched(data, t); mismatch != nil {
		if isDatetime(text) {
			mismatch.Hint = "it is a datetime of Python awsjar, which python.Codec of package codec/python reads"
		}
		return mismatch
	}
	if c.Unknown != RefuseUnknown {
		return &exactjson.Error{Kind: exactjson.Mismatch, Text: fmt.Sprintf("the value is not of type %v", t)}
	}
	if unknown := exactjson.Unknown(data, t); unknown != nil {
		return unknown
	}
	return &exactjson.Error{Kind: exactjson.UnknownMember, Text: fmt.Sprintf("the value has a member that the type %v does not have", t)}
}

// isDatetime reports whether JSON is a datetime as Python awsjar stores it.
func isDatetime(text []byte) bool {
	var object map[string]json.RawMessage
	return json.Unmarshal(text, &object) == nil && object["_dt_"] != nil && object["repr"] != nil
}

// readHints are the next steps for bytes that the codec does not read.
var readHints = map[exactjson.Kind]string{
	exactjson.HalfSurrogate: "set JSON.ReplaceSurrogates to read it as U+FFFD",
	exactjson.NonFinite:     "python.Codec of package codec/python reads it, with NonFinite set",
	exactjson.PythonText:    "python.Codec of package codec/python reads text that Python awsjar stored, with Bare set",
	exactjson.UnknownMember: "give the type this member, or set JSON.Unknown to KeepUnknown, which is the default",
}
