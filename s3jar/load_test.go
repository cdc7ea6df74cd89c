package s3jar_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

func TestForeignObject(t *testing.T) {
	srv, object := newObject(t)
	foreign(t, srv, `{"from": "a person"}`)
	meta := mustLoad(t, object, `{"from": "a person"}`)
	if meta.VersionID != "null" || meta.Modified.IsZero() || meta.Size != 20 {
		t.Errorf("Load returned %+v", meta)
	}
	save(t, object, `{"from": "us"}`, meta.Revision)
	mustLoad(t, object, `{"from": "us"}`)
}

// TestForeignEdit: a tool that keeps the metadata and changes the body does
// not get its bytes cut.
func TestForeignEdit(t *testing.T) {
	srv, object := newObject(t)
	meta := save(t, object, `"a"`, awsjar.None)
	meta = save(t, object, `"b"`, meta.Revision)
	save(t, object, `"a"`, meta.Revision)
	body, _, header := stored(t, srv)
	if len(body) == 3 {
		t.Fatal("the value was not padded")
	}
	for _, edited := range []string{`"c"   `, `"a"   x`, ``, `"a`, "\"a\"\n", body + " "} {
		if err := srv.PutObject(bucketName, keyName, []byte(edited), header); err != nil {
			t.Fatal(err)
		}
		mustLoad(t, object, edited)
	}
}

// TestCopiedObject: a copy without the metadata, as one that went through a
// file, keeps the white space; as JSON it is the same value.
func TestCopiedObject(t *testing.T) {
	srv, object := newObject(t)
	meta := save(t, object, `1`, awsjar.None)
	meta = save(t, object, `2`, meta.Revision)
	save(t, object, `1`, meta.Revision)
	body, _, _ := stored(t, srv)
	if len(body) != 1+18 {
		t.Fatalf("the value was stored as %q; want 18 characters of white space", body)
	}
	foreign(t, srv, body)
	if got, err := awsjar.New[int](object).Get(within(t)); err != nil || got != 1 {
		t.Errorf("Get returned %d, %v; want 1", got, err)
	}
}

func TestMaxSize(t *testing.T) {
	srv, object := newObject(t, func(o *s3jar.Options) { o.MaxSize = 10 })
	meta := save(t, object, `"12345678"`, awsjar.None)
	mustLoad(t, object, `"12345678"`)
	meta = save(t, object, `"1"`, meta.Revision)
	save(t, object, `"12345678"`, meta.Revision) // padded, and still 10 bytes
	mustLoad(t, object, `"12345678"`)

	srv.ResetRequests()
	_, err := object.Save(within(t), make([]byte, 11), awsjar.Any)
	mustBe(t, err, awsjar.ErrTooLarge)
	mustSend(t, srv)

	foreign(t, srv, "12345678901")
	_, meta, err = object.Load(within(t))
	mustBe(t, err, awsjar.ErrTooLarge)
	mustBe(t, err, awsjar.ErrCorrupt)
	if got := awsjar.Hint(err); !strings.Contains(got, "max-size") {
		t.Errorf("hint %q", got)
	}
	if meta.Revision == awsjar.None {
		t.Error("no revision to replace it with")
	}
	foreign(t, srv, strings.Repeat("x", 8<<20))
	_, meta, err = object.Load(within(t))
	mustBe(t, err, awsjar.ErrTooLarge)
	mustBe(t, err, awsjar.ErrCorrupt)
	if got := awsjar.Hint(err); !strings.Contains(got, "max-size") {
		t.Errorf("hint %q", got)
	}
	meta = save(t, object, "small", meta.Revision)
	unlimited := s3jar.NewBucket(newClient(srv), bucketName, func(o *s3jar.Options) { o.MaxSize = math.MaxInt64 }).Object(keyName)
	if got := mustLoad(t, unlimited, "small"); got.Revision != meta.Revision {
		t.Errorf("Load returned %+v", got)
	}
}

// swapped replaces the body of an answer by endless bytes, and the length that
// it announces.
type swapped struct {
	*s3.Client
	length *int64
	read   int
}

func (c *swapped) GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	out, err := c.Client.GetObject(ctx, in, optFns...)
	if err == nil {
		out.Body.Close()
		out.Body, out.ContentLength = io.NopCloser(c), c.length
	}
	return out, err
}

func (c *swapped) Read(p []byte) (int, error) {
	c.read += len(p)
	if c.read > 100<<20 {
		return 0, io.EOF
	}
	return len(p), nil
}

// TestBoundedReading: a body that is announced as too large is not read at all,
// and one of unknown length no further than to the limit.
func TestBoundedReading(t *testing.T) {
	srv := newServer(t)
	foreign(t, srv, "1")
	for name, c := range map[string]struct {
		length *int64
		most   int
	}{
		"announced":     {aws.Int64(1 << 40), 0},
		"not announced": {nil, 4 << 20},
		"negative":      {aws.Int64(-1 << 40), 4 << 20},
	} {
		client := &swapped{Client: newClient(srv), length: c.length}
		object := s3jar.NewBucket(client, bucketName, func(o *s3jar.Options) { o.MaxSize = 1 << 20 }).Object(keyName)
		_, _, err := object.Load(within(t))
		if !errors.Is(err, awsjar.ErrTooLarge) || client.read > c.most {
			t.Errorf("%s: %v after %d bytes; want ErrTooLarge after %d at most", name, err, client.read, c.most)
		}
	}
}

// TestCutBody: a body that is cut on the way is read again, and never
// returned.
func TestCutBody(t *testing.T) {
	t.Parallel()
	value := `"` + strings.Repeat("x", 100_000) + `"`
	srv, object := newObject(t)
	save(t, object, value, awsjar.Any)
	srv.Inject(awsfake.Fault{Op: "GetObject", Truncate: 50_000, Times: 2})
	mustLoad(t, object, value)

	srv.Inject(awsfake.Fault{Op: "GetObject", Truncate: 50_000, Times: -1})
	srv.ResetRequests()
	data, _, err := object.Load(within(t))
	mustBe(t, err, io.ErrUnexpectedEOF)
	if data != nil {
		t.Errorf("%d bytes came with the error", len(data))
	}
	if n := len(srv.Requests()); n != 8 {
		t.Errorf("read %d times; want 8", n)
	}
}

// cancelling ends the context when the head of an answer is there, and the
// body is not.
type cancelling struct {
	*s3.Client
	cancel func()
}

func (c cancelling) GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	defer c.cancel()
	return c.Client.GetObject(ctx, in, optFns...)
}

func TestContextWhileReading(t *testing.T) {
	srv, object := newObject(t)
	save(t, object, `"value"`, awsjar.Any)
	ctx, cancel := context.WithCancel(within(t))
	srv.SetS3(awsfake.S3Trouble{BodyPause: 1 << 40})
	_, _, err := s3jar.NewBucket(cancelling{newClient(srv), cancel}, bucketName).Object(keyName).Load(ctx)
	mustBe(t, err, context.Canceled)
}

func TestRequests(t *testing.T) {
	for name, newObject := range map[string]func(testing.TB) (*awsfake.Server, *s3jar.Object){
		"plain":     func(t testing.TB) (*awsfake.Server, *s3jar.Object) { return newObject(t) },
		"versioned": newVersioned,
	} {
		t.Run(name, func(t *testing.T) {
			srv, object := newObject(t)
			jar := awsjar.New[int](object)
			for _, c := range []struct {
				op   string
				call func() error
				want []string
			}{
				{"New", func() error { s3jar.NewBucket(newClient(srv), bucketName).Object(keyName); return nil }, nil},
				{"Create", func() error { return jar.Create(within(t), 1) }, []string{"PutObject"}},
				{"Get", func() error { _, err := jar.Get(within(t)); return err }, []string{"GetObject"}},
				{"Put", func() error { return jar.Put(within(t), 2) }, []string{"PutObject"}},
				{"Update of another's value", func() error {
					_, err := awsjar.New[int](object).Update(within(t), func(n *int) error { *n++; return nil })
					return err
				}, []string{"GetObject", "PutObject"}},
				{"Put", func() error { return jar.Put(within(t), 2) }, []string{"PutObject"}},
				{"Update of its own value", func() error {
					_, err := jar.Update(within(t), func(n *int) error { *n++; return nil })
					return err
				}, []string{"PutObject"}},
				{"Update of nothing", func() error {
					_, err := jar.Update(within(t), func(n *int) error { return nil })
					return err
				}, []string{"GetObject"}},
				{"PutIf", func() error {
					entry, err := jar.Load(within(t))
					if err != nil {
						return err
					}
					srv.ResetRequests()
					_, err = jar.PutIf(within(t), 7, entry.Revision)
					return err
				}, []string{"PutObject"}},
				{"DeleteIf", func() error {
					entry, err := jar.Load(within(t))
					if err != nil {
						return err
					}
					srv.ResetRequests()
					return jar.DeleteIf(within(t), entry.Revision)
				}, []string{"HeadObject", "DeleteObject"}},
				{"Delete", func() error { return jar.Delete(within(t)) }, []string{"DeleteObject"}},
				{"Get of nothing", func() error { _, err := jar.Get(within(t)); return err }, []string{"GetObject"}},
			} {
				srv.ResetRequests()
				if err := c.call(); err != nil {
					t.Fatalf("%s: %v", c.op, err)
				}
				if got := ops(srv); !slices.Equal(got, c.want) {
					t.Errorf("%s sent %q; want %q", c.op, got, c.want)
				}
			}
		})
	}
}

func TestKeepLast(t *testing.T) {
	srv, object := newObject(t, func(o *s3jar.Options) { o.KeepLast = true })
	load := func(want string, status int) awsjar.Meta {
		t.Helper()
		srv.ResetRequests()
		meta := mustLoad(t, object, want)
		if r := srv.Requests(); len(r) != 1 || r[0].Status != status {
			t.Errorf("the requests were %+v; want one that is answered %d", r, status)
		}
		return meta
	}
	meta := save(t, object, `"one"`, awsjar.None)
	first := load(`"one"`, 200)
	if again := load(`"one"`, 304); again != first || again.Revision != meta.Revision {
		t.Errorf("the second Load returned %+v, the first %+v", again, first)
	}
	foreign(t, srv, `"two"`)
	meta = load(`"two"`, 200)
	data, _, err := object.Load(within(t))
	if err != nil {
		t.Fatal(err)
	}
	copy(data, "XXXXX")
	load(`"two"`, 304)
	save(t, object, `"three"`, meta.Revision)
	load(`"three"`, 200)
	remove(t, srv)
	_, _, err = object.Load(within(t))
	mustBe(t, err, awsjar.ErrNotFound)
	foreign(t, srv, `"three"`)
	load(`"three"`, 304)
}

// TestKeepLastVersion: the same bytes stored again are another version.
func TestKeepLastVersion(t *testing.T) {
	srv := newServer(t)
	setVersioning(t, srv, "Enabled")
	object := s3jar.NewBucket(newClient(srv), bucketName, func(o *s3jar.Options) { o.KeepLast = true }).Object(keyName)
	save(t, object, `1`, awsjar.Any)
	mustLoad(t, object, `1`)
	want := save(t, object, `1`, awsjar.Any)
	if got := mustLoad(t, object, `1`); got.VersionID != want.VersionID || got.Revision != want.Revision {
		t.Errorf("Load returned %+v; want %+v", got, want)
	}
}

func TestKeepLastConcurrently(t *testing.T) {
	t.Parallel()
	_, object := newObject(t, func(o *s3jar.Options) { o.KeepLast = true })
	save(t, object, `0`, awsjar.None)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				data, _, err := object.Load(within(t))
				if err != nil || len(data) != 1 {
					t.Errorf("Load returned %q, %v", data, err)
					return
				}
				data[0] = 'X'
			}
		})
	}
	wg.Go(func() {
		for _, digit := range "123456789" {
			save(t, object, string(digit), awsjar.Any)
		}
	})
	wg.Wait()
	mustLoad(t, object, `9`)
}

func TestOddKeys(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	bucket := s3jar.NewBucket(newClient(srv), bucketName)
	keys := []string{
		"a b", "a+b", "a%20b", "a%2Fb", "a/b", "a//b", "/a/b", "a/b/", "./a", "../a", "a/./b", "a/../b", ".", "..",
		"?x=1", "#x", "&=;:,@$!'()*", `\^{}[]"<>|~` + "`", "é", "e\u0301", "日本語", "😀", "\x01\x1f\x7f", "\t\n\r",
		"soap", strings.Repeat("x", 1024),
	}
	for _, key := range keys {
		if _, err := bucket.Object(key).Save(within(t), []byte(key), awsjar.None); err != nil {
			t.Errorf("Save of %q: %v", key, err)
		}
	}
	for _, key := range keys {
		data, meta, err := bucket.Object(key).Load(within(t))
		if err != nil || string(data) != key {
			t.Errorf("Load of %q returned %q, %v", key, data, err)
			continue
		}
		if _, err := bucket.Object(key).Save(within(t), []byte("2"), meta.Revision); err != nil {
			t.Errorf("Save of %q: %v", key, err)
		}
		if body, _, ok := srv.Object(bucketName, key); !ok || string(body) != "2" {
			t.Errorf("the server has %q, %v at %q", body, ok, key)
		}
		if err := bucket.Object(key).Delete(within(t), awsjar.Any); err != nil {
			t.Errorf("Delete of %q: %v", key, err)
		}
	}
}

// TestStrangeETags: an ETag that is none, as servers that are not S3 send it for
// a moment, is read again, and at last is ErrUnsupported.
func TestStrangeETags(t *testing.T) {
	for _, c := range []struct {
		etag string
		want error
	}{
		{"abc", nil}, {`W/"abc"`, nil}, {"", awsjar.ErrUnsupported}, {`"`, awsjar.ErrUnsupported},
		{`"a b"`, awsjar.ErrUnsupported}, {strings.Repeat("x", 300), awsjar.ErrUnsupported},
	} {
		t.Run(c.etag[:min(len(c.etag), 9)], func(t *testing.T) {
			t.Parallel()
			srv, object := newObject(t)
			foreign(t, srv, "1")
			srv.Inject(awsfake.Fault{Op: "GetObject", After: true, Header: http.Header{"Etag": {c.etag}}})
			mustLoad(t, object, "1")
			srv.Inject(awsfake.Fault{Op: "GetObject", After: true, Header: http.Header{"Etag": {c.etag}}, Times: -1})
			_, _, err := object.Load(within(t))
			if !errors.Is(err, c.want) {
				t.Errorf("ETag %q: %v; want %v", c.etag, err, c.want)
			}
		})
	}
}
