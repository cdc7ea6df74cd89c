package s3jar

import (
	"cmp"
	"context"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/percent"
)

// Client has the calls of S3 that an [Object] makes; *s3.Client is one, and
// package awsdirect has a faster one.
//
// An implementation must honour the options of a call. They switch repetitions
// off (Retryer), set the checksum of the body that is sent
// (RequestChecksumCalculation is read), and wrap the HTTP client: each request
// of the call must be sent by the wrapped one, which bounds the bytes that are
// read and notes the date of the answer.
//
// Some calls need one more method of *s3.Client: the history of an object
// needs ListObjectVersions, [Bucket.Keys] needs ListObjectsV2, and the
// versioning of the bucket GetBucketVersioning and PutBucketVersioning.
// With a Client that does not have it such a call fails with
// [awsjar.ErrUnsupported].
type Client interface {
	GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	HeadObject(ctx context.Context, in *s3.HeadObjectInput, optFns ...func(*s3.Options)) (*s3.HeadObjectOutput, error)
	PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	DeleteObject(ctx context.Context, in *s3.DeleteObjectInput, optFns ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// Options of a [Bucket], and of an [Object], which starts with those of its
// Bucket. A field that is set to its zero value has its default.
type Options struct {
	// Prefix begins the key of every object that the program reads, writes or
	// lists, scratch objects included, so that several stages may share a bucket:
	// with "prod/" the object "state.json" has the key "prod/state.json" in S3. It
	// ends in "/". Default "": the whole bucket.
	Prefix string

	// ExpectedOwner is the id of the AWS account, 12 digits, that must own
	// the bucket. S3 refuses every request if another does, which guards
	// against a bucket that was deleted and made again by somebody else.
	// Default "": any.
	ExpectedOwner string

	// ContentType is the Content-Type of a stored object. Default "": that of
	// the object, where a write replaces a revision; or else
	// "application/json".
	ContentType string

	// StorageClass is the storage class of a stored object. Default "": that of
	// the object, where a write replaces a revision, unless it is GLACIER or
	// DEEP_ARCHIVE, which cannot be read at once; or else STANDARD. Minimum
	// charges of a class (30 to 90 days, 128 KiB) are paid for each version.
	StorageClass types.StorageClass

	// Encryption asks for server-side encryption: types.ServerSideEncryptionAes256
	// or types.ServerSideEncryptionAwsKms. Default "": with the KMS key of the
	// object, where a write replaces a revision that has one; or else as the
	// bucket says.
	Encryption types.ServerSideEncryption

	// KMSKeyID is the key for Encryption with KMS: an id or an ARN. Alone it
	// asks for that encryption too. Default "": as Encryption says; there the
	// key that the bucket names, or the AWS managed one.
	KMSKeyID string

	// Tags says which tags that others gave the object are kept. Default
	// TagsSeen: a write over a revision carries those that the caller may read.
	Tags Tags

	// RequesterPays pays for the requests to a bucket whose owner does not
	// (user guide, "Using Requester Pays buckets"). Default false: such a
	// bucket refuses them.
	RequesterPays bool

	// MaxSize is the largest value in bytes that is read or written; more
	// is an [awsjar.ErrTooLarge]. It bounds the memory of a Load.
	// Default [awsjar.DefaultMaxSize].
	MaxSize int64

	// KeepLast makes an Object keep the last value that it loaded, and the
	// next Load ask S3 whether that is still the current one: if it is, no
	// body is sent. It costs the memory of one value. That answer tells nothing
	// of tags: with TagsSeen a write over such a value looks at the object first,
	// by one GET or HEAD. Default false.
	KeepLast bool

	// ScratchPrefix, after Prefix, begins the keys of the objects that
	// [Bucket.Check], a waiting [Bucket.EnableVersioning], and the probe of a
	// server that is not one of AWS (SkipProbe) write and remove again.
	// Default "awsjar-check/".
	ScratchPrefix string

	// SkipProbe leaves out the probe that a Bucket makes before its first
	// conditional write to a server that is not one of AWS: it tries out, by 40
	// requests for 8 scratch objects, 48 in a bucket with versions, whether the
	// server ignores conditions, or keeps them only where nobody else writes.
	// Without the probe such a server loses updates, and nobody knows of it until
	// the Object notices that a write is missing. Set it where [Bucket.Check] has
	// shown that the server keeps conditions, as each process that opens the
	// Bucket pays for its own probe; or where the program may not write below
	// ScratchPrefix. Default false.
	SkipProbe bool

	// Logger gets a line, at debug level, for each write that is sent again and
	// each lost answer that was then resolved; and, as a warning, for doubts
	// about the server that are no error. No line has a value.
	// Default nil: no logging.
	Logger *slog.Logger
}

// set applies the options and then the defaults. The functions see the
// defaults too.
func (o *Options) set(optFns []func(*Options)) {
	o.setDefaults()
	for _, fn := range optFns {
		fn(o)
	}
	o.setDefaults()
}

func (o *Options) setDefaults() {
	o.ScratchPrefix = cmp.Or(o.ScratchPrefix, "awsjar-check/")
	o.MaxSize = cmp.Or(o.MaxSize, awsjar.DefaultMaxSize)
	if o.KMSKeyID != "" && o.Encryption == "" {
		o.Encryption = types.ServerSideEncryptionAwsKms
	}
}

// Bucket is an S3 bucket. It holds no connection and needs no closing; all
// methods are safe for concurrent use.
type Bucket struct {
	client Client
	name   string
	opts   Options
	probe  *probe // shared with its Objects
}

// NewBucket returns the bucket of that name; the ARN of an access point
// stands for a name too. It makes no request: a nil client or a malformed name
// makes the first call fail with [awsjar.ErrInvalid], and a bucket that does
// not exist with [awsjar.ErrNoStore].
//
// For S3-compatible servers make the client with the options BaseEndpoint and
// UsePathStyle; where they refuse checksums, with RequestChecksumCalculation
// set to aws.RequestChecksumCalculationWhenRequired: then none is sent.
// [Bucket.Check] tells whether such a server keeps the promises of the store;
// one that does not is found out before the first write that needs conditions
// (Options.SkipProbe). docs/servers.md lists servers.
//
// Behind a Multi-Region Access Point a condition holds in one Region only:
// conditional writes fail with [awsjar.ErrUnsupported].
func NewBucket(client Client, bucket string, optFns ...func(*Options)) *Bucket {
	b := &Bucket{client: client, name: bucket, probe: newProbe()}
	b.opts.set(optFns)
	return b
}

// Object returns the object of that key, below Options.Prefix: 1 to 1,024 bytes
// of UTF-8 with it. It makes no request; an invalid key makes the first call fail with
// [awsjar.ErrInvalid].
//
// S3-compatible servers over a file system know no key that is a path-prefix
// of another ("state" and "state/x"); a fixed suffix such as ".json" on every
// key avoids it.
func (b *Bucket) Object(key string, optFns ...func(*Options)) *Object {
	o := &Object{}
	if b != nil {
		o.bucket = *b
	}
	o.bucket.opts.set(optFns)
	if key != "" { // which stays invalid
		o.key = o.bucket.opts.Prefix + key
	}
	return o
}

// String returns "s3://bucket", or "s3://bucket/prefix/", percent-encoded as that
// of an Object.
func (b *Bucket) String() string {
	if b == nil {
		return "s3://"
	}
	if b.opts.Prefix == "" {
		return b.whole()
	}
	return b.whole() + "/" + percent.Encode(b.opts.Prefix)
}

// whole is String without a Prefix.
func (b *Bucket) whole() string { return "s3://" + b.name }

// bucketRule is the hint on names (user guide, "General purpose bucket naming
// rules").
const bucketRule = "the name of a bucket has 3 to 63 lowercase letters, digits, dots and hyphens, without the key: see them with aws s3 ls"

// ready refuses a Bucket that no request could use, then an ended context.
func (b *Bucket) ready(ctx context.Context) error {
	if b == nil {
		return invalid("make it with NewBucket", "a nil *Bucket")
	}
	client := reflect.ValueOf(b.client)
	switch {
	case !client.IsValid(), client.Kind() == reflect.Pointer && client.IsNil():
		return invalid("make one with s3.NewFromConfig and give it to NewBucket", "the Bucket was made with a nil Client")
	case b.name == "":
		return invalid(bucketRule, "the name of the bucket is empty")
	case !utf8.ValidString(b.name), !isARN(b.name) && !isBucketName(b.name):
		return invalid(bucketRule, "%q cannot be the name of a bucket", b.name)
	case b.opts.Tags < TagsSeen, b.opts.Tags > TagsDropped:
		return failure.NoConstant("Tags", int(b.opts.Tags), "TagsSeen, TagsAsked and TagsDropped")
	case b.opts.Prefix != "" && !strings.HasSuffix(b.opts.Prefix, "/"):
		return invalid("write "+strconv.Quote(b.opts.Prefix+"/"), "the Prefix does not end in a slash")
	}
	return cmp.Or(failure.Negative("Options.MaxSize", b.opts.MaxSize), ctx.Err())
}

// resource is the ARN of the bucket, or of a key in it, as policies name it.
func (b *Bucket) resource(key string) string {
	switch {
	case isARN(b.name) && key != "":
		return b.name + "/object/" + key
	case isARN(b.name):
		return b.name
	case key != "":
		return "arn:aws:s3:::" + b.name + "/" + key
	}
	return "arn:aws:s3:::" + b.name
}

// owner is ExpectedOwner as the SDK takes it.
func (b *Bucket) owner() *string { return optional(b.opts.ExpectedOwner) }

// payer is RequesterPays as the SDK takes it.
func (b *Bucket) payer() types.RequestPayer {
	if b.opts.RequesterPays {
		return types.RequestPayerRequester
	}
	return ""
}

// isDirectory reports whether this is a directory bucket (S3 Express One
// Zone), which has no versions, or an access point of one; their names end so by
// the naming rules of S3 (user guide, "Directory bucket naming rules", "Access
// points for directory buckets naming rules").
func (b *Bucket) isDirectory() bool {
	return strings.HasSuffix(b.name, "--x-s3") || strings.HasSuffix(b.name, "--xa-s3")
}

func isARN(name string) bool { return strings.HasPrefix(name, "arn:") }

// optional returns nil for the empty string.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	given := s // so that the empty one is not moved to the heap
	return &given
}
