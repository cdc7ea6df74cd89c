package filejar_test

import (
	"syscall"
	"testing"
)

// skipOnWine skips a test of something that Windows can do and wine cannot.
func skipOnWine(t *testing.T, what string) {
	t.Helper()
	if syscall.NewLazyDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil {
		t.Skip("NOT TESTED on wine: ", what)
	}
}
