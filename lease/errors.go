package lease

import (
	"errors"
	"fmt"
	"time"

	"github.com/awsjar/awsjar"
)

var (
	// ErrHeld: another program holds the lease. The error is a [*HeldError].
	ErrHeld = fmt.Errorf("held by another program: %w", awsjar.ErrConflict)

	// ErrLost: the lease was taken over, deleted or given back, or its time
	// ran out. Stop the work that it guards.
	ErrLost = errors.New("the lease is lost")
)

// HeldError says who holds a lease. It is an [ErrHeld].
type HeldError struct {
	Owner string        // as the holder gave it in Options.Owner
	Since time.Time     // of the acquisition, by the holder's own wall clock; zero if it is unknown
	Token uint64        // the holder's fencing token
	Left  time.Duration // until the lease can be taken over if the holder stays silent
}

// Error names the holder and the time left.
func (e *HeldError) Error() string {
	text := fmt.Sprintf("held by %q", e.Owner)
	if !e.Since.IsZero() {
		text += " since " + e.Since.UTC().Format(time.RFC3339)
	}
	return text + fmt.Sprintf("; free in %v at the latest if the holder is silent", e.Left.Round(time.Second))
}

// Unwrap returns [ErrHeld].
func (e *HeldError) Unwrap() error { return ErrHeld }

func (e *HeldError) hint(target string) string {
	return fmt.Sprintf("wait, or, if the holder is surely dead, break the lease: awsjar delete '%s'", target)
}
