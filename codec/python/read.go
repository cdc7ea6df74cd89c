package python

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// The members of a datetime.
const (
	markName = "_dt_"
	reprName = "repr"
)

// Unmarshal reads data, the text of a value without its compression, into v.
//
// Any JSON is read, with any spacing; of two members of one name the last
// counts, as in Python. An object with a member "_dt_" and a string "repr" is
// a datetime wherever v has an any, a time.Time or a map[string]any, which
// cannot hold it; other members it has are dropped, as in Python. The repr
// must be that of a datetime.datetime without a tzinfo or with a
// datetime.timezone: the meaning of reprs of other classes and expressions
// is not known, so they are errors. An object with "_dt_" but without "repr"
// is an object.
//
// A datetime with a datetime.timezone becomes a time in [time.UTC] or in a
// [time.FixedZone] with the name of the timezone, or the name "". Its fold,
// which means nothing then, is dropped. For a datetime without a tzinfo see
// Codec.Naive.
//
// The error names the place by the names that the type has, and the byte; it
// never holds the value. Of a Jar it is an awsjar.ErrCorrupt.
func (c Codec) Unmarshal(data []byte, v any) error {
	if err := c.check(); err != nil {
		return err
	}
	target := reflect.TypeOf(v)
	text, nonFinite := finite(data)
	if c.Bare != BareOff && utf8.Valid(data) && c.Bare.isText(text, target) {
		text, nonFinite = finite(c.Bare.json(string(data), target))
	} else if err := c.rule().Check(text); err != nil {
		return c.notRead(err, data, nonFinite)
	}
	r := reading{codec: c, nonFinite: nonFinite}
	if err := json.Unmarshal(text, v, r.options()); err != nil {
		return c.notRead(describe(err, target, text), data, nonFinite)
	}
	return nil
}

func (c Codec) rule() exactjson.Rule {
	return exactjson.Rule{ReplaceSurrogates: c.ReplaceSurrogates}
}

// notRead gives an error of Unmarshal the byte in data, in which the numbers
// that JSON does not have are shorter than in the text that was read, and its
// advice.
func (c Codec) notRead(err error, data []byte, nonFinite map[int64]float64) error {
	e, ok := errors.AsType[*exactjson.Error](err)
	if !ok {
		return err
	}
	at := e.Offset
	for end, value := range nonFinite {
		if end < at {
			e.Offset -= int64(len(tooLarge) - len(formatFloat(value, 64)))
		}
	}
	begin := bytes.TrimLeft(data, " \t\r\n")
	alone := len(begin) > 0 && begin[0] != '{' && begin[0] != '['
	switch {
	case e.Kind == exactjson.HalfSurrogate:
		e.Hint = "set ReplaceSurrogates of python.Codec to read it as U+FFFD"
	case e.Hint != "" || c.Bare != BareOff || !alone:
	case e.Kind == exactjson.Syntax, e.Kind == exactjson.PythonText, e.Kind == exactjson.NonFinite, e.Kind == exactjson.Trailing:
		e.Hint = "if it is a lone text that Python awsjar stored, set Bare of python.Codec"
	}
	return e
}

// isJSON tells whether Python's json.loads takes a text that finite returned.
func isJSON(text []byte) bool {
	return jsontext.Value(text).IsValid(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

// reading is one call of Unmarshal.
type reading struct {
	codec     Codec
	nonFinite map[int64]float64 // the numbers that stand for those JSON does not have, by their offset
	strict    bool              // an object with "_dt_" must be a datetime
}

// options are those of encoding/json, with functions for the types that this
// codec reads differently.
func (r *reading) options() json.Options {
	return json.JoinOptions(
		jsonv1.DefaultOptionsV1(),
		jsonv1.ReportErrorsWithLegacySemantics(false), // which know no place
		jsontext.AllowInvalidUTF8(r.codec.ReplaceSurrogates),
		json.WithUnmarshalers(json.JoinUnmarshalers(
			json.UnmarshalFromFunc(r.time),
			json.UnmarshalFromFunc(r.any),
			json.UnmarshalFromFunc(r.object),
			json.UnmarshalFromFunc(r.number),
			json.UnmarshalFromFunc(func(dec *jsontext.Decoder, f *float64) error {
				return r.float(dec, 64, func(n float64) { *f = n })
			}),
			json.UnmarshalFromFunc(func(dec *jsontext.Decoder, f *float32) error {
				return r.float(dec, 32, func(n float64) { *f = float32(n) })
			}),
		)))
}

func (r *reading) time(dec *jsontext.Decoder, t *time.Time) error {
	if dec.PeekKind() != '{' {
		return errors.ErrUnsupported
	}
	v, err := r.value(dec)
	if err != nil {
		return err
	}
	var ok bool
	if *t, ok = v.(time.Time); !ok {
		return found(dec, "an object that is no datetime")
	}
	return nil
}

func (r *reading) any(dec *jsontext.Decoder, v *any) (err error) {
	*v, err = r.value(dec)
	return err
}

// object keeps a map from taking a datetime for an object with two members.
func (r *reading) object(dec *jsontext.Decoder, m *map[string]any) error {
	if dec.PeekKind() != '{' {
		return errors.ErrUnsupported
	}
	v, err := r.value(dec)
	if err != nil {
		return err
	}
	var ok bool
	if *m, ok = v.(map[string]any); !ok {
		return found(dec, "a datetime, which map[string]any cannot be")
	}
	return nil
}

// number reads the texts that encoding/json reads into its own Number: a number,
// also in quotes.
func (r *reading) number(dec *jsontext.Decoder, n *stdjson.Number) error {
	kind, count := dec.StackIndex(dec.StackDepth())
	isName := kind == '{' && count%2 == 0
	if next := dec.PeekKind(); isName || next != '0' && next != '"' {
		return errors.ErrUnsupported
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if _, ok := r.nonFinite[dec.InputOffset()]; ok {
		return found(dec, "NaN or an infinity, which json.Number cannot be")
	}
	text := jsontext.Value(tok.String())
	if text.Kind() != '0' || !text.IsValid() {
		return found(dec, "not a number")
	}
	*n = stdjson.Number(text)
	return nil
}

// float reads numbers, unless the text has none but those of JSON.
func (r *reading) float(dec *jsontext.Decoder, bits int, set func(float64)) error {
	if len(r.nonFinite) == 0 || dec.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	n, special, err := r.special(dec)
	if err == nil && !special {
		if n, err = strconv.ParseFloat(tok.String(), bits); err != nil {
			tooLarge := found(dec, fmt.Sprintf("not what float%d holds", bits))
			tooLarge.err, err = err, tooLarge
		}
	}
	set(n)
	return err
}

// special is the number just read, if it is one that JSON does not have.
func (r *reading) special(dec *jsontext.Decoder) (n float64, ok bool, err error) {
	n, ok = r.nonFinite[dec.InputOffset()]
	if ok && !r.codec.NonFinite {
		err = &problem{place: dec.StackPointer(), kind: exactjson.NonFinite, text: "NaN or an infinity, which JSON does not have",
			hint: "set NonFinite of python.Codec to read it"}
	}
	return n, ok, err
}
