package s3fake

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// text is character data that is written as AWS writes it: a character that XML 1.0
// forbids becomes a numeric reference, which makes XML 1.0 readers refuse the
// document. That is why encoding-type=url exists.
type text string

// MarshalXML writes the element with its text escaped.
func (t text) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(struct {
		S string `xml:",innerxml"`
	}{escapeXML(string(t))}, start)
}

// escapeXML escapes the markup characters, and control characters as numeric
// references.
func escapeXML(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c == '&':
			b.WriteString("&amp;")
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '"':
			b.WriteString("&quot;")
		case c < ' ' || c == 0x7F || c == 0xFFFE || c == 0xFFFF:
			b.WriteString("&#x" + strconv.FormatInt(int64(c), 16) + ";")
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// xmlAnswer answers 200 with a document. Its root element's name and namespace come
// from the XMLName field of v.
func xmlAnswer(v any) (*answer, error) {
	body, err := xml.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	a := &answer{status: http.StatusOK, body: append([]byte(xml.Header), body...)}
	a.set("Content-Type", "application/xml")
	return a, nil
}

// readXML decodes a request's document, whose root element must be root, into v.
func readXML(body []byte, root string, v any) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			return malformedXML()
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != root || d.DecodeElement(v, &start) != nil {
			return malformedXML()
		}
		break
	}
	if _, err := d.Token(); err != io.EOF {
		return malformedXML()
	}
	return nil
}

// timestamp writes a time as listings do: UTC, ISO 8601, whole seconds with three
// zeros.
func timestamp(t time.Time) string {
	return t.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05.000Z")
}
