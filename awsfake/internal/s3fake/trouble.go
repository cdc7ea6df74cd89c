package s3fake

import (
	"net/http"
	"sync/atomic"
	"time"
)

// Trouble is the trouble that a test can ask for. The zero value is a service
// without trouble.
type Trouble struct {
	// ConflictEvery makes every Nth conflicting conditional write answer 409
	// ConditionalRequestConflict and store nothing. A write conflicts if another
	// write of its key is under way or if its condition does not hold. 0: never.
	ConflictEvery int
	// SlowDownEvery makes every Nth request of any kind answer 503 SlowDown without
	// effect. 0: never.
	SlowDownEvery int
	// IgnorePutConditions, IgnoreDeleteConditions and IgnoreCopyConditions imitate
	// servers that silently ignore If-Match and If-None-Match on PutObject, on
	// DeleteObject and DeleteObjects, and on the destination of CopyObject.
	IgnorePutConditions, IgnoreDeleteConditions, IgnoreCopyConditions bool
	// RefuseChunked answers 501 NotImplemented to aws-chunked bodies, as some
	// S3-compatible servers do.
	RefuseChunked bool
	// HideMissingKeys answers 403 AccessDenied instead of 404 NoSuchKey, as AWS
	// does without s3:ListBucket.
	HideMissingKeys bool
	// BodyPause is a wait in the middle of every object body that is sent. It ends
	// with the request. 0: none.
	BodyPause time.Duration
	// BodyLimit is the number of bytes of an object body after which the connection
	// is cut. 0: bodies are whole.
	BodyLimit int
	// VersioningDelay is how long the first enabling of versioning on a bucket
	// takes to have an effect on writes; AWS says up to 15 minutes.
	// GetBucketVersioning says Enabled at once. 0: none.
	VersioningDelay time.Duration
	// HideEarlyWrites answers 404 NoSuchKey to reads of objects written during a
	// VersioningDelay, while it lasts.
	HideEarlyWrites bool
}

// troubleState holds the present Trouble and counts towards its "every Nth".
type troubleState struct {
	now       atomic.Pointer[Trouble]
	conflicts atomic.Int64
	requests  atomic.Int64
}

// SetTrouble replaces the trouble and starts its counts again. The zero Trouble
// ends all of it.
func (s *Service) SetTrouble(t Trouble) {
	s.trouble.now.Store(&t)
	s.trouble.conflicts.Store(0)
	s.trouble.requests.Store(0)
}

// Trouble returns the present trouble.
func (s *Service) Trouble() Trouble { return *s.trouble.now.Load() }

// slowDown is nil or the refusal of every Nth request.
func (t *troubleState) slowDown() error {
	if n := t.now.Load().SlowDownEvery; n > 0 && t.requests.Add(1)%int64(n) == 0 {
		return refuse(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
	}
	return nil
}

// conflict is nil or the refusal of every Nth conflicting conditional write.
func (t *troubleState) conflict(condition, key string) error {
	if n := t.now.Load().ConflictEvery; n > 0 && t.conflicts.Add(1)%int64(n) == 0 {
		return conditionalConflict(condition, key)
	}
	return nil
}

// hideMissing turns NoSuchKey into the answer for a caller without s3:ListBucket
// (API reference, GetObject; the text is that of IAM's refusals), if the trouble is
// on.
func (s *Service) hideMissing(bucketName string, e *apiError) *apiError {
	if e.code != "NoSuchKey" || !s.Trouble().HideMissingKeys {
		return e
	}
	return refuse(http.StatusForbidden, "AccessDenied", "User: arn:aws:iam::"+s.options.AccountID+":user/awsfake is not "+
		"authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::"+bucketName+"\" because no identity-based "+
		"policy allows the s3:ListBucket action")
}
