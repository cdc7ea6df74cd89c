package s3fake

import (
	"net/http"
	"slices"
	"strings"
)

// cannedACLs are the values of x-amz-acl (user guide, "Canned ACL").
var cannedACLs = []string{
	"private", "public-read", "public-read-write", "aws-exec-read", "authenticated-read", "bucket-owner-read",
	"bucket-owner-full-control", "log-delivery-write",
}

// askedACL returns the canned ACL of a request, and whether it grants anything by
// itself.
func askedACL(header headers) (canned string, grants bool, err error) {
	canned = header.get("x-amz-acl")
	if canned != "" && !slices.Contains(cannedACLs, canned) {
		return "", false, invalidArgument("", "x-amz-acl", canned)
	}
	return canned, header.hasPrefix("x-amz-grant-"), nil
}

// refuseACL refuses the ACL of an object. A bucket has none since April 2023 unless
// asked for: the one canned ACL that it takes says the same (user guide,
// "Controlling ownership of objects and disabling ACLs for your bucket").
func refuseACL(header headers) error {
	canned, grants, err := askedACL(header)
	if err != nil {
		return err
	}
	if grants || canned != "" && canned != "bucket-owner-full-control" {
		return refuse(http.StatusBadRequest, "AccessControlListNotSupported", "The bucket does not allow ACLs")
	}
	return nil
}

// refuseBucketOptions refuses options that a new bucket cannot have here.
func refuseBucketOptions(header headers) error {
	canned, grants, err := askedACL(header)
	switch ownership := header.get("x-amz-object-ownership"); {
	case err != nil:
		return err
	case ownership != "" && ownership != "BucketOwnerEnforced":
		return notImitated("the object ownership " + ownership + " of CreateBucket")
	case grants, canned != "" && canned != "private":
		return refuse(http.StatusBadRequest, "InvalidBucketAclWithObjectOwnership",
			"Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
	case strings.EqualFold(header.get("x-amz-bucket-object-lock-enabled"), "true"):
		return notImitated("Object Lock, the header x-amz-bucket-object-lock-enabled of CreateBucket")
	}
	return nil
}
