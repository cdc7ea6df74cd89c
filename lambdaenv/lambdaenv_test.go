package lambdaenv_test

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/lambdaenv"
)

// seen has the settings that a service client takes from a configuration.
type seen struct {
	Region, Endpoint string
	Attempts         int
	Mode             aws.RetryMode
	FIPS             aws.FIPSEndpointState
	DualStack        aws.DualStackEndpointState
	Request          aws.RequestChecksumCalculation
	Response         aws.ResponseChecksumValidation
	Key, Token       string
}

func see(t *testing.T, cfg aws.Config) (s3Seen, lambdaSeen seen) {
	t.Helper()
	creds, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o := s3.NewFromConfig(cfg).Options()
	s3Seen = seen{o.Region, aws.ToString(o.BaseEndpoint), o.RetryMaxAttempts, o.RetryMode, o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint, o.RequestChecksumCalculation, o.ResponseChecksumValidation, creds.AccessKeyID, creds.SessionToken}
	l := lambda.NewFromConfig(cfg).Options()
	lambdaSeen = seen{l.Region, aws.ToString(l.BaseEndpoint), l.RetryMaxAttempts, l.RetryMode, l.EndpointOptions.UseFIPSEndpoint, l.EndpointOptions.UseDualStackEndpoint, 0, 0, creds.AccessKeyID, creds.SessionToken}
	return s3Seen, lambdaSeen
}

// A client that is made from the environment is the one that the SDK's config
// package makes.
func TestSameAsConfig(t *testing.T) {
	basic := map[string]string{"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_SESSION_TOKEN": "ST"}
	for name, env := range map[string]map[string]string{
		"as in a function":  {},
		"default region":    {"AWS_REGION": "", "AWS_DEFAULT_REGION": "ap-south-1"},
		"endpoint":          {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
		"service endpoints": {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2", "AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:3"},
		"both endpoints":    {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2"},
		"empty one":         {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_LAMBDA": ""},
		"ignored endpoints": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
		"retries":           {"AWS_MAX_ATTEMPTS": "7", "AWS_RETRY_MODE": "adaptive"},
		"FIPS, dual stack":  {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
		"checksums":         {"AWS_REQUEST_CHECKSUM_CALCULATION": "when_required", "AWS_RESPONSE_CHECKSUM_VALIDATION": "WHEN_REQUIRED"},
	} {
		t.Run(name, func(t *testing.T) {
			clearEnv(t)
			for _, set := range []map[string]string{basic, env} {
				for k, v := range set {
					t.Setenv(k, v)
				}
			}
			full, err := config.LoadDefaultConfig(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			wantS3, wantLambda := see(t, full)
			gotS3, gotLambda := see(t, lambdaenv.Config())
			if diff := cmp.Diff(wantS3, gotS3); diff != "" {
				t.Errorf("S3 client (-config +lambdaenv):\n%s", diff)
			}
			if diff := cmp.Diff(wantLambda, gotLambda); diff != "" {
				t.Errorf("Lambda client (-config +lambdaenv):\n%s", diff)
			}
		})
	}
}

func TestCredentialsAreReadAnew(t *testing.T) {
	clearEnv(t)
	cfg := lambdaenv.Config()
	if _, err := cfg.Credentials.Retrieve(t.Context()); err == nil {
		t.Error("credentials without any in the environment")
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "SK")
	for _, key := range []string{"first", "second"} {
		t.Setenv("AWS_ACCESS_KEY_ID", key)
		if c, err := cfg.Credentials.Retrieve(t.Context()); err != nil || c.AccessKeyID != key {
			t.Errorf("got the key %q, %v; want %q", c.AccessKeyID, err, key)
		}
	}
}

func TestFunctionName(t *testing.T) {
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "sams-lambda")
	if got := lambdaenv.FunctionName(); got != "sams-lambda" {
		t.Errorf("got %q", got)
	}
}

// This package exists for the imports that it leaves out.
func TestLinksNoConfig(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		if strings.HasPrefix(dep, "github.com/aws/aws-sdk-go-v2/config") || strings.HasPrefix(dep, "github.com/aws/aws-sdk-go-v2/service/") {
			t.Errorf("depends on %s", dep)
		}
	}
}

// clearEnv takes everything of AWS out of the environment.
func clearEnv(t *testing.T) {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
}

// TestOwnBundle: AWS_CA_BUNDLE names the roots that the client trusts, as with the
// SDK's config package.
func TestOwnBundle(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	file := filepath.Join(t.TempDir(), "own.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for own, trusted := range map[string]bool{"": false, file: true, "/nonexistent": false} {
		clearEnv(t)
		t.Setenv("AWS_CA_BUNDLE", own)
		request, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := lambdaenv.Config().HTTPClient.Do(request)
		if err == nil {
			answer.Body.Close()
		}
		if (err == nil) != trusted {
			t.Errorf("AWS_CA_BUNDLE=%q: %v; want trust: %v", own, err, trusted)
		}
	}
}
