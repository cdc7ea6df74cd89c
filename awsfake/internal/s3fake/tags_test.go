package s3fake_test

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// tagsOf returns the tags in a Tagging document as "key=value" in their order.
func tagsOf(t *testing.T, r response) string {
	t.Helper()
	var document struct {
		TagSet struct {
			Tag []struct{ Key, Value string }
		}
	}
	if err := xml.Unmarshal([]byte(r.body), &document); r.status != 200 || err != nil {
		t.Fatalf("%d %v %s", r.status, err, r.body)
	}
	var all []string
	for _, tag := range document.TagSet.Tag {
		all = append(all, tag.Key+"="+tag.Value)
	}
	return strings.Join(all, "&")
}

// taggingOf is a Tagging document of "key=value" pairs.
func taggingOf(pairs ...string) string {
	var b strings.Builder
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		fmt.Fprintf(&b, "<Tag><Key>%s</Key><Value>%s</Value></Tag>", key, value)
	}
	return "<Tagging><TagSet>" + b.String() + "</TagSet></Tagging>"
}

// TestTags is LocalStack's recording test_object_tagging_crud: tags come and go
// without a trace in ETag and time, and reads count them.
func TestTags(t *testing.T) {
	f := withBucket(t, "")
	put := f.do("PUT", "/bucket/key", "test-tagging")
	if got := tagsOf(t, f.do("GET", "/bucket/key?tagging", "")); got != "" {
		t.Errorf("tags of a new object: %q", got)
	}
	for _, step := range []struct{ tags, count string }{{"tag1=tag1 tag2=", "2"}, {"tag3=tag3", "1"}} {
		if r := f.do("PUT", "/bucket/key?tagging", taggingOf(strings.Fields(step.tags)...)); r.status != 200 || r.header.Get("x-amz-version-id") != "" {
			t.Fatalf("%d %s", r.status, r.body)
		}
		if got := tagsOf(t, f.do("GET", "/bucket/key?tagging", "")); got != strings.ReplaceAll(step.tags, " ", "&") {
			t.Errorf("tags %q, want %q", got, step.tags)
		}
		for _, method := range []string{"GET", "HEAD"} { // HEAD: test_head_object_with_tags
			r := f.do(method, "/bucket/key", "")
			if r.header.Get("x-amz-tagging-count") != step.count || r.header.Get("ETag") != put.header.Get("ETag") {
				t.Errorf("%s: %v", method, r.header)
			}
		}
	}
	if r := f.do("DELETE", "/bucket/key?tagging", ""); r.status != 204 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := f.do("GET", "/bucket/key", ""); r.header.Get("x-amz-tagging-count") != "" {
		t.Errorf("without tags: %v", r.header)
	}
	if r := f.do("PUT", "/bucket/key?tagging", "<Tagging/>"); r.status != 200 { // test_put_object_tagging_none_value
		t.Errorf("no set of tags: %d %s", r.status, r.body)
	}
}

// TestTagsOfAWrite: tags in the header of a PUT (LocalStack's
// test_put_object_with_tags). The next PUT starts without
// (test_object_tags_delete_or_overwrite_object).
func TestTagsOfAWrite(t *testing.T) {
	f := withBucket(t, "")
	for header, want := range map[string]string{
		"tag=&tag1=tag1&tag2=tag2": "tag=&tag1=tag1&tag2=tag2",
		"wrongquery&wrongagain":    "wrongquery=&wrongagain=",
		"key1&&&key2":              "key1=&key2=",
		"a+b=c%2Fd":                "a b=c/d",
		"%C3%A4=%E4%B8%80":         "ä=一",
	} {
		if r := f.do("PUT", "/bucket/key", "", "x-amz-tagging", header); r.status != 200 {
			t.Errorf("%s: %d %s", header, r.status, r.body)
		}
		if got := tagsOf(t, f.do("GET", "/bucket/key?tagging", "")); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	f.do("PUT", "/bucket/key", "")
	if got := tagsOf(t, f.do("GET", "/bucket/key?tagging", "")); got != "" {
		t.Errorf("an overwritten object keeps %q", got)
	}
}

// TestTagsRefused: LocalStack's test_object_tagging_exc and
// test_tagging_validation; the limits are those of the user guide.
func TestTagsRefused(t *testing.T) {
	f := withBucket(t, "")
	f.put("key", "x")
	eleven := make([]string, 11)
	for i := range eleven {
		eleven[i] = fmt.Sprintf("key%d=x", i)
	}
	for body, want := range map[string]string{
		taggingOf("Key1=Val1", "Key1=Val1"):                                  "InvalidTag Cannot provide multiple Tags with the same key Key1",
		taggingOf("Key1,Key2=Val1"):                                          "InvalidTag The TagKey you have provided is invalid Key1,Key2",
		taggingOf("Key1=Val1,Val2"):                                          "InvalidTag The TagValue you have provided is invalid Key1",
		taggingOf("aws:prefixed=Val1"):                                       "InvalidTag Your TagKey cannot be prefixed with aws: aws:prefixed",
		taggingOf("=x"):                                                      "InvalidTag The TagKey you have provided is invalid ",
		taggingOf(eleven...):                                                 "BadRequest Object tags cannot be greater than 10 ",
		"<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>":        "MalformedXML The XML you provided was not well-formed or did not validate against our published schema ",
		"<Tagging><TagSet><Tag><Value>v</Value></Tag></TagSet></Tagging>":    "MalformedXML The XML you provided was not well-formed or did not validate against our published schema ",
		taggingOf(strings.Repeat("ä", 129) + "=x"):                           "InvalidTag The TagKey you have provided is invalid " + strings.Repeat("ä", 129),
		taggingOf("k=" + strings.Repeat("ä", 257)):                           "InvalidTag The TagValue you have provided is invalid k",
		taggingOf(strings.Repeat("ä", 128) + "=" + strings.Repeat("ä", 256)): "  ",
	} {
		r := f.do("PUT", "/bucket/key?tagging", body)
		if got := r.element("Code") + " " + r.element("Message") + " " + r.element("TagKey"); got != want {
			t.Errorf("%.80s: %s", body, got)
		}
	}
	f.do("DELETE", "/bucket/key", "")
	for _, header := range []string{"key1=val1&key1=val2", "key1=val1,key2=val2", "%zz=1", "k=%ff"} {
		r := f.do("PUT", "/bucket/key", "", "x-amz-tagging", header)
		if r.status != 400 || r.element("Code") != "InvalidArgument" || r.element("ArgumentValue") != header {
			t.Errorf("%s: %d %s", header, r.status, r.body)
		}
	}
	r := f.do("PUT", "/bucket/key", "", "x-amz-tagging", strings.Join(eleven, "&"))
	if r.element("Message") != "Object tags cannot be greater than 10" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := f.do("GET", "/bucket/key", ""); r.status != 404 {
		t.Errorf("refused, and yet stored: %s", r.body)
	}
	for method, key := range map[string]string{"GET": "bucket/key", "PUT": "key", "DELETE": "key"} { // recorded: GET names the bucket too
		if r := f.do(method, "/bucket/key?tagging", taggingOf("a=b")); r.status != 404 || r.element("Key") != key {
			t.Errorf("%s without an object: %d %s", method, r.status, r.body)
		}
	}
}

// TestTagsOfVersions is LocalStack's test_object_tagging_versioned.
func TestTagsOfVersions(t *testing.T) {
	f := withBucket(t, "Enabled")
	f.must(f.service.PutObject("bucket", "key", []byte("0"), map[string][]string{"X-Amz-Tagging": {"test_tag=tagv1"}}))
	first := f.service.Versions("bucket", "key")[0].ID
	_, second := f.put("key", "1")
	if r := f.do("PUT", "/bucket/key?tagging", taggingOf("tag3=tag3")); r.header.Get("x-amz-version-id") != second {
		t.Errorf("%d %v", r.status, r.header)
	}
	if got := tagsOf(t, f.do("GET", "/bucket/key?tagging", "")); got != "tag3=tag3" {
		t.Error(got)
	}
	if got := tagsOf(t, f.do("GET", "/bucket/key?tagging&versionId="+first, "")); got != "test_tag=tagv1" {
		t.Error(got)
	}
	if r := f.do("DELETE", "/bucket/key?tagging&versionId="+first, ""); r.status != 204 || r.header.Get("x-amz-version-id") != first {
		t.Errorf("%d %v", r.status, r.header)
	}
	if got := tagsOf(t, f.do("GET", "/bucket/key?tagging&versionId="+first, "")); got != "" {
		t.Error(got)
	}
	marker := f.do("DELETE", "/bucket/key", "").header.Get("x-amz-version-id")
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		for _, query := range []string{"", "&versionId=" + marker} {
			r := f.do(method, "/bucket/key?tagging"+query, taggingOf("a=b"))
			if r.status != 405 || r.element("Code") != "MethodNotAllowed" || r.element("Method") != method || r.element("ResourceType") != "DeleteMarker" {
				t.Errorf("%s %s of a delete marker: %d %s", method, query, r.status, r.body)
			}
		}
	}
}

// TestTagsOfCopies is LocalStack's test_s3_copy_tagging_directive.
func TestTagsOfCopies(t *testing.T) {
	f := withBucket(t, "")
	f.do("PUT", "/bucket/from", "test", "x-amz-tagging", "key1=value1")
	for _, tt := range []struct{ directive, header, want string }{
		{"COPY", "key2=value2", "key1=value1"},
		{"", "key2=value2", "key1=value1"},
		{"COPY", "", "key1=value1"},
		{"REPLACE", "key2=value2", "key2=value2"},
		{"REPLACE", "", ""},
	} {
		headers := []string{"x-amz-copy-source", "bucket/from", "x-amz-tagging", tt.header}
		if tt.directive != "" {
			headers = append(headers, "x-amz-tagging-directive", tt.directive)
		}
		if r := f.do("PUT", "/bucket/to", "", headers...); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		if got := tagsOf(t, f.do("GET", "/bucket/to?tagging", "")); got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
	r := f.do("PUT", "/bucket/to", "", "x-amz-copy-source", "bucket/from", "x-amz-tagging-directive", "WRONG")
	if r.status != 400 || r.element("Message") != "Unknown tagging directive." {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestTagsThroughTheSDK also holds that tags survive a restart.
func TestTagsThroughTheSDK(t *testing.T) {
	dir := t.TempDir()
	f := withBucket(t, "", func(o *s3fake.Options) { o.Dir = dir })
	c := f.client()
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a b"), Tagging: aws.String(url.Values{"k": {"v w"}}.Encode())})
	f.must(err)
	_, err = c.PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{Bucket: aws.String("bucket"), Key: aws.String("other"), Tagging: &types.Tagging{TagSet: []types.Tag{}}})
	if err == nil || !strings.Contains(err.Error(), "NoSuchKey") {
		t.Errorf("got %v", err)
	}
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a b")})
	f.must(err)
	if out.Body.Close(); aws.ToInt32(out.TagCount) != 1 {
		t.Errorf("%d tags", aws.ToInt32(out.TagCount))
	}
	f.must(f.service.Close())
	again, err := s3fake.New(s3fake.Options{Dir: dir})
	f.must(err)
	defer again.Close()
	if got := again.Tags("bucket", "a b")["k"]; got != "v w" {
		t.Errorf("after a restart: %q", got)
	}
}
