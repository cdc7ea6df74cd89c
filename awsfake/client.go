package awsfake

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// URL returns the address of the server, such as "http://127.0.0.1:41234"; "" if it
// does not listen.
func (s *Server) URL() string {
	switch l := s.listening; {
	case l == nil:
		return ""
	case l.tls != nil:
		return "https://" + l.address
	default:
		return "http://" + l.address
	}
}

// CA returns the certificate of the authority that vouches for the server, in PEM;
// nil unless Options.TLS is set.
func (s *Server) CA() []byte {
	if s.listening == nil || s.listening.tls == nil {
		return nil
	}
	return s.listening.tls.pem
}

// HTTPClient returns a client whose every connection leads to the server, with any
// host name and port, and that trusts CA. With it a virtual-host-style address such
// as https://bucket.s3.us-east-1.amazonaws.com works without DNS. Its idle
// connections end with the server. It is nil if the server does not listen.
func (s *Server) HTTPClient() *http.Client {
	if s.listening == nil {
		return nil
	}
	return s.listening.client
}

// newClient returns an HTTP client over dial.
func newClient(dial func(ctx context.Context, network, address string) (net.Conn, error), ca *authority) *http.Client {
	t := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
	if ca != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: ca.pool, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{
		Transport: transport{t},
		// The SDK's own HTTP client follows no redirect that AWS sends.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// transport hides the WriteTo of a request's body. The SDK closes the body as soon as
// an answer begins, which here may be while net/http still looks for the end of the
// body: WriteTo then says EOF, for which net/http closes the connection, and the SDK
// sends the request again.
type transport struct{ *http.Transport }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		sent := *r
		sent.Body = struct{ io.ReadCloser }{r.Body}
		r = &sent
	}
	return t.Transport.RoundTrip(r)
}

// retryWait bounds the wait between two attempts of a client made with Config.
const retryWait = 5 * time.Millisecond

// Config returns a configuration for the clients of the AWS SDK for Go v2:
//
//	lambda.NewFromConfig(srv.Config())
//	s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
//
// Its settings are those of config.LoadDefaultConfig, with the server's Region,
// endpoint and credentials; a client makes up to three attempts, as it does against
// AWS, but waits at most 5 ms between them.
func (s *Server) Config() aws.Config {
	o := s.options
	cfg := aws.Config{
		Region: o.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return s.credentials(), nil
		}),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = retryWait })
		},
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
	if s.listening != nil {
		cfg.BaseEndpoint = aws.String(s.URL())
		cfg.HTTPClient = s.listening.client
	}
	return cfg
}

func (s *Server) credentials() aws.Credentials {
	o := s.options
	return aws.Credentials{AccessKeyID: o.AccessKey, SecretAccessKey: o.SecretKey, SessionToken: o.SessionToken, Source: "awsfake"}
}

// Env returns the environment variables, as "NAME=value", that point any AWS SDK or
// tool at the server. With Options.TLS, AWS_CA_BUNDLE and, for Node.js, which does
// not look at that, NODE_EXTRA_CA_CERTS name a file that holds CA: ca.pem in
// Options.Dir or, without a Dir, a temporary file that ends with Close.
//
// They may be added to the variables of this process: AWS_SESSION_TOKEN is always
// among them, empty if there is no token, and so takes the place of a person's. Leave
// out those that some SDKs prefer, such as AWS_PROFILE and AWS_ENDPOINT_URL_S3.
func (s *Server) Env() []string {
	o := s.options
	env := []string{
		"AWS_ENDPOINT_URL=" + s.URL(),
		"AWS_ACCESS_KEY_ID=" + o.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + o.SecretKey,
		"AWS_SESSION_TOKEN=" + o.SessionToken,
		"AWS_REGION=" + o.Region,
		"AWS_DEFAULT_REGION=" + o.Region,
	}
	if l := s.listening; l != nil && l.bundle != "" {
		env = append(env, "NODE_EXTRA_CA_CERTS="+l.bundle, "AWS_CA_BUNDLE="+l.bundle)
	}
	return env
}
