package s3fake_test

import (
	"encoding/xml"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// TestListingsAgainstModel pages through random buckets and compares with a listing
// written the naive way.
func TestListingsAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		service, err := s3fake.New(s3fake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		keys := fillBucket(t, service)
		prefix := rapid.SampledFrom([]string{"", "a", "a/", "b", "/", "a/b"}).Draw(t, "prefix")
		delimiter := rapid.SampledFrom([]string{"", "/", "b", "//"}).Draw(t, "delimiter")
		query := url.Values{
			"prefix": {prefix}, "delimiter": {delimiter}, "max-keys": {strconv.Itoa(rapid.IntRange(1, 5).Draw(t, "max-keys"))},
		}
		var objects, versions []string
		for _, key := range keys {
			if !strings.HasPrefix(key, prefix) {
				continue
			}
			group := ""
			if i := strings.Index(key[len(prefix):], delimiter); delimiter != "" && i >= 0 {
				group = key[:len(prefix)+i+len(delimiter)] + " (common)"
			}
			history := service.Versions("bucket", key)
			if len(history) == 0 {
				continue
			}
			for _, v := range history {
				line := key + " " + v.ID
				if v.DeleteMarker {
					line += " marker"
				}
				versions = appendOnce(versions, group, line)
			}
			if !history[0].DeleteMarker {
				objects = appendOnce(objects, group, key)
			}
		}
		compare(t, "ListObjectVersions", versions, pages(t, service, query, "versions", func(l listed, next url.Values) {
			next.Set("key-marker", l.NextKeyMarker)
			next.Set("version-id-marker", l.NextVersionIdMarker)
		}))
		compare(t, "ListObjectsV2", objects, pages(t, service, query, "list-type=2", func(l listed, next url.Values) {
			next.Set("continuation-token", l.NextContinuationToken)
		}))
		compare(t, "ListObjects", objects, pages(t, service, query, "", func(l listed, next url.Values) {
			last := l.lines()[len(l.lines())-1]
			next.Set("marker", strings.TrimSuffix(last, " (common)"))
		}))
	})
}

// fillBucket makes "bucket" with random versions and returns the keys it may hold,
// sorted.
func fillBucket(t *rapid.T, service *s3fake.Service) []string {
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(service.CreateBucket("bucket"))
	key := rapid.StringMatching(`[ab/é]{1,4}`)
	var keys []string
	for range rapid.IntRange(0, 25).Draw(t, "writes") {
		k := key.Draw(t, "key")
		keys = append(keys, k)
		switch rapid.SampledFrom([]string{"put", "put", "delete", "enable", "suspend"}).Draw(t, "step") {
		case "put":
			check(service.PutObject("bucket", k, nil, nil))
		case "delete":
			check(service.DeleteObject("bucket", k))
		case "enable":
			check(service.SetVersioning("bucket", "Enabled"))
		case "suspend":
			check(service.SetVersioning("bucket", "Suspended"))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// appendOnce appends the line, or instead of it the group it is in, if that is not
// there yet.
func appendOnce(lines []string, group, line string) []string {
	if group == "" {
		return append(lines, line)
	}
	if slices.Contains(lines, group) {
		return lines
	}
	return append(lines, group)
}

// pages reads a listing to its end. Next adds to the query the parameters that
// continue after a page.
func pages(t *rapid.T, service *s3fake.Service, query url.Values, kind string, next func(l listed, next url.Values)) []string {
	var lines []string
	parameters := url.Values{}
	for name, values := range query {
		parameters[name] = values
	}
	for range 1000 {
		w := httptest.NewRecorder()
		service.ServeHTTP(w, httptest.NewRequest("GET", "/bucket?"+parameters.Encode()+"&"+kind, nil))
		var l listed
		if err := xml.Unmarshal(w.Body.Bytes(), &l); err != nil || w.Code != 200 {
			t.Fatalf("%d %s %v", w.Code, w.Body, err)
		}
		got := l.lines()
		if limit, _ := strconv.Atoi(query.Get("max-keys")); len(got) > limit || l.IsTruncated && len(got) < limit {
			t.Fatalf("a page of %d, truncated %v: %v", limit, l.IsTruncated, got)
		}
		lines = append(lines, got...)
		if !l.IsTruncated {
			return lines
		}
		next(l, parameters)
	}
	t.Fatal("the listing does not end")
	return nil
}

func compare(t *rapid.T, what string, want, got []string) {
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}
