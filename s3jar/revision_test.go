package s3jar

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
)

func FuzzParseRevision(f *testing.F) {
	for _, seed := range []string{"", "*", `"a"`, `"a" AAAAAA.BB`, `"a" AAAAAACCCCCC.BBDD`, `W/"a"`, `"a" x`, "\"a\n\""} {
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

// FuzzUnpad: only white space is taken off, and only where it is the newest id.
func FuzzUnpad(f *testing.F) {
	f.Add([]byte(`{"a":1}`), "AAAAAA", true)
	f.Add([]byte(``), "-_09zZ", true)
	f.Add([]byte("1 \t\n\r \t\n\r \t\n\r \t\n\r \t"), "AAAAAA", false)
	f.Fuzz(func(t *testing.T, data []byte, id string, padded bool) {
		line := lineage.ParseDeep(id + ".AA")
		if line.Newest() == "" {
			t.Skip("no id")
		}
		body := data
		if padded {
			padding := whitened(line.Newest())
			body = append(bytes.Clone(data), padding[:]...)
		}
		got := unpad(body, line)
		if !bytes.HasPrefix(body, got) || len(bytes.Trim(body[len(got):], white)) != 0 {
			t.Fatalf("%q became %q", body, got)
		}
		if padded && len(data) > 0 && !bytes.Equal(got, data) {
			t.Fatalf("%q came back as %q", data, got)
		}
		if got := unpad(body, lineage.Deep{}); !bytes.Equal(got, body) {
			t.Fatalf("%q was cut to %q without a lineage", body, got)
		}
	})
}

// TestPadding: a JSON value that the lineage may have is followed by the id of
// its write, as white space; other bytes never are, nor is a new value.
func TestPadding(t *testing.T) {
	data := []byte(`true`)
	sum := lineage.DeepSum(data)
	var line lineage.Deep
	seen := map[string]bool{}
	for n := range 500 {
		id := lineage.NewDeepID()
		body := pad(data, id, sum, line)
		if (len(body) == len(data)) != (n == 0) || len(body) > len(data)+maxPadding || !json.Valid(body) || seen[string(body)] {
			t.Fatalf("write %d has the body %q", n, body)
		}
		seen[string(body)] = true
		line = line.Extend(id, sum)
		if got := unpad(body, line); string(got) != "true" {
			t.Fatalf("%q came back as %q", body, got)
		}
	}
	if body := pad([]byte("not JSON"), "AAAAAA", lineage.DeepSum([]byte("not JSON")), line.Extend("BBBBBB", lineage.DeepSum([]byte("not JSON")))); string(body) != "not JSON" {
		t.Errorf("bytes that are not JSON became %q", body)
	}
}

// TestFormat: the lineage and the white space are those of docs/format.md, which
// other programs may write; the values come from another implementation.
func TestFormat(t *testing.T) {
	if got := lineage.DeepSum([]byte(`{"n":1}`)); got != "ou" {
		t.Errorf("the checksum is %s", got)
	}
	if got := whitened("Az09-_"); string(got[:]) != "   \r \r\r\t \r\r\t\r\r\n\r\r\r" {
		t.Errorf("the white space is %q", got)
	}
	line := lineage.ParseDeep("Az09-_BBBBBB.ouAA")
	if line.Newest() != "Az09-_" || !line.Has("BBBBBB") || !line.HasSum("AA") {
		t.Errorf("the lineage was read as %q", line)
	}
}
