package jarurl

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/internal/lazyregexp"
	"github.com/awsjar/awsjar/s3jar"
)

// OpenBucket opens the bucket, or the part of it below the prefix Key, as the
// function OpenBucket does.
func (t Target) OpenBucket(ctx context.Context, optFns ...func(*Options)) (*s3jar.Bucket, error) {
	switch {
	case t.Scheme != S3:
		return nil, t.invalid(&problem{"this is not a bucket", "write s3://BUCKET"})
	case t.Key != "" && !strings.HasSuffix(t.Key, "/"):
		prefix := Target{Scheme: S3, Bucket: t.Bucket, Key: t.Key + "/"}
		return nil, t.invalid(&problem{"this is an object, or a prefix without a slash at its end", "write the bucket as s3://" + t.Bucket + ", or a prefix as " + prefix.String()})
	}
	return t.openBucket(ctx, t.Key, optFns)
}

// openObject opens the object of the key.
func (t Target) openObject(ctx context.Context, optFns []func(*Options)) (*s3jar.Object, error) {
	bucket, err := t.openBucket(ctx, "", optFns)
	if err != nil {
		return nil, err
	}
	return bucket.Object(t.Key), nil
}

func (t Target) openBucket(ctx context.Context, prefix string, optFns []func(*Options)) (*s3jar.Bucket, error) {
	opts := settings(optFns)
	cfg, err := t.config(ctx, opts)
	if err != nil {
		return nil, err
	}
	client := t.s3Client(cfg, opts)
	var sender s3jar.Client = client
	if t.Direct {
		sender = awsdirect.S3(client)
	}
	return s3jar.NewBucket(sender, t.Bucket, t.bucketOptions, func(o *s3jar.Options) { o.Prefix, o.Logger = prefix, opts.Logger }), nil
}

// bucketOptions sets the options of a bucket that the URL gives. They have been
// checked.
func (t Target) bucketOptions(o *s3jar.Options) {
	o.ExpectedOwner = t.ExpectedOwner
	o.ContentType = t.ContentType
	o.Encryption = t.SSE
	o.KMSKeyID = t.KMSKey
	o.StorageClass = t.StorageClass
	o.Tags = t.Tags
	o.RequesterPays = t.RequesterPays
	o.MaxSize = t.MaxSize
	o.KeepLast = t.KeepLast
	o.ScratchPrefix = t.ScratchPrefix
	o.SkipProbe = t.SkipProbe
}

// pathStyle reports whether the bucket goes into the path of a request.
func (t Target) pathStyle(endpoint *string) bool {
	if t.PathStyle != SwitchDefault || endpoint == nil {
		return t.PathStyle == SwitchOn
	}
	u, err := url.Parse(*endpoint)
	return err == nil && !strings.HasSuffix(u.Hostname(), ".amazonaws.com") && !strings.HasSuffix(u.Hostname(), ".amazonaws.com.cn")
}

// s3Parameters returns the parameters of a bucket besides those that a
// function has too.
func (t *Target) s3Parameters(maxSize parameter) []parameter {
	return []parameter{
		{"path-style", switchField{"path-style", &t.PathStyle}},
		{"expected-owner", text(&t.ExpectedOwner, checkOwner)},
		{"sse", text(&t.SSE, checkEncryption)},
		{"kms-key", text(&t.KMSKey, checkKMSKey)},
		{"storage-class", text(&t.StorageClass, checkStorageClass)},
		{"content-type", text(&t.ContentType, checkContentType)},
		{"tags", tagsField{&t.Tags}},
		{"requester-pays", truthField{"requester-pays", &t.RequesterPays}},
		{"checksums", text(&t.Checksums, checkChecksums)},
		maxSize,
		{"keep-last", truthField{"keep-last", &t.KeepLast}},
		{"scratch-prefix", text(&t.ScratchPrefix, nil)},
		{"skip-probe", truthField{"skip-probe", &t.SkipProbe}},
		{"direct", truthField{"direct", &t.Direct}},
	}
}

var (
	validOwner        = lazyregexp.New(`^[0-9]{12}$`)
	validKMSKey       = lazyregexp.New(`^[A-Za-z0-9:/_-]+$`)
	validStorageClass = lazyregexp.New(`^[A-Z][A-Z0-9_-]{0,63}$`)
	validContentType  = lazyregexp.New(`^[!-~]([ -~]*[!-~])?$`)
)

func checkOwner(value string) error {
	if !validOwner().MatchString(value) {
		return &problem{"the expected owner is not an account id", "write ?expected-owner=123456789012"}
	}
	return nil
}

func checkEncryption(value string) error {
	switch types.ServerSideEncryption(value) {
	case types.ServerSideEncryptionAes256, types.ServerSideEncryptionAwsKms, types.ServerSideEncryptionAwsKmsDsse:
		return nil
	}
	return &problem{"the encryption is none of AES256, aws:kms and aws:kms:dsse", "write ?sse=aws:kms, and &kms-key=ARN for a key of your own"}
}

func checkKMSKey(value string) error {
	if len(value) > 1000 || !validKMSKey().MatchString(value) {
		return &problem{"the KMS key is malformed", "write ?kms-key=ARN, with the id or the ARN of a key"}
	}
	return nil
}

func checkStorageClass(value string) error {
	class := types.StorageClass(value)
	if class == types.StorageClassGlacier || class == types.StorageClassDeepArchive {
		return &problem{"an object of that storage class cannot be read at once", "write ?storage-class=GLACIER_IR, or another that can"}
	}
	if !validStorageClass().MatchString(value) {
		return &problem{"the storage class is malformed", "write ?storage-class=STANDARD_IA"}
	}
	return nil
}

func checkContentType(value string) error {
	if len(value) > 256 || !validContentType().MatchString(value) {
		return &problem{"the content type is malformed", "write ?content-type=application/json"}
	}
	return nil
}

// checksums are the settings of the SDK.
var checksums = map[string]struct {
	request  aws.RequestChecksumCalculation
	response aws.ResponseChecksumValidation
}{
	"when-required":  {aws.RequestChecksumCalculationWhenRequired, aws.ResponseChecksumValidationWhenRequired},
	"when-supported": {aws.RequestChecksumCalculationWhenSupported, aws.ResponseChecksumValidationWhenSupported},
}

func checkChecksums(value string) error {
	if _, ok := checksums[value]; !ok {
		return &problem{"checksums is neither when-supported nor when-required", "write ?checksums=when-required for a server that refuses them"}
	}
	return nil
}
