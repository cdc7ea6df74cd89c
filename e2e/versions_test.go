package e2e

import (
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/storetest"
)

// The suite of the stores that keep versions.
func TestVersions(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.s3Client()
		storetest.RunVersions(t, func(t *testing.T) awsjar.Versioned {
			return s3jar.NewBucket(client, newBucket(t, client, true)).Object("state.json")
		}, func(o *storetest.Options) { o.Except = exceptions(s.name, "Enabled", "TestVersions") })
	})
}
