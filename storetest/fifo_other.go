//go:build !unix || solaris || aix

package storetest

import "errors"

func makeFIFO(string) error { return errors.ErrUnsupported }
