package s3jar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/commit"
)

// smallLook is the size in bytes up to which a look reads the body too, so that
// the next round of an Update needs no GET. Reading a longer body costs more
// than it saves.
const smallLook = 256 << 10

// look is the view of one look at the object.
type look struct {
	state                                     // zero if nothing is stored
	err   error                               // why nothing was seen
	load  func() ([]byte, awsjar.Meta, error) // returns the same as a Load at that moment; nil if the body was not read
}

// look reads the stored object: with its body if the value that was to be stored
// is small, and so is the one that is there.
func (o *Object) look(ctx context.Context, size int) look {
	if size > smallLook {
		now, _, err := o.current(ctx)
		return look{state: now, err: o.said(err, "s3:GetObject")}
	}
	out, got, _, err := o.get(ctx, &s3.GetObjectInput{}, sendOnce)
	switch {
	case awserr.Code(err) == "NoSuchKey":
		absent := o.said(err, "s3:GetObject")
		return look{load: func() ([]byte, awsjar.Meta, error) { return nil, got.meta, absent }}
	case err != nil:
		return look{err: o.said(err, "s3:GetObject")}
	}
	defer out.Body.Close()
	if aws.ToInt64(out.ContentLength) > smallLook {
		return look{state: got.state} // the headers are enough to judge by
	}
	body, _, err := readBody(out.Body, out.ContentLength, min(smallLook, o.bucket.opts.MaxSize))
	if err != nil {
		return look{state: got.state}
	}
	got.data = unpad(body, got.line)
	got.meta.Size = int64(len(got.data))
	return look{state: got.state, load: func() ([]byte, awsjar.Meta, error) { return slices.Clone(got.data), got.meta, nil }}
}

// current returns the state of the current version, or that there is none. The
// 404 to a HEAD has no body, so a GET confirms it: only the code NoSuchKey
// means that nothing is stored.
func (o *Object) current(ctx context.Context) (now state, absent bool, err error) {
	now, err = o.head(ctx, sendOnce)
	if awserr.Status(err) != http.StatusNotFound {
		return now, false, err
	}
	out, got, _, err := o.get(ctx, &s3.GetObjectInput{}, sendOnce)
	if err == nil {
		out.Body.Close()
		return got.state, false, nil
	}
	if awserr.Code(err) == "NoSuchKey" {
		return state{}, true, nil
	}
	return state{}, false, err
}

// unseen is the View of a look that failed.
func unseen(err error) commit.View {
	lasting := errors.Is(err, awsjar.ErrAccessDenied) || errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrInvalid)
	return commit.View{Lasting: lasting, RetryAfter: awserr.RetryAfter(err), Err: err}
}

// carriedBy returns err, and with it the value of the look at the object if err is a
// conflict.
func (l look) carriedBy(err error, o *Object) error {
	if l.load == nil || !errors.Is(err, awsjar.ErrConflict) || errors.Is(err, awsjar.ErrUncertain) {
		return err
	}
	return &carrier{err, o, l.load}
}

// carrier is the error of a lost race, with the state that made it one. The
// value is in a function, so that no way to print the error shows it.
type carrier struct {
	error
	object *Object
	load   func() ([]byte, awsjar.Meta, error)
}

func (c *carrier) Unwrap() error { return c.error }

// Current returns the value at the moment when the race was lost, as a Load of the
// object does. A store around the object may give the bytes another form, so it gets
// none.
func (c *carrier) Current(of awsjar.Store) ([]byte, awsjar.Meta, error) {
	if of != awsjar.Store(c.object) {
		return nil, awsjar.Meta{}, fmt.Errorf("%w: the value was read from another store", awsjar.ErrUnsupported)
	}
	return c.load()
}
