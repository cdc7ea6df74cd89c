package s3fake

import (
	"net/http"
	"slices"
	"strings"
)

// operation is one call of the API, and all that it may say. A request with any
// other header x-amz-... or parameter is refused: a fake that drops an unknown
// header makes a test pass that AWS would fail.
type operation struct {
	name        string
	method      string
	scope       string // service, bucket or object
	subresource string // the parameter that tells it from other calls; "" for none
	serve       func(*Service, *call) (*answer, error)
	headers     []string // in lower case, without "x-amz-"; one that ends in "-" stands for all that begin with it
	query       []string
}

// Headers and parameters that several calls have.
var (
	// bodyHeaders belong to the body of a request.
	bodyHeaders = []string{"decoded-content-length", "trailer", "sdk-checksum-algorithm", "checksum-"}
	// objectHeaders describe an object that is made.
	objectHeaders = []string{
		"acl", "grant-", "meta-", "storage-class", "website-redirect-location", "tagging", "object-lock-",
		"server-side-encryption", "server-side-encryption-aws-kms-key-id", "server-side-encryption-bucket-key-enabled",
	}
	copyHeaders    = []string{"copy-source", "copy-source-if-", "source-expected-bucket-owner"}
	overrides      = []string{"response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language", "response-content-type", "response-expires"}
	listParameters = []string{"prefix", "delimiter", "encoding-type", "max-keys"}
)

func and(lists ...[]string) []string { return slices.Concat(lists...) }

// operations are all calls that the service imitates. Of several that match a
// request the first one is meant.
var operations = [...]operation{
	{name: "ListBuckets", method: "GET", scope: "service", serve: (*Service).listBuckets,
		query: []string{"bucket-region", "continuation-token", "max-buckets", "prefix"}},

	{name: "CreateBucket", method: "PUT", scope: "bucket", serve: (*Service).createBucket,
		headers: and(bodyHeaders, []string{"acl", "grant-", "bucket-object-lock-enabled", "object-ownership"})},
	{name: "HeadBucket", method: "HEAD", scope: "bucket", serve: (*Service).headBucket},
	{name: "DeleteBucket", method: "DELETE", scope: "bucket", serve: (*Service).deleteBucket},
	{name: "GetBucketLocation", method: "GET", scope: "bucket", subresource: "location", serve: (*Service).getBucketLocation},
	{name: "GetBucketVersioning", method: "GET", scope: "bucket", subresource: "versioning", serve: (*Service).getBucketVersioning},
	{name: "PutBucketVersioning", method: "PUT", scope: "bucket", subresource: "versioning", serve: (*Service).putBucketVersioning,
		headers: bodyHeaders},
	{name: "GetBucketLifecycleConfiguration", method: "GET", scope: "bucket", subresource: "lifecycle", serve: (*Service).getLifecycle},
	{name: "PutBucketLifecycleConfiguration", method: "PUT", scope: "bucket", subresource: "lifecycle", serve: (*Service).putLifecycle,
		headers: and(bodyHeaders, []string{"transition-default-minimum-object-size"})},
	{name: "DeleteBucketLifecycle", method: "DELETE", scope: "bucket", subresource: "lifecycle", serve: (*Service).deleteLifecycle},
	{name: "ListObjectVersions", method: "GET", scope: "bucket", subresource: "versions", serve: (*Service).listObjectVersions,
		query: and(listParameters, []string{"key-marker", "version-id-marker"})},
	{name: "ListMultipartUploads", method: "GET", scope: "bucket", subresource: "uploads", serve: (*Service).listUploads,
		query: []string{"delimiter", "encoding-type", "key-marker", "max-uploads", "prefix", "upload-id-marker"}},
	{name: "DeleteObjects", method: "POST", scope: "bucket", subresource: "delete", serve: (*Service).deleteObjects,
		headers: bodyHeaders},
	{name: "ListObjectsV2", method: "GET", scope: "bucket", subresource: "list-type", serve: (*Service).listObjectsV2,
		query: and(listParameters, []string{"continuation-token", "fetch-owner", "start-after"})},
	{name: "ListObjects", method: "GET", scope: "bucket", serve: (*Service).listObjects,
		query: and(listParameters, []string{"marker"})},

	{name: "GetObjectTagging", method: "GET", scope: "object", subresource: "tagging", serve: (*Service).getObjectTagging,
		query: []string{"versionId"}},
	{name: "PutObjectTagging", method: "PUT", scope: "object", subresource: "tagging", serve: (*Service).putObjectTagging,
		headers: bodyHeaders, query: []string{"versionId"}},
	{name: "DeleteObjectTagging", method: "DELETE", scope: "object", subresource: "tagging", serve: (*Service).deleteObjectTagging,
		query: []string{"versionId"}},
	{name: "GetObjectAttributes", method: "GET", scope: "object", subresource: "attributes", serve: (*Service).getAttributes,
		headers: []string{"max-parts", "object-attributes", "part-number-marker", "server-side-encryption"}, query: []string{"versionId"}},
	{name: "CreateMultipartUpload", method: "POST", scope: "object", subresource: "uploads", serve: (*Service).createUpload,
		headers: and(objectHeaders, []string{"checksum-algorithm", "checksum-type"})},
	{name: "UploadPartCopy", method: "PUT", scope: "object", subresource: "uploadId", serve: (*Service).copyPart,
		headers: and(copyHeaders, []string{"copy-source-range"}), query: []string{"partNumber"}},
	{name: "UploadPart", method: "PUT", scope: "object", subresource: "uploadId", serve: (*Service).uploadPart,
		headers: bodyHeaders, query: []string{"partNumber"}},
	{name: "CompleteMultipartUpload", method: "POST", scope: "object", subresource: "uploadId", serve: (*Service).completeUpload,
		headers: and(bodyHeaders, []string{"mp-object-size"})},
	{name: "AbortMultipartUpload", method: "DELETE", scope: "object", subresource: "uploadId", serve: (*Service).abortUpload},
	{name: "ListParts", method: "GET", scope: "object", subresource: "uploadId", serve: (*Service).listParts,
		query: []string{"max-parts", "part-number-marker"}},
	{name: "GetObject", method: "GET", scope: "object", serve: (*Service).getObject,
		headers: []string{"checksum-mode", "server-side-encryption"}, query: and(overrides, []string{"partNumber", "versionId"})},
	{name: "HeadObject", method: "HEAD", scope: "object", serve: (*Service).getObject,
		headers: []string{"checksum-mode", "server-side-encryption"}, query: and(overrides, []string{"partNumber", "versionId"})},
	{name: "CopyObject", method: "PUT", scope: "object", serve: (*Service).copyObject,
		headers: and(objectHeaders, copyHeaders, []string{"checksum-algorithm", "metadata-directive", "tagging-directive"})},
	{name: "PutObject", method: "PUT", scope: "object", serve: (*Service).putObject, headers: and(bodyHeaders, objectHeaders)},
	{name: "DeleteObject", method: "DELETE", scope: "object", serve: (*Service).deleteObject,
		headers: []string{"if-match-last-modified-time", "if-match-size"}, query: []string{"versionId"}},
}

// Operations returns the names of all operations.
func Operations() []string {
	var names []string
	for _, o := range operations {
		names = append(names, o.name)
	}
	return names
}

// subresources are the parameters that name a call of their own, in S3. Without
// this list a request for one that is not imitated would be taken for the plain
// call on the bucket or object.
var subresources = [...]string{
	"abac", "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering", "inventory",
	"legal-hold", "lifecycle", "list-type", "location", "logging", "metadataAnnotationTable", "metadataConfiguration",
	"metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics", "notification", "object-lock",
	"ownershipControls", "policy", "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore",
	"retention", "select", "session", "tagging", "torrent", "uploadId", "uploads", "versioning", "versions", "website",
}

// subresource returns the parameter that names the call, the first one in
// subresources; "" for a plain one.
func (c *call) subresource() string {
	first := len(subresources)
	for name := range c.query {
		if i := slices.Index(subresources[:first], name); i >= 0 && (name != "list-type" || c.query.Get(name) == "2") {
			first = i
		}
	}
	if first == len(subresources) {
		return ""
	}
	return subresources[first]
}

// scope returns the kind of resource that the path names.
func (c *call) scope() string {
	switch {
	case c.bucketName == "":
		return "service"
	case c.key == "":
		return "bucket"
	}
	return "object"
}

// findOperation returns the operation that a call asks for, or nil.
func findOperation(c *call) *operation {
	if c.bucketName == "" && c.key != "" {
		return nil
	}
	scope, sub, copies := c.scope(), c.subresource(), c.header.get("x-amz-copy-source") != ""
	for i := range operations {
		o := &operations[i]
		if o.method == c.request.Method && o.scope == scope && o.subresource == sub &&
			(copies || o.name != "CopyObject" && o.name != "UploadPartCopy") {
			return o
		}
	}
	return nil
}

// unknownCall refuses a request for no operation: one of AWS's own that is not
// imitated, or none at all.
func unknownCall(c *call) *apiError {
	if name := c.subresource(); name != "" {
		return notImitated(c.request.Method + " ?" + name + " of an S3 " + c.scope())
	}
	if c.request.Method == http.MethodPost && c.scope() == "bucket" {
		return notImitated("POST Object, the upload of a form")
	}
	return methodNotAllowed(c.request.Method, strings.ToUpper(c.scope()))
}

// notImitated refuses a request for something that S3 has and the service does not
// imitate, or that is unknown to both.
func notImitated(what string) *apiError {
	return refuse(http.StatusNotImplemented, "NotImplemented", "awsfake does not imitate "+what)
}

// signing are the headers and parameters x-amz-... that belong to the signature of
// a request, or that change nothing here.
var signing = []string{
	"algorithm", "content-sha256", "credential", "date", "expires", "security-token", "signature", "signedheaders", "user-agent",
	"expected-bucket-owner", "request-payer",
}

// checkKnown refuses a request that says anything that its operation does not know.
func (o *operation) checkKnown(c *call) error {
	for _, f := range c.header {
		name, ok := strings.CutPrefix(f.name, "x-amz-")
		if ok && !slices.Contains(signing, name) && !known(o.headers, name) {
			return notImitated("the header x-amz-" + name + " of " + o.name)
		}
	}
	for name := range c.query {
		// S3 itself leaves parameters "x-..." to access logs, and the SDKs send x-id.
		if name != o.subresource && !strings.HasPrefix(strings.ToLower(name), "x-") && !slices.Contains(o.query, name) {
			return notImitated("the parameter " + name + " of " + o.name)
		}
	}
	return nil
}

// known says whether a list of headers has a name.
func known(list []string, name string) bool {
	return slices.ContainsFunc(list, func(each string) bool {
		return each == name || strings.HasSuffix(each, "-") && strings.HasPrefix(name, each)
	})
}
