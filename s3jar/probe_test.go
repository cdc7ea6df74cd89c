package s3jar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// A probe is 8 rounds of two creates, two replacements and the removal.
const (
	probeRound = 2 + 2 + 1
	probeAll   = 8 * probeRound
)

// mustProbe looks whether a probe of so many requests was sent, and then these.
func mustProbe(t *testing.T, srv *awsfake.Server, requests int, then ...string) {
	t.Helper()
	sent := ops(srv)
	if n := requests + len(then); len(sent) != n {
		t.Fatalf("%d requests were sent, want %d: %q", len(sent), n, sent)
	}
	if !slices.Equal(sent[requests:], then) {
		t.Errorf("the probe was followed by %q; want %q", sent[requests:], then)
	}
}

// TestProbe: before the first write with a condition, a server that is not
// AWS's is tried out once: whether it keeps conditions.
func TestProbe(t *testing.T) {
	t.Parallel()
	for _, versioning := range []string{"", "Enabled", "Suspended"} {
		t.Run("versioning "+versioning, func(t *testing.T) {
			srv := newServer(t)
			if versioning != "" {
				setVersioning(t, srv, versioning)
			}
			object := s3jar.NewBucket(newForeign(srv), bucketName).Object(keyName)
			_, _, err := object.Load(within(t))
			mustBe(t, err, awsjar.ErrNotFound)
			save(t, object, "0", awsjar.Any)
			mustSend(t, srv, "GetObject", "PutObject")
			if err := object.Delete(within(t), awsjar.Any); err != nil {
				t.Fatal(err)
			}
			ops(srv)

			requests := probeAll
			if versioning != "" {
				requests += 8 // one more version, or delete marker, to remove in each round
			}
			meta := save(t, object, "1", awsjar.None)
			mustProbe(t, srv, requests, "PutObject")
			meta = save(t, object, "2", meta.Revision)
			save(t, object, "3", meta.Revision)
			if err := object.Delete(within(t), awsjar.Any); err != nil {
				t.Fatal(err)
			}
			save(t, object, "4", awsjar.None)
			mustSend(t, srv, "PutObject", "PutObject", "DeleteObject", "PutObject")
			mustBeClean(t, srv)
		})
	}
}

// TestProbeFindsIgnoredConditions: a server that ignores conditions gets no
// write that needs one; all else works there.
func TestProbeFindsIgnoredConditions(t *testing.T) {
	t.Parallel()
	srv := careless(t)
	bucket := s3jar.NewBucket(newForeign(srv), bucketName)
	object := bucket.Object(keyName)
	_, err := object.Save(within(t), []byte("1"), awsjar.None)
	mustBe(t, err, awsjar.ErrUnsupported)
	if want := "awsjar check s3://my-bucket"; !strings.Contains(awsjar.Hint(err), want) {
		t.Errorf("the hint is %q; want %q in it", awsjar.Hint(err), want)
	}
	meta := save(t, object, "2", awsjar.Any)
	_, err = object.Save(within(t), []byte("3"), meta.Revision)
	mustBe(t, err, awsjar.ErrUnsupported)
	mustLoad(t, object, "2")
	ops(srv)
	_, err = bucket.Object("another").Save(within(t), []byte("4"), awsjar.None)
	mustBe(t, err, awsjar.ErrUnsupported)
	mustSend(t, srv)
	_, err = awsjar.New[int](object).Update(within(t), func(n *int) error { *n++; return nil })
	mustBe(t, err, awsjar.ErrUnsupported)
	mustLoad(t, object, "2")
	mustBeClean(t, srv)
}

// TestProbeFindsRaces: a server that keeps a condition where nobody else
// writes, and loses one of two writes that come at once, gets no write that
// needs that condition.
func TestProbeFindsRaces(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		races           func(*s3.PutObjectInput) bool
		create, replace error
	}{
		"both":    {func(*s3.PutObjectInput) bool { return true }, awsjar.ErrUnsupported, awsjar.ErrUnsupported},
		"create":  {func(in *s3.PutObjectInput) bool { return in.IfNoneMatch != nil }, awsjar.ErrUnsupported, nil},
		"replace": {func(in *s3.PutObjectInput) bool { return in.IfMatch != nil }, nil, awsjar.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			now := save(t, s3jar.NewBucket(newClient(srv), bucketName).Object(keyName), "0", awsjar.Any)
			client := racing{newForeign(srv), newWave(0, 2)}
			client.wave.races = c.races
			bucket := s3jar.NewBucket(client, bucketName)
			object := bucket.Object(keyName)
			_, _, err := object.Load(within(t))
			mustBe(t, err, nil)
			_, err = object.Save(within(t), []byte("1"), now.Revision)
			mustBe(t, err, c.replace)
			_, err = bucket.Object("another").Save(within(t), []byte("1"), awsjar.None)
			mustBe(t, err, c.create)
			mustBeClean(t, srv)
		})
	}
}

// TestProbeWithoutVerdict: answers that say nothing of conditions are logged, and
// the write goes on; the server is not tried out again.
func TestProbeWithoutVerdict(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]awsfake.Fault{
		"denied":            {Op: "PutObject", Code: "AccessDenied"},
		"throttled":         {Op: "PutObject", Code: "SlowDown"},
		"too many requests": {Op: "PutObject", Status: http.StatusTooManyRequests},
		"no answer":         {Op: "PutObject", Drop: true},
		"not implemented":   {Op: "PutObject", Code: "NotImplemented"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			log, text := logged()
			bucket := s3jar.NewBucket(newForeign(srv), bucketName, func(o *s3jar.Options) { o.Logger = log })
			fault.Times = 2 // the creates of the first round
			srv.Inject(fault)
			save(t, bucket.Object(keyName), "1", awsjar.None)
			mustLog(t, text, "it could not be tried out whether the server keeps conditions")
			if n := len(ops(srv)); n > 4 {
				t.Errorf("%d requests; want the probe's two, a look, and the write", n)
			}
			save(t, bucket.Object("another"), "1", awsjar.None)
			mustSend(t, srv, "PutObject")
		})
	}
}

// TestProbeWithFaults: a fault in the first round does not hide that a server
// ignores conditions, and makes no such server of one that keeps them.
func TestProbeWithFaults(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup // a probe is mostly waiting
	for skip := range 5 {
		all.Go(func() {
			t.Run(fmt.Sprint(skip), func(t *testing.T) { probeWithFaults(t, skip) })
		})
	}
	all.Wait()
}

// probeWithFaults probes with a fault in each kind of request after the first
// ones.
func probeWithFaults(t *testing.T, skip int) {
	for _, fault := range []awsfake.Fault{
		{Op: "PutObject", Status: 503}, {Op: "PutObject", Drop: true, After: true}, {Op: "DeleteObject", Status: 503},
	} {
		fault.Skip = skip
		for _, want := range []error{nil, awsjar.ErrUnsupported} {
			srv := newServer(t)
			srv.SetS3(awsfake.S3Trouble{IgnorePutConditions: want != nil})
			srv.Inject(fault)
			_, err := s3jar.NewBucket(newForeign(srv), bucketName).Object(keyName).Save(within(t), []byte("1"), awsjar.None)
			mustBe(t, err, want)
		}
	}
}

// TestProbeLosesAnswers: a round whose creates were both sent, and neither
// answered, goes on with the object that one of them has made, and removes it.
func TestProbeLosesAnswers(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(awsfake.Fault{Op: "PutObject", Drop: true, After: true, Times: 2})
	save(t, s3jar.NewBucket(newForeign(srv), bucketName).Object(keyName), "1", awsjar.None)
	mustBeClean(t, srv)
}

// TestProbeIsLeftOut: for AWS, for awsfake, for a client that does not tell
// its endpoint, and where the option says so.
func TestProbeIsLeftOut(t *testing.T) {
	t.Parallel()
	srv := newServer(t, func(o *awsfake.Options) { o.TLS = true })
	for name, bucket := range map[string]*s3jar.Bucket{
		"awsfake":           s3jar.NewBucket(newClient(srv), bucketName),
		"awsfake, direct":   s3jar.NewBucket(awsdirect.S3(newClient(srv)), bucketName),
		"an unknown client": s3jar.NewBucket(struct{ s3jar.Client }{newForeign(srv)}, bucketName),
		"AWS":               s3jar.NewBucket(newForeign(srv, func(o *s3.Options) { o.BaseEndpoint = nil }), bucketName),
		"SkipProbe":         s3jar.NewBucket(newForeign(srv), bucketName, func(o *s3jar.Options) { o.SkipProbe = true }),
	} {
		ops(srv)
		save(t, bucket.Object(name), "1", awsjar.None)
		if sent := ops(srv); !slices.Equal(sent, []string{"PutObject"}) {
			t.Errorf("%s: sent %q", name, sent)
		}
	}
	if s3jar.FakeAccessKey != awsfake.DefaultAccessKey {
		t.Errorf("the access key of awsfake is %q", awsfake.DefaultAccessKey)
	}
	ops(srv)
	save(t, s3jar.NewBucket(awsdirect.S3(newForeign(srv)), bucketName).Object("direct"), "1", awsjar.None)
	mustProbe(t, srv, probeAll, "PutObject")
}

// TestProbeOnce: the objects of a Bucket share one probe, however many write at
// once.
func TestProbeOnce(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	bucket := s3jar.NewBucket(newForeign(srv), bucketName)
	const n = 8
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := bucket.Object(string(rune('a'+i))).Save(within(t), []byte("1"), awsjar.None); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if sent := ops(srv); len(sent) != n+probeAll {
		t.Errorf("%d requests; want %d", len(sent), n+probeAll)
	}
}

// TestProbeEnds: a context that ends during a probe ends the write, and the
// next write probes again.
func TestProbeEnds(t *testing.T) {
	t.Parallel()
	srv := careless(t)
	ctx, cancel := context.WithCancel(within(t))
	client := &ending{Client: newForeign(srv), end: cancel}
	client.after.Store(1)
	object := s3jar.NewBucket(client, bucketName).Object(keyName)
	_, err := object.Save(ctx, []byte("1"), awsjar.None)
	mustBe(t, err, context.Canceled)
	_, err = object.Save(within(t), []byte("1"), awsjar.None)
	mustBe(t, err, awsjar.ErrUnsupported)
}

// TestEndpointsOfAWS: every partition, with FIPS and both versions of IP,
// VPC endpoints, access points and directory buckets are AWS; look-alikes are
// not. No request is sent.
func TestEndpointsOfAWS(t *testing.T) {
	regions := []string{"us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1"}
	buckets := []string{"my-bucket", "my.bucket", "my-bucket--use1-az4--x-s3", "arn:aws:s3:REGION:123456789012:accesspoint/point"}
	resolver := s3.NewDefaultEndpointResolverV2()
	seen := 0
	for _, region := range regions {
		for _, bucket := range buckets {
			for _, yes := range []bool{false, true} {
				for _, fips := range []bool{false, true} {
					endpoint, err := resolver.ResolveEndpoint(t.Context(), s3.EndpointParameters{
						Bucket: &bucket, Region: &region, UseDualStack: &yes, UseFIPS: &fips,
					}.WithDefaults())
					if err != nil {
						continue // not every partition has everything
					}
					if seen++; !s3jar.IsAWS(endpoint.URI.Hostname()) {
						t.Errorf("%s is not taken for AWS", endpoint.URI.Hostname())
					}
				}
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d endpoints were made", seen)
	}
	for host, want := range map[string]bool{
		"bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com": true,
		"point-123456789012.s3-accesspoint.us-east-1.amazonaws.com": true,
		"S3.US-EAST-1.AMAZONAWS.COM.":                               true,
		"s3.eu-isoe-west-1.cloud.adc-e.uk":                          true,
		"amazonaws.com.example.org":                                 false,
		"notamazonaws.com":                                          false,
		"localhost":                                                 false,
		"127.0.0.1":                                                 false,
		"account.r2.cloudflarestorage.com":                          false,
		"":                                                          false,
	} {
		if s3jar.IsAWS(host) != want {
			t.Errorf("%q is AWS: %v; want %v", host, !want, want)
		}
	}
}

// TestOldEndpointResolver: an endpoint that an older option names is heard of.
func TestOldEndpointResolver(t *testing.T) {
	t.Parallel()
	srv := careless(t)
	client := newForeign(srv, func(o *s3.Options) {
		o.BaseEndpoint = nil
		//lint:ignore SA1019 programs use it
		o.EndpointResolver = s3.EndpointResolverFromURL(srv.URL())
	})
	_, err := s3jar.NewBucket(client, bucketName).Object(keyName).Save(within(t), []byte("1"), awsjar.None)
	mustBe(t, err, awsjar.ErrUnsupported)
}

// TestMultiRegionAccessPoint: no write with a condition is sent there, nor is
// Check; reads and plain writes are.
func TestMultiRegionAccessPoint(t *testing.T) {
	const arn = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"
	srv := newServer(t)
	client := &otherwise{Client: newClient(srv)}
	bucket := s3jar.NewBucket(client, arn)
	object := bucket.Object(keyName)
	revision := awsjar.Revision(`"00000000000000000000000000000000"`)
	_, create := object.Save(within(t), nil, awsjar.None)
	_, replace := object.Save(within(t), nil, revision)
	_, check := bucket.Check(within(t))
	for name, err := range map[string]error{"create": create, "replace": replace, "check": check, "delete": object.Delete(within(t), revision)} {
		if !errors.Is(err, awsjar.ErrUnsupported) || !strings.Contains(err.Error(), "Multi-Region Access Point") {
			t.Errorf("%s: %v", name, err)
		}
	}
	mustSend(t, srv)
	save(t, object, "1", awsjar.Any)
	mustLoad(t, object, "1")
	if err := object.Delete(within(t), awsjar.Any); err != nil {
		t.Error(err)
	}
	mustSend(t, srv, "PutObject", "GetObject", "DeleteObject")
	for name, want := range map[string]bool{
		arn:                                true,
		"arn:aws-cn:s3::1:accesspoint:a.b": true,
		"arn:aws:s3:us-east-1:123456789012:accesspoint/point":         false,
		"arn:aws:s3-outposts::123456789012:accesspoint/mfzwi23gnjvgw": false,
		"arn:aws:s3:::my-bucket":                                      false,
		"my-bucket":                                                   false,
	} {
		if s3jar.IsMultiRegion(name) != want {
			t.Errorf("%q is a Multi-Region Access Point: %v; want %v", name, !want, want)
		}
	}
}

// otherwise calls the bucket by another name.
type otherwise struct{ *s3.Client }

func (o otherwise) GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	other := *in
	other.Bucket = new(bucketName)
	return o.Client.GetObject(ctx, &other, optFns...)
}

func (o otherwise) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	in.Bucket = new(bucketName)
	return o.Client.PutObject(ctx, in, optFns...)
}

func (o otherwise) DeleteObject(ctx context.Context, in *s3.DeleteObjectInput, optFns ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	other := *in
	other.Bucket = new(bucketName)
	return o.Client.DeleteObject(ctx, &other, optFns...)
}

// TestProbeAfterMissingCredentials: where there were no credentials for a moment,
// nothing was found out, and the next write tries the server out.
func TestProbeAfterMissingCredentials(t *testing.T) {
	t.Parallel()
	srv := careless(t)
	missing := true
	known := newForeign(srv).Options().Credentials
	client := newClient(srv, func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			if missing {
				return aws.Credentials{}, errors.New("no answer from the metadata service")
			}
			return known.Retrieve(ctx)
		})
	})
	object := s3jar.NewBucket(client, bucketName).Object(keyName)
	_, err := object.Save(within(t), []byte("1"), awsjar.None)
	mustBe(t, err, awsjar.ErrAccessDenied)
	missing = false
	_, err = object.Save(within(t), []byte("1"), awsjar.None)
	mustBe(t, err, awsjar.ErrUnsupported)
}
