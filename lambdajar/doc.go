// Package lambdajar keeps a value in the environment variables of an AWS Lambda
// function: free, nothing to set up, up to 4 KB.
//
//	jar := awsjar.New[Acorns](lambdajar.New(lambda.NewFromConfig(cfg), "sams-lambda"))
//	state, err := jar.Update(ctx, func(a *Acorns) error { a.Num++; return nil })
//
// # Limits
//
// All variables of a function share 4,096 bytes; [Store.Usage] says how many are
// left. Values that do not fit as they are get packed; a value that does not fit
// even then is refused with a [*TooLargeError] before anything is sent, or goes
// to another Store, such as an Object in S3, that Options.Overflow names.
//
// Packed values take time to read: of a whole processor 0.1 ms compressed
// ([FormFlate]), a millisecond or two packed into columns ([FormDense]), and
// with 128 MB of memory 14 times that. [FormAuto] stores nothing whose reading
// takes more than 10 ms of a whole processor. docs/operations.md has the table.
//
// Every write is a deployment of the function: AWS takes a second or two until
// it accepts the next, and starts new execution environments. Invocations that
// are running keep the environment that they were started with. All programs of
// an account share 15 requests a second in a region. A value that changes more
// often than about once a minute belongs in a Bucket.
//
// A write has returned nil when AWS Lambda has accepted it, a second or two
// before it is in force; Options.Confirm waits for that, and [ErrUndone] says
// where AWS went back to the value before.
//
// # Other variables
//
// No call changes or removes another variable of the function: each update
// carries all of them, guarded by the function's RevisionId, and is made again
// if anything has changed meanwhile. A deploy tool may do worse to the jar: one
// that sets the function's whole environment removes variables that it does not
// know. Let it ignore the two of the jar, or keep the jar in a function of its
// own. A variable is the jar's only if awsjar wrote it: where another program
// uses the name of the second one, nothing is written or removed.
//
// # Permissions
//
// lambda:GetFunctionConfiguration to read; that and
// lambda:UpdateFunctionConfiguration to write; kms:Decrypt, kms:Encrypt and
// kms:CreateGrant if the function has a KMS key of its own.
//
// # The stored variables
//
// The variable "jar" holds the value: as it is, or packed, in which case it
// begins with "^". The variable "jar_awsjar" holds "~" and the random ids of the
// last five writes, newest first. By them a write whose answer was lost finds
// out whether it was stored. Python awsjar reads and writes the first and leaves
// the second alone.
package lambdajar
