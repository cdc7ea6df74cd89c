package lambdajar

import (
	"fmt"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/pack"
)

// Limit is how many bytes all environment variables of a function may have
// together (Lambda Developer Guide, "Lambda quotas"; it cannot be raised).
const Limit = 4096

// measure returns the bytes that AWS counts for the variables: their compact
// JSON, with its quotes, colons, commas and brackets (Lambda Developer Guide,
// "Troubleshoot deployment issues").
func measure(variables map[string]string) int {
	size := len("{}") + max(0, len(variables)-1)*len(",")
	for name, value := range variables {
		size += pack.Measure(name) + pack.Measure(value) + len(`"":""`)
	}
	return size
}

// TooLargeError is the error of a Save of a value that does not fit beside the
// function's other variables, or fits only in a form that takes long to read.
// Nothing was sent. It is an [awsjar.ErrTooLarge].
type TooLargeError struct {
	State  int // bytes that the jar's own two variables would take, packed as well as can be, with their names
	Others int // bytes that the function's other variables take
	Limit  int // bytes allowed for all together: 4096

	// DenseCost is about the time that a read would take of a whole processor in
	// FormDense, in which the value fits: more than FormAuto allows. 0 if it does
	// not fit.
	DenseCost time.Duration
}

// Error says the three numbers, or how long a read would take.
func (e *TooLargeError) Error() string {
	if e.DenseCost > 0 {
		const share = 14 // of a processor, with 128 MB of memory
		return fmt.Sprintf("%v: the state fits only in a form whose reading takes %v of a whole processor, and %v in a function with 128 MB",
			awsjar.ErrTooLarge, e.DenseCost.Round(time.Millisecond), (e.DenseCost * share).Round(10*time.Millisecond))
	}
	return fmt.Sprintf("%v: the state takes %d bytes and the other variables %d, of %d for all",
		awsjar.ErrTooLarge, e.State, e.Others, e.Limit)
}

// Unwrap returns [awsjar.ErrTooLarge].
func (e *TooLargeError) Unwrap() error { return awsjar.ErrTooLarge }
