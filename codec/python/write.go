package python

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Marshal returns v as json.dumps writes it: ", " between elements, ": " after
// names, and no character but ASCII, which is escaped. Members are in the
// order of a struct's fields, or sorted by name. For strings see [Bare].
//
// A time is written as datetime_encoder writes it, with the name of its zone
// at that time if it has one. Python 3.6 does not read an offset of less than
// a whole minute.
//
// The error names the place by the names that the type has, and never holds the
// value. Of a Jar it is an awsjar.ErrInvalid.
func (c Codec) Marshal(v any) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	v = exactjson.Addressable(v)
	w := writing{codec: c, nonFinite: map[int64]string{}}
	text, err := json.Marshal(v, w.options())
	if err == nil {
		err = c.refuseMarks(text)
	}
	if err == nil {
		err = c.rule().CheckBytes(text)
	}
	if exactjson.HasReplacement(text) || err != nil {
		if invalid := exactjson.InvalidString(v); invalid != nil {
			return nil, invalid
		}
	}
	if err != nil {
		return nil, describe(err, reflect.TypeOf(v), nil)
	}
	if c.Bare != BareOff && text[0] == '"' {
		s, _ := jsontext.AppendUnquote(nil, text) // the encoder quoted it
		if c.Bare.returns(string(s)) {
			return s, nil
		}
	}
	return hideZlib(w.ascii(text)), nil
}

// writing is one call of Marshal.
type writing struct {
	codec     Codec
	nonFinite map[int64]string // the text in place of a 0, by the offset of its end
}

// options are those of encoding/json, with the form of json.dumps and with
// functions for the types that this codec writes differently.
func (w *writing) options() json.Options {
	form := json.JoinOptions(jsontext.SpaceAfterColon(true), jsontext.SpaceAfterComma(true))
	if w.codec.Pretty {
		form = jsontext.WithIndent("  ")
	}
	return json.JoinOptions(
		jsonv1.DefaultOptionsV1(),
		jsonv1.ReportErrorsWithLegacySemantics(false),        // which know no place
		jsontext.AllowInvalidUTF8(w.codec.ReplaceSurrogates), // Marshal finds other bytes
		jsontext.EscapeForHTML(false),
		jsontext.PreserveRawStrings(false),
		form,
		json.WithMarshalers(json.JoinMarshalers(
			json.MarshalToFunc(w.time),
			json.MarshalToFunc(w.number),
			json.MarshalToFunc(func(enc *jsontext.Encoder, n float64) error { return w.float(enc, n, 64) }),
			json.MarshalToFunc(func(enc *jsontext.Encoder, n float32) error { return w.float(enc, float64(n), 32) }),
		)))
}

func (w *writing) time(enc *jsontext.Encoder, t time.Time) error {
	if isName(enc) {
		return errors.ErrUnsupported
	}
	m, err := w.codec.moment(t)
	if err != nil {
		return err
	}
	for _, tok := range []jsontext.Token{
		jsontext.BeginObject,
		jsontext.String(markName), jsontext.True,
		jsontext.String(reprName), jsontext.String(m.repr()),
		jsontext.EndObject,
	} {
		if err := enc.WriteToken(tok); err != nil {
			return err
		}
	}
	return nil
}

// number writes the Number of encoding/json with the digits it has.
func (w *writing) number(enc *jsontext.Encoder, n stdjson.Number) error {
	if isName(enc) {
		return errors.ErrUnsupported
	}
	if n == "" {
		n = "0" // as encoding/json does
	}
	text := jsontext.Value(n)
	if text.Kind() != '0' || !text.IsValid() {
		return &problem{text: "a json.Number that is no number"}
	}
	if isQuoted(enc) {
		return enc.WriteToken(jsontext.String(string(n)))
	}
	return enc.WriteValue(text)
}

func (w *writing) float(enc *jsontext.Encoder, n float64, bits int) error {
	if isName(enc) || isQuoted(enc) {
		return errors.ErrUnsupported
	}
	text := formatFloat(n, bits)
	if !math.IsNaN(n) && !math.IsInf(n, 0) {
		return enc.WriteValue(jsontext.Value(text))
	}
	if !w.codec.NonFinite {
		return &problem{kind: exactjson.NonFinite, text: "NaN or an infinity, which JSON does not have", hint: "set NonFinite of python.Codec to write it"}
	}
	err := enc.WriteToken(jsontext.Int(0))
	w.nonFinite[enc.OutputOffset()] = text
	return err
}

// isName tells whether the name of a member comes next.
func isName(enc *jsontext.Encoder) bool {
	kind, count := enc.StackIndex(enc.StackDepth())
	return kind == '{' && count%2 == 0
}

// isQuoted tells whether a number is to be written as a string, which the
// option "string" of a struct tag asks for.
func isQuoted(enc *jsontext.Encoder) bool {
	quoted, _ := json.GetOption(enc.Options(), json.StringifyNumbers)
	return quoted
}

// ascii escapes the characters that are not ASCII, and writes the numbers that are
// not finite.
func (w *writing) ascii(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if c := text[i]; c < 0x7f {
			i++
			if c == '0' && w.nonFinite[int64(i)] != "" {
				out = append(out, w.nonFinite[int64(i)]...)
			} else {
				out = append(out, c)
			}
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		if hi, lo := utf16.EncodeRune(r); lo == utf8.RuneError {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		}
	}
	return out
}
