package awsroots_test

import (
	"os"
	"strings"
	"testing"
)

// TestMain removes the variables that would lead these tests elsewhere: a
// proxy, and a profile that only the machine of the user knows.
func TestMain(m *testing.M) {
	if os.Getenv("CHILD_ADDR") != "" { // a process whose environment a test has chosen
		os.Exit(m.Run())
	}
	for _, line := range os.Environ() {
		name, _, _ := strings.Cut(line, "=")
		if strings.HasSuffix(strings.ToUpper(name), "_PROXY") || strings.HasPrefix(name, "AWS_") {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}
