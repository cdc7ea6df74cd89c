package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/awsjar/awsjar/internal/pack"
)

// grow estimates how many more elements or members would fit, and how many
// until the state is stored in another form, from the space that the second half
// of them takes. Packed, a few elements tell nothing.
func (f *fit) grow(ctx context.Context, value []byte, chosen pack.Form) error {
	longest := longestContainer(value)
	half, removed := longest.halved(value)
	if removed == 0 {
		return nil
	}
	const few = 8
	sizes, err := pack.Sizes(ctx, half)
	if err != nil {
		return err
	}
	f.kind = longest.kind
	ladder := f.ladder()
	most, next := 0, 0
	for _, s := range ladder {
		if removed < few && s.Form != pack.FormPlain {
			continue
		}
		i := slices.IndexFunc(sizes, func(other pack.Size) bool { return other.Form == s.Form })
		if i < 0 {
			continue
		}
		more := f.until(s, sizes[i], removed)
		if s.Form == chosen {
			next = more
		}
		most = max(most, more)
	}
	f.More = &most
	f.Next = f.nextRung(ladder, chosen, next, most, longest.count())
	return nil
}

// until estimates how many more elements fit in a form, by the sizes with and
// without some of them.
func (f *fit) until(all, half pack.Size, removed int) int {
	bySize := (f.room() - all.Size) * removed / max(1, all.Size-half.Size)
	if all.Form == pack.FormPlain {
		return max(0, bySize)
	}
	byCost := int((pack.AutoCost - all.Cost) * pack.Cost(removed) / max(1, all.Cost-half.Cost))
	return max(0, min(bySize, byCost))
}

// nextRung is the form that the state is stored in when the one chosen is full,
// or nil if nothing holds more.
func (f *fit) nextRung(ladder []pack.Size, chosen pack.Form, more, most, count int) *rung {
	if more >= most {
		return nil
	}
	for _, s := range ladder {
		if s.Form > chosen && s.Size+s.Size*more/max(1, count) <= f.room() {
			cost := s.Cost + s.Cost*pack.Cost(more)/pack.Cost(max(1, count))
			return &rung{s.Form.String(), more, *timesOf(cost)}
		}
	}
	return nil
}

// A container is an array or an object in a JSON text.
type container struct {
	kind   string // of its parts: "elements" or "members"
	ends   []int  // where its parts end in the text
	nested []int  // where the values of its parts begin
}

func (c container) count() int { return len(c.ends) }

// longestContainer returns the value itself, or that of its elements or members
// which has the most elements or members.
func longestContainer(value []byte) container {
	whole := containerAt(value, 0)
	longest := whole
	for i, begin := range whole.nested {
		if part := containerAt(value[begin:whole.ends[i]], begin); part.count() > longest.count() {
			longest = part
		}
	}
	return longest
}

// containerAt reads the container that a text begins with; it has no parts if it
// begins with none. The text begins at a place of the whole.
func containerAt(text []byte, place int) (c container) {
	in := json.NewDecoder(bytes.NewReader(text))
	open, err := in.Token()
	switch {
	case err != nil:
		return c
	case open == json.Delim('['):
		c.kind = "elements"
	case open == json.Delim('{'):
		c.kind = "members"
	default:
		return c
	}
	for in.More() {
		if open == json.Delim('{') {
			if _, err := in.Token(); err != nil {
				return container{}
			}
		}
		var part json.RawMessage
		if in.Decode(&part) != nil {
			return container{}
		}
		end := int(in.InputOffset())
		c.nested = append(c.nested, place+end-len(part))
		c.ends = append(c.ends, place+end)
	}
	return c
}

// halved returns the text without the second half of the parts, and how many
// parts that leaves out.
func (c container) halved(value []byte) (half []byte, removed int) {
	if c.count() < 2 {
		return nil, 0
	}
	kept := c.count() / 2
	return slices.Concat(value[:c.ends[kept-1]], value[c.ends[c.count()-1]:]), c.count() - kept
}
