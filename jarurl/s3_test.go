package jarurl_test

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// wire keeps the headers of each request by its method.
type wire map[string]http.Header

func (w wire) Do(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.Path, "state.json") {
		w[r.Method] = r.Header
	}
	return http.DefaultClient.Do(r)
}

// TestBucketParameters: each option of a bucket stands in its URL, and so in
// that of an overflow and of a history.
func TestBucketParameters(t *testing.T) {
	const key = "arn:aws:kms:us-east-1:123456789012:key/a-b"
	for query, want := range map[string]map[string]string{
		"":                                  {"X-Amz-Server-Side-Encryption": "", "Content-Type": "application/json", "X-Amz-Storage-Class": ""},
		"sse=AES256":                        {"X-Amz-Server-Side-Encryption": "AES256"},
		"sse=aws:kms:dsse&kms-key=" + key:   {"X-Amz-Server-Side-Encryption": "aws:kms:dsse", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": key},
		"kms-key=" + key:                    {"X-Amz-Server-Side-Encryption": "aws:kms", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": key},
		"storage-class=INTELLIGENT_TIERING": {"X-Amz-Storage-Class": "INTELLIGENT_TIERING"},
		"content-type=text/plain":           {"Content-Type": "text/plain"},
		"requester-pays=true":               {"X-Amz-Request-Payer": "requester"},
		"checksums=when-required":           {"X-Amz-Checksum-Crc32": ""},
		"expected-owner=123456789012":       {"X-Amz-Expected-Bucket-Owner": "123456789012"},
	} {
		t.Run(query, func(t *testing.T) {
			srv := fake(t)
			pointAt(t, srv)
			srv.SetVersioning("acorns", "Enabled")
			query = cmp.Or(query, "max-size=1000000")
			object := "s3://acorns/state.json?" + query
			for _, text := range []string{
				object,
				"lambda://sams-lambda?overflow=" + url.QueryEscape(object),
				"lambda://sams-lambda?name=other&history=" + url.QueryEscape("s3://acorns/history/state.json?"+query),
			} {
				sent := wire{}
				jar := openText(t, text, func(o *jarurl.Options) { o.HTTPClient = sent })
				value := wide(1)
				if strings.Contains(text, "history") {
					value = "short"
				}
				if err := jar.Put(t.Context(), value); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				for name, value := range want {
					if got := sent["PUT"].Get(name); got != value {
						t.Errorf("%s: %s is %q; want %q", text, name, got, value)
					}
				}
			}
		})
	}
}

// TestParametersOfReading: those that do not show in a PUT.
func TestParametersOfReading(t *testing.T) {
	srv := fake(t)
	pointAt(t, srv)
	if err := openText(t, "s3://acorns/a").Put(t.Context(), "12345678"); err != nil {
		t.Fatal(err)
	}
	file := filejar.New(filepath.Join(t.TempDir(), "k")).String()
	if err := openText(t, file).Put(t.Context(), "12345678"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"s3://acorns/a", file} {
		if _, err := openText(t, text+"?max-size=9").Get(t.Context()); !errors.Is(err, awsjar.ErrTooLarge) {
			t.Errorf("%s: max-size: %v", text, err)
		}
		if _, err := openText(t, text+"?max-size=10").Get(t.Context()); err != nil {
			t.Errorf("%s: max-size: %v", text, err)
		}
	}
	srv.PutObject("acorns", "a", []byte(`"1"`), http.Header{"X-Amz-Tagging": {"a=b"}})
	srv.Deny("GetObjectTagging", "", "")
	update := func(s *string) error { *s += "x"; return nil }
	if _, err := openText(t, "s3://acorns/a?tags=asked").Update(t.Context(), update); !errors.Is(err, awsjar.ErrAccessDenied) {
		t.Errorf("tags=asked: %v", err)
	}
	if _, err := openText(t, "s3://acorns/a?tags=dropped").Update(t.Context(), update); err != nil {
		t.Errorf("tags=dropped: %v", err)
	}
	jar := openText(t, "s3://acorns/a?keep-last=true")
	for range 2 {
		if _, err := jar.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if all := srv.Requests(); all[len(all)-1].Status != http.StatusNotModified {
		t.Errorf("keep-last: the second GET was answered %d", all[len(all)-1].Status)
	}
	bucket, err := jarurl.OpenBucket(t.Context(), "s3://acorns?scratch-prefix=scratch/")
	if err != nil {
		t.Fatal(err)
	}
	srv.ResetRequests()
	bucket.Check(t.Context())
	for _, r := range srv.Requests() {
		if strings.Contains(r.Target, "/") && !strings.HasPrefix(r.Target, "acorns/scratch/") {
			t.Errorf("the check wrote %s", r.Target)
		}
	}
}

// TestEveryOption: no option of a store is without a parameter, unless it is
// code.
func TestEveryOption(t *testing.T) {
	code := []string{"Logger", "Overflow"} // an Overflow has a parameter of its own
	fields := map[string]string{           // of Target, where the name is another
		"Name": "Variable", "Encryption": "SSE", "KMSKeyID": "KMSKey", "Prefix": "Key",
	}
	for _, options := range []any{s3jar.Options{}, lambdajar.Options{}, filejar.Options{}} {
		for field := range reflect.TypeOf(options).Fields() {
			name := field.Name
			if other, ok := fields[name]; ok {
				name = other
			}
			if _, ok := reflect.TypeFor[jarurl.Target]().FieldByName(name); !ok && !strings.Contains(strings.Join(code, " "), name) {
				t.Errorf("%T.%s has no parameter", options, field.Name)
			}
		}
	}
}

// TestStorageClassThatCannotBeRead: an archive is refused.
func TestStorageClassThatCannotBeRead(t *testing.T) {
	for _, bad := range []string{"GLACIER", "DEEP_ARCHIVE", "a b", "standard"} {
		if _, err := jarurl.Parse("s3://b/k?storage-class=" + url.QueryEscape(bad)); !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
