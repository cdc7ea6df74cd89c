package s3jar_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/s3jar"
)

// repeating is an HTTP client with a proxy behind it that sends every PUT
// twice, and hands on the second answer.
type repeating struct{ s3.HTTPClient }

func (p repeating) Do(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut {
		return p.HTTPClient.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	first := r.Clone(r.Context())
	first.Body, r.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
	if answer, err := p.HTTPClient.Do(first); err == nil {
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	return p.HTTPClient.Do(r)
}

// TestRepeatedPutAndFailingLook: a proxy sends each PUT twice, so that the
// answer to one's own write is 412, and the look after it fails. That decides
// nothing: the update is applied once, and is never a conflict.
func TestRepeatedPutAndFailingLook(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		look awsfake.Fault
		want error
	}{
		"no fault":    {awsfake.Fault{Skip: 1000}, nil},
		"503, thrice": {awsfake.Fault{Status: 503, Times: 3}, nil},
		"500, thrice": {awsfake.Fault{Status: 500, Times: 3}, nil},
		"429, thrice": {awsfake.Fault{Status: 429, Times: 3}, nil},
		"SlowDown":    {awsfake.Fault{Code: "SlowDown", Times: 3}, nil},
		"304":         {awsfake.Fault{Status: 304}, nil},
		"404 bare":    {awsfake.Fault{Status: 404, Code: "-"}, nil},
		"no ETag":     {awsfake.Fault{After: true, Header: http.Header{"Etag": {""}}}, nil},
		"dropped":     {awsfake.Fault{Drop: true, Times: 3}, nil},
		"403":         {awsfake.Fault{Code: "AccessDenied"}, awsjar.ErrUncertain},
		"403 always":  {awsfake.Fault{Code: "AccessDenied", Times: -1}, awsjar.ErrUncertain},
		"503 always":  {awsfake.Fault{Status: 503, Times: -1}, awsjar.ErrUncertain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			client := newClient(srv, quickly, func(o *s3.Options) { o.HTTPClient = repeating{o.HTTPClient} })
			object := s3jar.NewBucket(client, bucketName).Object(keyName)
			jar := awsjar.New[int](object)
			for _, op := range []string{"create", "replace"} {
				foreignWrites := 0
				if op == "replace" {
					foreignWrites = 1
					foreign(t, srv, `41`)
				}
				look := c.look
				look.Op = "GetObject"
				look.Skip += 1 // the Load of the Update
				fault := srv.Inject(look)
				_, err := jar.Update(within(t), func(n *int) error { *n++; return nil })
				fault.Remove()
				if !errors.Is(err, c.want) || c.want == nil && err != nil || errors.Is(err, awsjar.ErrConflict) {
					t.Errorf("%s: %v; want %v", op, err, c.want)
				}
				want := 1 + 41*foreignWrites
				if n, err := jar.Get(within(t)); err != nil || n != want {
					t.Errorf("%s: the value is %d, %v; want %d", op, n, err, want)
				}
				remove(t, srv)
			}
			look := c.look
			look.Op = "GetObject"
			defer srv.Inject(look).Remove()
			err := jar.Create(within(t), 7)
			if !errors.Is(err, c.want) || c.want == nil && err != nil || errors.Is(err, awsjar.ErrConflict) {
				t.Errorf("create: %v; want %v", err, c.want)
			}
		})
	}
}

// TestFullLineageProvesNothing: a proxy sends the PUT twice, and before the look
// others write more often than a lineage names. Neither id is there, as after
// an honest conflict: it cannot be told.
func TestFullLineageProvesNothing(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	object := s3jar.NewBucket(newClient(srv, func(o *s3.Options) { o.HTTPClient = repeating{o.HTTPClient} }), bucketName).Object(keyName)
	other := s3jar.NewBucket(newClient(srv), bucketName).Object(keyName)
	for _, writes := range []int{lineage.DeepWrites - 1, lineage.DeepWrites} {
		save(t, other, `0`, awsjar.Any)
		meta := mustLoad(t, object, `0`)
		srv.Inject(awsfake.Fault{Op: "GetObject", Hook: func() {
			_, now, err := other.Load(within(t))
			for range writes {
				if err == nil {
					now, err = other.Save(within(t), []byte(`1`), now.Revision)
				}
			}
			if err != nil {
				t.Error(err)
			}
		}})
		_, err := object.Save(within(t), []byte(`"mine"`), meta.Revision)
		if stored := writes < lineage.DeepWrites; stored != (err == nil) || errors.Is(err, awsjar.ErrUncertain) == stored || errors.Is(err, awsjar.ErrConflict) {
			t.Errorf("after %d other writes: %v", writes, err)
		}
	}
}

// TestUnreadable: a role that may not read cannot know its own write after a
// 412. The error says that it is the read which is refused.
func TestUnreadable(t *testing.T) {
	srv, object := newObject(t)
	foreign(t, srv, `1`)
	srv.Deny("GetObject", "", "")
	_, err := object.Save(within(t), []byte(`2`), awsjar.None)
	mustBe(t, err, awsjar.ErrUncertain)
	mustBe(t, err, awsjar.ErrAccessDenied)
	if errors.Is(err, awsjar.ErrConflict) || awsjar.Hint(err) == "" {
		t.Errorf("got %v with the hint %q", err, awsjar.Hint(err))
	}
	mustSend(t, srv, "PutObject", "GetObject")
}

// TestProxyThatRefuses: a proxy that cannot be reached, and a certificate that
// is refused, leave nothing uncertain.
func TestProxyThatRefuses(t *testing.T) {
	tls := newServer(t, func(o *awsfake.Options) { o.TLS = true })
	stranger := newServer(t, func(o *awsfake.Options) { o.TLS = true })
	for name, client := range map[string]*s3.Client{
		"proxy": newClient(tls, func(o *s3.Options) {
			proxy := func(*http.Request) (*url.URL, error) { return url.Parse("http://127.0.0.1:1") }
			o.HTTPClient = &http.Client{Transport: &http.Transport{Proxy: proxy}}
		}),
		"certificate": newClient(tls, func(o *s3.Options) {
			o.HTTPClient = &http.Client{Transport: &http.Transport{}}
			o.BaseEndpoint = aws.String(stranger.URL())
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object := s3jar.NewBucket(client, bucketName).Object(keyName)
			for _, replaces := range []awsjar.Revision{awsjar.None, awsjar.Any} {
				_, err := object.Save(within(t), []byte(`1`), replaces)
				if err == nil || errors.Is(err, awsjar.ErrUncertain) || awsjar.Hint(err) == "" {
					t.Errorf("Save over %q: %v with the hint %q; want a plain error", replaces, err, awsjar.Hint(err))
				}
			}
		})
	}
	tls.ResetRequests()
}

// TestStrangeReads: an answer that S3 itself would not send is no value, no
// absence and no conflict.
func TestStrangeReads(t *testing.T) {
	for name, c := range map[string]struct {
		fault awsfake.Fault
		times int
		want  string // in the error of a fault that lasts
	}{
		"404 without a body": {awsfake.Fault{Status: 404, Code: "-"}, 8, "404"},
		"206":                {awsfake.Fault{After: true, Header: http.Header{"Content-Range": {"bytes 0-0/9"}}}, 8, "a part of the value"},
		"412":                {awsfake.Fault{Status: 412, Code: "PreconditionFailed"}, 1, "412"},
		"429":                {awsfake.Fault{Status: 429}, 8, "429"},
		"304":                {awsfake.Fault{Status: 304}, 8, "304"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			client := newClient(srv, quickly, func(o *s3.Options) { o.HTTPClient = bare{o.HTTPClient} })
			object := s3jar.NewBucket(client, bucketName).Object(keyName)
			foreign(t, srv, `"value"`)
			c.fault.Op = "GetObject"
			if c.times > 1 {
				srv.Inject(c.fault)
				mustLoad(t, object, `"value"`)
			}
			c.fault.Times = -1
			srv.Inject(c.fault)
			data, _, err := object.Load(within(t))
			if err == nil || data != nil || errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrConflict) || !bytes.Contains([]byte(err.Error()), []byte(c.want)) {
				t.Errorf("Load returned %q, %v; want an error with %q", data, err, c.want)
			}
		})
	}
}

// bare takes the body off a 404 whose code is "-".
type bare struct{ s3.HTTPClient }

func (b bare) Do(r *http.Request) (*http.Response, error) {
	answer, err := b.HTTPClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusNotFound {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if bytes.Contains(body, []byte("<Code>-</Code>")) {
		body, answer.ContentLength = nil, 0
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, err
}

// TestStrangeSuccess: a success of a write that S3 itself would not send is
// looked after.
func TestStrangeSuccess(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(*http.Response){
		"no ETag": func(answer *http.Response) { answer.Header.Del("Etag") },
		"a body": func(answer *http.Response) {
			const text = "<html>welcome</html>"
			answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader([]byte(text))), int64(len(text))
		},
		"a body in chunks": func(answer *http.Response) {
			answer.Body, answer.ContentLength = io.NopCloser(strings.NewReader("<html>welcome</html>")), -1
		},
	} {
		for _, arrives := range []bool{true, false} {
			srv := newServer(t)
			strange := &strangePut{srv.HTTPClient(), tamper, arrives, 1}
			client := newClient(srv, func(o *s3.Options) { o.HTTPClient = strange })
			object := s3jar.NewBucket(client, bucketName).Object(keyName)
			meta := save(t, object, `1`, awsjar.None)
			if got := mustLoad(t, object, `1`); got.Revision != meta.Revision {
				t.Errorf("%s: Save returned the revision %q, Load %q", name, meta.Revision, got.Revision)
			}
			strange.times = 1
			save(t, object, `2`, awsjar.Any)
			mustLoad(t, object, `2`)
		}
	}
}

// TestStrangeRemoval: the page of a proxy is no removal, also where its length is
// not known beforehand.
func TestStrangeRemoval(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	client := newClient(srv, func(o *s3.Options) { o.HTTPClient = pageForDelete{o.HTTPClient} })
	object := s3jar.NewBucket(client, bucketName).Object(keyName)
	meta := save(t, object, `1`, awsjar.None)
	for _, replaces := range []awsjar.Revision{awsjar.Any, meta.Revision} {
		if err := object.Delete(within(t), replaces); err == nil {
			t.Errorf("Delete(%q) is nil, and nothing was removed", replaces)
		}
	}
	mustLoad(t, object, `1`)
}

// pageForDelete answers each DELETE with a page.
type pageForDelete struct{ s3.HTTPClient }

func (p pageForDelete) Do(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodDelete {
		return p.HTTPClient.Do(r)
	}
	body := io.NopCloser(strings.NewReader("<html>welcome</html>"))
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, ContentLength: -1, Request: r}, nil
}

// strangePut changes the answers to some PUTs, which arrive or do not.
type strangePut struct {
	s3.HTTPClient
	tamper  func(*http.Response)
	arrives bool
	times   int
}

func (p *strangePut) Do(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut || p.times == 0 {
		return p.HTTPClient.Do(r)
	}
	p.times--
	answer := &http.Response{StatusCode: 200, Header: http.Header{"Etag": {`"x"`}}, Body: http.NoBody, Request: r}
	if p.arrives {
		var err error
		if answer, err = p.HTTPClient.Do(r); err != nil {
			return nil, err
		}
	}
	p.tamper(answer)
	return answer, nil
}

// TestServersClock: Meta.Now is the time of the answer, by the server's clock:
// of a value, of an unchanged one, of a missing one, and of a write.
func TestServersClock(t *testing.T) {
	clock := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	srv := newServer(t, func(o *awsfake.Options) { o.Now = func() time.Time { clock = clock.Add(time.Second); return clock } })
	now := clock
	client := newClient(srv, func(o *s3.Options) {
		o.HTTPClient = dated{o.HTTPClient, &now}
	})
	object := s3jar.NewBucket(client, bucketName, func(o *s3jar.Options) { o.KeepLast = true }).Object(keyName)
	check := func(what string, got time.Time) {
		t.Helper()
		if !got.Equal(now) {
			t.Errorf("%s: Now is %v; the answer says %v", what, got, now)
		}
	}
	_, meta, err := object.Load(within(t))
	mustBe(t, err, awsjar.ErrNotFound)
	check("nothing", meta.Now)
	meta = save(t, object, `1`, awsjar.None)
	check("a write", meta.Now)
	first := mustLoad(t, object, `1`)
	check("a value", first.Now)
	again := mustLoad(t, object, `1`)
	check("an unchanged value", again.Now)
	if again.Now.Equal(first.Now) || again.Modified != first.Modified {
		t.Errorf("unchanged: Now is %v, and was %v", again.Now, first.Now)
	}
	foreign(t, srv, `2`)
	_, err = object.Save(within(t), []byte(`3`), again.Revision)
	var lost interface {
		Current(awsjar.Store) ([]byte, awsjar.Meta, error)
	}
	if !errors.As(err, &lost) {
		t.Fatalf("%v carries no value", err)
	}
	_, meta, _ = lost.Current(object)
	check("a lost race", meta.Now)
}

// dated notes the date of each answer, which moves on.
type dated struct {
	s3.HTTPClient
	last *time.Time
}

func (d dated) Do(r *http.Request) (*http.Response, error) {
	answer, err := d.HTTPClient.Do(r)
	if err == nil {
		*d.last = d.last.Add(time.Minute)
		answer.Header.Set("Date", d.last.Format(http.TimeFormat))
	}
	return answer, err
}
