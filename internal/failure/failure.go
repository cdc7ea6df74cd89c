// Package failure makes the errors that stores return: with a text of our own,
// a hint, and the place. The causes stay reachable with errors.Is and
// errors.As, and do not show in the text.
package failure

import (
	"errors"
	"fmt"

	"github.com/awsjar/awsjar"
)

// said is an error with a text of our own over its causes.
type said struct {
	text   string
	causes []error
}

func (s *said) Error() string   { return s.text }
func (s *said) Unwrap() []error { return s.causes }

// Said returns an error with that text. A cause that is nil is left out.
func Said(text string, causes ...error) error {
	s := &said{text: text}
	for _, cause := range causes {
		if cause != nil {
			s.causes = append(s.causes, cause)
		}
	}
	return s
}

// Hinted returns err with a hint; its text stays the same.
func Hinted(hint string, err error) error {
	if err == nil || hint == "" {
		return err
	}
	return &awsjar.Error{Hint: hint, Err: err}
}

// Negative returns the error for an option that is less than 0, or nil.
func Negative[N ~int | ~int64](option string, value N) error {
	if value >= 0 {
		return nil
	}
	return Hinted("leave it zero for the default", fmt.Errorf("%w: %s is %v", awsjar.ErrInvalid, option, value))
}

// NoConstant returns the error for a value of an option that is none of the
// constants of its type.
func NoConstant(option string, value int, constants string) error {
	return Hinted("the constants are "+constants, fmt.Errorf("%w: there is no %s %d", awsjar.ErrInvalid, option, value))
}

// OverMaxSize is the error for a value that is larger than the MaxSize of a store. A
// size of 0 is not known.
func OverMaxSize(size, max int64) error {
	text := fmt.Sprintf("more than %d bytes", max)
	if size > 0 {
		text = fmt.Sprintf("%d bytes, and at most %d are read or written", size, max)
	}
	return Hinted("raise Options.MaxSize, or max-size in a URL", fmt.Errorf("%w: %s", awsjar.ErrTooLarge, text))
}

// Hint returns the hint of the outermost error that has one, or "". Below an
// ErrUncertain or an ErrConflict there is none: a hint for one of its causes,
// such as to try again, would mislead.
func Hint(err error) string {
	if known, ok := err.(*awsjar.Error); ok && known.Hint != "" {
		return known.Hint
	}
	if errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, awsjar.ErrConflict) {
		return ""
	}
	for known := (*awsjar.Error)(nil); errors.As(err, &known); err = known.Err {
		if known.Hint != "" {
			return known.Hint
		}
	}
	return ""
}

// At names the place in an error, unless it names one already, and brings the
// hint to the top. It is for the public methods of a store: each error passes
// it once.
func At(target string, err error) error {
	if err == nil {
		return nil
	}
	known, ok := err.(*awsjar.Error)
	switch {
	case !ok:
		return &awsjar.Error{Target: target, Hint: Hint(err), Err: err}
	case known.Target != "":
		return known
	}
	return &awsjar.Error{Op: known.Op, Target: target, Hint: Hint(err), Err: known.Err}
}

// Known reports whether an error wraps a sentinel of awsjar.
func Known(err error) bool {
	for _, kind := range []error{
		awsjar.ErrNotFound, awsjar.ErrConflict, awsjar.ErrUncertain, awsjar.ErrTooLarge,
		awsjar.ErrCorrupt, awsjar.ErrAccessDenied, awsjar.ErrUnsupported, awsjar.ErrInvalid,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
