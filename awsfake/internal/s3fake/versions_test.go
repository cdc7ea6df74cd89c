package s3fake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
)

// history is the versions of a key as "id body" or "id marker" lines, newest first;
// ids are numbered in order of creation.
func (f *fixture) history(key string, names map[string]string) []string {
	var lines []string
	for _, v := range f.service.Versions("bucket", key) {
		name := names[v.ID]
		if v.ID == "null" {
			name = "null"
		}
		if v.DeleteMarker {
			lines = append(lines, name+" marker")
		} else {
			lines = append(lines, name+" "+string(v.Body))
		}
	}
	return lines
}

// TestVersioningStates follows a key through never set, Enabled, Suspended and
// Enabled again.
func TestVersioningStates(t *testing.T) {
	f := withBucket(t, "")
	names := map[string]string{}
	number := 0
	write := func(body string) (id string) {
		t.Helper()
		r := f.do("PUT", "/bucket/key", body)
		if r.status != 200 {
			t.Fatalf("PUT: %d %s", r.status, r.body)
		}
		id = r.header.Get("x-amz-version-id")
		if id != "" {
			number++
			names[id] = fmt.Sprint("v", number)
		}
		return id
	}
	remove := func() response {
		r := f.do("DELETE", "/bucket/key", "")
		if id := r.header.Get("x-amz-version-id"); id != "" && id != "null" {
			number++
			names[id] = fmt.Sprint("v", number)
		}
		return r
	}
	expect := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, f.history("key", names)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}

	if id := write("a"); id != "" {
		t.Errorf("never versioned: PUT answers version id %q", id)
	}
	write("b")
	expect("never versioned: an object is replaced", "null b")
	if r := f.do("GET", "/bucket/key?versionId=null", ""); r.status != 200 || r.body != "b" || r.header.Get("x-amz-version-id") != "" {
		t.Errorf("never versioned: GET null: %d %v", r.status, r.header)
	}
	if r := remove(); r.status != 204 || r.header.Get("x-amz-delete-marker") != "" || r.header.Get("x-amz-version-id") != "" {
		t.Errorf("never versioned: DELETE: %d %v", r.status, r.header)
	}
	expect("never versioned: DELETE removes")
	write("b")

	f.must(f.service.SetVersioning("bucket", "Enabled"))
	expect("existing objects stay as version null", "null b")
	if id := write("c"); id == "" || len(id) > 1024 || escape(id) != id {
		t.Errorf("enabled: version id %q is absent or needs escaping", id)
	}
	expect("enabled: a version is added", "v1 c", "null b")
	if r := remove(); r.status != 204 || r.header.Get("x-amz-delete-marker") != "true" || r.header.Get("x-amz-version-id") == "" {
		t.Errorf("enabled: DELETE: %d %v", r.status, r.header)
	}
	remove()
	expect("DELETE adds a marker on top of another marker", "v3 marker", "v2 marker", "v1 c", "null b")

	f.must(f.service.SetVersioning("bucket", "Suspended"))
	if id := write("d"); id != "" {
		t.Errorf("suspended: PUT answers version id %q", id)
	}
	expect("suspended: PUT replaces version null", "null d", "v3 marker", "v2 marker", "v1 c")
	if r := f.do("GET", "/bucket/key", ""); r.header.Get("x-amz-version-id") != "null" {
		t.Errorf("suspended: GET answers version id %q", r.header.Get("x-amz-version-id"))
	}
	r := remove()
	if r.header.Get("x-amz-delete-marker") != "true" || r.header.Get("x-amz-version-id") != "null" {
		t.Errorf("suspended: DELETE: %v", r.header)
	}
	expect("suspended: DELETE puts a marker null in place of version null", "null marker", "v3 marker", "v2 marker", "v1 c")

	f.must(f.service.SetVersioning("bucket", "Enabled"))
	write("e")
	expect("enabled again", "v4 e", "null marker", "v3 marker", "v2 marker", "v1 c")
}

func TestVersioningConfiguration(t *testing.T) {
	f := withBucket(t, "")
	put := func(status string) response {
		return f.do("PUT", "/bucket?versioning", "<VersioningConfiguration><Status>"+status+"</Status></VersioningConfiguration>")
	}
	get := func() string {
		r := f.do("GET", "/bucket?versioning", "")
		if r.status != 200 {
			t.Errorf("GET: %d %s", r.status, r.body)
		}
		return r.element("Status")
	}
	if s := get(); s != "" {
		t.Errorf("never set: %q", s)
	}
	for _, row := range []struct {
		status, code, after string
	}{
		{"Suspended", "", "Suspended"}, // a bucket that was never versioned can be suspended
		{"enabled", "MalformedXML", "Suspended"},
		{"Enabled", "", "Enabled"},
		{"Suspended", "", "Suspended"},
		{"Disabled", "MalformedXML", "Suspended"},
		{"", "IllegalVersioningConfigurationException", "Suspended"},
	} {
		r := put(row.status)
		if r.element("Code") != row.code || get() != row.after {
			t.Errorf("%q: %d %q, then %q", row.status, r.status, r.element("Code"), get())
		}
	}
	if r := f.do("PUT", "/bucket?versioning", "not xml"); r.element("Code") != "MalformedXML" {
		t.Errorf("not xml: %d %s", r.status, r.body)
	}
	if r := f.do("PUT", "/nobucket?versioning", "<VersioningConfiguration/>"); r.element("Code") != "NoSuchBucket" {
		t.Errorf("no bucket: %d %s", r.status, r.body)
	}
}

// TestReadVersion covers GET and HEAD by version id.
func TestReadVersion(t *testing.T) {
	f := withBucket(t, "")
	f.put("old", "null body")
	f.must(f.service.SetVersioning("bucket", "Enabled"))
	_, first := f.put("key", "first")
	_, second := f.put("key", "second")
	_, other := f.put("other", "other")
	f.must(f.service.DeleteObject("bucket", "key"))
	marker := f.service.Versions("bucket", "key")[0].ID
	bad := second[:len(second)-4] + "ABCD"
	for _, row := range []struct {
		name, target string
		status       int
		code, body   string
		header       map[string]string
	}{
		{"current is a marker", "/bucket/key", 404, "NoSuchKey", "", map[string]string{"x-amz-delete-marker": "true", "x-amz-version-id": marker}},
		{"an old version", "/bucket/key?versionId=" + first, 200, "", "first", map[string]string{"x-amz-version-id": first}},
		{"the one under the marker", "/bucket/key?versionId=" + second, 200, "", "second", nil},
		{"the marker by its id", "/bucket/key?versionId=" + marker, 405, "MethodNotAllowed", "", map[string]string{"x-amz-delete-marker": "true", "Allow": "DELETE"}},
		{"unknown but well-formed", "/bucket/key?versionId=" + other, 404, "NoSuchVersion", "", nil},
		{"malformed", "/bucket/key?versionId=" + bad, 400, "InvalidArgument", "", nil},
		{"malformed, short", "/bucket/key?versionId=x", 400, "InvalidArgument", "", nil},
		{"empty", "/bucket/key?versionId=", 400, "InvalidArgument", "", nil},
		{"null there", "/bucket/old?versionId=null", 200, "", "null body", map[string]string{"x-amz-version-id": "null"}},
		{"null not there", "/bucket/key?versionId=null", 404, "NoSuchVersion", "", nil},
		{"absent key", "/bucket/nokey?versionId=" + first, 404, "NoSuchVersion", "", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := f.do("GET", row.target, "")
			if r.status != row.status || r.element("Code") != row.code || row.code == "" && r.body != row.body {
				t.Errorf("GET: %d %s", r.status, r.body)
			}
			head := f.do("HEAD", row.target, "")
			if head.status != row.status || head.body != "" {
				t.Errorf("HEAD: %d %q", head.status, head.body)
			}
			for name, want := range row.header {
				if got := r.header.Get(name); got != want {
					t.Errorf("GET: %s is %q, want %q", name, got, want)
				}
				if got := head.header.Get(name); got != want {
					t.Errorf("HEAD: %s is %q, want %q", name, got, want)
				}
			}
		})
	}
	if r := f.do("GET", "/bucket/key?versionId="+bad, ""); r.element("Message") != "Invalid version id specified" ||
		r.element("ArgumentName") != "versionId" || r.element("ArgumentValue") != bad {
		t.Errorf("malformed: %s", r.body)
	}
}

func TestVersionIDInUnversionedBucket(t *testing.T) {
	f := withBucket(t, "Enabled")
	_, id := f.put("key", "body")
	f.must(f.service.CreateBucket("plain"))
	f.must(f.service.PutObject("plain", "key", []byte("body"), nil))
	for _, method := range []string{"GET", "DELETE"} {
		if r := f.do(method, "/plain/key?versionId="+id, ""); r.status != 400 || r.element("Message") != "Invalid version id specified" {
			t.Errorf("%s: %d %s", method, r.status, r.body)
		}
	}
}

// TestDirectoryBucket: S3 Express One Zone has no versioning, and ETags that are
// not the MD5.
func TestDirectoryBucket(t *testing.T) {
	f := start(t)
	const name = "state--use1-az4--x-s3"
	f.must(f.service.CreateBucket(name))
	client := f.client(func(o *s3.Options) { o.DisableS3ExpressSessionAuth = aws.Bool(true) })
	for _, r := range []response{
		f.do("GET", "/"+name+"?versioning", ""),
		f.do("GET", "/"+name+"?versions", ""),
		f.do("PUT", "/"+name+"?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
	} {
		if r.status != http.StatusMethodNotAllowed || r.element("Code") != "MethodNotAllowed" {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	put := func() string {
		out, err := client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String(name), Key: aws.String("key"), Body: strings.NewReader("same"),
		})
		f.must(err)
		return *out.ETag
	}
	if a, b := put(), put(); a == b || a == etagOf("same") {
		t.Errorf("ETags %s and %s", a, b)
	}
}
