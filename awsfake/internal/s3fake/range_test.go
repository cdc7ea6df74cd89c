package s3fake_test

import "testing"

// TestRange follows the recorded test_get_object_range: ranges that are malformed
// or several are ignored.
func TestRange(t *testing.T) {
	f := withBucket(t, "")
	f.put("key", "0123456789")
	f.put("empty", "")
	for _, row := range []struct {
		key, header string
		status      int
		body, want  string
	}{
		{"key", "bytes=0-8", 206, "012345678", "bytes 0-8/10"},
		{"key", "bytes=1-1", 206, "1", "bytes 1-1/10"},
		{"key", "bytes=1-0", 200, "0123456789", ""},
		{"key", "bytes=1-", 206, "123456789", "bytes 1-9/10"},
		{"key", "bytes=-1-", 200, "0123456789", ""},
		{"key", "bytes=-2", 206, "89", "bytes 8-9/10"},
		{"key", "bytes=-9", 206, "123456789", "bytes 1-9/10"},
		{"key", "bytes=-15", 206, "0123456789", "bytes 0-9/10"},
		{"key", "bytes=0-100", 206, "0123456789", "bytes 0-9/10"},
		{"key", "bytes=0-0", 206, "0", "bytes 0-0/10"},
		{"key", "bytes=0--1", 200, "0123456789", ""},
		{"key", "bytes=0-1,3-4,7-9", 200, "0123456789", ""},
		{"key", "0-8", 200, "0123456789", ""},
		{"key", "bytes=-", 200, "0123456789", ""},
		{"key", "bytes=99999999999999999999-", 200, "0123456789", ""},
		{"key", "bytes=-0", 416, "", "bytes */10"},
		{"key", "bytes=10-", 416, "", "bytes */10"},
		{"key", "bytes=100-200", 416, "", "bytes */10"},
		{"empty", "bytes=0-", 416, "", "bytes */0"},
		{"empty", "bytes=-1", 416, "", "bytes */0"},
	} {
		r := f.do("GET", "/bucket/"+row.key, "", "Range", row.header)
		if r.status != row.status || row.status != 416 && r.body != row.body || r.header.Get("Content-Range") != row.want {
			t.Errorf("%s %s: %d %q %q", row.key, row.header, r.status, r.header.Get("Content-Range"), r.body)
		}
		if row.status == 416 && (r.element("Code") != "InvalidRange" || r.element("RangeRequested") != row.header) {
			t.Errorf("%s %s: %s", row.key, row.header, r.body)
		}
	}
}
