package text

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// end is the byte after each string.
const end = 0

// A Model codes strings that hold no byte of zero. Those that are alike should
// be in one column.
type Model struct {
	*tables
	text     []byte // with a few bytes of zero before it
	contexts contextMaps
	mixers   [2]mixer
	in       [opinions]int32 // their inputs
	repeat   repeat
	flags    [longest + 1]entropy.Bit // whether a long repeat goes on

	column  uint32
	word    uint32 // hash of the word so far
	classes uint32 // of the last ten bytes, three bits each
	partial uint32 // the bits of this byte after a leading one

	// bytes that were coded bit by bit, each of which takes about 0.6 microseconds
	// of a processor; all else is cheap
	coded int
}

// tables are shared by all models.
type tables struct {
	*logistic
	*histories
}

//go:embed priming.txt
var priming string

// primed is the model that has learnt the priming text, for New to copy.
var primed = sync.OnceValue(prime)

func prime() *Model {
	m := newModel()
	var c entropy.Coder
	for line := range strings.Lines(priming) {
		m.Code(&c, 0, strings.TrimSuffix(line, "\n"), nil)
	}
	m.coded = 0
	return m
}

// New returns a model.
func New() *Model {
	m := *primed()
	m.text = slices.Clone(m.text)
	table := *m.contexts.slots.table
	m.contexts.slots.table = &table
	for i := range m.mixers {
		m.mixers[i].sets = slices.Clone(m.mixers[i].sets)
	}
	return &m
}

// The set of weights is selected, in the first mixer, by the partial byte and
// the length of the repeat, and in the second by the class of the last byte and
// the number of bits known.
const repeatClasses = 4

func newModel() *Model {
	t := &tables{newLogistic(), newHistories()}
	m := &Model{
		tables:   t,
		text:     make([]byte, shortest, 1<<12),
		contexts: newContextMaps(t.histories),
		mixers:   [2]mixer{newMixer(repeatClasses << 8), newMixer(8 * 8)},
		repeat:   newRepeat(),
	}
	for i := range m.flags {
		m.flags[i] = entropy.NewBit(entropy.One-uint32(entropy.One/(i+2)), 6)
	}
	return m
}

// Code codes a string of a column. When reading, s is empty; spend is called
// before each byte with the bytes coded bit by bit so far, and may panic.
func (m *Model) Code(c *entropy.Coder, column int, s string, spend func(coded int)) []byte {
	m.column = uint32(column)
	start := len(m.text)
	for i := 0; ; i++ {
		b := byte(end)
		if i < len(s) {
			b = s[i]
		}
		if spend != nil {
			spend(m.coded)
		}
		if m.code(c, b) == end {
			break
		}
	}
	return m.text[start : len(m.text)-1 : len(m.text)-1]
}

// Pass takes a string that the reader knows already. Strings coded later may
// repeat it.
func (m *Model) Pass(s []byte) {
	for _, b := range s {
		m.text = append(m.text, b)
		m.repeat.note(m.text)
	}
	m.text = append(m.text, end)
	m.repeat.note(m.text)
	m.repeat.forget()
	m.word, m.classes = 0, 0
}

// sureRepeat is the length from which a repeat is asked for as a whole byte:
// whether it goes on, and only if not, which byte comes.
const sureRepeat = 32

// code codes one byte.
func (m *Model) code(c *entropy.Coder, b byte) byte {
	if m.repeat.expected != 0 && m.repeat.length >= sureRepeat {
		expected := byte(m.repeat.expected)
		flag := &m.flags[m.repeat.length]
		goesOn := uint32(0)
		if b == expected {
			goesOn = 1
		}
		if c.Bit(flag, goesOn) == 1 {
			m.next(expected)
			return expected
		}
		m.repeat.forget()
	}
	m.coded++
	m.setContexts()
	m.partial = 1
	for known := range uint(8) {
		bit := c.Chance(m.predict(known), uint32(b)>>(7-known)&1)
		m.learn(bit, known)
	}
	b = byte(m.partial)
	m.next(b)
	return b
}

// predict returns the probability of a one.
func (m *Model) predict(known uint) uint32 {
	in := &m.in
	m.contexts.predict(in, m.logistic)
	in[contexts] = m.repeat.predict(m.partial, known, m.logistic)
	class := uint32(0)
	if m.repeat.used != nil {
		class = 1 + min(m.repeat.length/16, repeatClasses-2)
	}
	last := classOf(m.text[len(m.text)-1])
	logit := m.mixers[0].mix(in, class<<8|m.partial) + m.mixers[1].mix(in, last<<3|uint32(known))
	const least = 16
	return min(max(uint32(m.squash(logit/2)), least), entropy.One-least)
}

// learn learns the bit that came after known ones.
func (m *Model) learn(bit uint32, known uint) {
	for i := range m.mixers {
		x := &m.mixers[i]
		x.learn(&m.in, int32(bit<<16)-m.squash(x.mixed))
	}
	m.contexts.learn(bit)
	m.repeat.learn(bit)
	m.partial = m.partial<<1 | bit
	if known == 3 {
		m.contexts.selectSlots(m.partial)
	}
}

// next takes the byte that was coded.
func (m *Model) next(b byte) {
	m.text = append(m.text, b)
	m.repeat.next(m.text)
	if b == end {
		m.word, m.classes = 0, 0
		return
	}
	m.classes = m.classes<<3 | classOf(b)
	if IsWord(b) {
		m.word = hash(m.word, uint32(b|0x20))
	} else {
		m.word = 0
	}
}
