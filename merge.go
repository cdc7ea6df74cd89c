package awsjar

import (
	"bytes"
	"encoding/json"

	"github.com/awsjar/awsjar/internal/merge"
)

// Merger is a [Codec] by which a [Jar.Update] keeps the members that its type
// does not have. [JSON] keeps them without being one, so that a codec that
// embeds JSON for its methods does not have its own bytes merged as JSON: such a
// codec keeps members only if it has a Merge of its own.
type Merger interface {
	Codec

	// Merge returns the bytes to store: stored, with the change from before to
	// after applied to it. Before is Marshal's text of the value that Unmarshal
	// read from stored, and after that of the changed value. Merge must not
	// change any of them. A Jar copies the bytes that it returns.
	//
	// An Update stores the result if Unmarshal and Marshal make after of it
	// again. If they make another text, such as one in another order, Update
	// calls Merge once more, with the result as stored and that text as before.
	// If that is another value, it stores after. The order of members and
	// elements alone makes no other value. An error ends the Update with
	// [ErrInvalid]; like those of a Codec its text is not shown.
	Merge(stored, before, after []byte) ([]byte, error)
}

// MergeJSON is the Merge of codecs whose bytes are JSON. Objects are merged
// member by member, in the order of the stored ones; new members come last. If
// members of before are in another order in after, all those of after take its
// order, in the places that they have; other members stay where they are. A name
// that differs from a known one in case only is taken for it, as encoding/json
// does. Elements of arrays are matched by equality: an element keeps the members
// that the type does not have wherever it moves, as long as it is not changed
// itself. The text of a part that did not change stays, but for the white space
// between its tokens.
//
// If one of the texts is not an object or an array, MergeJSON returns after.
func MergeJSON(stored, before, after []byte) []byte {
	return merge.Apply(stored, before, after, merge.Options{})
}

type mergeFunc func(stored, before, after []byte) ([]byte, error)

// mergeOf returns how a codec keeps members, or nil if it does not.
func mergeOf(codec Codec) mergeFunc {
	switch c := codec.(type) {
	case JSON:
		return c.keep()
	case Merger:
		return c.Merge
	}
	return nil
}

func (c JSON) keep() mergeFunc {
	if c.Unknown == DropUnknown {
		return nil
	}
	return func(stored, before, after []byte) ([]byte, error) {
		merged := MergeJSON(stored, before, after)
		if c.Indent == "" {
			return merged, nil
		}
		var out bytes.Buffer
		err := json.Indent(&out, merged, "", c.Indent)
		return out.Bytes(), err
	}
}
