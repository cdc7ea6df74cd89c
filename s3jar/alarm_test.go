package s3jar_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// newPair returns two handles on one object, which holds "2" in its second
// write, and the revision of that.
func newPair(t testing.TB, client s3jar.Client, optFns ...func(*s3jar.Options)) (a, b *s3jar.Object, now awsjar.Revision) {
	t.Helper()
	a = s3jar.NewBucket(client, bucketName, optFns...).Object(keyName)
	b = s3jar.NewBucket(client, bucketName, optFns...).Object(keyName)
	now = save(t, a, "2", save(t, a, "1", awsjar.None).Revision).Revision
	mustLoad(t, b, "2")
	return a, b, now
}

// overtake lets both handles replace the same revision, which a server that
// keeps conditions refuses to the second one.
func overtake(t testing.TB, a, b *s3jar.Object, now awsjar.Revision) {
	t.Helper()
	save(t, a, "3 of a", now)
	save(t, b, "3 of b", now)
}

// TestAlarm: on a server that ignores conditions the next Load shows that an
// accepted write is gone. The Load brings the value, and from then on no write
// with a condition is sent.
func TestAlarm(t *testing.T) {
	srv := careless(t)
	a, b, now := newPair(t, newClient(srv))
	overtake(t, a, b, now)
	ops(srv)
	meta := mustLoad(t, a, "3 of b")
	mustSend(t, srv, "GetObject")
	for name, call := range map[string]func() error{
		"replace": func() error { _, err := a.Save(within(t), []byte("4"), meta.Revision); return err },
		"create":  func() error { _, err := a.Save(within(t), []byte("4"), awsjar.None); return err },
		"delete":  func() error { return a.Delete(within(t), meta.Revision) },
	} {
		err := call()
		mustBe(t, err, awsjar.ErrUnsupported)
		if !strings.Contains(err.Error(), "the server does not keep conditions") || !strings.Contains(awsjar.Hint(err), "copied an earlier version back with its metadata") {
			t.Errorf("%s: %v; hint: %s", name, err, awsjar.Hint(err))
		}
	}
	mustSend(t, srv)
	mustLoad(t, a, "3 of b")
	save(t, a, "5", awsjar.Any)
	save(t, b, "6", mustLoad(t, b, "5").Revision) // b saw nothing amiss
	if err := a.Delete(within(t), awsjar.Any); err != nil {
		t.Error(err)
	}
}

// TestAlarmOfRace: a server that looks whether a condition holds, and stores
// without a lock, tells two handles that each has replaced the same revision.
// The one whose write is gone gets an error.
func TestAlarmOfRace(t *testing.T) {
	a, b, now := newPair(t, racing{newClient(newServer(t)), newWave(2, 2)})
	var wg sync.WaitGroup
	for _, object := range []*s3jar.Object{a, b} {
		wg.Go(func() { save(t, object, "3", now) })
	}
	wg.Wait()
	noticed, last := 0, mustLoad(t, a, "3")
	mustLoad(t, b, "3")
	for _, object := range []*s3jar.Object{a, b} {
		if err := object.Delete(within(t), last.Revision); errors.Is(err, awsjar.ErrUnsupported) {
			noticed++
		}
	}
	if noticed != 1 {
		t.Errorf("%d handles noticed; want the one whose write is gone", noticed)
	}
}

// TestAlarmOfLoadUnderWay: a GET that was sent before a write was accepted, and
// was answered before it, says nothing of that write, however late it arrives.
// The handle does not take the write for lost, nor does it forget the write: if a
// server that breaks its promise loses it, the next Load shows that.
func TestAlarmOfLoadUnderWay(t *testing.T) {
	for name, lost := range map[string]bool{"kept": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			client := &slowGet{Client: newClient(srv), answered: make(chan struct{}), goOn: make(chan struct{})}
			a, b, now := newPair(t, client)
			save(t, a, "3", now)
			last := save(t, b, "4", mustLoad(t, b, "3").Revision)
			client.slow.Store(true)
			done := make(chan struct{})
			go func() {
				defer close(done)
				a.Load(within(t))
			}()
			<-client.answered
			mine := save(t, a, "5 of a", last.Revision)
			close(client.goOn)
			<-done
			if !lost {
				save(t, a, "6", mine.Revision)
				return
			}
			srv.SetS3(awsfake.S3Trouble{IgnorePutConditions: true})
			save(t, b, "5 of b", last.Revision)
			_, err := a.Save(within(t), []byte("6"), mustLoad(t, a, "5 of b").Revision)
			mustBe(t, err, awsjar.ErrUnsupported)
		})
	}
}

// slowGet holds an answer to a GET back.
type slowGet struct {
	*s3.Client
	slow           atomic.Bool
	answered, goOn chan struct{}
}

func (c *slowGet) GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	out, err := c.Client.GetObject(ctx, in, optFns...)
	if c.slow.CompareAndSwap(true, false) {
		close(c.answered)
		<-c.goOn
	}
	return out, err
}

// TestNoAlarm: none of the changes that people and programs make to an object
// raises the alarm on a server that keeps conditions.
func TestNoAlarm(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(t *testing.T, srv *awsfake.Server, b *s3jar.Object, mine awsjar.Meta){
		"others write": func(t *testing.T, srv *awsfake.Server, b *s3jar.Object, _ awsjar.Meta) {
			for range 40 { // more than a lineage names
				_, meta, err := b.Load(within(t))
				if err != nil {
					t.Fatal(err)
				}
				save(t, b, "other", meta.Revision)
			}
		},
		"an undo": func(t *testing.T, srv *awsfake.Server, b *s3jar.Object, mine awsjar.Meta) {
			removeVersion(t, srv, mine.VersionID)
		},
		"an undo, and others write": func(t *testing.T, srv *awsfake.Server, b *s3jar.Object, mine awsjar.Meta) {
			removeVersion(t, srv, mine.VersionID)
			save(t, b, "other", mustLoad(t, b, "2").Revision)
		},
		"a plain Put": func(t *testing.T, srv *awsfake.Server, b *s3jar.Object, _ awsjar.Meta) {
			save(t, b, "other", awsjar.Any)
		},
		"a foreign program": func(t *testing.T, srv *awsfake.Server, b *s3jar.Object, _ awsjar.Meta) { foreign(t, srv, "other") },
		"deleted and made again": func(t *testing.T, srv *awsfake.Server, b *s3jar.Object, _ awsjar.Meta) {
			if err := b.Delete(within(t), awsjar.Any); err != nil {
				t.Fatal(err)
			}
			save(t, b, "other", save(t, b, "another", awsjar.None).Revision)
		},
		"an old version copied": func(t *testing.T, srv *awsfake.Server, b *s3jar.Object, _ awsjar.Meta) { copyBack(t, srv) },
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			setVersioning(t, srv, "Enabled")
			a, b, now := newPair(t, newClient(srv))
			do(t, srv, b, save(t, a, "3", now))
			for range 2 {
				_, meta, err := a.Load(within(t))
				if err != nil {
					t.Fatal(err)
				}
				save(t, a, "last", meta.Revision)
			}
		})
	}
}

func removeVersion(t testing.TB, srv *awsfake.Server, id string) {
	t.Helper()
	if _, err := newClient(srv).DeleteObject(within(t), &s3.DeleteObjectInput{Bucket: new(bucketName), Key: new(keyName), VersionId: &id}); err != nil {
		t.Fatal(err)
	}
}

// copyBack copies the version before the current one, with its metadata.
func copyBack(t testing.TB, srv *awsfake.Server) {
	t.Helper()
	client := newClient(srv)
	out, err := client.ListObjectVersions(within(t), &s3.ListObjectVersionsInput{Bucket: new(bucketName), Prefix: new(keyName)})
	if err != nil || len(out.Versions) < 2 {
		t.Fatal(err, len(out.Versions))
	}
	source := bucketName + "/" + keyName + "?versionId=" + *out.Versions[1].VersionId
	_, err = client.CopyObject(within(t), &s3.CopyObjectInput{
		Bucket: new(bucketName), Key: new(keyName), CopySource: &source, MetadataDirective: types.MetadataDirectiveCopy,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAlarmAndRollBack: an old version that is copied back, and then written
// over, cannot be told from a server that breaks its promise. Elsewhere it is
// an error that says so; at AWS it is logged, and the write goes on.
func TestAlarmAndRollBack(t *testing.T) {
	srv := newServer(t, func(o *awsfake.Options) { o.TLS = true })
	setVersioning(t, srv, "Enabled")
	for _, aws := range []bool{false, true} {
		log, text := logged()
		client := newClient(srv)
		if aws {
			client = newForeign(srv, func(o *s3.Options) { o.BaseEndpoint = nil })
		}
		a, b, now := newPair(t, client, func(o *s3jar.Options) { o.Logger = log })
		save(t, a, "3", now)
		copyBack(t, srv)
		save(t, b, "4", mustLoad(t, b, "2").Revision)
		meta := mustLoad(t, a, "4")
		_, err := a.Save(within(t), []byte("5"), meta.Revision)
		if !aws {
			mustBe(t, err, awsjar.ErrUnsupported)
			mustLog(t, text, "")
		} else {
			mustBe(t, err, nil)
			mustLog(t, text, "level=WARN msg=\"awsjar: an accepted write is missing")
		}
		if err := a.Delete(within(t), awsjar.Any); err != nil {
			t.Fatal(err)
		}
	}
}
