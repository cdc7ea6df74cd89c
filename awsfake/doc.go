// Package awsfake is AWS in a process, for tests and for work without an account:
// Lambda, whose functions run, S3, and as much of STS as SDKs ask, over real HTTP
// or HTTPS. The clients of any AWS SDK talk to it as they talk to AWS:
//
//	func TestCounter(t *testing.T) {
//		srv := awsfake.NewServer(t)
//		srv.CreateFunction("counter", map[string]string{"STAGE": "test"})
//		client := lambda.NewFromConfig(srv.Config())
//		// ... run the code under test with client ...
//		env, _ := srv.Environment("counter")
//		// ... look at env ...
//	}
//
// Start does the same for a program, and Env points programs in other languages at
// the server.
//
// # Imitated
//
// It answers as AWS does, down to status, code and text, wherever AWS documents the
// answer or others have recorded it: signatures are verified (Signature Version 4,
// in headers and in presigned links), functions go through Pending and InProgress
// and change their RevisionId at each step, environment variables are measured as
// Lambda measures them, and S3 knows conditional requests, versions, multipart
// uploads and tags. A call that it does not know is a 501 that names it: never an
// answer that drops a part of the question. docs/awsfake.md has its operations, the
// sources of its rules, and the differences from AWS.
//
// # Functions
//
// Run makes a function run a command, such as the bootstrap that would be deployed,
// and Handle a handler in this process; Schedule invokes it from time to time. An
// update of its configuration makes the next invocation a cold start.
//
// # Faults
//
// Inject, or a program in any language below ControlPath, makes requests fail
// before their effect or after it, or makes them slow, cut short, or unanswered.
// Deny takes a permission away. Requests returns the requests that came in.
// HoldUpdates, FailUpdate and HideEnvironment bring a function into states that are
// hard to reach on AWS.
//
// # State
//
// The state lives in memory or, with Options.Dir, in a directory, where it survives
// a restart and a kill -9 at any moment.
package awsfake
