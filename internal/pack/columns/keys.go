package columns

import "github.com/awsjar/awsjar/internal/pack/entropy"

// A keyTable numbers the keys of all records of a document. Key 0 stands for
// the end of a shape, and for the place before its first key.
type keyTable struct {
	keys    []key
	numbers map[string]int
}

type key struct {
	text []byte
	name int // of the columns under the key; the maps there have their keys in name+1
	next int // the key that came after this one the last time
}

const endKey = 0

func (t *keyTable) init() {
	t.keys = []key{{next: -1}}
	t.numbers = map[string]int{}
}

// number returns the number of a key, or one more than there are.
func (t *keyTable) number(text []byte) int {
	if number, ok := t.numbers[string(text)]; ok {
		return number
	}
	return len(t.keys)
}

// name returns the column of text of the values under a key.
func (t *keyTable) name(text []byte) int { return t.keys[t.numbers[string(text)]].name }

// keyModels predict the keys of shapes.
type keyModels struct {
	follows [2]entropy.Bit // it is the one that followed the last time; by whether the one before was
	known   entropy.Bit    // it is in the table
}

// codeShape codes the keys of a record, each by the key before it.
func (c *codec) codeShape(keys [][]byte) (coded [][]byte) {
	last, followed := endKey, uint32(1)
	for {
		c.spend(1)
		var text []byte
		number := endKey
		if len(coded) < len(keys) {
			text = keys[len(coded)]
			number = c.keys.number(text)
		}
		number, followed = c.codeKey(number, text, last, followed)
		c.keys.keys[last].next = number
		if number == endKey {
			return coded
		}
		coded = append(coded, c.keys.keys[number].text)
		last = number
	}
}

func (c *codec) codeKey(number int, text []byte, last int, followed uint32) (coded int, follows uint32) {
	next := c.keys.keys[last].next
	if next >= 0 {
		follows = c.Bit(&c.models.keys.follows[followed], bit(number == next))
		if follows == 1 {
			return next, 1
		}
	}
	known := len(c.keys.keys)
	if c.Bit(&c.models.keys.known, bit(number < known)) == 1 {
		ensure(known <= entropy.MostUniform)
		return int(c.Uniform(uint32(known), uint32(number))), 0
	}
	text = c.text(keyText, text)
	c.keys.numbers[string(text)] = known
	name := c.name()
	c.name()
	c.keys.keys = append(c.keys.keys, key{text: text, name: name, next: -1})
	return known, 0
}
