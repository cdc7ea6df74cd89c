package s3fake_test

import (
	"regexp"
	"slices"
	"testing"
)

// TestKeyDeletedBeforeAListing: a new key that is deleted before any listing has
// sorted it is not listed, and one that is written again is listed once, in its
// place.
func TestKeyDeletedBeforeAListing(t *testing.T) {
	f := withBucket(t, "")
	for _, key := range []string{"c", "a", "b"} {
		f.put(key, "x")
	}
	f.must(f.service.DeleteObject("bucket", "b"))
	f.must(f.service.DeleteObject("bucket", "c"))
	f.put("c", "x")
	r := f.do("GET", "/bucket?list-type=2", "")
	if got := regexp.MustCompile("<Key>.</Key>").FindAllString(r.body, -1); !slices.Equal(got, []string{"<Key>a</Key>", "<Key>c</Key>"}) {
		t.Errorf("%d %v", r.status, got)
	}
}
