package s3fake_test

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

func md5Of(body string) string {
	sum := md5.Sum([]byte(body))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// etagOf is the ETag of a body that is not encrypted with KMS.
func etagOf(body string) string { return fmt.Sprintf("\"%x\"", md5.Sum([]byte(body))) }

// deleteResult is one line per entry of a DeleteObjects answer: the outcome, the
// key, and the rest.
func deleteResult(t *testing.T, body string) []string {
	t.Helper()
	var document struct {
		Entries []struct {
			XMLName                                            xml.Name
			Key, Code, VersionId, DeleteMarker, DeleteMarkerId string
			DeleteMarkerVersionId                              string
		} `xml:",any"`
	}
	if err := xml.Unmarshal([]byte(body), &document); err != nil {
		t.Fatal(err, body)
	}
	var lines []string
	for _, e := range document.Entries {
		fields := []string{e.XMLName.Local, e.Key, e.Code, e.VersionId}
		if e.DeleteMarker == "true" {
			fields = append(fields, "marker="+e.DeleteMarkerVersionId)
		}
		lines = append(lines, strings.Join(strings.Fields(strings.Join(fields, " ")), " "))
	}
	return lines
}
