// Package awsjar keeps a small piece of state for an AWS Lambda function, or
// for any other program: a cursor, a counter, the ids that were seen. It lives in
// the function's own environment variables (package lambdajar: free, 4 KB,
// nothing to provision), in S3 (package s3jar: any size, versions, history),
// in a local file (package filejar) or in memory (package memjar).
//
//	type State struct {
//		Seen int `json:"seen"`
//	}
//
//	jar := awsjar.New[State](lambdajar.New(lambdaClient, "my-function"))
//
//	state, err := jar.Get(ctx)                      // the zero State if nothing is stored yet
//	state, err = jar.Update(ctx, func(s *State) error { // atomic, applied exactly once
//		s.Seen++
//		return nil
//	})
//
// A program holds a [Jar]; a [Store] keeps the bytes. The same
// program keeps its state in a file on a laptop and in S3 in production when
// it opens its store with package jarurl.
//
// # Promises
//
// [Jar.Update] is atomic and applied exactly once, also when an answer is
// lost on the way: every conditional write carries a random id by which it
// is recognised when the store is read back. [ErrConflict] means that the
// value was not stored, nil that it was, and [ErrUncertain] that it cannot be
// told; nothing is ever applied a second time in silence.
//
// Nothing else is harmed: a function's other environment variables, other
// keys and other versions stay as they are.
//
// Every wait ends with its context. A call that its context ends leaves
// either the old value or the new one.
//
// A stored value never appears in an error or a log line. An [*Error] says
// what was being done, to what, and what to do about it.
//
// # Limits
//
// A value in an environment variable shares 4,096 bytes with all the other
// variables of its function, and every write of it is a deployment of that
// function: the next invocation of $LATEST is a cold start, and an account
// has 15 control plane requests per second in all. State that changes more
// often than about once a minute, or is larger, belongs in S3.
//
// # Compatibility
//
// A stored value can be read by every later version of this module, with the codec
// and the store that it was written with; so can every value that Python awsjar
// wrote, but for strings that look packed and are not. Within v1 nothing exported is
// removed or changed in meaning.
package awsjar
