package s3fake

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxKeyBytes is the longest key S3 accepts: 1,024 bytes of UTF-8 (user guide, "Naming Amazon S3 objects").
const maxKeyBytes = 1024

// call is a request taken apart.
type call struct {
	request    *http.Request
	op         string
	bucketName string
	key        string
	query      url.Values
	header     http.Header // of the request, with the headers that a presigned URL carries in its query

	bucket *bucket // nil for operations without an existing bucket
}

// handler answers one operation.
type handler func(c *call) (*answer, error)

// Operation names what r asks for, such as "PutObject", and what it is about: "bucket/key", "bucket" or "". The name is
// empty for a request that the service does not know.
func (s *Service) Operation(r *http.Request) (op, target string) {
	c, err := parse(r)
	if err != nil {
		return "", ""
	}
	if c.key == "" {
		return c.op, c.bucketName
	}
	return c.op, c.bucketName + "/" + c.key
}

// parse takes a path-style request apart. Keys come from the escaped path, byte for byte: no cleaning, so that "a//b",
// "./a" and "a/" stay keys of their own.
func parse(r *http.Request) (*call, error) {
	bucketName, key, err := splitPath(r.URL.EscapedPath())
	if err != nil {
		return nil, err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, invalidURI()
	}
	c := &call{request: r, bucketName: bucketName, key: key, query: query, header: withPresigned(r.Header, query)}
	c.op = operation(c)
	return c, nil
}

func splitPath(escaped string) (bucketName, key string, err error) {
	rawBucket, rawKey, _ := strings.Cut(strings.TrimPrefix(escaped, "/"), "/")
	bucketName, err = url.PathUnescape(rawBucket)
	if err != nil {
		return "", "", invalidURI()
	}
	key, err = url.PathUnescape(rawKey)
	if err != nil || !utf8.ValidString(key) || !utf8.ValidString(bucketName) {
		return "", "", invalidURI()
	}
	return bucketName, key, nil
}

func invalidURI() *apiError {
	return refuse(http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.")
}

func keyTooLong(key string) *apiError {
	return refuse(http.StatusBadRequest, "KeyTooLongError", "Your key is too long",
		"Size", strconv.Itoa(len(key)), "MaxSizeAllowed", strconv.Itoa(maxKeyBytes))
}

// withPresigned adds the x-amz- parameters of a presigned URL to the headers: signers move headers there, and S3 honours
// them as if they were headers.
func withPresigned(header http.Header, query url.Values) http.Header {
	if !query.Has("X-Amz-Signature") {
		return header
	}
	merged := header.Clone()
	for name, values := range query {
		if strings.HasPrefix(strings.ToLower(name), "x-amz-") && merged.Get(name) == "" {
			merged[http.CanonicalHeaderKey(name)] = values
		}
	}
	return merged
}

// unsupported are the sub-resources in a query that name calls the service does not imitate. Without this list such a
// request would be taken for the plain call on the bucket or object.
var unsupported = [...]string{
	"abac", "accelerate", "acl", "analytics", "attributes", "cors", "encryption", "intelligent-tiering", "inventory",
	"legal-hold", "logging", "metadataConfiguration", "metadataTable", "metrics", "notification", "object-lock",
	"ownershipControls", "partNumber", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment",
	"restore", "retention", "select", "session", "torrent", "uploadId", "uploads", "website",
}

// unsupportedSubresource returns the sub-resource of the query that the service does not imitate, or "".
func (c *call) unsupportedSubresource() string {
	for _, name := range unsupported {
		if c.query.Has(name) {
			return name
		}
	}
	if c.key == "" && c.query.Has("tagging") {
		return "tagging" // of buckets
	}
	return ""
}

// unknownCall refuses a request that operation has no name for.
func unknownCall(c *call) *apiError {
	resource := "OBJECT"
	switch name := c.unsupportedSubresource(); {
	case name != "":
		return headerNotImplemented(name, "this service does not imitate the call")
	case c.bucketName == "":
		resource = "SERVICE"
	case c.key == "":
		resource = "BUCKET"
	}
	return methodNotAllowed(c.request.Method, resource)
}

func operation(c *call) string {
	switch {
	case c.unsupportedSubresource() != "":
		return ""
	case c.bucketName == "":
		if c.request.Method == http.MethodGet && c.key == "" {
			return "ListBuckets"
		}
		return ""
	case c.key == "":
		return bucketOperation(c)
	default:
		return objectOperation(c)
	}
}

func bucketOperation(c *call) string {
	subresource := ""
	for _, name := range [...]string{"versioning", "lifecycle", "location", "versions", "delete"} {
		if c.query.Has(name) {
			subresource = name
		}
	}
	switch c.request.Method + " " + subresource {
	case "PUT ":
		return "CreateBucket"
	case "HEAD ":
		return "HeadBucket"
	case "DELETE ":
		return "DeleteBucket"
	case "GET ":
		if c.query.Get("list-type") == "2" {
			return "ListObjectsV2"
		}
		return "ListObjects"
	case "GET versions":
		return "ListObjectVersions"
	case "GET location":
		return "GetBucketLocation"
	case "GET versioning":
		return "GetBucketVersioning"
	case "PUT versioning":
		return "PutBucketVersioning"
	case "GET lifecycle":
		return "GetBucketLifecycleConfiguration"
	case "PUT lifecycle":
		return "PutBucketLifecycleConfiguration"
	case "DELETE lifecycle":
		return "DeleteBucketLifecycle"
	case "POST delete":
		return "DeleteObjects"
	}
	return ""
}

func objectOperation(c *call) string {
	if c.query.Has("tagging") {
		switch c.request.Method {
		case http.MethodGet:
			return "GetObjectTagging"
		case http.MethodPut:
			return "PutObjectTagging"
		case http.MethodDelete:
			return "DeleteObjectTagging"
		}
		return ""
	}
	switch c.request.Method {
	case http.MethodGet:
		return "GetObject"
	case http.MethodHead:
		return "HeadObject"
	case http.MethodDelete:
		return "DeleteObject"
	case http.MethodPut:
		if c.header.Get("x-amz-copy-source") != "" {
			return "CopyObject"
		}
		return "PutObject"
	}
	return ""
}

// handler returns what answers the operation, nil for an unknown one.
func (s *Service) handler(op string) handler {
	switch op {
	case "ListBuckets":
		return s.listBuckets
	case "CreateBucket":
		return s.createBucket
	case "HeadBucket":
		return s.headBucket
	case "DeleteBucket":
		return s.deleteBucket
	case "GetBucketLocation":
		return s.getBucketLocation
	case "GetBucketVersioning":
		return s.getBucketVersioning
	case "PutBucketVersioning":
		return s.putBucketVersioning
	case "GetBucketLifecycleConfiguration":
		return s.getLifecycle
	case "PutBucketLifecycleConfiguration":
		return s.putLifecycle
	case "DeleteBucketLifecycle":
		return s.deleteLifecycle
	case "ListObjects":
		return s.listObjects
	case "ListObjectsV2":
		return s.listObjectsV2
	case "ListObjectVersions":
		return s.listObjectVersions
	case "PutObject":
		return s.putObject
	case "CopyObject":
		return s.copyObject
	case "GetObject", "HeadObject":
		return s.getObject
	case "DeleteObject":
		return s.deleteObject
	case "DeleteObjects":
		return s.deleteObjects
	case "GetObjectTagging":
		return s.getObjectTagging
	case "PutObjectTagging":
		return s.putObjectTagging
	case "DeleteObjectTagging":
		return s.deleteObjectTagging
	}
	return nil
}
