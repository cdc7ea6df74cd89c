package s3jar_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/direct/learned"
	"github.com/awsjar/awsjar/s3jar"
)

const kmsKey = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"

// given are the headers of an object that somebody else made, with every
// property that a GET shows.
var given = map[string]string{
	"Content-Type":                                    "application/vnd.acorns+json",
	"Cache-Control":                                   "max-age=60",
	"Content-Disposition":                             `attachment; filename="a.json"`,
	"Content-Encoding":                                "utf-8",
	"Content-Language":                                "de-AT",
	"Expires":                                         "Fri, 01 Jan 2100 00:00:00 GMT",
	"X-Amz-Website-Redirect-Location":                 "/elsewhere",
	"X-Amz-Storage-Class":                             "STANDARD_IA",
	"X-Amz-Server-Side-Encryption":                    "aws:kms",
	"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id":     kmsKey,
	"X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "true",
	"X-Amz-Meta-Team":                                 "squirrels",
	"X-Amz-Meta-Cost-Centre":                          "=?UTF-8?B?w6Q=?=",
	"X-Amz-Meta-Snowball-Note":                        "two  spaces",
	"X-Amz-Tagging":                                   "stage=test&owner=a%20b",
}

// giveTo stores an object with headers as another program does.
func giveTo(t testing.TB, srv *awsfake.Server, body string, header map[string]string) {
	t.Helper()
	h := http.Header{}
	for name, value := range header {
		h.Set(name, value)
	}
	if err := srv.PutObject(bucketName, keyName, []byte(body), h); err != nil {
		t.Fatal(err)
	}
}

// mustHave checks the headers and the tags of the object.
func mustHave(t testing.TB, srv *awsfake.Server, want map[string]string) {
	t.Helper()
	_, header, ok := srv.Object(bucketName, keyName)
	if !ok {
		t.Fatal("there is no object")
	}
	got := http.Header{}
	for name, values := range header {
		got[http.CanonicalHeaderKey(name)] = values
	}
	for name, value := range want {
		if name != "X-Amz-Tagging" && got.Get(name) != value {
			t.Errorf("%s is %q; want %q", name, got.Get(name), value)
		}
	}
	tags := map[string]string{}
	if want["X-Amz-Tagging"] != "" {
		tags = map[string]string{"stage": "test", "owner": "a b"}
	}
	if got := srv.ObjectTags(bucketName, keyName); !maps.Equal(got, tags) {
		t.Errorf("the tags are %v; want %v", got, tags)
	}
}

// ways are the clients that a Bucket may have.
var ways = map[string]func(testing.TB, *awsfake.Server) s3jar.Client{
	"SDK":    func(_ testing.TB, srv *awsfake.Server) s3jar.Client { return newClient(srv) },
	"direct": func(t testing.TB, srv *awsfake.Server) s3jar.Client { return learned.S3(t, newClient(srv), bucketName) },
}

// TestProperties: an Update keeps each property that others gave the object,
// alone and with all the others, over and over; a Put keeps none.
func TestProperties(t *testing.T) {
	t.Parallel()
	cases := map[string]map[string]string{"all": given}
	for name, value := range given {
		switch name {
		case "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled":
			cases[name] = map[string]string{name: value, "X-Amz-Server-Side-Encryption": "aws:kms"}
		default:
			cases[name] = map[string]string{name: value}
		}
	}
	for way, client := range ways {
		for name, header := range cases {
			t.Run(way+"/"+name, func(t *testing.T) {
				t.Parallel()
				srv := newServer(t)
				giveTo(t, srv, `1`, header)
				object := s3jar.NewBucket(client(t, srv), bucketName).Object(keyName)
				jar := awsjar.New[int](object)
				for n := range 3 { // the second one knows its own write, the third that of a stranger
					if n == 2 {
						giveTo(t, srv, `3`, header)
					}
					if got, err := jar.Update(within(t), func(n *int) error { *n++; return nil }); err != nil || got != n+2 {
						t.Fatalf("Update returned %d, %v; want %d", got, err, n+2)
					}
					mustHave(t, srv, header)
				}
				if err := jar.Put(within(t), 9); err != nil {
					t.Fatal(err)
				}
				mustHave(t, srv, map[string]string{"Content-Type": "application/json", "Cache-Control": "", "X-Amz-Meta-Team": "", "X-Amz-Storage-Class": "", "X-Amz-Server-Side-Encryption": "AES256", "X-Amz-Website-Redirect-Location": "", "Expires": ""})
			})
		}
	}
}

// TestPropertiesOfARevision: a process that has not loaded the revision itself
// finds the properties by the look that it makes anyway, with the body or
// without it.
func TestPropertiesOfARevision(t *testing.T) {
	for size, want := range map[int][]string{1: {"GetObject", "GetObjectTagging", "PutObject"}, 300 << 10: {"HeadObject", "GetObjectTagging", "PutObject"}} {
		srv, object := newObject(t)
		giveTo(t, srv, `1`, given)
		meta := mustLoad(t, object, `1`)
		srv.ResetRequests()
		fresh := s3jar.NewBucket(newClient(srv), bucketName).Object(keyName)
		save(t, fresh, `"`+strings.Repeat("x", size)+`"`, meta.Revision)
		mustSend(t, srv, want...)
		mustHave(t, srv, given)
	}
}

// TestPropertiesOfALostRace: the write of the next round carries the properties
// of the object that won.
func TestPropertiesOfALostRace(t *testing.T) {
	srv, object := newObject(t)
	giveTo(t, srv, `1`, map[string]string{"Cache-Control": "no-store"})
	rounds := 0
	_, err := awsjar.New[int](object).Update(within(t), func(n *int) error {
		if rounds++; rounds == 1 {
			giveTo(t, srv, `10`, given)
		}
		*n++
		return nil
	})
	if err != nil || rounds != 2 {
		t.Fatalf("%v after %d rounds", err, rounds)
	}
	mustHave(t, srv, given)
}

// TestPropertiesAfterALostAnswer: a write that is sent again has them too.
func TestPropertiesAfterALostAnswer(t *testing.T) {
	for _, stored := range []bool{false, true} {
		srv, object := newObject(t)
		giveTo(t, srv, `1`, given)
		meta := mustLoad(t, object, `1`)
		srv.Inject(awsfake.Fault{Op: "PutObject", After: stored, Drop: true})
		meta = save(t, object, `2`, meta.Revision)
		save(t, object, `3`, meta.Revision)
		mustHave(t, srv, given)
	}
}

// TestOptionsBeforeProperties: the options of the program go before the
// properties of the object.
func TestOptionsBeforeProperties(t *testing.T) {
	srv, object := newObject(t, func(o *s3jar.Options) {
		o.ContentType, o.StorageClass, o.Encryption, o.Tags = "text/plain", types.StorageClassStandard, types.ServerSideEncryptionAes256, s3jar.TagsDropped
	})
	giveTo(t, srv, `1`, given)
	meta := mustLoad(t, object, `1`)
	srv.ResetRequests()
	save(t, object, `2`, meta.Revision)
	mustSend(t, srv, "PutObject")
	mustHave(t, srv, map[string]string{"Content-Type": "text/plain", "X-Amz-Storage-Class": "", "X-Amz-Server-Side-Encryption": "AES256",
		"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "", "Cache-Control": "max-age=60", "X-Amz-Meta-Team": "squirrels"})
}

// TestAttestingProperties: metadata that attests to the old body goes, and no
// other does.
func TestAttestingProperties(t *testing.T) {
	srv, object := newObject(t)
	header := map[string]string{
		"X-Amz-Tagging": "stage=test&owner=a%20b&GuardDutyMalwareScanStatus=NO_THREATS_FOUND&bucketav=clean&fss-scan-result=no%20issues%20found&av-status=CLEAN",
	}
	gone := []string{"Mtime", "File-Mtime", "Md5chksum", "S3cmd-Attrs", "Mc-Attrs", "Cb-Modifiedtime", "S3b-Last-Modified", "Sha256", "Content-Md5",
		"X-Checksum-Crc32", "File_sha1", "Av-Status", "Av-Timestamp", "X-Amz-Key-V2", "X-Amz-Iv", "Etag", "Content-Length"}
	kept := []string{"Uid", "Mode", "File-Owner", "Team", "Hash-Tag", "Size", "Times", "Md5sums-Of", "Size-Class", "Keyword"}
	for _, name := range slices.Concat(gone, kept) {
		header["X-Amz-Meta-"+name] = "x"
	}
	giveTo(t, srv, `1`, header)
	save(t, object, `2`, mustLoad(t, object, `1`).Revision)
	want := map[string]string{"X-Amz-Tagging": "yes"}
	for _, name := range gone {
		want["X-Amz-Meta-"+name] = ""
	}
	for _, name := range kept {
		want["X-Amz-Meta-"+name] = "x"
	}
	mustHave(t, srv, want)
}

// packed is a codec that compresses.
type packed struct{ awsjar.JSON }

func (packed) Marshal(v any) ([]byte, error) {
	data, err := (awsjar.JSON{}).Marshal(v)
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	return b.Bytes(), cmp.Or(err, w.Close())
}

// TestContentEncoding: the coding of a body stays as long as it fits the body.
func TestContentEncoding(t *testing.T) {
	data, err := packed{}.Marshal(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ encoding, data, want string }{
		{"gzip", string(data), "gzip"}, {"gzip", `2`, ""}, {"x, BR", `2`, ""}, {"identity", `2`, "identity"},
	} {
		srv, object := newObject(t)
		giveTo(t, srv, "1", map[string]string{"Content-Encoding": test.encoding})
		save(t, object, test.data, mustLoad(t, object, "1").Revision)
		mustHave(t, srv, map[string]string{"Content-Encoding": test.want})
	}
}

// TestStorageClassThatCannotBeRead: an archive that was restored is not stored
// as an archive again.
func TestStorageClassThatCannotBeRead(t *testing.T) {
	for _, class := range []string{"GLACIER", "DEEP_ARCHIVE"} {
		srv, object := newObject(t)
		foreign(t, srv, `1`)
		srv.Inject(awsfake.Fault{Op: "GetObject", After: true, Header: http.Header{"X-Amz-Storage-Class": {class}}})
		save(t, object, `2`, mustLoad(t, object, `1`).Revision)
		mustHave(t, srv, map[string]string{"X-Amz-Storage-Class": ""})
	}
}

// TestExpiresThatIsNoTime: "0" means that the object has expired.
func TestExpiresThatIsNoTime(t *testing.T) {
	srv, object := newObject(t)
	giveTo(t, srv, `1`, map[string]string{"Expires": "0"})
	save(t, object, `2`, mustLoad(t, object, `1`).Revision)
	mustHave(t, srv, map[string]string{"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"})
}

// TestMetadataThatIsTooLarge: a write that S3 would refuse is refused before it
// is sent, with a hint.
func TestMetadataThatIsTooLarge(t *testing.T) {
	srv, object := newObject(t)
	giveTo(t, srv, `1`, map[string]string{"X-Amz-Meta-Long": strings.Repeat("x", 2040)})
	meta := mustLoad(t, object, `1`)
	srv.ResetRequests()
	for range 2 {
		_, err := object.Save(within(t), []byte(`2`), meta.Revision)
		mustBe(t, err, awsjar.ErrTooLarge)
		if !strings.Contains(err.Error(), "S3 allows 2048") || !strings.Contains(awsjar.Hint(err), "Put") {
			t.Errorf("%v; hint: %s", err, awsjar.Hint(err))
		}
	}
	mustSend(t, srv)
	mustLoad(t, object, `1`)
	save(t, object, `2`, awsjar.Any)
}

// TestMetadataThatNoHeaderHolds: metadata that cannot be carried is not removed
// unasked.
func TestMetadataThatNoHeaderHolds(t *testing.T) {
	srv, object := newObject(t)
	foreign(t, srv, `1`)
	srv.Inject(awsfake.Fault{Op: "GetObject", After: true, Header: http.Header{"X-Amz-Missing-Meta": {"1"}}})
	_, err := object.Save(within(t), []byte(`2`), mustLoad(t, object, `1`).Revision)
	mustBe(t, err, awsjar.ErrUnsupported)
}

// TestTags: whether tags are carried, and the requests and permissions for it.
func TestTags(t *testing.T) {
	t.Parallel()
	denied := func(op, action string) func(*awsfake.Server) {
		return func(srv *awsfake.Server) { srv.Deny(op, "", action) }
	}
	hide := func(srv *awsfake.Server) { // as S3 does without s3:GetObjectTagging
		srv.Deny("GetObjectTagging", "", "")
		srv.Inject(awsfake.Fault{Op: "GetObject", After: true, Times: -1, Header: http.Header{"X-Amz-Tagging-Count": {"0"}}})
	}
	tagged := map[string]string{"X-Amz-Tagging": "stage=test&owner=a%20b"}
	for _, test := range []struct {
		name   string
		tags   s3jar.Tags
		header map[string]string
		before func(*awsfake.Server)
		err    error
		sent   []string
		want   string
	}{
		{"no tags", s3jar.TagsSeen, nil, nil, nil, []string{"PutObject"}, ""},
		{"seen", s3jar.TagsSeen, tagged, nil, nil, []string{"GetObjectTagging", "PutObject"}, "yes"},
		{"not to be seen", s3jar.TagsSeen, tagged, hide, nil, []string{"PutObject"}, ""},
		{"not to be read", s3jar.TagsSeen, tagged, denied("GetObjectTagging", ""), awsjar.ErrAccessDenied, []string{"GetObjectTagging"}, "yes"},
		{"not to be written", s3jar.TagsSeen, tagged, denied("PutObject", "s3:PutObjectTagging"), awsjar.ErrAccessDenied, []string{"GetObjectTagging", "PutObject"}, "yes"},
		{"passing trouble", s3jar.TagsSeen, tagged, func(srv *awsfake.Server) {
			srv.Inject(awsfake.Fault{Op: "GetObjectTagging", Status: 503, Code: "SlowDown"})
		}, nil, []string{"GetObjectTagging", "GetObjectTagging", "PutObject"}, "yes"},
		{"asked, none", s3jar.TagsAsked, nil, nil, nil, []string{"GetObjectTagging", "PutObject"}, ""},
		{"asked, not to be seen", s3jar.TagsAsked, tagged, hide, awsjar.ErrAccessDenied, []string{"GetObjectTagging"}, "yes"},
		{"dropped", s3jar.TagsDropped, tagged, nil, nil, []string{"PutObject"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, object := newObject(t, func(o *s3jar.Options) { o.Tags = test.tags })
			giveTo(t, srv, `1`, test.header)
			if test.before != nil {
				test.before(srv)
			}
			meta := mustLoad(t, object, `1`)
			srv.ResetRequests()
			_, err := object.Save(within(t), []byte(`2`), meta.Revision)
			if !errors.Is(err, test.err) {
				t.Errorf("%v; want %v", err, test.err)
			}
			if err != nil && !strings.Contains(awsjar.Hint(err), "s3:PutObjectTagging") {
				t.Errorf("the hint is %q", awsjar.Hint(err))
			}
			got := ops(srv)
			if err == nil || len(got) < len(test.sent) {
				got = slices.Clone(got)
			}
			if !slices.Equal(slices.DeleteFunc(got, func(op string) bool { return op == "GetObject" }), test.sent) {
				t.Errorf("sent %q; want %q", got, test.sent)
			}
			mustHave(t, srv, map[string]string{"X-Amz-Tagging": test.want})
		})
	}
}

// fewTags is a Client without GetObjectTagging.
type fewTags struct{ s3jar.Client }

// TestTagsOfAnotherClient: tags that cannot be read are not removed unasked.
func TestTagsOfAnotherClient(t *testing.T) {
	srv := newServer(t)
	giveTo(t, srv, `1`, given)
	object := s3jar.NewBucket(fewTags{newClient(srv)}, bucketName).Object(keyName)
	_, err := object.Save(within(t), []byte(`2`), mustLoad(t, object, `1`).Revision)
	mustBe(t, err, awsjar.ErrUnsupported)
	if !strings.Contains(awsjar.Hint(err), "TagsDropped") {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
}

// TestRestoreKeepsProperties: an earlier value comes back; the object stays as
// it is set up now.
func TestRestoreKeepsProperties(t *testing.T) {
	srv, object := newVersioned(t)
	first := save(t, object, `1`, awsjar.None)
	giveTo(t, srv, `2`, given)
	if _, err := awsjar.New[int](object).Restore(within(t), first.VersionID); err != nil {
		t.Fatal(err)
	}
	mustLoad(t, object, `1`)
	mustHave(t, srv, given)
}

// TestUndeleteKeepsProperties: the value of a deleted object comes back with
// the properties that it had, whether by Undelete or by Restore, and keeps them.
func TestUndeleteKeepsProperties(t *testing.T) {
	for name, way := range ways {
		for _, undelete := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				srv, _ := newVersioned(t)
				giveTo(t, srv, `2`, given)
				jar := awsjar.New[int](s3jar.NewBucket(way(t, srv), bucketName).Object(keyName))
				now, err := jar.Load(within(t))
				if err != nil {
					t.Fatal(err)
				}
				if err := jar.Delete(within(t)); err != nil {
					t.Fatal(err)
				}
				if undelete {
					_, err = jar.Undelete(within(t))
				} else {
					_, err = jar.Restore(within(t), now.Meta.VersionID)
				}
				if err != nil {
					t.Fatal(err)
				}
				mustHave(t, srv, given)
				if _, err := jar.Update(within(t), func(n *int) error { *n++; return nil }); err != nil {
					t.Fatal(err)
				}
				mustHave(t, srv, given)
			})
		}
	}
}

// paying counts the requests that name the payer.
type paying struct {
	next               s3.HTTPClient
	with, total, heads int
}

func (p *paying) Do(r *http.Request) (*http.Response, error) {
	p.total++
	if r.Method == http.MethodHead {
		p.heads++
	}
	if r.Header.Get("X-Amz-Request-Payer") == "requester" {
		p.with++
	}
	return p.next.Do(r)
}

// TestRequesterPays: every request about an object or its key says who pays.
func TestRequesterPays(t *testing.T) {
	srv, _ := newVersioned(t)
	giveTo(t, srv, `1`, given)
	count := &paying{next: http.DefaultClient}
	bucket := s3jar.NewBucket(newClient(srv, func(o *s3.Options) { o.HTTPClient = count }), bucketName, func(o *s3jar.Options) { o.RequesterPays = true })
	object := bucket.Object(keyName)
	meta := save(t, object, `2`, mustLoad(t, object, `1`).Revision)
	for _, err := range object.Versions(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range bucket.Keys(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := object.Delete(within(t), meta.Revision); err != nil {
		t.Fatal(err)
	}
	if count.with != count.total || count.total < 7 {
		t.Errorf("%d of %d requests say that the requester pays", count.with, count.total)
	}
}

// TestRequesterPaysForTheAlarm: so does the request whether a write that is
// missing was removed.
func TestRequesterPaysForTheAlarm(t *testing.T) {
	srv, _ := newVersioned(t)
	count := &paying{next: http.DefaultClient}
	client := newClient(srv, func(o *s3.Options) { o.HTTPClient = count })
	a, b, now := newPair(t, client, func(o *s3jar.Options) { o.RequesterPays = true })
	removeVersion(t, srv, save(t, a, "3", now).VersionID)
	save(t, b, "other", mustLoad(t, b, "2").Revision)
	save(t, a, "last", mustLoad(t, a, "other").Revision)
	if count.with != count.total || count.heads != 1 {
		t.Errorf("%d of %d requests say that the requester pays, %d were HEAD; want all, and 1", count.with, count.total, count.heads)
	}
}

// TestTagsOfAnUnchangedObject: a Load that is answered 304 does not say that tags
// were set since; they are kept all the same.
func TestTagsOfAnUnchangedObject(t *testing.T) {
	srv, object := newObject(t, func(o *s3jar.Options) { o.KeepLast = true })
	giveTo(t, srv, `1`, nil)
	mustLoad(t, object, `1`)
	_, err := newClient(srv).PutObjectTagging(within(t), &s3.PutObjectTaggingInput{
		Bucket: new(bucketName), Key: new(keyName),
		Tagging: &types.Tagging{TagSet: []types.Tag{{Key: new("stage"), Value: new("test")}, {Key: new("owner"), Value: new("a b")}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	save(t, object, `2`, mustLoad(t, object, `1`).Revision)
	mustHave(t, srv, map[string]string{"X-Amz-Tagging": "yes"})
}
