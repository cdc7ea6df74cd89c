package capacity

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"
)

// State is a kind of application state that grows by one element at a time.
type State struct {
	Name string
	// Says describes an element.
	Says string
	// Unseen states were set aside while the coder was tuned.
	Unseen bool
	build  func(r *rand.Rand, n int) string
}

// JSON returns the compact JSON of the state with n elements. The same n gives
// the same text always, and a larger n keeps the elements there are.
func (s State) JSON(n int) []byte {
	h := fnv.New64a()
	h.Write([]byte(s.Name))
	return []byte(s.build(rand.New(rand.NewPCG(h.Sum64(), 1)), n))
}

// list makes a JSON array of n elements.
func list(element func(r *rand.Rand, i int) string) func(*rand.Rand, int) string {
	return brackets("[", "]", element)
}

// object makes a JSON object of n members.
func object(member func(r *rand.Rand, i int) string) func(*rand.Rand, int) string {
	return brackets("{", "}", member)
}

func brackets(open, end string, element func(r *rand.Rand, i int) string) func(*rand.Rand, int) string {
	return func(r *rand.Rand, n int) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = element(r, i)
		}
		return open + strings.Join(parts, ",") + end
	}
}

// began is when the clocks of the states start.
var began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// after is a moment i steps later, each step off by up to jitter.
func after(r *rand.Rand, i int, step, jitter time.Duration) time.Time {
	return began.Add(time.Duration(i)*step + time.Duration(r.Int64N(int64(jitter))))
}

func isoTime(t time.Time) string { return t.Format("2006-01-02T15:04:05Z") }

// f is fmt.Sprintf.
func f(format string, args ...any) string { return fmt.Sprintf(format, args...) }
