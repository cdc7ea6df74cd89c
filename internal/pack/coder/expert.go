package coder

import "math/bits"

// expert predicts the characters of a number or of a moment from the ones above
// it in the column: it knows how the differences are spread, and so how likely
// each range of values is that a next character leaves possible. It has two
// opinions: the value is near the one above, or it continues the line through
// the two above.
type expert struct {
	spreads [1 << 8]*spreads // by column

	live     bool
	isMoment bool
	number   number
	moment   moment
	records  *spreads
	from     [opinions]int64 // the value expected
	holds    [opinions]bool  // there is such a value
	chances  [opinions]chances

	choices []choice
	weights [opinions][]uint64 // of the choices
}

// knowledge is the number of steps in which it is counted how well a column is known.
const knowledge = 8

const (
	nearest = iota
	line
	opinions
)

// spreads are what is known of one column.
type spreads struct {
	scale   int // digits after the point
	spreads [opinions]*spread
}

func newSpreads(scale int) *spreads {
	return &spreads{scale: scale, spreads: [opinions]*spread{newSpread(), newSpread()}}
}

// next takes byte b of the text. column has moved past b already.
func (e *expert) next(text []byte, b byte, column *column, key uint32) {
	if e.live {
		e.follow(b)
	}
	if !e.live && !isDigit(b) {
		e.start(text, column, key)
	}
}

func (e *expert) follow(b byte) {
	if e.isMoment {
		if e.live = e.moment.follow(b); e.live && e.moment.at == e.moment.size {
			e.live = false
			e.learn(e.moment.done)
		}
	} else if e.live = e.number.follow(b); !e.live {
		switch {
		case !isDigit(b) && e.number.whole > 0 && e.number.places <= e.number.scale:
			e.learn(e.number.finished())
		case e.number.places > e.number.scale:
			*e.records = *newSpreads(e.number.places)
		}
	}
	if e.live {
		e.weigh()
	}
}

// learn takes the value that followed.
func (e *expert) learn(value int64) {
	for i, s := range e.records.spreads {
		if e.holds[i] {
			s.add(value - e.from[i])
		}
	}
}

// start begins a number where the column expects one.
func (e *expert) start(text []byte, column *column, key uint32) {
	e.choices = e.choices[:0]
	above, further := numberAt(text, column.at[0]), numberAt(text, column.at[1])
	if above == nil {
		return
	}
	records := &e.spreads[hash(key, 0)>>24]
	if *records == nil {
		*records = newSpreads(0)
	}
	e.records = *records
	if size := readMoment(above); size > 0 {
		e.startMoment(above, further, size)
	} else if !e.startNumber(above, further) {
		return
	}
	e.live = true
	for i, s := range e.records.spreads {
		if e.holds[i] {
			e.chances[i].sum(s)
		}
	}
	e.weigh()
}

// numberAt is the text from a place where a number begins, or nil.
func numberAt(text []byte, at int32) []byte {
	if at == none || int(at) >= len(text) || !isDigit(text[at]) || at > 0 && isDigit(text[at-1]) {
		return nil
	}
	return text[at:]
}

func (e *expert) startMoment(above, further []byte, size int) {
	e.isMoment = true
	e.moment = moment{size: size}
	e.from[nearest], e.holds = momentValue(above, size), [opinions]bool{nearest: true}
	if further != nil && readMoment(further) == size {
		e.from[line] = 2*e.from[nearest] - momentValue(further, size)
		e.holds[line] = true
	}
}

func (e *expert) startNumber(above, further []byte) bool {
	d, ok := readDecimal(above)
	if !ok {
		return false
	}
	scale := max(d.places, e.records.scale)
	if d.whole+scale > mostDigits {
		return false
	}
	if scale != e.records.scale {
		*e.records = *newSpreads(scale)
	}
	e.isMoment = false
	e.number = number{
		places: -1, width: d.whole, scale: scale,
		padded: d.whole > 1 && above[0] == '0', point: d.places > 0,
		end: after(above, d),
	}
	e.from[nearest], e.holds = d.value*powers[scale-d.places], [opinions]bool{nearest: true}
	if f, ok := readDecimal(further); ok && f.places <= scale && f.whole+scale <= mostDigits {
		e.from[line] = 2*e.from[nearest] - f.value*powers[scale-f.places]
		e.holds[line] = e.from[line] >= 0
	}
	return true
}

// after is the character after a number, 0 at the end of the text.
func after(text []byte, d decimal) byte {
	size := d.whole
	if d.places > 0 {
		size += 1 + d.places
	}
	if size < len(text) {
		return text[size]
	}
	return 0
}

// weigh computes how likely the choices are.
func (e *expert) weigh() {
	if e.isMoment {
		e.choices = e.moment.choices(e.choices[:0])
	} else {
		e.choices = e.number.choices(e.choices[:0])
	}
	for i := range e.weights {
		e.weights[i] = e.weights[i][:0]
		if !e.holds[i] {
			continue
		}
		for _, c := range e.choices {
			weight := e.chances[i].upTo(c.high-e.from[i]) - e.chances[i].upTo(c.low-1-e.from[i])
			e.weights[i] = append(e.weights[i], weight+1)
		}
	}
}

// predict returns the probability in 16 bits that the next bit is a one, the
// bits of the character so far being known with a leading one, and how well
// the column is known, 1 to 7; or 0 if there is no such opinion.
func (e *expert) predict(opinion int, bitsSoFar, count uint32) (p, known uint32) {
	if !e.live || !e.holds[opinion] || e.records.spreads[opinion].seen == 0 {
		return 0, 0
	}
	var sums [2]uint64
	for i, c := range e.choices {
		if b := uint32(c.character) | 256; b>>(8-count) == bitsSoFar {
			sums[b>>(7-count)&1] += e.weights[opinion][i]
		}
	}
	total := sums[0] + sums[1]
	if total == 0 {
		return 0, 0
	}
	if extra := bits.Len64(total) - 46; extra > 0 {
		total >>= extra
		sums[1] >>= extra
	}
	known = uint32(bits.Len(uint(e.records.spreads[opinion].seen)))
	return min(max(uint32(sums[1]<<16/total), 16), 1<<16-16), min(known, knowledge-1)
}
