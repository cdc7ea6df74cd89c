package python

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// problem says where in a value something is wrong, and what, but never the
// value: the texts of the JSON packages, which quote it, stay behind Unwrap.
type problem struct {
	place jsontext.Pointer // RFC 6901, such as /list/0/dt1; empty for the whole value
	text  string
	err   error // the cause; may be nil
}

func (p *problem) Error() string {
	if p.place == "" {
		return "the value: " + p.text
	}
	const most = 200 // bytes; a name may be of any length
	place, more := string(p.place), ""
	if len(place) > most {
		place, more = place[:most], "..."
	}
	return fmt.Sprintf("%q%s: %s", place, more, p.text)
}

func (p *problem) Unwrap() error { return p.err }

// describe turns an error of the JSON packages into a problem.
func describe(err error) error {
	if err == nil {
		return nil
	}
	semantic, isSemantic := errors.AsType[*json.SemanticError](err)
	if known, ok := errors.AsType[*problem](err); ok {
		if known.place == "" && isSemantic {
			known.place = semantic.JSONPointer
		}
		return known
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		text := fmt.Sprintf("not JSON from byte %d on", syntax.ByteOffset)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			text = "not JSON: it ends too early"
		}
		return &problem{syntax.JSONPointer, text, err}
	}
	if isSemantic {
		return &problem{semantic.JSONPointer, fmt.Sprintf("not what %v holds", semantic.GoType), err}
	}
	return &problem{"", "not JSON", err}
}
