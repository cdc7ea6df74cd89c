package s3jar

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
)

func FuzzParseRevision(f *testing.F) {
	for _, seed := range []string{"", "*", `"a"`, `"a" AAAAAAAA`, `"a" AAAAAAAA.BBBBBB,CCCCCCCC`, `W/"a"`, `"a" x`, "\"a\n\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rev, err := parseRevision(awsjar.Revision(text))
		if err != nil {
			if !errors.Is(err, awsjar.ErrInvalid) || strings.Contains(err.Error(), text) && len(text) > 12 {
				t.Fatalf("%v", err)
			}
			return
		}
		if got := rev.public(); string(got) != text {
			t.Fatalf("%q came back as %q", text, got)
		}
		if strings.ContainsAny(rev.etag, "\r\n ") {
			t.Fatalf("%q cannot stand in a header", rev.etag)
		}
	})
}

func FuzzUnpad(f *testing.F) {
	f.Add([]byte(`{"a":1}  `), "7", true)
	f.Add([]byte(`   `), "0", true)
	f.Add([]byte(`x`), "-1", false)
	f.Fuzz(func(t *testing.T, body []byte, size string, ours bool) {
		line := lineage.Line{{ID: "AAAAAAAA", Sum: lineage.Sum(bytes.TrimRight(body, " "))}}
		if !ours {
			line = nil
		}
		got := unpad(body, map[string]string{sizeName: size}, line)
		if !bytes.HasPrefix(body, got) || len(bytes.Trim(body[len(got):], " ")) != 0 {
			t.Fatalf("%q became %q", body, got)
		}
		if !ours && len(got) != len(body) {
			t.Fatalf("%q was cut to %q without a Sum that agrees", body, got)
		}
	})
}

// TestPadding: the padding of a value that is in the lineage differs from
// that of every write there that stored the same value.
func TestPadding(t *testing.T) {
	data := []byte(`true`)
	sum := lineage.Sum(data)
	var line lineage.Line
	for n := range 500 {
		id, padding := newID(data, sum, line)
		if (padding == 0) != (n == 0) || padding > maxPadding {
			t.Fatalf("write %d has %d spaces", n, padding)
		}
		for _, e := range line {
			if spaces(e.ID) == padding {
				t.Fatalf("write %d has as many spaces as one before", n)
			}
		}
		body := pad(data, padding)
		line = line.Extend(lineage.Entry{ID: id, Sum: sum}, depth)
		if got := unpad(body, map[string]string{sizeName: "4"}, line); string(got) != "true" {
			t.Fatalf("%q came back as %q", body, got)
		}
	}
	if _, padding := newID([]byte("not JSON"), lineage.Sum([]byte("not JSON")), line); padding != 0 {
		t.Error("bytes that are not JSON are padded")
	}
}
