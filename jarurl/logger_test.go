package jarurl_test

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/jarurl"
)

// logged returns options for a server, with a Logger of every level, and its text.
func logged(aws *awsfake.Server) (func(*jarurl.Options), *bytes.Buffer) {
	var text bytes.Buffer
	cfg := aws.Config()
	logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return func(o *jarurl.Options) { o.Config, o.Logger = &cfg, logger }, &text
}

// TestLoggerOfHistory: a history that cannot be written is logged.
func TestLoggerOfHistory(t *testing.T) {
	aws := awsfake.NewServer(t)
	if err := errors.Join(aws.CreateFunction("sams-lambda", map[string]string{"jar": "5"}), aws.CreateBucket("acorns"), aws.SetVersioning("acorns", "Enabled")); err != nil {
		t.Fatal(err)
	}
	aws.Deny("PutObject", "", "s3:PutObject")
	with, text := logged(aws)
	jar, err := jarurl.OpenJar[int](t.Context(), "lambda://sams-lambda?history=s3://acorns/h", with)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := jar.Get(t.Context()); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	if !strings.Contains(text.String(), "level=WARN") || !strings.Contains(text.String(), "s3://acorns/h") {
		t.Errorf("a history without a right to write logs %q", text)
	}
}

// TestLoggerOfStores: an answer that was lost is logged by the store of an object,
// of a function, and of an overflow.
func TestLoggerOfStores(t *testing.T) {
	for _, c := range []struct{ url, value, op string }{
		{"s3://acorns/state.json", "5", "PutObject"},
		{"lambda://sams-lambda", "5", "UpdateFunctionConfiguration"},
		{"lambda://sams-lambda?overflow=s3://acorns/state.json", wide(1), "PutObject"},
	} {
		aws := awsfake.NewServer(t)
		if err := errors.Join(aws.CreateFunction("sams-lambda", nil), aws.CreateBucket("acorns")); err != nil {
			t.Fatal(err)
		}
		with, text := logged(aws)
		jar := openText(t, c.url, with)
		aws.Inject(awsfake.Fault{Op: c.op, After: true, Drop: true, MustFire: true})
		if err := jar.Put(t.Context(), c.value); err != nil {
			t.Fatal(c.url, err)
		}
		if !strings.Contains(text.String(), "level=DEBUG") {
			t.Errorf("%s: a lost answer logs %q", c.url, text)
		}
	}
}

// TestLoggerOfJar: a Jar without a Logger of its own has that of the options.
func TestLoggerOfJar(t *testing.T) {
	var own, general bytes.Buffer
	logger := func(text *bytes.Buffer) *slog.Logger {
		return slog.New(slog.NewTextHandler(text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	url := filejar.New(filepath.Join(t.TempDir(), "state.json")).String()
	for _, hasOwn := range []bool{false, true} {
		own.Reset()
		general.Reset()
		jar, err := jarurl.OpenJar[int](t.Context(), url, func(o *jarurl.Options) {
			o.Logger = logger(&general)
			if hasOwn {
				o.Jar.Logger = logger(&own)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		_, err = jar.Update(t.Context(), func(n *int) error {
			*n++
			if calls++; calls > 1 {
				return nil
			}
			other, err := jarurl.OpenJar[int](t.Context(), url)
			return errors.Join(err, other.Put(t.Context(), *n+10))
		})
		if err != nil {
			t.Fatal(err)
		}
		if own.Len()+general.Len() == 0 || hasOwn != (own.Len() > 0) || hasOwn != (general.Len() == 0) {
			t.Errorf("own Logger %t: a race that was lost logs %q, and to the Jar's Logger %q", hasOwn, &general, &own)
		}
	}
}
