package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/jarvar"
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

// fit packs data into the bytes that are left beside the other variables, the
// names and the lineage, at the length that it will have, and returns the state
// next with that text.
func (s *Store) fit(ctx context.Context, now *configuration, next jarvar.State, data []byte) (jarvar.State, error) {
	taken := measure(now.with(s.opts.Name, next.Full()))
	limits := pack.Limits{Size: max(1, Limit-taken)}
	if s.opts.Overflow != nil {
		limits.Cost = pack.GetCost
	}
	text, err := s.memory.Pack(ctx, data, pack.Form(s.opts.Form), limits)
	size := pack.Measure(text)
	if packed, ok := errors.AsType[*pack.TooLargeError](err); ok {
		return next, s.tooLarge(now, taken+packed.Size, packed.Dense)
	}
	switch {
	case errors.Is(err, pack.ErrNotPlain):
		return next, failure.Hinted("use FormAuto for values that are not text", fmt.Errorf("%w: %w", awsjar.ErrInvalid, err))
	case err != nil:
		return next, err
	case taken+size > Limit:
		return next, s.tooLarge(now, taken+size, 0)
	}
	next.Text = text
	return next, nil
}

// tooLarge is the error where the variables would take size bytes, or would fit
// in FormDense at the cost of reading.
func (s *Store) tooLarge(now *configuration, size int, dense time.Duration) *awsjar.Error {
	others := measure(now.without(s.opts.Name))
	hint := "see what takes the space with: awsjar usage '" + s.String() + "'; a Bucket has room for any size"
	if dense > 0 {
		hint = "it fits in FormDense, if a read may take that long; a Bucket has room for any size"
	}
	return &awsjar.Error{
		Hint: hint,
		Err:  &TooLargeError{State: size - others, Others: others, Limit: Limit, Dense: dense},
	}
}

// TooLargeError is the error of a Save of a value that does not fit beside the
// function's other variables, or fits only in a form that takes long to read.
// Nothing was sent. It is an [awsjar.ErrTooLarge].
type TooLargeError struct {
	State  int // bytes that the jar's own two variables would take, packed as well as can be, with their names
	Others int // bytes that the function's other variables take
	Limit  int // bytes allowed for all together: 4096

	// Dense is about what a read would take of a whole processor in FormDense,
	// in which the value fits: more than FormAuto allows. 0 if it does not fit.
	Dense time.Duration
}

// Error says the three numbers, or how long a read would take.
func (e *TooLargeError) Error() string {
	if e.Dense > 0 {
		const share = 14 // of a processor, with 128 MB of memory
		return fmt.Sprintf("%v: the state fits only in a form whose reading takes %v of a whole processor, and %v in a function with 128 MB",
			awsjar.ErrTooLarge, e.Dense.Round(time.Millisecond), (e.Dense * share).Round(10*time.Millisecond))
	}
	return fmt.Sprintf("%v: the state takes %d bytes and the other variables %d, of %d for all",
		awsjar.ErrTooLarge, e.State, e.Others, e.Limit)
}

// Unwrap returns [awsjar.ErrTooLarge].
func (e *TooLargeError) Unwrap() error { return awsjar.ErrTooLarge }
