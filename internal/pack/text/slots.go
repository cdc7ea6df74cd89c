package text

// A slot holds the histories of the 15 nodes that half a byte can pass in one
// context, by the bits so far after a leading one: 1, 2 and 3, 4 to 7, 8 to 15.
// Its first byte tells contexts apart that fall into the same place.
type slot [16]uint8

// slots is a hash table of contexts. When it is full, the less used context of
// two is forgotten.
type slots struct {
	table *[1 << slotBits]slot
	total *[256]uint8
}

// slotBits says how many slots there are: 2^slotBits, half a megabyte.
const slotBits = 15

func newSlots(t *histories) slots { return slots{new([1 << slotBits]slot), &t.total} }

// find returns the place of the slot of a context, empty if the context is new.
func (s *slots) find(context uint32) (place uint32) {
	h := context * 0x85EBCA6B
	h ^= h >> 15
	check := uint8(h) | 1 // a slot in use has no 0 here
	h *= 0xC2B2AE35
	place = h >> (32 - slotBits)
	first, second := &s.table[place], &s.table[place^1]
	if first[0] == check {
		return place
	}
	if second[0] == check {
		return place ^ 1
	}
	if first[0] != 0 && (second[0] == 0 || s.total[second[1]] < s.total[first[1]]) {
		first, place = second, place^1
	}
	*first = slot{check}
	return place
}

// hash mixes two numbers into one.
func hash(a, b uint32) uint32 {
	h := a*0x9E3779B1 ^ b*0x85EBCA6B
	h = (h ^ h>>15) * 0x2C1B3C6D
	return h ^ h>>13
}
