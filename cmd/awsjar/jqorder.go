package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"

	"github.com/itchyny/gojq"

	"github.com/awsjar/awsjar/internal/exactjson"
)

// errOrder is the refusal of an expression that looks at the order of an
// object whose order is not known.
var errOrder = errors.New("the jq expression depends on the order of the members of an object that it made, which is not known here")

// errReleases is the refusal of an expression of which jq makes one thing in
// one release and another in the next.
var errReleases = errors.New("a step of foreach in the jq expression yields nothing, which not every release of jq takes for the same")

// order knows in which order the members of objects stand. gojq holds an
// object as a map, which has none, and copies a map before it changes it: so
// the address of a map that was read from JSON stands for its text. A map that
// is not known here was made by the expression. Where its order would count
// the expression is refused, for jq has one and would go by it.
type order struct {
	known   map[uintptr]object
	left    int   // so many names can still be noted of objects that the expression makes
	unclear error // why the result may not be that of jq
}

// object is a map and the names of its members in their order. Keeping the map
// keeps its address from being used again.
type object struct {
	members map[string]any
	names   []string
}

func newOrder() *order { return &order{known: map[uintptr]object{}, left: math.MaxInt} }

func address(members map[string]any) uintptr { return reflect.ValueOf(members).Pointer() }

// maxNoted is how many names are noted of the objects that an expression makes,
// for noted objects stay in memory.
const maxNoted = 1 << 20

// add notes the order of an object, if there is room.
func (o *order) add(members map[string]any, names []string) {
	if len(members) < 2 {
		return
	}
	if o.left -= len(names); o.left >= 0 {
		o.known[address(members)] = object{members, names}
	}
}

// names returns the names of the members of an object in their order, or false
// if that is not known.
func (o *order) names(members map[string]any) ([]string, bool) {
	if len(members) < 2 {
		for name := range members {
			return []string{name}, true
		}
		return nil, true
	}
	found, ok := o.known[address(members)]
	return found.names, ok && len(found.names) == len(members)
}

// decode reads JSON into the types that gojq takes, and notes the order of its
// objects. Numbers keep their digits until the expression computes with them.
func (o *order) decode(data []byte) (any, error) {
	return o.decodeBy(exactjson.Rule{}, data)
}

func (o *order) decodeBy(rule exactjson.Rule, data []byte) (any, error) {
	if err := rule.Check(data); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return o.next(dec)
}

// next reads a value. Of members of the same name the last counts, in the
// place of the first, as for jq.
func (o *order) next(dec *json.Decoder) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		array := []any{}
		for dec.More() {
			element, err := o.next(dec)
			if err != nil {
				return nil, err
			}
			array = append(array, element)
		}
		_, err = dec.Token()
		return array, err
	case json.Delim('{'):
		members, names := map[string]any{}, []string(nil)
		for dec.More() {
			name, err := o.next(dec)
			if err != nil {
				return nil, err
			}
			if _, twice := members[name.(string)]; !twice {
				names = append(names, name.(string))
			}
			if members[name.(string)], err = o.next(dec); err != nil {
				return nil, err
			}
		}
		o.add(members, names)
		_, err = dec.Token()
		return members, err
	}
	return token, nil
}

// text returns a value as JSON with members in their order.
func (o *order) text(v any) ([]byte, error) {
	var b bytes.Buffer
	err := o.write(&b, v)
	return b.Bytes(), err
}

func (o *order) write(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case []any:
		b.WriteByte('[')
		for i, element := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := o.write(b, element); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	case map[string]any:
		names, ok := o.names(v)
		if !ok {
			return o.refuse()
		}
		b.WriteByte('{')
		for i, name := range names {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := o.write(b, name); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := o.write(b, v[name]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	}
	scalar, err := gojq.Marshal(v)
	b.Write(scalar)
	return err
}

// refuse notes that the expression is refused, even if it catches the error.
func (o *order) refuse() error {
	o.unclear = errOrder
	return errOrder
}
