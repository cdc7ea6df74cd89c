package jarurl_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/pack"
	"github.com/awsjar/awsjar/jarurl"
)

// wide returns a value that fits into no function's environment.
func wide(seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 0))
	text := make([]byte, 8000)
	for i := range text {
		text[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[random.IntN(36)]
	}
	return string(text)
}

func openText(t *testing.T, url string, optFns ...func(*jarurl.Options)) *awsjar.Jar[string] {
	t.Helper()
	store, err := jarurl.Open(t.Context(), url, optFns...)
	if err != nil {
		t.Fatalf("Open(%q): %v", url, err)
	}
	return awsjar.New[string](store)
}

// overflowKeys returns the keys of the bucket.
func overflowKeys(t *testing.T) (keys []string) {
	t.Helper()
	bucket, err := jarurl.OpenBucket(t.Context(), "s3://acorns")
	if err != nil {
		t.Fatal(err)
	}
	for meta, err := range bucket.Keys(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, meta.Key)
	}
	return keys
}

// TestOverflow: a value goes to S3 while it does not fit, under the key of the
// URL, and comes back; without the parameter it is not taken for nothing.
func TestOverflow(t *testing.T) {
	srv := fake(t)
	pointAt(t, srv)
	const key = "a b/100%+.json"
	with := "lambda://sams-lambda?overflow=" + url.QueryEscape("s3://acorns/a%20b/100%25+.json")
	jar := openText(t, with)
	if err := jar.Put(t.Context(), wide(1)); err != nil {
		t.Fatal(err)
	}
	if keys := overflowKeys(t); len(keys) != 1 || !strings.HasPrefix(keys[0], key+".") {
		t.Errorf("the overflow has %q, want one key that begins with %q", keys, key+".")
	}
	if got, err := openText(t, with).Get(t.Context()); err != nil || got != wide(1) {
		t.Errorf("read %.20q, %v", got, err)
	}
	_, err := openText(t, "lambda://sams-lambda").Get(t.Context())
	told, _ := errors.AsType[*awsjar.Error](err)
	if _, ok := errors.AsType[*pack.PointerError](err); !ok || !errors.Is(err, awsjar.ErrUnsupported) || errors.Is(err, awsjar.ErrCorrupt) || !strings.Contains(told.Hint, "?overflow=s3://BUCKET/KEY") {
		t.Errorf("without the parameter: %v; %+v", err, told)
	}

	variables, _ := srv.Environment("sams-lambda")
	t.Setenv("jar", variables["jar"])
	if got, err := openText(t, "env:jar?overflow=s3://acorns/a%2520b/100%2525%2B.json").Get(t.Context()); err != nil || got != wide(1) {
		t.Errorf("read %.20q, %v from the environment", got, err)
	}

	if _, err := jar.Update(t.Context(), func(s *string) error { *s = wide(2); return nil }); err != nil {
		t.Error(err)
	}
	if err := jar.Put(t.Context(), "short"); err != nil {
		t.Error(err)
	}
	if got, err := openText(t, "lambda://sams-lambda").Get(t.Context()); err != nil || got != "short" {
		t.Errorf("read %q, %v; want what fits in the function again", got, err)
	}
	if err := jar.Delete(t.Context()); err != nil {
		t.Error(err)
	}
	if keys := overflowKeys(t); len(keys) != 0 {
		t.Errorf("the overflow still has %q", keys)
	}
}

// scopes notes the Region for which each request to S3 is signed.
type scopes map[string]bool

func (s scopes) Do(r *http.Request) (*http.Response, error) {
	scope := strings.Split(r.Header.Get("Authorization"), "/") // KEY/DATE/REGION/SERVICE/aws4_request
	if len(scope) > 3 && scope[3] == "s3" {
		s[scope[2]] = true
	}
	return http.DefaultClient.Do(r)
}

// TestOverflowRegion: the overflow is in the Region of the function unless its
// own URL names another.
func TestOverflowRegion(t *testing.T) {
	for _, test := range []struct{ url, function, overflow string }{
		{"lambda://sams-lambda?overflow=s3://acorns/a", "us-east-1", "us-east-1"},
		{"lambda://sams-lambda?region=eu-west-1&overflow=s3://acorns/a", "eu-west-1", "eu-west-1"},
		{"lambda://arn:aws:lambda:eu-west-2:123456789012:function:sams-lambda?overflow=s3://acorns/a", "eu-west-2", "eu-west-2"},
		{"lambda://sams-lambda?region=eu-west-1&overflow=s3://acorns/a?region=eu-west-3", "eu-west-1", "eu-west-3"},
	} {
		pointAt(t, fake(t, func(o *awsfake.Options) { o.Region = test.function }))
		t.Setenv("AWS_REGION", "us-east-1")
		signed := scopes{}
		openText(t, test.url, func(o *jarurl.Options) { o.HTTPClient = signed }).Put(t.Context(), wide(3)) // fails if the Regions differ
		if len(signed) != 1 || !signed[test.overflow] {
			t.Errorf("%s: S3 was asked in %v, want %s", test.url, signed, test.overflow)
		}
	}
}
