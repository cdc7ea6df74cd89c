package s3fake

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse: any request URI is parsed or refused, and every key that is valid
// UTF-8 comes back byte for byte however its bytes are escaped.
func FuzzParse(f *testing.F) {
	for _, key := range []string{"a", "a//b", "/a", "../a", "a%2Fb", "a+b?c#d", "é", "\x00\x7f", "\xff", "a;b", strings.Repeat("/", 1024)} {
		f.Add(key, "versionId=null&x-id=GetObject")
	}
	f.Add("key", "%zz")
	f.Fuzz(func(t *testing.T, key, query string) {
		if u, err := url.ParseRequestURI("/bucket/" + key + "?" + query); err == nil {
			c, err := parse(&http.Request{Method: "GET", URL: u, Header: http.Header{}})
			if err == nil && (!utf8.ValidString(c.key) || c.bucketName == "") {
				t.Fatalf("%q: %+v", key, c)
			}
		}
		if key == "" {
			return
		}
		every := ""
		for _, b := range []byte(key) {
			every += "%" + string("0123456789abcdef"[b>>4]) + string("0123456789ABCDEF"[b&15])
		}
		for _, escaped := range []string{every, url.PathEscape(key), strings.ReplaceAll(url.QueryEscape(key), "+", "%20")} {
			u, err := url.ParseRequestURI("/bucket/" + escaped)
			if err != nil {
				t.Fatal(err)
			}
			c, err := parse(&http.Request{Method: "GET", URL: u, Header: http.Header{}})
			if (err == nil) != utf8.ValidString(key) {
				t.Fatalf("%q: %v", escaped, err)
			}
			if err == nil && (c.bucketName != "bucket" || c.key != key) {
				t.Fatalf("%q became %q", key, c.key)
			}
		}
	})
}

// FuzzParseCopySource: the header is refused or names a bucket and a key, and every
// key survives its escaping.
func FuzzParseCopySource(f *testing.F) {
	f.Add("bucket/key?versionId=null")
	f.Add("/bucket/a%2F/b")
	f.Add("a+b c") // a plus means a space, as AWS has it
	f.Add("%")
	f.Fuzz(func(t *testing.T, header string) {
		source, err := parseCopySource(header)
		if err == nil && (source.bucketName == "" || source.key == "" || !utf8.ValidString(source.key)) {
			t.Fatalf("%q: %+v", header, source)
		}
		if header == "" || !utf8.ValidString(header) {
			return
		}
		source, err = parseCopySource("bucket/" + url.QueryEscape(header) + "?versionId=" + url.QueryEscape(header))
		if err != nil || source != (copySource{"bucket", header, header, true}) {
			t.Fatalf("%q became %+v, %v", header, source, err)
		}
	})
}

// FuzzParseDeletions: any document is parsed or refused as MalformedXML, and the
// keys that it names come back.
func FuzzParseDeletions(f *testing.F) {
	f.Add([]byte("<Delete><Object><Key>key</Key><VersionId>null</VersionId><ETag>&quot;x&quot;</ETag></Object><Quiet>true</Quiet></Delete>"), "key")
	f.Add([]byte("<Delete><Object>"), "a&b<c>")
	f.Add([]byte("<!DOCTYPE x [<!ENTITY a \"b\">]><Delete><Object><Key>&a;</Key></Object></Delete>"), "é")
	f.Fuzz(func(t *testing.T, document []byte, key string) {
		objects, _, err := parseDeletions(document)
		if err != nil && asAPIError(err).code != "MalformedXML" {
			t.Fatalf("%q: %v", document, err)
		}
		if err == nil && (len(objects) == 0 || len(objects) > maxDeletions || len(objects) > len(document)) {
			t.Fatalf("%d objects from %d bytes", len(objects), len(document))
		}
		var escaped bytes.Buffer
		if err := xml.EscapeText(&escaped, []byte(key)); err != nil || key == "" || strings.ContainsRune(escaped.String(), '\uFFFD') {
			return
		}
		objects, quiet, err := parseDeletions([]byte("<Delete><Quiet>true</Quiet><Object><Key>" + escaped.String() + "</Key></Object></Delete>"))
		if err != nil || !quiet || len(objects) != 1 || objects[0].Key != key || objects[0].VersionID != nil {
			t.Fatalf("%q became %+v, %v", key, objects, err)
		}
	})
}

// FuzzListParameters: any query is answered 200 with a readable document, or 400.
func FuzzListParameters(f *testing.F) {
	for _, query := range []string{
		"list-type=2&prefix=a&delimiter=/&max-keys=1", "versions&key-marker=a&version-id-marker=null", "marker=a/&delimiter=/",
		"list-type=2&continuation-token=MWE=", "max-keys=99999999999", "versions&max-keys=0&delimiter=", "list-type=2&start-after=%ff",
		"versions&version-id-marker=x", "list-type=2&delimiter=%00&prefix=%01",
	} {
		f.Add(query)
	}
	s, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	for _, key := range []string{"a", "a/b", "a/c", "b", "\x01", "é/é"} {
		if s.CreateBucket("bucket") != nil || s.PutObject("bucket", key, nil, nil) != nil || s.SetVersioning("bucket", "Enabled") != nil {
			f.Fatal("set-up failed")
		}
	}
	f.Fuzz(func(t *testing.T, query string) {
		w := httptest.NewRecorder()
		u := &url.URL{Path: "/bucket", RawQuery: query + "&encoding-type=url"}
		s.ServeHTTP(w, &http.Request{Method: "GET", URL: u, Header: http.Header{}})
		switch w.Code {
		case http.StatusOK, http.StatusBadRequest, http.StatusNotFound, http.StatusNotImplemented:
		default:
			t.Fatalf("%q: %d %s", query, w.Code, w.Body)
		}
		if w.Code == http.StatusOK { // a refusal repeats the parameter as it came
			if err := xml.Unmarshal(w.Body.Bytes(), new(struct{ XMLName xml.Name })); err != nil {
				t.Fatalf("%q: %v\n%s", query, err, w.Body)
			}
		}
	})
}

// FuzzVersionID: no made-up id is taken for a real one, except by luck of 1 in 2^32.
func FuzzVersionID(f *testing.F) {
	f.Add("HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD", uint64(1))
	f.Add("", uint64(0))
	f.Fuzz(func(t *testing.T, id string, seq uint64) {
		if got, ok := sequenceOf(id); ok && len(id) != 32 {
			t.Fatalf("%q is taken for %d", id, got)
		}
		made := newVersionID(seq)
		if got, ok := sequenceOf(made); !ok || got != seq || url.QueryEscape(made) != made {
			t.Fatalf("%q of %d: %d %v", made, seq, got, ok)
		}
	})
}
