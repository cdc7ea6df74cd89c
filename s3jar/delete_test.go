package s3jar_test

import (
	"context"
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
)

func TestDeleteIf(t *testing.T) {
	const head, del, get = "HeadObject", "DeleteObject", "GetObject"
	for _, c := range []struct {
		name string
		set  func(t *testing.T, srv *awsfake.Server)
		want error
		left bool // the object is still there
		sent []string
	}{
		{name: "current", sent: []string{head, del}},
		{name: "changed", want: awsjar.ErrConflict, left: true, sent: []string{head},
			set: func(t *testing.T, srv *awsfake.Server) { foreign(t, srv, "changed") }},
		{name: "the same bytes stored again", want: awsjar.ErrConflict, left: true, sent: []string{head},
			set: func(t *testing.T, srv *awsfake.Server) { foreign(t, srv, `"value"`) }},
		{name: "gone", want: awsjar.ErrConflict, sent: []string{head, get}, set: remove},
		{name: "changed after the HEAD", want: awsjar.ErrConflict, left: true, sent: []string{head, del, head},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: del, Hook: func() { foreign(t, srv, "changed") }})
			}},
		{name: "gone after the HEAD", want: awsjar.ErrConflict, sent: []string{head, del, head, get},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: del, Hook: func() { remove(t, srv) }})
			}},
		{name: "answer lost", sent: []string{head, del, head, get},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: del, After: true, Drop: true})
			}},
		{name: "request lost", sent: []string{head, del, head, del},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: del, Drop: true})
			}},
		{name: "409", sent: []string{head, del, head, del},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: del, Code: "ConditionalRequestConflict"})
			}},
		{name: "answer lost, then created again", want: awsjar.ErrUncertain, left: true, sent: []string{head, del, head},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: del, After: true, Drop: true, Then: func() { foreign(t, srv, "new") }})
			}},
		{name: "answer lost, reading denied", want: awsjar.ErrUncertain, sent: []string{head, del, head},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: del, After: true, Drop: true, Then: func() { srv.Deny(head, "", "") }})
			}},
		{name: "deleting denied", want: awsjar.ErrAccessDenied, left: true, sent: []string{head, del},
			set: func(t *testing.T, srv *awsfake.Server) { srv.Deny(del, "", "") }},
		{name: "reading denied", want: awsjar.ErrAccessDenied, left: true, sent: []string{head},
			set: func(t *testing.T, srv *awsfake.Server) { srv.Deny(head, "", "s3:GetObject") }},
		{name: "conditions refused", want: awsjar.ErrUnsupported, left: true, sent: []string{head, del},
			set: func(t *testing.T, srv *awsfake.Server) { srv.Inject(awsfake.Fault{Op: del, Code: "NotImplemented"}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, object := newObject(t)
			meta := save(t, object, `"value"`, awsjar.None)
			if c.set != nil {
				c.set(t, srv)
			}
			srv.ResetRequests()
			err := object.Delete(within(t), meta.Revision)
			mustBe(t, err, c.want)
			mustSend(t, srv, c.sent...)
			if _, _, ok := srv.Object(bucketName, keyName); ok != c.left {
				t.Errorf("the object is there: %v; want %v", ok, c.left)
			}
		})
	}
}

// TestDeleteIfIgnored: a server that ignores If-Match on DELETE still does
// not lose the value that another writer stored before the call.
func TestDeleteIfIgnored(t *testing.T) {
	srv, object := newObject(t)
	srv.SetS3(awsfake.S3Trouble{IgnoreDeleteConditions: true})
	stale := save(t, object, `1`, awsjar.None)
	save(t, object, `2`, stale.Revision)
	mustBe(t, object.Delete(within(t), stale.Revision), awsjar.ErrConflict)
	mustLoad(t, object, `2`)
}

func TestDeleteFaults(t *testing.T) {
	t.Parallel()
	srv, object := newObject(t)
	save(t, object, `1`, awsjar.Any)
	srv.Inject(awsfake.Fault{Op: "DeleteObject", Drop: true, Times: -1})
	mustBe(t, object.Delete(within(t), awsjar.Any), awsjar.ErrUncertain)

	srv, object = newObject(t)
	save(t, object, `1`, awsjar.Any)
	srv.Inject(awsfake.Fault{Op: "DeleteObject", Code: "NoSuchKey"}) // as some servers answer
	if err := object.Delete(within(t), awsjar.Any); err != nil {
		t.Error(err)
	}

	ctx, cancel := context.WithCancel(within(t))
	srv.Inject(awsfake.Fault{Op: "DeleteObject", Hook: cancel, Delay: 1 << 40})
	err := object.Delete(ctx, awsjar.Any)
	mustBe(t, err, awsjar.ErrUncertain)
	mustBe(t, err, context.Canceled)

	srv, object = newObject(t)
	meta := save(t, object, `1`, awsjar.Any)
	ctx, cancel = context.WithCancel(within(t))
	srv.Inject(awsfake.Fault{Op: "HeadObject", After: true, Then: cancel})
	err = object.Delete(ctx, meta.Revision)
	mustBe(t, err, context.Canceled)
	if errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("got %v", err)
	}
}

// TestDeleteAlways409 ends.
func TestDeleteAlways409(t *testing.T) {
	t.Parallel()
	srv, object := newObject(t)
	meta := save(t, object, `1`, awsjar.Any)
	srv.Inject(awsfake.Fault{Op: "DeleteObject", Code: "ConditionalRequestConflict", Times: -1})
	mustBe(t, object.Delete(within(t), meta.Revision), awsjar.ErrConflict)
	if n := len(srv.Requests()); n > 13 {
		t.Errorf("%d requests; want at most 12 besides the Save", n)
	}
}
