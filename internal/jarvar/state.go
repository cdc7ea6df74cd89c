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

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/pack"
)

const (
	// DefaultName is the variable that Python awsjar keeps its state in.
	DefaultName = "jar"

	idSuffix = "_id"

	// depth is how many writes the lineage names. Each costs 9 of the 4,096
	// bytes that all variables of a function share.
	depth = 5
)

// IDName returns the name of the variable that holds the lineage of a jar.
func IDName(name string) string { return name + idSuffix }

// State is what the two variables say.
type State struct {
	Text string       // the packed value; "" if nothing is stored
	Line lineage.Line // empty if nobody who knows of it ever wrote
}

// Read returns the state of the jar of that name. A variable that exists and
// is empty counts as absent: deploy tools make such stubs.
func Read(name string, lookup func(name string) (string, bool)) State {
	text, _ := lookup(name)
	ids, _ := lookup(IDName(name))
	return State{Text: text, Line: lineage.Parse(ids)}
}

// Next returns the state after the write of that id.
func (s State) Next(text string, id lineage.ID) State {
	return State{Text: text, Line: s.Line.Extend(lineage.Entry{ID: id}, depth)}
}

// Full returns the state with a lineage as long as it will become. A value is
// measured beside that, so that one which fits once fits again.
func (s State) Full() State {
	for len(s.Line) < depth {
		s.Line = append(s.Line[:len(s.Line):len(s.Line)], lineage.Entry{ID: "--------"})
	}
	return s
}

// Revision names the state: by the id of the last write that left one, and by
// the text, for a writer that knows nothing of ids changes only that. Nothing
// else about the function is in it.
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
// cannot be unpacked, or is in the overflow, the error is ErrCorrupt, and the
// Meta has the revision.
func (s State) Value(ctx context.Context) ([]byte, awsjar.Meta, error) {
	meta := awsjar.Meta{Revision: s.Revision()}
	if s.Text == "" {
		return nil, meta, awsjar.ErrNotFound
	}
	data, err := pack.Decode(ctx, s.Text)
	var unknown *pack.UnknownFormatError
	var elsewhere *pack.PointerError
	switch {
	case errors.As(err, &elsewhere):
		return nil, meta, unfollowed(elsewhere)
	case errors.As(err, &unknown):
		return nil, meta, &awsjar.Error{
			Hint: "read it with the newest version of awsjar: go get github.com/awsjar/awsjar@latest",
			Err:  fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err),
		}
	case err != nil:
		return nil, meta, fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err)
	}
	meta.Size = int64(len(data))
	return data, meta, nil
}
