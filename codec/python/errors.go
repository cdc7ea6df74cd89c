package python

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// problem is a fault of a value, with its place. The place may hold names that
// are data: see describe.
type problem struct {
	place jsontext.Pointer // RFC 6901, such as /list/0/dt1; empty for the whole value
	kind  exactjson.Kind
	text  string
	hint  string // may be empty
	err   error  // the cause; may be nil
}

func (p *problem) Error() string { return p.text }
func (p *problem) Unwrap() error { return p.err }

// found returns a problem with the value that a decoder has just read.
func found(dec *jsontext.Decoder, text string) *problem {
	return &problem{place: dec.StackPointer(), kind: exactjson.Mismatch, text: text}
}

// advised returns a problem with advice.
func advised(text, hint string) *problem { return &problem{text: text, hint: hint} }

// describe turns an error of the JSON packages, or a problem, into an error
// that holds no part of the value: their texts stay behind Unwrap, and of the
// place only those names are shown that the Go type t has. The value was being
// read from data, or written if that is nil.
func describe(err error, t reflect.Type, data []byte) *exactjson.Error {
	if known, ok := errors.AsType[*exactjson.Error](err); ok {
		return known
	}
	p := problem{text: "not what JSON can hold"}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		p = problem{place: semantic.JSONPointer, kind: exactjson.Mismatch, text: fmt.Sprintf("not what %v holds", semantic.GoType)}
	} else if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		p.place = syntax.JSONPointer
	}
	if known, ok := errors.AsType[*problem](err); ok {
		place := p.place
		p = *known
		if p.place == "" {
			p.place = place
		}
	}
	noun, at := exactjson.Follow(data, t, slices.Collect(p.place.Tokens()))
	return &exactjson.Error{Kind: p.kind, Offset: at, Text: noun + ": " + p.text, Hint: p.hint, Err: err}
}
