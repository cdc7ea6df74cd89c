package linear_test

import (
	"os"
	"testing"

	"github.com/awsjar/awsjar/internal/hasten"
)

func TestMain(m *testing.M) {
	hasten.Tests()
	os.Exit(m.Run())
}
