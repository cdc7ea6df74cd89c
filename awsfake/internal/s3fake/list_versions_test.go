package s3fake_test

import (
	"testing"
)

// TestListHidesMarkers: a key whose newest version is a delete marker is in neither
// listing of objects, and a common prefix of nothing but such keys is not either.
func TestListHidesMarkers(t *testing.T) {
	f := withBucket(t, "Enabled")
	for _, key := range []string{"dead/x", "half/x", "half/y", "key"} {
		f.put(key, "")
	}
	for _, key := range []string{"dead/x", "half/x"} {
		f.must(f.service.DeleteObject("bucket", key))
	}
	f.expect("all", f.list("list-type", "2").lines(), "half/y", "key")
	f.expect("delimiter", f.list("list-type", "2", "delimiter", "/").lines(), "half/ (common)", "key")
	f.expect("versions with delimiter", f.list("versions", "", "delimiter", "/", "prefix", "d").lines(), "dead/ (common)")
}

// TestListObjectVersions follows the recorded test_list_objects_versions_markers.
func TestListObjectVersions(t *testing.T) {
	f := withBucket(t, "Enabled")
	ids := map[string]string{}
	add := func(key, name string) {
		if name == "marker" {
			f.must(f.service.DeleteObject("bucket", key))
		} else {
			f.put(key, name)
		}
		ids[f.service.Versions("bucket", key)[0].ID] = key + "/" + name
	}
	for _, key := range []string{"k0", "k1", "k2"} {
		add(key, "1")
	}
	for _, key := range []string{"k0", "k1"} {
		add(key, "marker")
		add(key, "3")
	}
	add("k2", "2")
	add("k2", "marker")
	lines := func(l listed) []string {
		var named []string
		for _, e := range l.Entries {
			if e.Key != "" {
				line := ids[e.VersionId]
				if e.IsLatest {
					line += " latest"
				}
				named = append(named, line)
			}
		}
		return named
	}
	versions := func(parameters ...string) listed { return f.list(append(parameters, "versions", "")...) }
	all := []string{"k0/3 latest", "k0/marker", "k0/1", "k1/3 latest", "k1/marker", "k1/1", "k2/marker latest", "k2/2", "k2/1"}
	f.expect("all", lines(versions()), all...)

	l := versions("max-keys", "5")
	f.expect("five", lines(l), all[:5]...)
	if !l.IsTruncated || l.NextKeyMarker != "k1" || ids[l.NextVersionIdMarker] != "k1/marker" {
		t.Errorf("the markers do not name the last entry returned: %+v", l)
	}
	f.expect("both markers", lines(versions("key-marker", l.NextKeyMarker, "version-id-marker", l.NextVersionIdMarker)), all[5:]...)
	f.expect("the key marker alone skips the rest of the key", lines(versions("key-marker", "k1")), all[6:]...)
	f.expect("after the last key", lines(versions("key-marker", "k2")))
	f.expect("prefix", lines(versions("prefix", "k1")), all[3:6]...)

	r := f.do("GET", "/bucket?versions&version-id-marker="+l.NextVersionIdMarker, "")
	if r.status != 400 || r.element("Message") != "A version-id marker cannot be specified without a key marker." {
		t.Errorf("version-id-marker alone: %d %s", r.status, r.body)
	}
	if r := f.do("GET", "/bucket?versions&key-marker=k1&version-id-marker=nonsense", ""); r.status != 400 {
		t.Errorf("malformed version-id-marker: %d %s", r.status, r.body)
	}

	// A reader that deletes the versions it has read can go on from there.
	r = f.do("DELETE", "/bucket/k1?versionId="+l.NextVersionIdMarker, "")
	if r.status != 204 {
		t.Fatal(r.body)
	}
	f.expect("after a version that is deleted by now",
		lines(versions("key-marker", l.NextKeyMarker, "version-id-marker", l.NextVersionIdMarker)), all[5:]...)
}

// TestListNullVersions: a bucket that was never versioned lists its objects with
// the version id "null".
func TestListNullVersions(t *testing.T) {
	f := withBucket(t, "")
	f.put("a", "")
	f.put("b", "")
	f.expect("all", f.list("versions", "").lines(), "a null", "b null")
	l := f.list("versions", "", "max-keys", "1")
	if l.NextKeyMarker != "a" || l.NextVersionIdMarker != "null" {
		t.Errorf("%+v", l)
	}
	f.expect("next", f.list("versions", "", "key-marker", "a", "version-id-marker", "null").lines(), "b null")
}
