package s3fake_test

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
)

// listed is an answer of any of the three listings, as far as the tests look at it.
type listed struct {
	IsTruncated                                                          bool
	MaxKeys, KeyCount                                                    int
	Prefix, Delimiter, EncodingType, Marker, NextMarker                  string
	StartAfter, ContinuationToken, NextContinuationToken                 string
	KeyMarker, VersionIdMarker, NextKeyMarker, NextVersionIdMarker, Name string
	Entries                                                              []listedEntry `xml:",any"`
}

type listedEntry struct {
	XMLName      xml.Name
	Key, Prefix  string
	VersionId    string
	IsLatest     bool
	ETag         string
	Size         int
	StorageClass string
	LastModified string
	Owner        struct{ ID string }
}

// line is the entry as the tests write it: "key", "prefix/ (common)", "key id",
// "key id marker".
func (e listedEntry) line() string {
	switch e.XMLName.Local {
	case "CommonPrefixes":
		return e.Prefix + " (common)"
	case "Contents":
		return e.Key
	case "Version":
		return e.Key + " " + e.VersionId
	case "DeleteMarker":
		return e.Key + " " + e.VersionId + " marker"
	}
	return ""
}

func (l listed) lines() []string {
	entries := slices.DeleteFunc(slices.Clone(l.Entries), func(e listedEntry) bool { return e.line() == "" })
	for i, e := range entries { // common prefixes stand after all objects
		if i > 0 && e.Prefix == "" && entries[i-1].Prefix != "" {
			return []string{"an object behind a common prefix: " + e.line()}
		}
	}
	slices.SortStableFunc(entries, func(a, b listedEntry) int { return strings.Compare(a.Key+a.Prefix, b.Key+b.Prefix) })
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.line())
	}
	return lines
}

// list sends a listing request; the parameters are pairs of name and value.
func (f *fixture) list(parameters ...string) listed {
	f.Helper()
	query := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		query.Set(parameters[i], parameters[i+1])
	}
	r := f.do("GET", "/bucket?"+query.Encode(), "")
	if r.status != 200 {
		f.Fatalf("%v: %d %s", parameters, r.status, r.body)
	}
	var l listed
	f.must(xml.Unmarshal([]byte(r.body), &l))
	return l
}

func (f *fixture) expect(what string, got []string, want ...string) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestListObjectsV2(t *testing.T) {
	f := withBucket(t, "")
	for _, key := range []string{"a", "dir/x", "dir/y", "dir/sub/z", "dir2/x", "e", "ä"} {
		f.put(key, "body of "+key)
	}
	v2 := func(parameters ...string) listed { return f.list(append(parameters, "list-type", "2")...) }
	all := []string{"a", "dir/sub/z", "dir/x", "dir/y", "dir2/x", "e", "ä"} // by bytes
	f.expect("all", v2().lines(), all...)
	f.expect("prefix", v2("prefix", "dir").lines(), "dir/sub/z", "dir/x", "dir/y", "dir2/x")
	f.expect("delimiter", v2("delimiter", "/").lines(), "a", "dir/ (common)", "dir2/ (common)", "e", "ä")
	f.expect("prefix and delimiter", v2("prefix", "dir/", "delimiter", "/").lines(), "dir/sub/ (common)", "dir/x", "dir/y")
	f.expect("long delimiter", v2("delimiter", "/sub/").lines(), "a", "dir/sub/ (common)", "dir/x", "dir/y", "dir2/x", "e", "ä")
	f.expect("start-after", v2("start-after", "dir/x").lines(), "dir/y", "dir2/x", "e", "ä")
	f.expect("start-after between keys", v2("start-after", "dir/w").lines(), "dir/x", "dir/y", "dir2/x", "e", "ä")
	f.expect("start-after and prefix", v2("start-after", "a", "prefix", "dir2").lines(), "dir2/x")
	f.expect("prefix that matches nothing", v2("prefix", "zzz").lines())
	f.expect("max-keys 0", v2("max-keys", "0").lines())
	if l := v2("max-keys", "0"); l.IsTruncated || l.MaxKeys != 0 {
		t.Errorf("max-keys 0: %+v", l)
	}
	if l := v2("max-keys", "5000"); l.MaxKeys != 1000 {
		t.Errorf("max-keys is not capped: %d", l.MaxKeys)
	}

	var pages []string
	token, start := "", "dir/sub/z"
	for range 10 {
		l := v2("max-keys", "2", "start-after", start)
		if token != "" {
			l = v2("max-keys", "2", "continuation-token", token, "start-after", "a") // the token overrides start-after
			if l.ContinuationToken != token || l.StartAfter != "a" {
				t.Errorf("echo of the parameters: %+v", l)
			}
		}
		if l.KeyCount != len(l.lines()) || l.KeyCount > 2 {
			t.Errorf("KeyCount %d of %v", l.KeyCount, l.lines())
		}
		pages = append(pages, l.lines()...)
		if token = l.NextContinuationToken; !l.IsTruncated {
			break
		}
	}
	f.expect("pages", pages, "dir/x", "dir/y", "dir2/x", "e", "ä")

	e := v2("prefix", "a").Entries
	got := e[len(e)-1]
	if got.ETag != etagOf("body of a") || got.Size != 9 || got.StorageClass != "STANDARD" || got.Owner.ID != "" {
		t.Errorf("entry %+v", got)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", got.LastModified); err != nil || !strings.HasSuffix(got.LastModified, ".000Z") {
		t.Errorf("LastModified %q has no whole seconds", got.LastModified)
	}
	e = v2("prefix", "a", "fetch-owner", "true").Entries
	if len(e[len(e)-1].Owner.ID) != 64 {
		t.Errorf("with fetch-owner: %+v", e)
	}
}

func TestListObjectsV1(t *testing.T) {
	f := withBucket(t, "")
	for _, key := range []string{"a", "dir/x", "dir/y", "e"} {
		f.put(key, "")
	}
	f.expect("all", f.list().lines(), "a", "dir/x", "dir/y", "e")
	l := f.list("max-keys", "2")
	if f.expect("first page", l.lines(), "a", "dir/x"); !l.IsTruncated || l.NextMarker != "" {
		t.Errorf("without a delimiter there is no NextMarker: %+v", l)
	}
	f.expect("after the last key", f.list("marker", "dir/x").lines(), "dir/y", "e")
	l = f.list("max-keys", "2", "delimiter", "/")
	if f.expect("first page", l.lines(), "a", "dir/ (common)"); l.NextMarker != "dir/" {
		t.Errorf("NextMarker %q", l.NextMarker)
	}
	f.expect("after a common prefix", f.list("delimiter", "/", "marker", "dir/").lines(), "e")
	if e := f.list().Entries; len(e[len(e)-1].Owner.ID) != 64 {
		t.Errorf("owner %+v", e)
	}
}

// TestPrefixIsNotEquality: Prefix=state returns state, state-b and state/x.
func TestPrefixIsNotEquality(t *testing.T) {
	f := withBucket(t, "")
	for _, key := range []string{"state", "state-b", "state/x", "stat"} {
		f.put(key, "")
	}
	f.expect("versions", f.list("versions", "", "prefix", "state").lines(), "state null", "state-b null", "state/x null")
}

func TestListRefusals(t *testing.T) {
	f := withBucket(t, "")
	for query, message := range map[string]string{
		"list-type=2&max-keys=x":             "Provided max-keys not an integer or within integer range",
		"list-type=2&max-keys=-1":            "Argument maxKeys must be an integer between 0 and 2147483647",
		"versions&max-keys=-1":               "Argument maxKeys must be an integer between 0 and 2147483647",
		"list-type=2&encoding-type=base64":   "Invalid Encoding Method specified in Request",
		"encoding-type=":                     "Invalid Encoding Method specified in Request",
		"list-type=2&continuation-token=x":   "The continuation token provided is incorrect",
		"list-type=2&continuation-token=":    "The continuation token provided is incorrect",
		"list-type=2&continuation-token=AAA": "The continuation token provided is incorrect",
	} {
		if r := f.do("GET", "/bucket?"+query, ""); r.status != 400 || r.element("Code") != "InvalidArgument" || r.element("Message") != message {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
}

// TestListEncoding: without encoding-type a control character breaks the listing
// for XML 1.0 readers; with it every key comes back.
func TestListEncoding(t *testing.T) {
	f := withBucket(t, "")
	f.put("a b+c%2F&é/x", "")
	f.put("bell\a", "")
	client := f.client()
	if _, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket")}); err == nil {
		t.Error("a key with a control character did not break the plain listing")
	}
	if body := f.do("GET", "/bucket", "").body; !strings.Contains(body, "<Key>bell&#x7;</Key>") {
		t.Errorf("AWS writes a numeric reference: %s", body)
	}
	out, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{
		Bucket: aws.String("bucket"), EncodingType: types.EncodingTypeUrl,
	})
	f.must(err)
	if *out.Contents[0].Key != "a+b%2Bc%252F%26%C3%A9/x" || *out.Contents[1].Key != "bell%07" {
		t.Errorf("keys %q and %q", *out.Contents[0].Key, *out.Contents[1].Key)
	}
	versions, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{
		Bucket: aws.String("bucket"), EncodingType: types.EncodingTypeUrl, MaxKeys: aws.Int32(1),
		Prefix: aws.String("a b"), Delimiter: aws.String("/"),
	})
	f.must(err)
	if *versions.Prefix != "a+b" || *versions.Delimiter != "/" || *versions.CommonPrefixes[0].Prefix != "a+b%2Bc%252F%26%C3%A9/" {
		t.Errorf("%q %q %q", *versions.Prefix, *versions.Delimiter, *versions.CommonPrefixes[0].Prefix)
	}
}

// TestListManyKeys pages through 10,000 keys and 10,000 versions; it is here to be
// slow if listing is.
func TestListManyKeys(t *testing.T) {
	const n = 10_000
	f := withBucket(t, "Enabled")
	for i := range n {
		f.must(f.service.PutObject("bucket", fmt.Sprintf("key-%05d", (i*7919)%n), nil, nil))
		f.must(f.service.PutObject("bucket", "one", nil, nil))
	}
	between := func(s, start, end string) string {
		_, s, _ = strings.Cut(s, start)
		s, _, _ = strings.Cut(s, end)
		return url.QueryEscape(s)
	}
	began := time.Now()
	keys, versions := 0, 0
	for target := "/bucket?list-type=2&prefix=key-"; target != ""; {
		body := f.do("GET", target, "").body
		keys += strings.Count(body, "<Contents>")
		target = ""
		if token := between(body, "<NextContinuationToken>", "<"); token != "" {
			target = "/bucket?list-type=2&prefix=key-&continuation-token=" + token
		}
	}
	for target := "/bucket?versions&prefix=one"; target != ""; {
		body := f.do("GET", target, "").body
		versions += strings.Count(body, "<Version>")
		target = ""
		if id := between(body, "<NextVersionIdMarker>", "<"); id != "" {
			target = "/bucket?versions&prefix=one&key-marker=one&version-id-marker=" + id
		}
	}
	if keys != n || versions != n {
		t.Errorf("%d keys and %d versions of %d", keys, versions, n)
	}
	t.Logf("20 pages in %v", time.Since(began))
}

// TestSDKPaginators: the SDK's paginators get every entry once.
func TestSDKPaginators(t *testing.T) {
	f := withBucket(t, "Enabled")
	for i := range 25 {
		f.put(fmt.Sprint("key", i%5), "")
	}
	keys, versions := map[string]bool{}, map[string]bool{}
	objects := s3.NewListObjectsV2Paginator(f.client(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket"), MaxKeys: aws.Int32(2)})
	for objects.HasMorePages() {
		page, err := objects.NextPage(t.Context())
		f.must(err)
		for _, o := range page.Contents {
			keys[*o.Key] = true
		}
	}
	history := s3.NewListObjectVersionsPaginator(f.client(), &s3.ListObjectVersionsInput{Bucket: aws.String("bucket"), MaxKeys: aws.Int32(3)})
	for history.HasMorePages() {
		page, err := history.NextPage(t.Context())
		f.must(err)
		for _, v := range page.Versions {
			versions[*v.VersionId] = true
		}
	}
	if len(keys) != 5 || len(versions) != 25 {
		t.Errorf("%d keys and %d versions", len(keys), len(versions))
	}
}
