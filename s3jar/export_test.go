package s3jar

// Names for the tests outside of the package.
var (
	IsAWS         = isAWS
	IsMultiRegion = isMultiRegion

	FakeAccessKey = string(fakeAccessKey)
)
