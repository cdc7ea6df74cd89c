package s3fake_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// states are the situations a key can be in before a conditional request. Each
// returns the ETag of the version that was current last.
var states = map[string]struct {
	versioning string
	prepare    func(f *fixture) (etag string)
}{
	"absent": {"", func(f *fixture) string { return `"00000000000000000000000000000000"` }},
	"live":   {"", func(f *fixture) string { etag, _ := f.put("key", "old"); return etag }},
	"live, versioned": {"Enabled", func(f *fixture) string {
		f.put("key", "older")
		etag, _ := f.put("key", "old")
		return etag
	}},
	"live, suspended": {"Suspended", func(f *fixture) string { etag, _ := f.put("key", "old"); return etag }},
	"marker": {"Enabled", func(f *fixture) string {
		etag, _ := f.put("key", "old")
		f.must(f.service.DeleteObject("bucket", "key"))
		return etag
	}},
	"marker, suspended": {"Suspended", func(f *fixture) string {
		etag, _ := f.put("key", "old")
		f.must(f.service.DeleteObject("bucket", "key"))
		return etag
	}},
}

// outcome is the answer to a refused conditional request; the zero outcome is success.
type outcome struct {
	Status                                    int
	Code, Condition, Key, Header, Explanation string
}

func outcomeOf(r response) outcome {
	if r.status < 300 {
		return outcome{}
	}
	return outcome{r.status, r.element("Code"), r.element("Condition"), r.element("Key"), r.element("Header"),
		r.element("additionalMessage")}
}

var (
	failed = func(condition string) outcome {
		return outcome{Status: 412, Code: "PreconditionFailed", Condition: condition}
	}
	missing  = outcome{Status: 404, Code: "NoSuchKey", Key: "key"}
	badValue = func(h string) outcome {
		return outcome{Status: 501, Code: "NotImplemented", Header: h, Explanation: "We don't accept the provided value of " + h + " header for this API"}
	}
	bothAtOnce = outcome{Status: 501, Code: "NotImplemented", Header: "If-Match,If-None-Match", Explanation: "Multiple conditional request headers present in the request"}
)

// writeRows is the matrix of conditions for PutObject; CopyObject's destination has
// the same one.
var writeRows = []struct {
	row       string
	states    []string
	ifMatch   string // "ETAG" stands for the ETag of the last current version
	noneMatch string
	want      outcome
}{
	{"If-None-Match:* absent", []string{"absent"}, "", "*", outcome{}},
	{"If-None-Match:* live object", []string{"live", "live, versioned", "live, suspended"}, "", "*", failed("If-None-Match")},
	{"If-None-Match:* delete marker is current", []string{"marker", "marker, suspended"}, "", "*", outcome{}},
	{`If-None-Match:"etag" any`, []string{"absent", "live", "live, versioned", "marker"}, "", "ETAG", badValue("If-None-Match")},
	{`If-Match:"etag" equal`, []string{"live", "live, versioned", "live, suspended"}, "ETAG", "", outcome{}},
	{`If-Match:"etag" equal, without quotes`, []string{"live", "live, versioned"}, "UNQUOTED", "", outcome{}},
	{`If-Match:"etag" different`, []string{"live", "live, versioned", "live, suspended"}, `"d41d8cd98f00b204e9800998ecf8427e"`, "", failed("If-Match")},
	{`If-Match: of an older version`, []string{"live, versioned"}, "OLDER", "", failed("If-Match")},
	{`If-Match:"etag" absent`, []string{"absent"}, "ETAG", "", missing},
	{`If-Match: of an old version, marker is current`, []string{"marker", "marker, suspended"}, "ETAG", "", missing},
	{`If-Match:* any`, []string{"absent", "live", "live, versioned", "marker"}, "*", "", badValue("If-Match")},
	{"both headers any", []string{"absent", "live", "live, versioned", "marker"}, "ETAG", "*", bothAtOnce},
	{"no header any", []string{"absent", "live", "live, versioned", "live, suspended", "marker", "marker, suspended"}, "", "", outcome{}},
}

func conditionHeaders(etag, ifMatch, noneMatch string) []string {
	fill := map[string]string{"ETAG": etag, "UNQUOTED": etag[1 : len(etag)-1], "OLDER": etagOf("older")}
	var headers []string
	for name, value := range map[string]string{"If-Match": ifMatch, "If-None-Match": noneMatch} {
		if full, ok := fill[value]; ok {
			value = full
		}
		if value != "" {
			headers = append(headers, name, value)
		}
	}
	return headers
}

// testWriteMatrix runs the matrix with a write that stores the body "new" at
// /bucket/key.
func testWriteMatrix(t *testing.T, write func(f *fixture, headers []string) response) {
	for _, row := range writeRows {
		for _, state := range row.states {
			t.Run(row.row+"/"+state, func(t *testing.T) {
				f := withBucket(t, states[state].versioning)
				etag := states[state].prepare(f)
				before := f.service.Versions("bucket", "key")
				r := write(f, conditionHeaders(etag, row.ifMatch, row.noneMatch))
				if diff := cmp.Diff(row.want, outcomeOf(r)); diff != "" {
					t.Errorf("answer (-want +got):\n%s%s", diff, r.body)
				}
				body, _, _ := f.service.Object("bucket", "key")
				if row.want == (outcome{}) {
					if string(body) != "new" {
						t.Errorf("stored %q", body)
					}
				} else if diff := cmp.Diff(before, f.service.Versions("bucket", "key")); diff != "" {
					t.Errorf("a refused write changed the history:\n%s", diff)
				}
			})
		}
	}
}

func TestPutConditions(t *testing.T) {
	testWriteMatrix(t, func(f *fixture, headers []string) response {
		return f.do("PUT", "/bucket/key", "new", headers...)
	})
}

func TestCopyDestinationConditions(t *testing.T) {
	testWriteMatrix(t, func(f *fixture, headers []string) response {
		f.must(f.service.PutObject("bucket", "source", []byte("new"), nil))
		return f.do("PUT", "/bucket/key", "", append(headers, "x-amz-copy-source", "bucket/source")...)
	})
}

// TestDeleteConditions is the matrix of conditions for DeleteObject.
func TestDeleteConditions(t *testing.T) {
	notHere := func(header string) outcome { return outcome{Status: 501, Code: "NotImplemented", Header: header} }
	for _, row := range []struct {
		row     string
		states  []string
		headers []string
		query   string
		want    outcome
	}{
		{"live, equal", []string{"live", "live, versioned", "live, suspended"}, []string{"If-Match", "ETAG"}, "", outcome{}},
		{"live, *", []string{"live", "live, versioned", "live, suspended"}, []string{"If-Match", "*"}, "", outcome{}},
		{"live, different", []string{"live", "live, versioned"}, []string{"If-Match", `"x"`}, "", failed("If-Match")},
		{"absent, etag", []string{"absent", "marker", "marker, suspended"}, []string{"If-Match", "ETAG"}, "", missing},
		{"absent, *", []string{"absent", "marker", "marker, suspended"}, []string{"If-Match", "*"}, "", missing},
		{"versionId as well", []string{"live", "live, versioned", "marker"}, []string{"If-Match", "ETAG"}, "?versionId=null", notHere("If-Match")},
		{"size", []string{"live"}, []string{"x-amz-if-match-size", "3"}, "", notHere("x-amz-if-match-size")},
		{"time", []string{"live"}, []string{"x-amz-if-match-last-modified-time", "x"}, "", notHere("x-amz-if-match-last-modified-time")},
		{"no condition", []string{"absent", "live", "live, versioned", "live, suspended", "marker", "marker, suspended"}, nil, "", outcome{}},
	} {
		for _, state := range row.states {
			t.Run(row.row+"/"+state, func(t *testing.T) {
				f := withBucket(t, states[state].versioning)
				etag := states[state].prepare(f)
				before := f.service.Versions("bucket", "key")
				headers := slices.Clone(row.headers)
				for i, h := range headers {
					if h == "ETAG" {
						headers[i] = etag
					}
				}
				r := f.do("DELETE", "/bucket/key"+row.query, "", headers...)
				if diff := cmp.Diff(row.want, outcomeOf(r)); diff != "" {
					t.Errorf("answer (-want +got):\n%s%s", diff, r.body)
				}
				after := f.service.Versions("bucket", "key")
				if row.want != (outcome{}) {
					if diff := cmp.Diff(before, after); diff != "" {
						t.Errorf("a refused delete changed the history:\n%s", diff)
					}
					return
				}
				if r.status != http.StatusNoContent {
					t.Errorf("status %d", r.status)
				}
				if _, _, ok := f.service.Object("bucket", "key"); ok {
					t.Error("the object is still there")
				}
				if states[state].versioning == "Enabled" && (len(after) != len(before)+1 || !after[0].DeleteMarker) {
					t.Errorf("no marker was added: %+v", after)
				}
			})
		}
	}
}

// TestDeleteObjectsConditions: DeleteObjects takes the ETag per object in the XML.
func TestDeleteObjectsConditions(t *testing.T) {
	f := withBucket(t, "")
	etag, _ := f.put("equal", "1")
	f.put("different", "2")
	f.put("free", "3")
	body := fmt.Sprintf(`<Delete><Object><Key>equal</Key><ETag>%s</ETag></Object>`+
		`<Object><Key>different</Key><ETag>&quot;x&quot;</ETag></Object><Object><Key>absent</Key><ETag>*</ETag></Object>`+
		`<Object><Key>free</Key></Object><Object><Key>gone</Key></Object></Delete>`, etag)
	r := f.do("POST", "/bucket?delete", body, "Content-MD5", md5Of(body))
	if r.status != 200 {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	want := []string{"Deleted equal", "Error different PreconditionFailed", "Error absent NoSuchKey", "Deleted free", "Deleted gone"}
	if diff := cmp.Diff(want, deleteResult(t, r.body)); diff != "" {
		t.Error(diff)
	}
	if _, _, ok := f.service.Object("bucket", "different"); !ok {
		t.Error("an object was deleted in spite of its condition")
	}
}

// TestReadConditions covers GET and HEAD: 304 and 412, and which condition
// overrides which.
func TestReadConditions(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 500e6, time.UTC)
	f := withBucket(t, "", func(o *s3fake.Options) { o.Now = func() time.Time { return now } })
	etag, _ := f.put("key", "body")
	written := now.Format(http.TimeFormat)
	now = now.Add(time.Hour)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, row := range []struct {
		name    string
		headers []string
		status  int
		failed  string
	}{
		{"If-Match equal", []string{"If-Match", etag}, 200, ""},
		{"If-Match without quotes", []string{"If-Match", etag[1 : len(etag)-1]}, 200, ""},
		{"If-Match list", []string{"If-Match", `"x", ` + etag}, 200, ""},
		{"If-Match *", []string{"If-Match", "*"}, 200, ""},
		{"If-Match different", []string{"If-Match", `"x"`}, 412, "If-Match"},
		{"If-None-Match equal", []string{"If-None-Match", etag}, 304, ""},
		{"If-None-Match without quotes", []string{"If-None-Match", etag[1 : len(etag)-1]}, 304, ""},
		{"If-None-Match *", []string{"If-None-Match", "*"}, 304, ""},
		{"If-None-Match different", []string{"If-None-Match", `"x"`}, 200, ""},
		{"If-Modified-Since before", []string{"If-Modified-Since", at(-2 * time.Hour)}, 200, ""},
		{"If-Modified-Since same second", []string{"If-Modified-Since", written}, 304, ""},
		{"If-Modified-Since after", []string{"If-Modified-Since", at(-time.Minute)}, 304, ""},
		{"If-Modified-Since in the future", []string{"If-Modified-Since", at(time.Hour)}, 200, ""},
		{"If-Modified-Since no date", []string{"If-Modified-Since", "yesterday"}, 200, ""},
		{"If-Unmodified-Since before", []string{"If-Unmodified-Since", at(-2 * time.Hour)}, 412, "If-Unmodified-Since"},
		{"If-Unmodified-Since same second", []string{"If-Unmodified-Since", written}, 200, ""},
		{"If-Match overrides If-Unmodified-Since", []string{"If-Match", etag, "If-Unmodified-Since", at(-2 * time.Hour)}, 200, ""},
		{"If-None-Match overrides If-Modified-Since", []string{"If-None-Match", `"x"`, "If-Modified-Since", at(-time.Minute)}, 200, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			get := f.do("GET", "/bucket/key", "", row.headers...)
			if get.status != row.status || get.element("Condition") != row.failed {
				t.Errorf("GET: %d %s", get.status, get.body)
			}
			head := f.do("HEAD", "/bucket/key", "", row.headers...)
			if head.status != row.status || head.body != "" {
				t.Errorf("HEAD: %d %q", head.status, head.body)
			}
			if row.status == 304 && (get.header.Get("ETag") != etag || get.body != "") {
				t.Errorf("304 with ETag %q and body %q", get.header.Get("ETag"), get.body)
			}
		})
	}
}

// TestCopySourceConditions covers x-amz-copy-source-if-*, all of which are answered
// 412.
func TestCopySourceConditions(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	f := withBucket(t, "", func(o *s3fake.Options) { o.Now = func() time.Time { return now } })
	etag, _ := f.put("source", "body")
	now = now.Add(time.Hour)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, row := range []struct{ name, value, failed string }{
		{"if-match", etag, ""},
		{"if-match", `"x"`, "x-amz-copy-source-If-Match"},
		{"if-none-match", `"x"`, ""},
		{"if-none-match", etag, "x-amz-copy-source-If-None-Match"},
		{"if-none-match", etag[1 : len(etag)-1], "x-amz-copy-source-If-None-Match"},
		{"if-modified-since", at(-2 * time.Hour), ""},
		{"if-modified-since", at(-time.Minute), "x-amz-copy-source-If-Modified-Since"},
		{"if-modified-since", at(time.Hour), ""},
		{"if-unmodified-since", at(-time.Minute), ""},
		{"if-unmodified-since", at(-2 * time.Hour), "x-amz-copy-source-If-Unmodified-Since"},
	} {
		t.Run(row.name+" "+row.value, func(t *testing.T) {
			r := f.do("PUT", "/bucket/key", "", "x-amz-copy-source", "/bucket/source", "x-amz-copy-source-"+row.name, row.value)
			want := outcome{}
			if row.failed != "" {
				want = failed(row.failed)
			}
			if diff := cmp.Diff(want, outcomeOf(r)); diff != "" {
				t.Errorf("%s%s", diff, r.body)
			}
		})
	}
}
