package s3fake_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// TestNamespaces: every element of an answer is in the namespace of S3, as strict
// readers of other languages demand; an error is in none.
func TestNamespaces(t *testing.T) {
	f := withBucket(t, "Enabled")
	f.put("a", "b")
	f.put("dir/a", "")
	f.must(f.service.DeleteObject("bucket", "a"))
	batch := "<Delete><Object><Key>b</Key></Object><Object><Key>b</Key><VersionId>x</VersionId></Object></Delete>"
	for name, r := range map[string]response{
		"versions":   f.do("GET", "/bucket?versions&delimiter=/", ""),
		"v1":         f.do("GET", "/bucket", ""),
		"v2":         f.do("GET", "/bucket?list-type=2&fetch-owner=true", ""),
		"buckets":    f.do("GET", "/", ""),
		"location":   f.do("GET", "/bucket?location", ""),
		"versioning": f.do("GET", "/bucket?versioning", ""),
		"copy":       f.do("PUT", "/bucket/copy", "", "x-amz-copy-source", "bucket/dir/a"),
		"delete":     f.do("POST", "/bucket?delete", batch, "Content-MD5", md5Of(batch)),
		"error":      f.do("GET", "/bucket/none", ""),
	} {
		want := "http://s3.amazonaws.com/doc/2006-03-01/"
		if name == "error" {
			want = ""
		}
		elements := 0
		for d := xml.NewDecoder(strings.NewReader(r.body)); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, r.body)
			}
			if start, ok := token.(xml.StartElement); ok {
				if elements++; start.Name.Space != want {
					t.Errorf("%s: %s is in %q", name, start.Name.Local, start.Name.Space)
				}
			}
		}
		if elements == 0 || r.header.Get("Content-Type") != "application/xml" || r.header.Get("x-amz-request-id") == "" {
			t.Errorf("%s: %v %s", name, r.header, r.body)
		}
	}
}
