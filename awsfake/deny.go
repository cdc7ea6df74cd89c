package awsfake

import (
	"cmp"
	"fmt"
	"net/http"
)

// actions are the actions of IAM that are not named after their operation (Service
// Authorization Reference, Amazon S3 and AWS Lambda).
var actions = map[string]string{
	"CompleteMultipartUpload":         "PutObject",
	"CopyObject":                      "PutObject",
	"CreateMultipartUpload":           "PutObject",
	"DeleteBucketLifecycle":           "PutLifecycleConfiguration",
	"DeleteObjects":                   "DeleteObject",
	"GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
	"HeadBucket":                      "ListBucket",
	"HeadObject":                      "GetObject",
	"Invoke":                          "InvokeFunction",
	"ListBuckets":                     "ListAllMyBuckets",
	"ListMultipartUploads":            "ListBucketMultipartUploads",
	"ListObjects":                     "ListBucket",
	"ListObjectsV2":                   "ListBucket",
	"ListObjectVersions":              "ListBucketVersions",
	"ListParts":                       "ListMultipartUploadParts",
	"PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
	"UploadPart":                      "PutObject",
	"UploadPartCopy":                  "PutObject",
}

// Deny takes away the permission for an action such as
// "lambda:UpdateFunctionConfiguration" or "s3:GetObject": matching requests fail
// with 403 and AWS's text. op and target select them as in a Fault; action ""
// stands for the action that the operation needs first.
func (s *Server) Deny(op, target, action string) *Injected {
	s.mustBeKnown(Fault{Op: op})
	denied := func(r *received) apiError {
		what := action
		if what == "" {
			what = r.name + ":" + cmp.Or(actions[r.op], r.op)
		}
		return apiError{http.StatusForbidden, r.denied, fmt.Sprintf(
			"User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action",
			s.user(), what, r.resource(r.target), what)}
	}
	return s.faults.add(&Injected{fault: Fault{Op: op, Target: target, Times: -1}, failure: denied})
}

func (s *Server) user() string { return "arn:aws:iam::" + s.options.AccountID + ":user/awsfake" }
