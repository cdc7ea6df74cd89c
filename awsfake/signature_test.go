package awsfake_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
)

const (
	s3NoMatch     = "The request signature we calculated does not match the signature you provided. Check your key and signing method."
	lambdaNoMatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	skewText      = "The difference between the request time and the current time is too large."
	tokenText     = "The security token included in the request is invalid."
)

// attempt is how a test asks for something with a doubtful signature.
type attempt struct {
	service string
	at      time.Time
	path    string
	body    string
	config  func(*aws.Config)     // before signing
	tamper  func(r *http.Request) // after signing
}

// send signs and sends a GetFunctionConfiguration, or a PutObject if there is a body.
func (a attempt) send(t *testing.T, srv *awsfake.Server) answer {
	t.Helper()
	method := "GET"
	if a.body != "" {
		method = "PUT"
	}
	cfg := srv.Config()
	if a.config != nil {
		a.config(&cfg)
	}
	c, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := request(t, srv, method, a.path, a.body)
	if a.service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", hash(a.body))
	}
	plainPath := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = a.service == "s3" }
	if err := v4.NewSigner().SignHTTP(t.Context(), c, r, hash(a.body), a.service, cfg.Region, a.at, plainPath); err != nil {
		t.Fatal(err)
	}
	if a.tamper != nil {
		a.tamper(r)
	}
	return do(t, srv, r)
}

func credentials(key, secret, token string) func(*aws.Config) {
	return func(c *aws.Config) {
		c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key, SecretAccessKey: secret, SessionToken: token}, nil
		})
	}
}

func replaceBody(body string) func(*http.Request) {
	return func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
}

func TestSignaturesRefused(t *testing.T) {
	const key, secret = awsfake.DefaultAccessKey, awsfake.DefaultSecretKey
	authorization := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, new, 1))
		}
	}
	tests := []struct {
		row        string
		config     func(*aws.Config)
		age        time.Duration
		tamper     func(*http.Request)
		s3, lambda answer
	}{
		{row: "as it should be", s3: answer{status: 200}, lambda: answer{status: 200}},
		{row: "14 minutes old", age: 14 * time.Minute, s3: answer{status: 200}, lambda: answer{status: 200}},
		{row: "14 minutes early", age: -14 * time.Minute, s3: answer{status: 200}, lambda: answer{status: 200}},
		{row: "another secret", config: credentials(key, "wrong", ""),
			s3: answer{403, "SignatureDoesNotMatch", s3NoMatch}, lambda: answer{403, "InvalidSignatureException", lambdaNoMatch}},
		{row: "an unknown key", config: credentials("AKIAUNKNOWN", secret, ""),
			s3:     answer{403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."},
			lambda: answer{403, "UnrecognizedClientException", tokenText}},
		{row: "a token with long-term credentials", config: credentials(key, secret, "token"),
			s3:     answer{400, "InvalidToken", "The provided token is malformed or otherwise invalid."},
			lambda: answer{403, "UnrecognizedClientException", tokenText}},
		{row: "no signature", tamper: func(r *http.Request) { r.Header.Del("Authorization") },
			s3: answer{403, "AccessDenied", "Access Denied"}, lambda: answer{403, "MissingAuthenticationTokenException", "Missing Authentication Token"}},
		{row: "another Region", config: func(c *aws.Config) { c.Region = "eu-west-1" },
			s3:     answer{400, "AuthorizationHeaderMalformed", "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'"},
			lambda: answer{403, "InvalidSignatureException", "Credential should be scoped to a valid region. "}},
		{row: "another path", tamper: func(r *http.Request) { r.URL.Path += "x" },
			s3: answer{403, "SignatureDoesNotMatch", s3NoMatch}, lambda: answer{403, "InvalidSignatureException", lambdaNoMatch}},
		{row: "another query", tamper: func(r *http.Request) { r.URL.RawQuery = "Qualifier=1" },
			s3: answer{403, "SignatureDoesNotMatch", s3NoMatch}, lambda: answer{403, "InvalidSignatureException", lambdaNoMatch}},
		{row: "another body", tamper: replaceBody("xyz"),
			s3:     answer{400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."},
			lambda: answer{403, "InvalidSignatureException", lambdaNoMatch}},
		{row: "another algorithm", tamper: authorization("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
			s3:     answer{400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."},
			lambda: answer{400, "IncompleteSignatureException", "Unsupported algorithm in the Authorization header. Please use AWS4-HMAC-SHA256."}},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			srv := awsfake.NewServer(t)
			srv.CreateFunction("fn", map[string]string{"KEY": "1"})
			srv.CreateBucket("bucket")
			at := time.Now().Add(-tt.age)
			got := attempt{"s3", at, "/bucket/key", "abc", tt.config, tt.tamper}.send(t, srv)
			if got != tt.s3 {
				t.Errorf("s3: got %+v, want %+v", got, tt.s3)
			}
			if _, _, stored := srv.Object("bucket", "key"); stored != (tt.s3.status == 200) {
				t.Errorf("stored: %v", stored)
			}
			got = attempt{"lambda", at, "/2015-03-31/functions/fn/configuration", `{"Description":""}`, tt.config, tt.tamper}.send(t, srv)
			if got != tt.lambda {
				t.Errorf("lambda: got %+v, want %+v", got, tt.lambda)
			}
		})
	}
}

func TestSignatureFarFromNow(t *testing.T) {
	srv := awsfake.NewServer(t)
	for _, age := range []time.Duration{16 * time.Minute, -16 * time.Minute} {
		at := time.Now().Add(-age)
		if got := (attempt{service: "s3", at: at, path: "/bucket"}).send(t, srv); got != (answer{403, "RequestTimeTooSkewed", skewText}) {
			t.Errorf("%+v", got)
		}
		got := attempt{service: "lambda", at: at, path: "/2015-03-31/functions"}.send(t, srv)
		want := "Signature expired: " + at.UTC().Format("20060102T150405Z") + " is now earlier than "
		if age < 0 {
			want = "Signature not yet current: " + at.UTC().Format("20060102T150405Z") + " is still later than "
		}
		if got.status != 403 || got.code != "InvalidSignatureException" || !strings.HasPrefix(got.message, want) {
			t.Errorf("%+v", got)
		}
	}
}

func TestWrongRegionIsNamedToTheClient(t *testing.T) {
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Region = "eu-west-1" })
	response, body := sendSigned(t, srv, request(t, srv, "GET", "/bucket", ""), hash(""))
	if !strings.Contains(body, "<Region>eu-west-1</Region>") || response.Header.Get("X-Amz-Bucket-Region") != "eu-west-1" {
		t.Errorf("%s %v", body, response.Header)
	}
}

// TestWrongBodyIsNamedToTheClient: S3's answer names both hashes (API reference,
// "Error responses").
func TestWrongBodyIsNamedToTheClient(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	response, body := sendSigned(t, srv, request(t, srv, "PUT", "/bucket/key", "abc"), hash("other"))
	want := "<ClientComputedContentSHA256>" + hash("other") + "</ClientComputedContentSHA256><S3ComputedContentSHA256>" + hash("abc") + "</S3ComputedContentSHA256>"
	if response.StatusCode != 400 || !strings.Contains(body, want) {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

// sendSigned sends a request to S3 that is signed for us-east-1 and a hash of its body.
func sendSigned(t *testing.T, srv *awsfake.Server, r *http.Request, payload string) (*http.Response, string) {
	t.Helper()
	c, err := srv.Config().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Content-Sha256", payload)
	if err := v4.NewSigner().SignHTTP(t.Context(), c, r, payload, "s3", "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	response, err := srv.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestTemporaryCredentials(t *testing.T) {
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.SessionToken = "the+token/=" })
	srv.CreateFunction("fn", nil)
	srv.CreateBucket("bucket")
	c, bucket := lambdaClient(srv), s3.NewFromConfig(srv.Config())
	head := func() error {
		_, err := bucket.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket")})
		return err
	}
	get(t, c, "fn")
	if err := head(); err != nil {
		t.Error(err)
	}
	link, err := s3.NewPresignClient(bucket).PresignHeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("bucket")})
	if err != nil {
		t.Fatal(err)
	}
	if got := follow(t, srv, link, link.URL, ""); got.status != 200 {
		t.Errorf("presigned: %+v", got)
	}
	renew := srv.ExpireCredentials()
	_, err = c.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("fn")})
	if code(err) != "ExpiredTokenException" || message(err) != "The security token included in the request is expired" {
		t.Error(err)
	}
	if err := head(); code(err) != "ExpiredToken" || message(err) != "The provided token has expired." {
		t.Error(err)
	}
	renew()
	get(t, c, "fn")
}

func TestEveryAmzHeaderMustBeSigned(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	add := func(r *http.Request) { r.Header.Set("X-Amz-Meta-Added", "later") }
	got := attempt{service: "s3", at: time.Now(), path: "/bucket/key", body: "abc", tamper: add}.send(t, srv)
	if got != (answer{403, "AccessDenied", "There were headers present in the request which were not signed"}) {
		t.Errorf("%+v", got)
	}
}

// TestOtherSignersHeaders signs User-Agent, which the SDK for Go never does and
// others do.
func TestOtherSignersHeaders(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	r := request(t, srv, "GET", "/bucket", "")
	r.Header["user-agent"] = []string{"another/1.0"}
	sign(t, srv, r, "s3", hash(""), time.Now())
	delete(r.Header, "user-agent")
	r.Header.Set("User-Agent", "another/1.0")
	if !strings.Contains(r.Header.Get("Authorization"), "user-agent") {
		t.Fatal("not signed")
	}
	if got := do(t, srv, r); got.status != 200 {
		t.Errorf("%+v", got)
	}
}
