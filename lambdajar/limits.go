package lambdajar

import (
	"fmt"
	"time"

	"github.com/awsjar/awsjar"
)

// pollAtLeast is the shortest time between two reads of a Watch: the control
// plane of an account and region answers 15 requests a second in all.
const pollAtLeast = 10 * time.Second

// Limits says that a function's environment is read at most every ten seconds,
// and cannot carry a lease.
func (s *Store) Limits() awsjar.Limits {
	return awsjar.Limits{Poll: pollAtLeast, Lease: &awsjar.Error{
		Target: s.String(),
		Hint:   "keep the lease in a Bucket: bucket.Object(\"name.lease\")",
		Err:    fmt.Errorf("%w: every renewal of a lease would be a deployment of the function", awsjar.ErrUnsupported),
	}}
}
