// Package jarvar reads and makes the two environment variables of a jar:
// the value, packed as text, and beside it the lineage of its writes.
//
// lambdajar reads them through the Lambda API, envjar in the function's own
// process. Both must see the same value and the same revision.
package jarvar

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/pack"
)

const (
	// DefaultName is the variable that Python awsjar keeps its state in.
	DefaultName = "jar"

	// lineSuffix ends the name of the variable with the lineage. A suffix that
	// other programs use, such as "_id", would make a jar named user take the
	// variable user_id for its own.
	lineSuffix = "_awsjar"

	// lineMark begins a lineage. Without it eight letters of somebody else's
	// would pass for one.
	lineMark = "~"

	// Depth is how many writes the lineage names. Each costs 9 of the 4,096
	// bytes that all variables of a function share.
	Depth = 5
)

// LineName returns the name of the variable that holds the lineage of a jar.
func LineName(name string) string { return name + lineSuffix }

// State is the content of the two variables.
type State struct {
	Text string       // the packed value; "" if nothing is stored
	Line lineage.Line // empty if every writer so far knew nothing of it
}

// Read returns the state of the jar of that name. A variable that exists and
// is empty counts as absent: deploy tools make such stubs.
func Read(name string, lookup func(name string) (string, bool)) State {
	text, _ := lookup(name)
	line, _ := lookup(LineName(name))
	return State{Text: text, Line: parseLine(line)}
}

// parseLine returns no lineage for a text that is none.
func parseLine(text string) lineage.Line {
	text, marked := strings.CutPrefix(text, lineMark)
	if !marked {
		return nil
	}
	return lineage.Parse(text)
}

// LineText returns the value of the variable that holds the lineage.
func (s State) LineText() string {
	if len(s.Line) == 0 {
		return ""
	}
	return lineMark + s.Line.String()
}

// CheckOwner returns an ErrInvalid if the variable of a jar's lineage holds
// somebody else's value: nothing of the jar may then be written or removed.
func CheckOwner(name string, lookup func(name string) (string, bool)) error {
	line, _ := lookup(LineName(name))
	if line == "" || parseLine(line) != nil {
		return nil
	}
	return failure.Hinted(
		"give the jar another name, or remove the variable if nothing needs it",
		fmt.Errorf("%w: the variable %s holds a value that awsjar did not write, and a jar named %s keeps the ids of its writes there", awsjar.ErrInvalid, LineName(name), name))
}

// Next returns the state after the write of that id.
func (s State) Next(text string, id lineage.ID) State {
	return State{Text: text, Line: s.Line.Extend(lineage.Entry{ID: id}, Depth)}
}

// Full returns the state with a lineage as long as it will become. A value is
// measured beside that, so that one which fits once fits again.
func (s State) Full() State {
	for len(s.Line) < Depth {
		s.Line = append(s.Line[:len(s.Line):len(s.Line)], lineage.Entry{ID: "--------"})
	}
	return s
}

// Revision names the state by the id of the newest write and a hash of the
// text. The hash is needed because writers that do not know about ids change
// only the text. Nothing else about the function is in it.
func (s State) Revision() awsjar.Revision {
	if s.Text == "" {
		return awsjar.None
	}
	const hashed = 12 // bytes; 96 bits tell any two texts apart
	sum := sha256.Sum256([]byte(s.Text))
	revision := append(make([]byte, 0, 32), s.Line.Newest().ID...)
	return awsjar.Revision(base64.RawURLEncoding.AppendEncode(append(revision, '~'), sum[:hashed]))
}

// Value unpacks the value. If there is none the error is ErrNotFound. If it
// cannot be unpacked the error is ErrCorrupt, and if it is in an overflow
// ErrUnsupported; the Meta has the revision.
func (s State) Value(ctx context.Context, memory *Memory) ([]byte, awsjar.Meta, error) {
	meta := awsjar.Meta{Revision: s.Revision()}
	if s.Text == "" {
		return nil, meta, awsjar.ErrNotFound
	}
	data, err := memory.Unpack(ctx, s.Text)
	var unknown *pack.UnknownFormatError
	var elsewhere *pack.PointerError
	switch {
	case errors.As(err, &elsewhere):
		return nil, meta, unfollowed(elsewhere)
	case errors.As(err, &unknown):
		return nil, meta, failure.Hinted("if a newer version wrote it: go get github.com/awsjar/awsjar@latest; if it is a text of Python awsjar that begins with ^, only that reads it",
			fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err))
	case errors.Is(err, pack.ErrCorrupt):
		return nil, meta, fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err)
	case err != nil: // the context has ended
		return nil, meta, err
	}
	meta.Size = int64(len(data))
	return data, meta, nil
}
