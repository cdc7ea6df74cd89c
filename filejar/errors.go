package filejar

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/durable"
	"github.com/awsjar/awsjar/internal/failure"
)

// fail makes an *awsjar.Error of any error.
func (s *Store) fail(err error) error {
	if err == nil {
		return nil
	}
	wrapped := awsjar.Error{Err: err}
	if inner, ok := err.(*awsjar.Error); ok {
		wrapped = *inner
	} else if s != nil {
		wrapped.Hint, wrapped.Err = s.explain(err)
	}
	wrapped.Target = s.String()
	return &wrapped
}

// explain gives an error of the system its sentinel and a hint.
func (s *Store) explain(err error) (hint string, explained error) {
	dir := filepath.Dir(s.place.value)
	is := func(targets ...error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
	untrusted := new(untrustedError)
	switch {
	case errors.As(err, &untrusted):
		return fmt.Sprintf("keep the value in a directory of your own, such as ~/.local/state; see whose this is: ls -lan '%s'", dir),
			fmt.Errorf("%w: %w", awsjar.ErrAccessDenied, err)
	case is(awsjar.ErrUncertain):
		return "load the value to see whether it is there, and look at the disk: its last answer was a failure", err
	case is(syscall.EROFS):
		return "the file system is read-only; in a Lambda function only /tmp can be written", fmt.Errorf("%w: %w", awsjar.ErrAccessDenied, err)
	case is(fs.ErrPermission):
		return fmt.Sprintf("see who may use the directory: ls -la '%s'", dir), fmt.Errorf("%w: %w", awsjar.ErrAccessDenied, err)
	case durable.Full(err), is(syscall.EFBIG):
		return fmt.Sprintf("make room on the disk; the value is unchanged: df -h '%s'", dir), err
	case is(syscall.EBUSY):
		return "the file is mounted by itself, so that it cannot be replaced: mount the directory around it instead", err
	case is(syscall.ENAMETOOLONG):
		return "choose a shorter file name", fmt.Errorf("%w: %w", awsjar.ErrInvalid, err)
	case is(syscall.ENOTDIR):
		return fmt.Sprintf("something on the way is a file and should be a directory: ls -la '%s'", dir), fmt.Errorf("%w: %w", awsjar.ErrInvalid, err)
	}
	return failure.Hint(err), err
}

// checkSize refuses files that are too large to be read.
func (s *Store) checkSize(size int64) error {
	if size <= s.opts.MaxSize {
		return nil
	}
	return fmt.Errorf("%w: %w", awsjar.ErrCorrupt, failure.OverMaxSize(size, s.opts.MaxSize))
}
