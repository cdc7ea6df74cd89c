package s3fake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

const account = "123456789012"

func location(region string) string {
	return "<CreateBucketConfiguration><LocationConstraint>" + region + "</LocationConstraint></CreateBucketConfiguration>"
}

func TestCreateBucket(t *testing.T) {
	for _, row := range []struct {
		name, endpoint, target, body string
		status                       int
		code, region                 string
	}{
		{"us-east-1", "us-east-1", "/new", "", 200, "", "us-east-1"},
		{"again in us-east-1", "us-east-1", "/mine", "", 200, "", "us-east-1"},
		{"us-east-1 named", "us-east-1", "/new", location("us-east-1"), 400, "InvalidLocationConstraint", ""},
		{"another Region from us-east-1", "us-east-1", "/new", location("eu-west-1"), 200, "", "eu-west-1"},
		{"EU", "us-east-1", "/new", location("EU"), 200, "", "eu-west-1"},
		{"no Region", "us-east-1", "/new", location("nowhere"), 400, "InvalidLocationConstraint", ""},
		{"own Region", "eu-west-1", "/new", location("eu-west-1"), 200, "", "eu-west-1"},
		{"own Region not named", "eu-west-1", "/new", "", 400, "IllegalLocationConstraintException", ""},
		{"another Region from elsewhere", "eu-west-1", "/new", location("us-west-2"), 400, "IllegalLocationConstraintException", ""},
		{"again elsewhere", "eu-west-1", "/mine", location("eu-west-1"), 409, "BucketAlreadyOwnedByYou", ""},
		{"somebody else's", "us-east-1", "/theirs", "", 409, "BucketAlreadyExists", ""},
		{"not xml", "us-east-1", "/new", "x", 400, "MalformedXML", ""},
		{"upper case", "us-east-1", "/New", "", 400, "InvalidBucketName", ""},
		{"two characters", "us-east-1", "/ab", "", 400, "InvalidBucketName", ""},
		{"64 characters", "us-east-1", "/" + strings.Repeat("a", 64), "", 400, "InvalidBucketName", ""},
		{"63 characters", "us-east-1", "/" + strings.Repeat("a", 63), "", 200, "", ""},
		{"underscore", "us-east-1", "/a_b", "", 400, "InvalidBucketName", ""},
		{"two dots", "us-east-1", "/a..b", "", 400, "InvalidBucketName", ""},
		{"ends in a hyphen", "us-east-1", "/ab-", "", 400, "InvalidBucketName", ""},
		{"IP address", "us-east-1", "/192.168.5.4", "", 400, "InvalidBucketName", ""},
		{"slash in it", "us-east-1", "/a%2Fb", "", 400, "InvalidBucketName", ""},
		{"a reserved file name of the store", "us-east-1", "/lock", "", 200, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := start(t, func(o *s3fake.Options) { o.Region = row.endpoint })
			f.must(f.service.CreateBucket("mine"))
			f.must(f.service.CreateBucketIn("theirs", row.endpoint, "999999999999"))
			r := f.do("PUT", row.target, row.body)
			if r.status != row.status || r.element("Code") != row.code {
				t.Fatalf("%d %s", r.status, r.body)
			}
			if row.status == 200 && r.header.Get("Location") != row.target {
				t.Errorf("Location %q", r.header.Get("Location"))
			}
			if row.region != "" {
				want := strings.TrimPrefix(row.region, "us-east-1") // the answer for us-east-1 is empty
				r := f.do("GET", row.target+"?location", "")
				if r.status != 200 || r.element("LocationConstraint") != want {
					t.Errorf("location: %d %s", r.status, r.body)
				}
			}
		})
	}
}

func TestHeadBucket(t *testing.T) {
	f := start(t)
	f.must(f.service.CreateBucket("mine"))
	f.must(f.service.CreateBucketIn("theirs", "us-east-1", "999999999999"))
	f.must(f.service.CreateBucketIn("far", "eu-central-1", account))
	for _, row := range []struct {
		target string
		status int
		region string
	}{
		{"/mine", 200, "us-east-1"}, {"/none", 404, ""}, {"/theirs", 403, "us-east-1"}, {"/far", 301, "eu-central-1"}, {"/X", 400, ""},
	} {
		r := f.do("HEAD", row.target, "")
		if r.status != row.status || r.header.Get("x-amz-bucket-region") != row.region || r.body != "" {
			t.Errorf("%s: %d %v %q", row.target, r.status, r.header, r.body)
		}
	}
}

// TestOtherRegion: every call on a bucket of another Region is answered 301 with
// where it is.
func TestOtherRegion(t *testing.T) {
	f := start(t)
	f.must(f.service.CreateBucketIn("far", "eu-central-1", account))
	for _, r := range []response{
		f.do("GET", "/far/key", ""), f.do("PUT", "/far/key", "x"), f.do("DELETE", "/far/key", ""), f.do("GET", "/far", ""),
		f.do("DELETE", "/far", ""), f.do("GET", "/far?versioning", ""),
	} {
		if r.status != 301 || r.element("Code") != "PermanentRedirect" || r.element("Region") != "eu-central-1" ||
			r.element("Endpoint") != "far.s3.eu-central-1.amazonaws.com" || r.header.Get("x-amz-bucket-region") != "eu-central-1" {
			t.Errorf("%d %v %s", r.status, r.header, r.body)
		}
	}
	_, err := f.client().GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("far"), Key: aws.String("key")})
	if code := codeOf(err); code != "PermanentRedirect" {
		t.Errorf("through the SDK: %v", err)
	}
}

func codeOf(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

func TestDeleteBucket(t *testing.T) {
	f := withBucket(t, "")
	f.put("key", "x")
	expect := func(status int, message string) {
		t.Helper()
		if r := f.do("DELETE", "/bucket", ""); r.status != status || r.element("Message") != message {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	expect(409, "The bucket you tried to delete is not empty")
	f.must(f.service.SetVersioning("bucket", "Enabled"))
	f.must(f.service.DeleteObject("bucket", "key"))
	expect(409, "The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
	for _, v := range f.service.Versions("bucket", "key") {
		f.do("DELETE", "/bucket/key?versionId="+v.ID, "")
	}
	expect(204, "")
	expect(404, "The specified bucket does not exist")
	if r := f.do("PUT", "/bucket/key", "x"); r.status != 404 || r.element("Code") != "NoSuchBucket" || r.element("BucketName") != "bucket" {
		t.Errorf("PUT: %d %s", r.status, r.body)
	}
	if r := f.do("PUT", "/bucket", ""); r.status != 200 {
		t.Errorf("made again: %d %s", r.status, r.body)
	}
	if r := f.do("GET", "/bucket?versioning", ""); r.element("Status") != "" {
		t.Error("the new bucket has the old one's versioning")
	}
}

// TestExpectedOwner: 403 if the bucket belongs to another account than expected, on
// every call.
func TestExpectedOwner(t *testing.T) {
	f := withBucket(t, "")
	f.put("key", "x")
	for _, request := range [][2]string{
		{"GET", "/bucket/key"}, {"HEAD", "/bucket/key"}, {"PUT", "/bucket/key"}, {"DELETE", "/bucket/key"}, {"GET", "/bucket"},
		{"HEAD", "/bucket"}, {"GET", "/bucket?versions"}, {"GET", "/bucket?versioning"}, {"POST", "/bucket?delete"}, {"DELETE", "/bucket"},
	} {
		r := f.do(request[0], request[1], "", "x-amz-expected-bucket-owner", "000000000000")
		if r.status != 403 || request[0] != "HEAD" && r.element("Code") != "AccessDenied" {
			t.Errorf("%v: %d %s", request, r.status, r.body)
		}
	}
	if r := f.do("GET", "/bucket/key", "", "x-amz-expected-bucket-owner", account); r.status != 200 || r.body != "x" {
		t.Errorf("right owner: %d %s", r.status, r.body)
	}
	if r := f.do("GET", "/bucket/key", "", "x-amz-expected-bucket-owner", "me"); r.status != 400 || r.element("Code") != "InvalidBucketOwnerAWSAccountID" {
		t.Errorf("no account id: %d %s", r.status, r.body)
	}
	r := f.do("PUT", "/bucket/copy", "", "x-amz-copy-source", "bucket/key", "x-amz-source-expected-bucket-owner", "000000000000")
	if r.status != 403 {
		t.Errorf("owner of a copy's source: %d %s", r.status, r.body)
	}
}

func TestListBuckets(t *testing.T) {
	f := start(t)
	for _, name := range []string{"bbb", "aaa", "abc"} {
		f.must(f.service.CreateBucket(name))
	}
	f.must(f.service.CreateBucketIn("far", "eu-central-1", account))
	f.must(f.service.CreateBucketIn("theirs", "us-east-1", "999999999999"))
	names := func(in *s3.ListBucketsInput) (names []string) {
		pager := s3.NewListBucketsPaginator(f.client(), in)
		for pager.HasMorePages() {
			out, err := pager.NextPage(t.Context())
			f.must(err)
			for _, b := range out.Buckets {
				names = append(names, *b.Name)
			}
		}
		return names
	}
	f.expect("all", names(&s3.ListBucketsInput{}), "aaa", "abc", "bbb", "far")
	f.expect("pages", names(&s3.ListBucketsInput{MaxBuckets: aws.Int32(1)}), "aaa", "abc", "bbb", "far")
	f.expect("prefix", names(&s3.ListBucketsInput{Prefix: aws.String("a")}), "aaa", "abc")
	f.expect("Region", names(&s3.ListBucketsInput{BucketRegion: aws.String("eu-central-1")}), "far")
}

func TestLifecycle(t *testing.T) {
	f := withBucket(t, "")
	client, ctx := f.client(), t.Context()
	get := func() (*s3.GetBucketLifecycleConfigurationOutput, error) {
		return client.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: aws.String("bucket")})
	}
	if _, err := get(); codeOf(err) != "NoSuchLifecycleConfiguration" {
		t.Errorf("none: %v", err)
	}
	put := func(days, newer int32) error {
		_, err := client.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
			Bucket: aws.String("bucket"),
			LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
				ID: aws.String("history"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")},
				NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{
					NoncurrentDays: aws.Int32(days), NewerNoncurrentVersions: aws.Int32(newer),
				},
			}}},
		})
		return err
	}
	for _, bad := range [][2]int32{{0, 5}, {1, 0}, {1, 101}} {
		if err := put(bad[0], bad[1]); codeOf(err) != "InvalidArgument" {
			t.Errorf("days %d, newer %d: %v", bad[0], bad[1], err)
		}
	}
	f.must(put(1, 100))
	out, err := get()
	f.must(err)
	if e := out.Rules[0].NoncurrentVersionExpiration; *e.NoncurrentDays != 1 || *e.NewerNoncurrentVersions != 100 || *out.Rules[0].ID != "history" {
		t.Errorf("returned %+v", out.Rules[0])
	}
	_, err = client.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: aws.String("bucket")})
	f.must(err)
	if _, err := get(); codeOf(err) != "NoSuchLifecycleConfiguration" {
		t.Errorf("after deletion: %v", err)
	}
	if r := f.do("PUT", "/bucket?lifecycle", "<LifecycleConfiguration/>"); r.element("Code") != "MalformedXML" {
		t.Errorf("no rules: %d %s", r.status, r.body)
	}
	rule := "<Rule><ID>a</ID><Expiration><Days>1</Days></Expiration><Prefix>x</Prefix><Status>Enabled</Status></Rule>"
	if r := f.do("PUT", "/bucket?lifecycle", "<LifecycleConfiguration>"+rule+rule+"</LifecycleConfiguration>"); r.element("Code") != "InvalidArgument" {
		t.Errorf("the same ID twice: %d %s", r.status, r.body)
	}
}
