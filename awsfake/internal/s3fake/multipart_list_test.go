package s3fake_test

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

// TestListMultipartUploads is LocalStack's test_list_multiparts_next_marker and
// _with_prefix_and_delimiter.
func TestListMultipartUploads(t *testing.T) {
	f := withBucket(t, "")
	c := f.create("c")
	a1, b := f.create("a"), f.create("b")
	a2, a3 := f.create("a"), f.create("a")
	list := func(query string) string {
		t.Helper()
		r := f.do("GET", "/bucket?uploads&"+query, "")
		var l struct {
			IsTruncated                       bool
			NextKeyMarker, NextUploadIdMarker string
			Upload                            []struct{ Key, UploadId string }
			CommonPrefixes                    []struct{ Prefix string }
		}
		if err := xml.Unmarshal([]byte(r.body), &l); err != nil || r.status != 200 {
			return fmt.Sprint(r.status, " ", r.element("Code"), " ", r.element("Message"))
		}
		var out []string
		for _, u := range l.Upload {
			out = append(out, u.Key+":"+u.UploadId)
		}
		for _, p := range l.CommonPrefixes {
			out = append(out, p.Prefix)
		}
		return fmt.Sprint(strings.Join(out, " "), " ", l.IsTruncated, " ", l.NextKeyMarker, ":", l.NextUploadIdMarker)
	}
	for _, row := range []struct{ query, want string }{
		{"", "a:" + a1 + " a:" + a2 + " a:" + a3 + " b:" + b + " c:" + c + " false c:" + c},
		{"max-uploads=1", "a:" + a1 + " true a:" + a1},
		{"max-uploads=1&key-marker=a", "b:" + b + " true b:" + b},
		{"max-uploads=1&key-marker=c", " false :"},
		{"max-uploads=1&upload-id-marker=" + a1, "a:" + a1 + " true a:" + a1},
		{"max-uploads=1&key-marker=a&upload-id-marker=" + a1, "a:" + a2 + " true a:" + a2},
		{"max-uploads=1&key-marker=a&upload-id-marker=" + a3, "b:" + b + " true b:" + b},
		{"max-uploads=1&key-marker=b&upload-id-marker=" + b, "c:" + c + " false c:" + c},
		{"max-uploads=1&key-marker=a&upload-id-marker=" + b, "400 InvalidArgument Invalid uploadId marker"},
		{"max-uploads=x", "400 InvalidArgument Argument max-uploads must be an integer between 0 and 2147483647"},
	} {
		if got := list(row.query); got != row.want {
			t.Errorf("%s: %s, want %s", row.query, got, row.want)
		}
	}
	for _, key := range []string{"test/foo/bar/123", "test/foo/123", "test/bar/foo/123"} {
		f.create(key)
	}
	if got := list("prefix=test/&delimiter=/"); got != "test/bar/ test/foo/ false :" {
		t.Error(got)
	}
	if got := list("prefix=test/&delimiter=/&max-uploads=1"); got != "test/bar/ true :" {
		t.Error(got)
	}
	if got := list("prefix=test/&delimiter=/&key-marker=test/bar/"); got != "test/foo/ false :" {
		t.Error(got)
	}
}

// TestListPartsPages is LocalStack's test_list_parts_pagination and
// _empty_part_number_marker.
func TestListPartsPages(t *testing.T) {
	f := withBucket(t, "")
	id := f.create("key")
	f.part("key", id, 1, "test")
	f.part("key", id, 2, "test")
	for _, row := range []struct{ query, want string }{
		{"", "0 2 1000 false 1"}, {"&max-parts=1", "0 1 1 true 1"}, {"&max-parts=1&part-number-marker=1", "1 2 1 false 2"},
		{"&max-parts=1&part-number-marker=10", "10 0 1 false "}, {"&max-parts=&part-number-marker=", "0 2 1000 false 1"},
	} {
		r := f.do("GET", target("key", id, 0)+row.query, "")
		got := strings.Join([]string{r.element("PartNumberMarker"), r.element("NextPartNumberMarker"), r.element("MaxParts"), r.element("IsTruncated"), r.element("PartNumber")}, " ")
		if got != row.want {
			t.Errorf("%s: %s", row.query, r.body)
		}
	}
}
