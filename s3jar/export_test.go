package s3jar

import "time"

// Names for the tests outside of the package.
var (
	IsAWS         = isAWS
	IsMultiRegion = isMultiRegion

	FakeAccessKey = string(fakeAccessKey)
)

// usual is the budget outside of these tests.
var usual = budget

// WaitLittle shortens the waits between the requests of a call. Their number
// stays. Package commit tests the waits, with virtual time.
func WaitLittle() { budget.FirstWait, budget.MaxWait = time.Millisecond, 10*time.Millisecond }
