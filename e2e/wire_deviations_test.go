package e2e

// The reasons for which awsfake does not keep a rule of ceph/s3-tests or minio/mint.
// Either AWS itself does otherwise, or awsfake does not imitate the call, and its
// refusal names it.
const (
	notOfAWS     = "AWS does otherwise: " // the test describes another server than S3
	notImitated  = "awsfake does not imitate it, and says so with 501"
	bucketNoACLs = "a bucket has no ACLs since April 2023, unless it is asked for"
)

// wireDeviations are the rules of testdata/wire that awsfake does not keep.
var wireDeviations = map[string]string{
	"test_put_object_ifmatch_overwrite_existed_good": notOfAWS + "If-Match:* of a PUT is 501 (recorded: LocalStack's TestS3ObjectWritePrecondition)",
	"test_put_object_ifmatch_nonexisted_failed":      notOfAWS + "If-Match:* of a PUT is 501 (recorded: LocalStack's TestS3ObjectWritePrecondition)",
	"test_put_object_ifnonmatch_good":                notOfAWS + "If-None-Match with an ETag is 501 (recorded: LocalStack's TestS3ObjectWritePrecondition)",
	"test_delete_object_if_match (absent)":           notOfAWS + "404 NoSuchKey (recorded: localstack/localstack#13894)",
	"test_delete_object_version_if_match":            notOfAWS + "If-Match with a version id is 501 (recorded: localstack/localstack#13894)",
	"test_delete_object_if_match_size":               notOfAWS + "conditions on size are for directory buckets (API reference, DeleteObject)",
	"test_bucket_listv2_continuationtoken_empty":     notOfAWS + "400 (recorded: LocalStack's test_list_objects_v2_continuation_start_after)",
	"test_bucket_list_unordered":                     notOfAWS + "S3 has no parameter allow-unordered; awsfake names what it does not know",
	"test_multipart_copy_invalid_range":              notOfAWS + "400 InvalidArgument (recorded: LocalStack's test_upload_part_copy_range)",
	"test_multipart_get_part (out of range)":         notOfAWS + "416 InvalidPartNumber (recorded: LocalStack's test_get_object_part)",
	"test_non_multipart_get_part":                    notOfAWS + "416 InvalidPartNumber (recorded: LocalStack's test_get_object_part)",
	"test_object_checksum_sha256 (malformed)":        notOfAWS + "400 InvalidRequest, the value is no SHA-256 (recorded: LocalStack's test_put_object_checksum)",
	"test_delete_marker_nonversioned":                notOfAWS + "there is no such header without a delete marker (recorded by go-cloud)",

	"mint aws-sdk-go-v2 ConditionalDeleteWithWildcardMissing": notOfAWS + "404 NoSuchKey (recorded: localstack/localstack#13894)",

	"mint aws-sdk-go-v2 SelectObject":              notImitated,
	"mint awscli test_serverside_encryption_error": notImitated,
	"mint versioning testLockingLegalhold":         notImitated,

	"test_object_acl_canned_publicreadwrite": bucketNoACLs,
	"test_bucket_acl_default":                notImitated,
	"test_object_acl_default":                notImitated,
	"test_bucket_policy":                     notImitated,
	"test_put_public_block":                  notImitated,
	"test_get_put_bucket_ownership_controls": notImitated,
	"test_set_cors":                          notImitated,
	"test_set_bucket_tagging":                notImitated,
	"test_object_lock_put_obj_lock":          notImitated,
	"test_object_lock_put_legal_hold":        notImitated,
	"test_put_bucket_logging":                notImitated,
	"test_get_bucket_encryption_s3":          notImitated,
	"test_encryption_sse_c_method_head":      notImitated,
	"test_website_basic":                     notImitated,
	"test_restore_object_temporary":          notImitated,
	"test_post_object_authenticated_request": notImitated,
	"test_get_bucket_request_payment":        notImitated,
}
