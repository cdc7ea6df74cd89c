//go:build !windows

package filejar_test

import "testing"

func skipOnWine(*testing.T, string) {}
