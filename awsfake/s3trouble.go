package awsfake

import (
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// S3Trouble is trouble with S3 as a whole, and where servers other than AWS differ
// from it; Inject is for single requests. The zero value is AWS on a good day.
type S3Trouble struct {
	// ConflictEvery makes every Nth conflicting conditional write answer 409
	// ConditionalRequestConflict and store nothing. A write conflicts if another
	// write of its key is under way or if its condition does not hold. Default 0:
	// never.
	ConflictEvery int
	// SlowDownEvery makes every Nth request of any kind answer 503 SlowDown without
	// effect. Default 0: never.
	SlowDownEvery int
	// IgnorePutConditions, IgnoreDeleteConditions and IgnoreCopyConditions imitate
	// servers that silently ignore If-Match and If-None-Match on PutObject, on
	// DeleteObject and DeleteObjects, and on the destination of CopyObject. Default
	// false.
	IgnorePutConditions, IgnoreDeleteConditions, IgnoreCopyConditions bool
	// RefuseChunked answers 501 NotImplemented to aws-chunked bodies, as some
	// S3-compatible servers do. Default false.
	RefuseChunked bool
	// HideMissingKeys answers 403 AccessDenied instead of 404 NoSuchKey, as AWS
	// does to a caller without s3:ListBucket. Default false.
	HideMissingKeys bool
	// BodyPause is a wait in the middle of every object body that is sent. It ends
	// with the request. Default 0.
	BodyPause time.Duration
	// BodyLimit is the number of bytes of an object body after which the connection
	// is broken. Default 0: bodies are whole.
	BodyLimit int
	// VersioningDelay is how long the first enabling of versioning on a bucket
	// takes to have an effect on writes; AWS says up to 15 minutes.
	// GetBucketVersioning says Enabled at once. Default 0.
	VersioningDelay time.Duration
	// HideEarlyWrites answers 404 NoSuchKey to reads of objects written during a
	// VersioningDelay, while it lasts. Default false.
	HideEarlyWrites bool
}

// SetS3 replaces the trouble of S3, and starts its counts again.
func (s *Server) SetS3(t S3Trouble) { s.s3.SetTrouble(s3fake.Trouble(t)) }
