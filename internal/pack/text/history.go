package text

import "github.com/awsjar/awsjar/internal/pack/entropy"

// A history remembers in one byte which bits followed a context: how many
// zeros, how many ones (the older kind forgotten as the other comes), and which
// came last. History 0 has seen nothing. The meaning of a history is learnt: an
// chance stands for each (see contexts).
type history = uint8

// seen are the counts behind a history.
type seen struct {
	zeros, ones uint8
	last        uint8
}

const mostSeen = 20 // of one kind

// faded is the rest of a count when the other bit comes.
func faded(n uint8) uint8 {
	switch {
	case n < 3:
		return n
	case n < 6:
		return n - 1
	case n < 10:
		return 4
	}
	return 5
}

func (s seen) after(bit uint8) seen {
	if bit == 1 {
		return seen{zeros: faded(s.zeros), ones: min(s.ones+1, mostSeen), last: 1}
	}
	return seen{zeros: min(s.zeros+1, mostSeen), ones: faded(s.ones), last: 0}
}

// histories are the tables of the state machine.
type histories struct {
	next    [256][2]history
	meaning [256]entropy.Bit // the meaning of a history before anything was learnt
	total   [256]uint8       // bits seen, for the replacement of slots
}

func newHistories() *histories {
	t := new(histories)
	numbers := map[seen]int{{}: 0}
	order := []seen{{}}
	for i := 0; i < len(order); i++ {
		for bit := range uint8(2) {
			next := order[i].after(bit)
			number, known := numbers[next]
			if !known {
				number = len(order)
				numbers[next] = number
				order = append(order, next)
			}
			t.next[i][bit] = history(number)
		}
	}
	if len(order) > 256 {
		panic("text: too many histories")
	}
	for i, s := range order {
		t.meaning[i] = firstMeaning(s)
		t.total[i] = s.zeros + s.ones
	}
	return t
}

// firstMeaning guesses the next bit by the counts.
func firstMeaning(s seen) entropy.Bit {
	zeros, ones := uint32(s.zeros)*2+1, uint32(s.ones)*2+1
	return entropy.NewBit(ones*entropy.One/(zeros+ones), 12)
}
