//go:build !linux

package storetest

// asAnother calls do as the user of the test.
func asAnother(do func() error) error { return do() }
