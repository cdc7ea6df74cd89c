// Package s3jar keeps values in objects of Amazon S3, or of a server that
// speaks its protocol: any size, many writers, earlier versions.
//
//	bucket := s3jar.NewBucket(s3.NewFromConfig(cfg), "my-bucket")
//	jar := awsjar.New[Acorns](bucket.Object("state.json"))
//
// An [Object] is the store of one value. Its body is the value as the codec
// wrote it, for every other tool to read; the lineage, which the store needs
// besides, is in the user metadata. A Load is one GET, a Save one PUT, an
// uncontended Update one of each, whether the bucket keeps versions or not.
// Constructors send nothing.
//
// A [Bucket] can also list keys, read, write and delete many objects at once,
// switch versioning, and check whether an S3-compatible server keeps the
// conditions that the store relies on.
//
// # Consistency
//
// Conditional writes (If-Match, If-None-Match) make writers notice each other.
// They are sent once; where the answer is lost, the store reads back and finds
// its write by a random id in the metadata. See [Object.Save] for the cases
// that remain. All of it needs a server that honours the conditions: AWS does,
// [Bucket.Check] proves it for others.
//
// # Middleware
//
// All requests are calls of the [Client], so the middleware, interceptors and logs
// of an *s3.Client see each. Package awsdirect has a Client whose GETs and
// PUTs do not pass through the SDK's middleware, which saves about half of their
// CPU time.
package s3jar
