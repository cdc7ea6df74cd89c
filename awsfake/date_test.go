package awsfake_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
)

// TestDateFollowsNow: every answer is dated by the clock of the services, refusals
// and injected failures too, and the SDK, which signs by that date from its second
// request on, is still believed.
func TestDateFollowsNow(t *testing.T) {
	now := time.Now().Add(1000 * time.Hour).Truncate(time.Second)
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Now = func() time.Time { return now } })
	srv.CreateBucket("bucket")
	srv.CreateFunction("fn", nil)
	var dates []string
	seen := http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := srv.HTTPClient().Transport.RoundTrip(r)
		if err == nil {
			dates = append(dates, resp.Header.Get("Date"))
		}
		return resp, err
	})}
	s3Client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.HTTPClient, o.RetryMaxAttempts = &seen, 1 })
	functions := lambda.NewFromConfig(srv.Config(), func(o *lambda.Options) { o.HTTPClient, o.RetryMaxAttempts = &seen, 1 })
	for range 2 {
		if err := putObject(t.Context(), s3Client, "x"); err != nil {
			t.Error(err)
		}
		get(t, functions, "fn")
	}
	srv.Inject(awsfake.Fault{Status: 500})
	srv.Inject(awsfake.Fault{Status: 500, After: true})
	for range 2 {
		if err := putObject(t.Context(), s3Client, "x"); code(err) != "InternalError" {
			t.Error(err)
		}
	}
	_, err := s3Client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("bucket"), Key: aws.String("none")})
	if code(err) != "NotFound" {
		t.Error(err)
	}
	want := now.UTC().Format(http.TimeFormat)
	for i, date := range dates {
		if date != want {
			t.Errorf("answer %d is of %s, want %s", i, date, want)
		}
	}
	if len(dates) != 7 {
		t.Errorf("%d answers", len(dates))
	}
	srv.Inject(awsfake.Fault{Header: http.Header{"Date": {"Thu, 01 Jan 1970 00:00:00 GMT"}}})
	putObject(t.Context(), s3Client, "x")
	if last := dates[len(dates)-1]; last != "Thu, 01 Jan 1970 00:00:00 GMT" {
		t.Errorf("the date of the fault is replaced by %s", last)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
