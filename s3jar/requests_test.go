package s3jar_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// TestLostRace: the read that judges a lost race is the value of the next
// round: GET, PUT, and one GET and PUT more.
func TestLostRace(t *testing.T) {
	for name, meanwhile := range map[string]func(*testing.T, *awsfake.Server){
		"changed": func(t *testing.T, srv *awsfake.Server) { foreign(t, srv, `10`) },
		"removed": remove,
	} {
		srv, object := newObject(t)
		save(t, object, `1`, awsjar.None)
		srv.ResetRequests()
		rounds := 0
		got, err := awsjar.New[int](object).Update(within(t), func(n *int) error {
			if rounds++; rounds == 1 {
				meanwhile(t, srv)
			}
			*n++
			return nil
		})
		if want := map[string]int{"changed": 11, "removed": 1}[name]; err != nil || got != want || rounds != 2 {
			t.Errorf("%s: Update returned %d, %v after %d rounds; want %d", name, got, err, rounds, want)
		}
		mustSend(t, srv, "GetObject", "PutObject", "GetObject", "PutObject")
	}
}

// TestLostRaceOfALargeValue: a value that is not small is not read by the look.
func TestLostRaceOfALargeValue(t *testing.T) {
	large := `"` + strings.Repeat("x", 300<<10) + `"`
	for name, c := range map[string]struct{ mine, theirs string }{
		"mine":   {large, `1`},
		"theirs": {`1`, large},
	} {
		srv, object := newObject(t)
		save(t, object, `0`, awsjar.None)
		meta := mustLoad(t, object, `0`)
		foreign(t, srv, c.theirs)
		_, err := object.Save(within(t), []byte(c.mine), meta.Revision)
		mustBe(t, err, awsjar.ErrConflict)
		var read interface {
			Current(awsjar.Store) ([]byte, awsjar.Meta, error)
		}
		if errors.As(err, &read) {
			t.Errorf("%s: the conflict carries a value", name)
		}
	}
}

// TestConflictHidesTheValue: however the error of a lost race is printed, the
// value that it carries does not show.
func TestConflictHidesTheValue(t *testing.T) {
	srv, object := newObject(t)
	meta := save(t, object, `1`, awsjar.None)
	foreign(t, srv, `"their secret"`)
	_, err := object.Save(within(t), []byte(`"my secret"`), meta.Revision)
	mustBe(t, err, awsjar.ErrConflict)
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), fmt.Sprintf("%#v", errors.Unwrap(err))} {
		if strings.Contains(text, "secret") {
			t.Errorf("the error shows a value: %s", text)
		}
	}
}

// TestRequestsOfAFaultThatLasts: retries do not multiply. No call sends more than
// 12 requests, with any retryer of the client.
func TestRequestsOfAFaultThatLasts(t *testing.T) {
	all := func(f awsfake.Fault) []awsfake.Fault {
		f.Times = -1
		return []awsfake.Fault{f}
	}
	put := func(f awsfake.Fault) []awsfake.Fault {
		f.Op, f.Times = "PutObject", -1
		return []awsfake.Fault{f}
	}
	after := http.Header{"Retry-After": {"3600"}}
	for name, c := range map[string]struct {
		faults    []awsfake.Fault
		most      int
		uncertain bool
	}{
		"503":                       {all(awsfake.Fault{Status: 503, Code: "ServiceUnavailable"}), 12, true},
		"503 for PUTs":              {put(awsfake.Fault{Status: 503, Code: "ServiceUnavailable"}), 12, true},
		"500":                       {all(awsfake.Fault{Status: 500}), 12, true},
		"SlowDown":                  {all(awsfake.Fault{Code: "SlowDown"}), 12, false},
		"429":                       {all(awsfake.Fault{Status: 429}), 12, false},
		"429 for PUTs":              {put(awsfake.Fault{Status: 429}), 12, false},
		"429, and wait for an hour": {put(awsfake.Fault{Status: 429, Header: after}), 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, object := newObject(t)
			meta := save(t, object, `1`, awsjar.None)
			srv.ResetRequests()
			for _, f := range c.faults {
				srv.Inject(f)
			}
			_, err := object.Save(within(t), []byte(`2`), meta.Revision)
			n := len(srv.Requests())
			if err == nil || errors.Is(err, awsjar.ErrUncertain) != c.uncertain || errors.Is(err, awsjar.ErrConflict) || n > c.most {
				t.Errorf("%v after %d requests; want %d at most, uncertain %v", err, n, c.most, c.uncertain)
			}
			t.Logf("%d requests", n)
		})
	}
}

// TestTooManyRequests: a 429, which other servers send to the second write in a
// second, is waited out as it asks.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	srv, object := newObject(t)
	meta := save(t, object, `1`, awsjar.None)
	srv.Inject(awsfake.Fault{Op: "PutObject", Status: 429, Header: http.Header{"Retry-After": {"1"}}})
	srv.ResetRequests()
	save(t, object, `2`, meta.Revision)
	mustSend(t, srv, "PutObject", "GetObject", "PutObject")
}

// TestDeadEndpoint: a create without a server ends, and looks for nothing.
func TestDeadEndpoint(t *testing.T) {
	t.Parallel()
	dials := &methods{}
	client := newClient(newServer(t), func(o *s3.Options) {
		o.HTTPClient, o.BaseEndpoint = dials, aws.String("http://127.0.0.1:1")
	})
	_, err := s3jar.NewBucket(client, bucketName).Object(keyName).Save(within(t), []byte(`1`), awsjar.None)
	if err == nil || errors.Is(err, awsjar.ErrUncertain) || len(dials.methods) > 12 || strings.Contains(strings.Join(dials.methods, " "), "GET") {
		t.Errorf("%v after %q; want a plain error after at most 12 PUTs", err, dials.methods)
	}
}

type methods struct{ methods []string }

func (c *methods) Do(r *http.Request) (*http.Response, error) {
	c.methods = append(c.methods, r.Method)
	return http.DefaultClient.Do(r)
}

// TestStaleRevision: a revision that more writes have followed than a lineage
// names is a conflict, and not uncertain: a look comes before the PUT.
func TestStaleRevision(t *testing.T) {
	srv, object := newObject(t)
	stale := save(t, object, `0`, awsjar.None)
	meta := stale
	for n := range 40 {
		meta = save(t, object, fmt.Sprint(n), meta.Revision)
	}
	other := s3jar.NewBucket(newClient(srv), bucketName).Object(keyName)
	for _, o := range []*s3jar.Object{object, other} {
		srv.ResetRequests()
		_, err := o.Save(within(t), []byte(`"stale"`), stale.Revision)
		mustBe(t, err, awsjar.ErrConflict)
		mustSend(t, srv, "GetObject")
	}
	save(t, s3jar.NewBucket(newClient(srv), bucketName).Object(keyName), `"current"`, meta.Revision)
	mustSend(t, srv, "GetObject", "PutObject")
}

// TestForgetsAfterAConflict: with KeepLast a value that was stored again with
// the same bytes is loaded anew after a conflict, so that the next try fits.
func TestForgetsAfterAConflict(t *testing.T) {
	srv, object := newObject(t, func(o *s3jar.Options) { o.KeepLast = true })
	save(t, object, "\x00bytes", awsjar.None)
	stale := mustLoad(t, object, "\x00bytes")
	other := s3jar.NewBucket(newClient(srv), bucketName).Object(keyName)
	save(t, other, "\x00bytes", awsjar.Any) // the same ETag
	if kept := mustLoad(t, object, "\x00bytes"); kept.Revision == stale.Revision {
		mustBe(t, object.Delete(within(t), kept.Revision), awsjar.ErrConflict)
	}
	fresh := mustLoad(t, object, "\x00bytes")
	if err := object.Delete(within(t), fresh.Revision); err != nil {
		t.Errorf("Delete of the revision that was just loaded: %v", err)
	}
}

// TestLogger: a write that was sent again, and a lost answer that was resolved,
// are logged, without a value.
func TestLogger(t *testing.T) {
	var text strings.Builder
	srv, object := newObject(t, func(o *s3jar.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	srv.Inject(awsfake.Fault{Op: "PutObject", Code: "SlowDown"})
	srv.Inject(awsfake.Fault{Op: "PutObject", After: true, Drop: true})
	save(t, object, `"secret"`, awsjar.None)
	for _, want := range []string{"sending a write again", "outcome=throttled", "a lost answer was resolved", "stored=true", "sends=2", "target=s3://my-bucket/state.json"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the log has no %q: %s", want, &text)
		}
	}
	if strings.Contains(text.String(), "secret") {
		t.Errorf("the log shows the value: %s", &text)
	}
}
