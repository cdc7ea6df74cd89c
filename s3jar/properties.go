package s3jar

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/failure"
)

// A PUT replaces an object with all of its properties (API reference,
// PutObject). So a write over a revision sends those again that others gave
// the object: the answer to the GET or HEAD that showed the revision names
// them.

// maxMetadata is how many bytes the names and values of user metadata may have
// together (user guide, "Working with object metadata").
const maxMetadata = 2048

// plainType is the Content-Type of a new object.
const plainType = "application/json"

// properties are those that an object has besides its body and lineage. They are
// not changed once they are made.
type properties struct {
	contentType, cacheControl, disposition, encoding, language, redirect *string

	expires    *time.Time
	metadata   map[string]string // without the lineage, and without names that attest to the body
	class      types.StorageClass
	encryption types.ServerSideEncryption // with KMS, or ""
	kmsKey     *string
	bucketKey  *bool
	tagged     bool // the caller may read its tags, and there are some
	hidden     bool // it has metadata that no header can hold
}

// propertiesOf returns the properties that an answer names; nil if a new
// object would have the same.
func propertiesOf(out *s3.GetObjectOutput) *properties {
	if isPlain(out) {
		return nil
	}
	p := &properties{
		contentType: out.ContentType, cacheControl: out.CacheControl, disposition: out.ContentDisposition,
		encoding: out.ContentEncoding, language: out.ContentLanguage, redirect: out.WebsiteRedirectLocation,
		expires: expiresOf(out), class: keptClass(out.StorageClass),
		tagged: aws.ToInt32(out.TagCount) > 0, hidden: aws.ToInt32(out.MissingMeta) > 0,
	}
	if isKMS(out.ServerSideEncryption) {
		p.encryption, p.kmsKey, p.bucketKey = out.ServerSideEncryption, out.SSEKMSKeyId, out.BucketKeyEnabled
	}
	for name, value := range out.Metadata {
		if name != lineageName && !attests(name) {
			if p.metadata == nil {
				p.metadata = make(map[string]string, len(out.Metadata))
			}
			p.metadata[name] = value
		}
	}
	return p
}

// isPlain reports whether there is nothing to carry.
func isPlain(out *s3.GetObjectOutput) bool {
	foreign := len(out.Metadata)
	if _, ok := out.Metadata[lineageName]; ok {
		foreign--
	}
	return foreign == 0 && (out.ContentType == nil || *out.ContentType == plainType) &&
		out.CacheControl == nil && out.ContentDisposition == nil && out.ContentEncoding == nil && out.ContentLanguage == nil &&
		out.WebsiteRedirectLocation == nil && out.ExpiresString == nil &&
		keptClass(out.StorageClass) == "" && !isKMS(out.ServerSideEncryption) &&
		aws.ToInt32(out.TagCount) == 0 && aws.ToInt32(out.MissingMeta) == 0
}

// headed is the answer to a HEAD as one to a GET.
func headed(out *s3.HeadObjectOutput) *s3.GetObjectOutput {
	return &s3.GetObjectOutput{
		ETag: out.ETag, VersionId: out.VersionId, LastModified: out.LastModified, Metadata: out.Metadata,
		ContentType: out.ContentType, CacheControl: out.CacheControl, ContentDisposition: out.ContentDisposition,
		ContentEncoding: out.ContentEncoding, ContentLanguage: out.ContentLanguage,
		WebsiteRedirectLocation: out.WebsiteRedirectLocation, ExpiresString: out.ExpiresString,
		StorageClass: out.StorageClass, ServerSideEncryption: out.ServerSideEncryption, SSEKMSKeyId: out.SSEKMSKeyId,
		BucketKeyEnabled: out.BucketKeyEnabled, TagCount: out.TagCount, MissingMeta: out.MissingMeta,
	}
}

// expiresOf returns the time of Expires. A text that is no time, such as "0",
// means that the object has expired (RFC 9111, section 5.3).
func expiresOf(out *s3.GetObjectOutput) *time.Time {
	if out.ExpiresString == nil {
		return nil
	}
	at, err := http.ParseTime(*out.ExpiresString)
	if err != nil {
		at = time.Unix(0, 0)
	}
	return &at
}

// isKMS reports whether an object is encrypted with a key of KMS. AES256 is the
// default of S3, so it is not carried.
func isKMS(e types.ServerSideEncryption) bool { return strings.HasPrefix(string(e), "aws:kms") }

// keptClass returns the storage class that a write asks for again, or "".
// STANDARD is the default. An object in GLACIER or DEEP_ARCHIVE can be read
// only for the time that a restoration lasts, and its next version could not
// be read at all (user guide, "Restoring an archived object"). The others are
// the only class of the place where they are.
func keptClass(c types.StorageClass) types.StorageClass {
	switch c {
	case types.StorageClassStandard, types.StorageClassGlacier, types.StorageClassDeepArchive,
		types.StorageClassExpressOnezone, types.StorageClassOutposts, types.StorageClassSnow,
		types.StorageClassFsxOpenzfs, types.StorageClassFsxOntap:
		return ""
	}
	return c
}

// carry adds to a PUT the properties of the object that it replaces. The
// options go before them. It returns false, and the answer to the write, if
// that cannot be.
func (o *Object) carry(ctx context.Context, in *s3.PutObjectInput, w write) (commit.Answer, bool) {
	if p := w.others; p != nil {
		if p.hidden {
			return refusedWrite(errHidden), false
		}
		p.fill(in, w.data)
	}
	if size := metadataSize(in.Metadata); size > maxMetadata {
		return refusedWrite(failure.Hinted("remove metadata of the object, or store the value with Put, which replaces the object as a whole",
			fmt.Errorf("%w: the metadata of the object and the lineage have %d bytes together, and S3 allows %d", awsjar.ErrTooLarge, size, maxMetadata))), false
	}
	return o.carryTags(ctx, in, w)
}

var errHidden = failure.Hinted("store the value with Put, which replaces the object as a whole",
	fmt.Errorf("%w: the object has metadata that no header can hold, and a write would remove it", awsjar.ErrUnsupported))

func refusedWrite(err error) commit.Answer { return commit.Answer{Outcome: commit.Refused, Err: err} }

// fill sets the properties that in does not set itself.
func (p *properties) fill(in *s3.PutObjectInput, data []byte) {
	in.ContentType = firstOf(in.ContentType, p.contentType)
	in.CacheControl, in.ContentDisposition, in.ContentLanguage = p.cacheControl, p.disposition, p.language
	in.WebsiteRedirectLocation, in.Expires = p.redirect, p.expires
	if p.encoding != nil && !isStale(*p.encoding, data) {
		in.ContentEncoding = p.encoding
	}
	if in.StorageClass == "" {
		in.StorageClass = p.class
	}
	if in.ServerSideEncryption == "" {
		in.ServerSideEncryption, in.SSEKMSKeyId, in.BucketKeyEnabled = p.encryption, p.kmsKey, p.bucketKey
	}
	for name, value := range p.metadata {
		in.Metadata[name] = value
	}
}

func firstOf(a, b *string) *string {
	if a != nil {
		return a
	}
	return b
}

// compressions are the codings of a body that is not the value itself (IANA,
// "HTTP Content Coding Registry"), and aws-chunked, which describes a request
// and which some servers store.
var compressions = []string{"gzip", "x-gzip", "br", "deflate", "compress", "x-compress", "zstd", "dcb", "dcz", "aws-chunked"}

// isStale reports whether a Content-Encoding does not fit data: JSON is not
// compressed.
func isStale(encoding string, data []byte) bool {
	for coding := range strings.SplitSeq(encoding, ",") {
		if slices.Contains(compressions, strings.ToLower(strings.TrimSpace(coding))) {
			return json.Valid(data)
		}
	}
	return false
}

func metadataSize(metadata map[string]string) (size int) {
	for name := range maps.Keys(metadata) {
		size += len(name) + len(metadata[name])
	}
	return size
}
