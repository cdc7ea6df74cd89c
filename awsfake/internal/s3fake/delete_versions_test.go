package s3fake_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDeleteVersion covers DELETE by version id, among it undelete.
func TestDeleteVersion(t *testing.T) {
	f := withBucket(t, "Enabled")
	_, first := f.put("key", "first")
	_, second := f.put("key", "second")
	f.must(f.service.DeleteObject("bucket", "key"))
	marker := f.service.Versions("bucket", "key")[0].ID

	r := f.do("DELETE", "/bucket/key?versionId="+marker, "")
	if r.status != 204 || r.header.Get("x-amz-delete-marker") != "true" || r.header.Get("x-amz-version-id") != marker {
		t.Errorf("undelete: %d %v", r.status, r.header)
	}
	if body, _, _ := f.service.Object("bucket", "key"); string(body) != "second" {
		t.Errorf("after undelete: %q", body)
	}
	r = f.do("DELETE", "/bucket/key?versionId="+second, "")
	if r.status != 204 || r.header.Get("x-amz-delete-marker") != "" || r.header.Get("x-amz-version-id") != second {
		t.Errorf("delete a version: %d %v", r.status, r.header)
	}
	if body, _, _ := f.service.Object("bucket", "key"); string(body) != "first" {
		t.Errorf("after deleting the newest version: %q", body)
	}
	if r := f.do("DELETE", "/bucket/key?versionId="+second, ""); r.status != 204 {
		t.Errorf("a version that is gone: %d %s", r.status, r.body)
	}
	if r := f.do("DELETE", "/bucket/key?versionId=nonsense", ""); r.status != 400 || r.element("Code") != "InvalidArgument" {
		t.Errorf("malformed: %d %s", r.status, r.body)
	}
	f.must(f.service.ProtectVersion("bucket", "key", first))
	if r := f.do("DELETE", "/bucket/key?versionId="+first, ""); r.status != 403 || r.element("Code") != "AccessDenied" {
		t.Errorf("protected by Object Lock: %d %s", r.status, r.body)
	}
	if r := f.do("DELETE", "/bucket/key", ""); r.status != 204 {
		t.Errorf("a marker over a protected version: %d %s", r.status, r.body)
	}
	if h := f.service.Versions("bucket", "key"); len(h) != 2 || !h[0].DeleteMarker || h[1].ID != first {
		t.Errorf("history %+v", h)
	}
}

// TestDeleteObjectsVersioned follows the recorded answers for a batch in a
// versioned bucket.
func TestDeleteObjectsVersioned(t *testing.T) {
	f := withBucket(t, "Enabled")
	_, id := f.put("key", "body")
	batch := func(objects string) []string {
		t.Helper()
		body := "<Delete>" + objects + "</Delete>"
		r := f.do("POST", "/bucket?delete", body, "Content-MD5", md5Of(body))
		if r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return deleteResult(t, r.body)
	}
	got := batch("<Object><Key>key</Key></Object><Object><Key>absent</Key></Object>")
	marker := f.service.Versions("bucket", "key")[0].ID
	absent := f.service.Versions("bucket", "absent")[0].ID
	if diff := cmp.Diff([]string{"Deleted key marker=" + marker, "Deleted absent marker=" + absent}, got); diff != "" {
		t.Error(diff)
	}
	got = batch("<Object><Key>key</Key><VersionId>" + marker + "</VersionId></Object>" +
		"<Object><Key>key</Key><VersionId>HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD</VersionId></Object>" +
		"<Object><Key>key</Key><VersionId>" + id + "</VersionId></Object>")
	want := []string{"Deleted key " + marker + " marker=" + marker,
		"Error key NoSuchVersion HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD", "Deleted key " + id}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := batch("<Quiet>true</Quiet><Object><Key>absent</Key></Object>"); got != nil {
		t.Errorf("quiet: %v", got)
	}
	if h := f.service.Versions("bucket", "key"); h != nil {
		t.Errorf("history %+v", h)
	}
}

func TestDeleteObjectsRefusals(t *testing.T) {
	f := withBucket(t, "")
	f.put("key", "body")
	many := strings.Repeat("<Object><Key>key</Key></Object>", 1001)
	for name, body := range map[string]string{
		"empty": "", "not xml": "x", "other root": "<Remove/>", "no objects": "<Delete></Delete>", "no key": "<Delete><Object/></Delete>",
		"1001 objects": "<Delete>" + many + "</Delete>", "cut": "<Delete><Object><Key>key</Key></Object>",
		"trailing": "<Delete><Object><Key>key</Key></Object></Delete><Delete/>",
	} {
		if r := f.do("POST", "/bucket?delete", body, "Content-MD5", md5Of(body)); r.status != 400 || r.element("Code") != "MalformedXML" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	one := "<Delete><Object><Key>key</Key></Object></Delete>"
	if r := f.do("POST", "/bucket?delete", one); r.status != 400 || r.element("Code") != "InvalidRequest" {
		t.Errorf("without a checksum: %d %s", r.status, r.body)
	}
	if r := f.do("POST", "/bucket?delete", one, "Content-MD5", md5Of("x")); r.element("Code") != "BadDigest" {
		t.Errorf("with a wrong checksum: %d %s", r.status, r.body)
	}
	if _, _, ok := f.service.Object("bucket", "key"); !ok {
		t.Error("a refused request deleted the object")
	}
}
