package s3jar_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/s3jar"
)

// stored returns the body, the lineage and the headers of the stored object.
func stored(t *testing.T, srv *awsfake.Server) (string, lineage.Deep, http.Header) {
	t.Helper()
	body, header, ok := srv.Object(bucketName, keyName)
	if !ok {
		t.Fatal("nothing is stored")
	}
	return string(body), lineage.ParseDeep(header.Get("x-amz-meta-awsjar-lineage")), header
}

func TestStoredForm(t *testing.T) {
	t.Parallel()
	srv, object := newObject(t)
	meta := save(t, object, `{"n":1}`, awsjar.Any)
	body, line, header := stored(t, srv)
	if body != `{"n":1}` || header.Get("Content-Type") != "application/json" {
		t.Errorf("stored %q as %q; want the plain value as application/json", body, header.Get("Content-Type"))
	}
	if want := (lineage.Deep{}).Extend(line.Newest(), lineage.DeepSum([]byte(body))); line != want {
		t.Errorf("the lineage of an unconditional write is %v; want its id and checksum alone", line)
	}
	if !strings.HasPrefix(string(meta.Revision), header.Get("ETag")+" ") || meta.VersionID != "null" || meta.Size != 7 {
		t.Errorf("Save returned %+v; the ETag is %s", meta, header.Get("ETag"))
	}
	first := line
	for n := 2; n <= lineage.DeepWrites+8; n++ {
		meta = save(t, object, fmt.Sprintf(`{"n":%d}`, n), meta.Revision)
	}
	_, line, _ = stored(t, srv)
	if !line.Full() || line.Has(first.Newest()) {
		t.Errorf("after %d writes the lineage is %v; want the newest %d", lineage.DeepWrites+8, line, lineage.DeepWrites)
	}
	save(t, object, `{"n":13}`, awsjar.Any)
	if _, line, _ = stored(t, srv); line.String() != string(line.Newest())+"."+lineage.DeepSum([]byte(`{"n":13}`)) {
		t.Errorf("after an unconditional write the lineage is %v; want its id alone", line)
	}
}

// TestEqualValues: values that come again in a cycle, however long, never have
// an ETag again among the writes that a lineage remembers, and an old revision
// never fits again.
func TestEqualValues(t *testing.T) {
	t.Parallel()
	for _, cycle := range []int{2, 9, 12, 60} {
		srv, object := newObject(t)
		value := func(n int) string { return fmt.Sprint(n % cycle) }
		meta := save(t, object, value(0), awsjar.None)
		revisions := []awsjar.Revision{meta.Revision}
		etags := map[string]int{etag(meta): 0}
		for n := 1; n <= 70; n++ {
			meta = save(t, object, value(n), meta.Revision)
			if loaded := mustLoad(t, object, value(n)); loaded.Revision != meta.Revision || loaded.Size != meta.Size {
				t.Fatalf("Load returned %+v, the Save before it %+v", loaded, meta)
			}
			body, _, header := stored(t, srv)
			if !json.Valid([]byte(body)) || strings.TrimRight(body, " \t\n\r") != value(n) {
				t.Fatalf("stored %q for %s", body, value(n))
			}
			if seen, ok := etags[header.Get("ETag")]; ok {
				t.Fatalf("cycle %d: write %d has the ETag of write %d", cycle, n, seen)
			}
			etags[header.Get("ETag")] = n
			revisions = append(revisions, meta.Revision)
		}
		for _, stale := range revisions[len(revisions)-64 : len(revisions)-1] {
			_, err := object.Save(within(t), []byte(`null`), stale)
			mustBe(t, err, awsjar.ErrConflict)
		}
	}
}

func etag(meta awsjar.Meta) string { return strings.Split(string(meta.Revision), " ")[0] }

// TestOtherBytes: a value that is not JSON is never padded, so its ETag comes
// back.
func TestOtherBytes(t *testing.T) {
	srv, object := newObject(t)
	first := save(t, object, "\x00one", awsjar.None)
	other := save(t, object, "\x00two", first.Revision)
	again := save(t, object, "\x00one", other.Revision)
	if body, _, _ := stored(t, srv); body != "\x00one" {
		t.Errorf("stored %q; want the bytes as they are", body)
	}
	if etag(first) != etag(again) {
		t.Error("the same bytes have another ETag: the documentation of Save says they have not")
	}
}

// TestConditions is the table of S3's answers to a conditional PUT, with the
// result of Save and the requests that it sent.
func TestConditions(t *testing.T) {
	t.Parallel()
	const put, get = "PutObject", "GetObject"
	conflict := awsfake.Fault{Op: put, Code: "ConditionalRequestConflict"}
	for _, c := range []struct {
		name      string
		versioned bool
		replaces  awsjar.Revision // of None; otherwise that of a value saved before
		set       func(t *testing.T, srv *awsfake.Server)
		want      error
		sent      []string
	}{
		{name: "create", replaces: awsjar.None, sent: []string{put}},
		{name: "create, exists", replaces: awsjar.None, want: awsjar.ErrExists, sent: []string{put, get},
			set: func(t *testing.T, srv *awsfake.Server) { foreign(t, srv, "1") }},
		{name: "create over a delete marker", versioned: true, replaces: awsjar.None, sent: []string{put}, set: remove},
		{name: "create, 409", replaces: awsjar.None, sent: []string{put, get, put},
			set: func(t *testing.T, srv *awsfake.Server) { srv.Inject(conflict) }},
		{name: "create, 409 because of another", replaces: awsjar.None, want: awsjar.ErrExists, sent: []string{put, get},
			set: func(t *testing.T, srv *awsfake.Server) {
				f := conflict
				f.Hook = func() { foreign(t, srv, "1") }
				srv.Inject(f)
			}},
		{name: "replace", replaces: "saved", sent: []string{put}},
		{name: "replace, changed", replaces: "saved", want: awsjar.ErrConflict, sent: []string{put, get},
			set: func(t *testing.T, srv *awsfake.Server) { foreign(t, srv, "changed") }},
		{name: "replace, vanished", replaces: "saved", want: awsjar.ErrConflict, sent: []string{put, get}, set: remove},
		{name: "replace under a delete marker", versioned: true, replaces: "saved", want: awsjar.ErrConflict, sent: []string{put, get}, set: remove},
		{name: "replace, 409", replaces: "saved", sent: []string{put, get, put},
			set: func(t *testing.T, srv *awsfake.Server) { srv.Inject(conflict) }},
		{name: "replace, 409 because of another", replaces: "saved", want: awsjar.ErrConflict, sent: []string{put, get},
			set: func(t *testing.T, srv *awsfake.Server) {
				f := conflict
				f.Hook = func() { foreign(t, srv, "changed") }
				srv.Inject(f)
			}},
		{name: "replace, 409 because it vanished", replaces: "saved", want: awsjar.ErrConflict, sent: []string{put, get},
			set: func(t *testing.T, srv *awsfake.Server) {
				f := conflict
				f.Hook = func() { remove(t, srv) }
				srv.Inject(f)
			}},
		{name: "create, 412 for its own", replaces: awsjar.None, sent: []string{put, get},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: put, After: true, Status: 412, Code: "PreconditionFailed"})
			}},
		{name: "replace, 412 for its own", replaces: "saved", sent: []string{put, get},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: put, After: true, Status: 412, Code: "PreconditionFailed"})
			}},
		{name: "overwrite", replaces: awsjar.Any, sent: []string{put}},
		{name: "overwrite, throttled", replaces: awsjar.Any, sent: []string{put, put},
			set: func(t *testing.T, srv *awsfake.Server) { srv.Inject(awsfake.Fault{Op: put, Code: "SlowDown"}) }},
		{name: "replace, throttled", replaces: "saved", sent: []string{put, get, put},
			set: func(t *testing.T, srv *awsfake.Server) { srv.Inject(awsfake.Fault{Op: put, Code: "SlowDown"}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, object := newObject(t)
			if c.versioned {
				setVersioning(t, srv, "Enabled")
			}
			if c.replaces == "saved" || c.versioned {
				meta := save(t, object, `"before"`, awsjar.None)
				if c.replaces == "saved" {
					c.replaces = meta.Revision
				}
			}
			if c.set != nil {
				c.set(t, srv)
			}
			srv.ResetRequests()
			_, err := object.Save(within(t), []byte(`"after"`), c.replaces)
			mustBe(t, err, c.want)
			if errors.Is(err, awsjar.ErrExists) != (c.want == awsjar.ErrExists) || errors.Is(err, awsjar.ErrNotFound) {
				t.Errorf("got the error %v; want %v alone", err, c.want)
			}
			mustSend(t, srv, c.sent...)
		})
	}
}

func remove(t *testing.T, srv *awsfake.Server) {
	t.Helper()
	if err := srv.DeleteObject(bucketName, keyName); err != nil {
		t.Fatal(err)
	}
}

// TestAlways409: a key that is always busy is a conflict in the end, after a
// bounded number of attempts.
func TestAlways409(t *testing.T) {
	t.Parallel()
	srv, object := newObject(t)
	srv.Inject(awsfake.Fault{Op: "PutObject", Code: "ConditionalRequestConflict", Times: -1})
	_, err := object.Save(within(t), []byte(`1`), awsjar.None)
	mustBe(t, err, awsjar.ErrConflict)
	if errors.Is(err, awsjar.ErrExists) {
		t.Errorf("got %v, but nothing exists", err)
	}
	if got := len(srv.Requests()); got != 12 {
		t.Errorf("%d requests; want 12", got)
	}
}

func count(srv *awsfake.Server, op string) (n int) {
	for _, r := range srv.Requests() {
		if r.Op == op {
			n++
		}
	}
	return n
}

// TestLostAnswer follows writes whose answer never came: the other writes of that
// time decide the result that Save may return.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	const put, get = "PutObject", "GetObject"
	// another is a writer that knows awsjar and replaces the stored value.
	another := func(t *testing.T, srv *awsfake.Server, value string) {
		o := s3jar.NewBucket(newClient(srv), bucketName).Object(keyName)
		_, meta, err := o.Load(within(t))
		if err != nil && !errors.Is(err, awsjar.ErrNotFound) {
			t.Error(err)
		}
		if _, err := o.Save(within(t), []byte(value), meta.Revision); err != nil {
			t.Error(err)
		}
	}
	for _, c := range []struct {
		name      string
		create    bool
		isStored  bool
		denied    bool                                    // the read back
		meanwhile func(t *testing.T, srv *awsfake.Server) // before the read back
		want      error
		value     string
		puts      int // those of others included
	}{
		{name: "stored", isStored: true, value: `"mine"`, puts: 1},
		{name: "not stored", value: `"mine"`, puts: 2},
		{name: "created", create: true, isStored: true, value: `"mine"`, puts: 1},
		{name: "not created", create: true, value: `"mine"`, puts: 2},
		{name: "stored, then replaced", isStored: true, value: `"theirs"`, puts: 2,
			meanwhile: func(t *testing.T, srv *awsfake.Server) { another(t, srv, `"theirs"`) }},
		{name: "stored, then replaced by an equal value", isStored: true, value: `"mine"`, puts: 2,
			meanwhile: func(t *testing.T, srv *awsfake.Server) { another(t, srv, `"mine"`) }},
		{name: "not stored, then replaced", want: awsjar.ErrConflict, value: `"theirs"`, puts: 2,
			meanwhile: func(t *testing.T, srv *awsfake.Server) { another(t, srv, `"theirs"`) }},
		{name: "not stored, then replaced by an equal value", want: awsjar.ErrConflict, value: `"mine"`, puts: 2,
			meanwhile: func(t *testing.T, srv *awsfake.Server) { another(t, srv, `"mine"`) }},
		{name: "stored, then overwritten by a foreign program", isStored: true, want: awsjar.ErrUncertain, value: "x", puts: 1,
			meanwhile: func(t *testing.T, srv *awsfake.Server) { foreign(t, srv, "x") }},
		{name: "not stored, then overwritten by a foreign program", want: awsjar.ErrUncertain, value: "x", puts: 1,
			meanwhile: func(t *testing.T, srv *awsfake.Server) { foreign(t, srv, "x") }},
		{name: "stored, then removed", isStored: true, want: awsjar.ErrUncertain, puts: 1, meanwhile: remove},
		{name: "not stored, then removed", want: awsjar.ErrUncertain, puts: 1, meanwhile: remove},
		{name: "created, then replaced", create: true, isStored: true, value: `"theirs"`, puts: 2,
			meanwhile: func(t *testing.T, srv *awsfake.Server) { another(t, srv, `"theirs"`) }},
		{name: "not created, then created", create: true, want: awsjar.ErrUncertain, value: `"theirs"`, puts: 2,
			meanwhile: func(t *testing.T, srv *awsfake.Server) { another(t, srv, `"theirs"`) }},
		{name: "stored, and reading it is denied", isStored: true, denied: true, want: awsjar.ErrUncertain, value: `"mine"`, puts: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, object := newObject(t)
			var before awsjar.Meta
			if !c.create {
				before = save(t, object, `"before"`, awsjar.None)
			}
			srv.ResetRequests()
			srv.Inject(awsfake.Fault{Op: put, After: c.isStored, Drop: true})
			if c.meanwhile != nil {
				srv.Inject(awsfake.Fault{Op: get, Hook: func() { c.meanwhile(t, srv) }})
			}
			var denied *awsfake.Injected
			if c.denied {
				denied = srv.Deny(get, "", "s3:GetObject")
			}
			meta, err := object.Save(within(t), []byte(`"mine"`), before.Revision)
			mustBe(t, err, c.want)
			if count(srv, put) != c.puts {
				t.Errorf("sent %d PUTs; want %d", count(srv, put), c.puts)
			}
			if c.value == "" {
				return
			}
			if denied != nil {
				denied.Remove()
			}
			data, now, err := object.Load(within(t))
			if err != nil || string(data) != c.value {
				t.Fatalf("Load returned %s, %v; want %s", data, err, c.value)
			}
			if c.want == nil && c.meanwhile == nil && now.Revision != meta.Revision {
				t.Errorf("Save returned the revision %q, Load %q", meta.Revision, now.Revision)
			}
			if c.want == nil && c.meanwhile != nil {
				_, err := object.Save(within(t), []byte(`"again"`), meta.Revision)
				mustBe(t, err, awsjar.ErrConflict)
			}
		})
	}
}

// TestOverwriteLost: a look tells whether an unconditional PUT whose answer was
// lost was stored.
func TestOverwriteLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault awsfake.Fault
		want  error
	}{
		"stored":       {awsfake.Fault{After: true, Drop: true}, nil},
		"not stored":   {awsfake.Fault{Drop: true, Times: 3}, nil},
		"never stored": {awsfake.Fault{Drop: true, Times: -1}, awsjar.ErrUncertain},
		"refused":      {awsfake.Fault{Code: "AccessDenied"}, awsjar.ErrAccessDenied},
	} {
		t.Run(name, func(t *testing.T) {
			srv, object := newObject(t)
			c.fault.Op = "PutObject"
			srv.Inject(c.fault)
			meta, err := object.Save(within(t), []byte(`1`), awsjar.Any)
			mustBe(t, err, c.want)
			if err == nil && mustLoad(t, object, `1`).Revision != meta.Revision {
				t.Errorf("Save returned %+v", meta)
			}
		})
	}
}

// TestLostThen412: a 412 after a lost request does not tell who came first:
// the lost one may have arrived late, before the other writer.
func TestLostThen412(t *testing.T) {
	srv, object := newObject(t)
	meta := save(t, object, `"before"`, awsjar.None)
	srv.Inject(awsfake.Fault{Op: "PutObject", Drop: true})
	srv.Inject(awsfake.Fault{Op: "PutObject", Hook: func() { foreign(t, srv, "x") }})
	srv.ResetRequests()
	_, err := object.Save(within(t), []byte(`"mine"`), meta.Revision)
	mustBe(t, err, awsjar.ErrUncertain)
	mustSend(t, srv, "PutObject", "GetObject", "PutObject", "GetObject")
}

// late is a client whose first PUT is given up, and arrives at the server
// when the second one is sent: a request that was delayed on its way.
type late struct {
	*s3.Client
	srv   *awsfake.Server
	first *s3.PutObjectInput
}

func (c *late) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if c.first == nil {
		c.first = in
		c.srv.Inject(awsfake.Fault{Op: "PutObject", Drop: true})
		return c.Client.PutObject(ctx, in, optFns...)
	}
	if _, err := c.first.Body.(io.Seeker).Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if _, err := c.Client.PutObject(ctx, c.first, optFns...); err != nil {
		return nil, err
	}
	return c.Client.PutObject(ctx, in, optFns...)
}

// TestOwn412: a 412 that the write's own first attempt is the cause of is not
// a conflict.
func TestOwn412(t *testing.T) {
	for name, create := range map[string]bool{"create": true, "replace": false} {
		t.Run(name, func(t *testing.T) {
			srv, object := newObject(t)
			var before awsjar.Meta
			if !create {
				before = save(t, object, `"before"`, awsjar.None)
			}
			client := &late{Client: newClient(srv), srv: srv}
			srv.ResetRequests()
			meta, err := s3jar.NewBucket(client, bucketName).Object(keyName).Save(within(t), []byte(`"mine"`), before.Revision)
			if err != nil {
				t.Fatal(err)
			}
			if now := mustLoad(t, object, `"mine"`); now.Revision != meta.Revision {
				t.Errorf("Save returned the revision %q, Load %q", meta.Revision, now.Revision)
			}
			var statuses []int
			for _, r := range srv.Requests() {
				if r.Op == "PutObject" {
					statuses = append(statuses, r.Status)
				}
			}
			if !slices.Equal(statuses, []int{0, 200, 412}) {
				t.Errorf("the PUTs were answered %v; want them lost, 200, 412", statuses)
			}
		})
	}
}

// TestAlwaysLost: where no attempt is answered, the call ends, and does not
// claim that nothing was stored.
func TestAlwaysLost(t *testing.T) {
	for name, c := range map[string]struct {
		fault awsfake.Fault
		want  error
	}{
		"no answer": {awsfake.Fault{Drop: true}, awsjar.ErrUncertain},
		"500":       {awsfake.Fault{Code: "InternalError"}, awsjar.ErrUncertain},
		"throttled": {awsfake.Fault{Code: "SlowDown"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, object := newObject(t)
			meta := save(t, object, `"before"`, awsjar.None)
			srv.ResetRequests()
			c.fault.Op, c.fault.Times = "PutObject", -1
			srv.Inject(c.fault)
			_, err := object.Save(within(t), []byte(`"after"`), meta.Revision)
			if got := len(srv.Requests()); err == nil || got != 12 {
				t.Fatalf("%v after %d requests; want an error after 12", err, got)
			}
			if errors.Is(err, awsjar.ErrUncertain) != (c.want != nil) || errors.Is(err, awsjar.ErrConflict) || c.want == nil && awsjar.Hint(err) == "" {
				t.Errorf("got %v with the hint %q", err, awsjar.Hint(err))
			}
			mustLoad(t, object, `"before"`)
		})
	}
}

// TestContextInFlight: a call that its context ends while S3 works on it
// cannot know.
func TestContextInFlight(t *testing.T) {
	for name, replaces := range map[string]awsjar.Revision{"overwrite": awsjar.Any, "create": awsjar.None} {
		t.Run(name, func(t *testing.T) {
			srv, object := newObject(t)
			ctx, cancel := context.WithCancel(within(t))
			srv.Inject(awsfake.Fault{Op: "PutObject", Hook: cancel, Delay: 1 << 40})
			_, err := object.Save(ctx, []byte(`1`), replaces)
			mustBe(t, err, awsjar.ErrUncertain)
			mustBe(t, err, context.Canceled)

			srv.ResetRequests()
			_, err = object.Save(ctx, []byte(`1`), replaces)
			mustBe(t, err, context.Canceled)
			if errors.Is(err, awsjar.ErrUncertain) || len(srv.Requests()) != 0 {
				t.Errorf("with an ended context: %v, and %d requests", err, len(srv.Requests()))
			}
		})
	}
}

// TestContextWhileLooking: a call that its context ends during a look knows
// nothing: also after a 409, which a proxy that repeats a PUT may get for it.
func TestContextWhileLooking(t *testing.T) {
	srv, object := newObject(t)
	ctx, cancel := context.WithCancel(within(t))
	srv.Inject(awsfake.Fault{Op: "PutObject", Code: "ConditionalRequestConflict"})
	srv.Inject(awsfake.Fault{Op: "GetObject", Hook: cancel, Delay: 1 << 40})
	_, err := object.Save(ctx, []byte(`1`), awsjar.None)
	mustBe(t, err, context.Canceled)
	mustBe(t, err, awsjar.ErrUncertain)
	if errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("got %v, which an Update would repeat", err)
	}
}

// TestConditionNeverHolds: a server that refuses a condition that holds, as
// versitygw does for a create over a delete marker, is distinguished from a
// writer who was first.
func TestConditionNeverHolds(t *testing.T) {
	t.Parallel()
	srv, object := newObject(t)
	srv.Inject(awsfake.Fault{Op: "PutObject", Times: -1, Status: 412, Code: "PreconditionFailed"})
	_, err := object.Save(within(t), []byte("1"), awsjar.None)
	if !errors.Is(err, awsjar.ErrUnsupported) || errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Save: %v; want ErrUnsupported, not ErrConflict", err)
	}
}

// TestRepeatedOverwrite: an unconditional PUT that is sent again brings back its
// bytes, and so its ETag, but another id. A writer who replaced the first one,
// and whose own answer was lost, must not take that for its own turn.
func TestRepeatedOverwrite(t *testing.T) {
	srv, object := newObject(t)
	first := save(t, object, `10`, awsjar.Any)
	srv.Inject(awsfake.Fault{Op: "PutObject", After: true, Drop: true, Then: func() {
		save(t, s3jar.NewBucket(newClient(srv), bucketName).Object(keyName), `10`, awsjar.Any) // as a repeated Put does
	}})
	_, err := object.Save(within(t), []byte(`11`), first.Revision)
	mustBe(t, err, awsjar.ErrUncertain)
	mustLoad(t, object, `10`)
}
