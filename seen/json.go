package seen

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// errForm is the error of every JSON that is no set. It shows no id.
var errForm = errors.New("a set of seen ids is an object of ids with Unix seconds, or an array of ids")

// errUTF8 is the error of a set that would come back with another id. It shows
// none.
var errUTF8 = errors.New("an id is not valid UTF-8 and would not come back as it is")

// MarshalJSON returns the set as one object, oldest id first. An id that is not
// UTF-8, which JSON cannot hold, is an error.
func (s Set) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	buf.WriteByte('{')
	for i, id := range s.read().order {
		if !utf8.ValidString(id) {
			return nil, errUTF8
		}
		if i > 0 {
			buf.WriteByte(',')
		}
		if err := enc.Encode(id); err != nil {
			return nil, err
		}
		buf.Truncate(buf.Len() - 1) // the newline of Encode
		buf.WriteByte(':')
		buf.WriteString(strconv.FormatInt(s.ids.at[id], 10))
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// UnmarshalJSON reads an object of ids with their times in Unix seconds, in the
// order of the ids; of equal ids the last counts. Of an array, each id counts
// as seen now. null is an empty set.
func (s *Set) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	first, err := dec.Token()
	if err != nil || first != json.Delim('{') && first != json.Delim('[') && first != nil {
		return errForm
	}
	now := time.Now().Unix()
	read := &ids{at: make(map[string]int64)}
	var all []string // with those that occur again later
	for dec.More() {
		id, err := dec.Token()
		text, ok := id.(string)
		if err != nil || !ok {
			return errForm
		}
		at := now
		if first == json.Delim('{') && dec.Decode(&at) != nil {
			return errForm
		}
		read.at[text] = at
		all = append(all, text)
	}
	read.order = lastOfEach(all)
	*s = Set{ids: read}
	return nil
}

// lastOfEach returns the ids without those that occur again later.
func lastOfEach(ids []string) []string {
	known := make(map[string]bool, len(ids))
	kept := make([]string, 0, len(ids))
	for _, id := range slices.Backward(ids) {
		if !known[id] {
			known[id] = true
			kept = append(kept, id)
		}
	}
	slices.Reverse(kept)
	return kept
}
