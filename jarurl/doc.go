// Package jarurl opens the store that a URL names, so that a program takes the
// place of its state from its configuration: a file on a laptop, a function or
// a bucket in production.
//
//	store, err := jarurl.Open(ctx, os.Getenv("STATE_URL"))
//	jar := awsjar.New[State](store)
//
// The URLs:
//
//	lambda://NAME                  the environment of a Lambda function
//	lambda://                      the same, of the function that this program runs in
//	lambda://NAME:3                the same, of a published version or an alias: to read
//	lambda://arn:aws:lambda:...    the same, by ARN, in the Region that the ARN names
//	s3://BUCKET/KEY                an object in S3
//	s3://BUCKET/PREFIX/            a part of a bucket, for OpenBucket; s3://BUCKET is the whole
//	file:PATH, file:///PATH        a file; on Windows file:///C:/PATH
//	env:NAME                       a variable of this process's own environment, read only
//	mem:                           memory, empty at every Open
//
// and their parameters, each at most once, any other being an error:
//
//	lambda  name           the variable; default "jar"
//	lambda  form           how a value is written, as Options.Form of package lambdajar says:
//	                       auto, plain, flate, dense or python; default auto
//	lambda  confirm        true or false: wait until AWS Lambda has put a write into force, as
//	                       Options.Confirm of package lambdajar does. Default: false
//	lambda  unguarded      true or false: write to a service that answers without a RevisionId, as
//	                       Options.Unguarded of package lambdajar says. Default: false
//	lambda  overflow       the s3 URL of an object: a value that does not fit is kept beside
//	                       that, as Options.Overflow of package lambdajar says; default none
//	lambda  history        the URL of an object in a bucket with versioning, or of a file: it
//	                       keeps the versions, as package journal says; default none
//	lambda  region         the AWS Region; default the ARN's, then that of the configuration
//	lambda  endpoint       the http or https URL of the service; default that of the configuration
//	env     overflow       as above, to read the values that lambdajar kept there
//	s3      region         as above
//	s3      endpoint       as above
//	s3      path-style     true or false: the bucket in the path, or in the host name.
//	                       Default: true for an endpoint that is not Amazon's
//	s3      expected-owner the account id, 12 digits, that must own the bucket
//	s3      sse            the encryption that is asked for: AES256, aws:kms or aws:kms:dsse;
//	                       default as Options.Encryption of package s3jar says
//	s3      kms-key        the id or ARN of a KMS key; alone it means sse=aws:kms
//	s3      storage-class  such as STANDARD_IA; default that of the object, or STANDARD
//	s3      content-type   default that of the object, or application/json
//	s3      tags           seen, asked or dropped: how the object's tags are carried, as
//	                       Options.Tags of package s3jar says; default seen
//	s3      requester-pays true or false: pay for requests to somebody else's bucket. Default: false
//	s3      checksums      when-required for a server that refuses them, or when-supported;
//	                       default that of the configuration
//	s3      max-size       the largest value in bytes; default 16777216
//	s3      keep-last      true or false: ask S3 whether the last value is still the current one,
//	                       as Options.KeepLast of package s3jar says. Default: false
//	s3      scratch-prefix where a check of the bucket writes; default awsjar-check/
//	s3      skip-probe     true or false: do not try out whether a server that is not AWS
//	                       ignores conditions, as Options.SkipProbe of package s3jar says.
//	                       Default: false
//	s3      direct         true or false: send without the SDK's middleware, as package
//	                       awsdirect does. Default: false
//	file    keep           how many versions are kept, the current one among them, or all;
//	                       1 keeps no earlier ones. Default: 100
//	file    keep-bytes     how many bytes they may have together, or all; default 67108864, or
//	                       all where keep is all. The current version is always kept
//	file    max-size       as above
//
// Keys and paths are percent-decoded, once. A key holds %, ?, # as %25, %3F,
// %23; every other character may stand as it is or be encoded. A + is a plus,
// slashes are kept as they are, however many, and the first slash after the
// bucket is not part of the key. A path that begins with ~/ or ~NAME/ is refused:
// only a shell knows the home directory, and it leaves file:~/PATH alone.
//
// Every program that reads or writes a jar with an overflow needs the parameter,
// and every program that writes one with a history:
//
//	lambda://sams-lambda?overflow=s3://my-bucket/state.json
//	lambda://sams-lambda?history=s3://my-bucket/history/sams-lambda
//
// Its value is a URL, percent-encoded once more, so that a key holds % as
// %2525, and a + as %2B; it may have parameters, a & among them as %26. The
// Region of the overflow and of the history, where it names none, is that of the
// function.
//
// A URL never carries credentials: one with a user name or password is
// refused, and its text appears in no error.
//
// A URL is trusted input. It names the machine that requests go to, signed with
// the credentials of the program, and the file that is read and written: endpoint=
// may be any host, that of a metadata service included. Do not take one from
// somebody whom you would not let use those credentials.
package jarurl
