package awsroots_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/awsjar/awsjar/awsroots"
)

// authority is a certificate authority made for a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T, name string, notAfter time.Time) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{name}, CommonName: name + " Root"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// serve starts a server whose certificate, for the given host, the authority
// signed. It counts the connections whose handshake the client broke off.
func (a authority) serve(t *testing.T, host string, notAfter time.Time) (addr string, refused *atomic.Int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, IPAddresses: []net.IP{net.ParseIP(host)},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if template.IPAddresses[0] == nil {
		template.IPAddresses = nil
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	refused = new(atomic.Int64)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	var seen sync.Map
	srv.Config.ConnState = func(c net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			refused.Add(1)
		case http.StateActive: // at the end of the handshake, and later, after each pause
			if _, again := seen.LoadOrStore(c, true); !again {
				refused.Add(-1)
			}
		}
	}
	srv.EnableHTTP2 = true
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String(), refused
}

// fetch runs a process of its own, whose system roots are the given ones, and
// returns its output: crypto/x509 loads the roots once in a process.
func fetch(t *testing.T, addr, host string, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), "CHILD_ADDR="+addr, "CHILD_HOST="+host, "SSL_CERT_DIR="+t.TempDir(), "SSL_CERT_FILE=/nonexistent", "AWS_CA_BUNDLE=")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, result, _ := strings.Cut(string(out), "RESULT ")
	result, _, _ = strings.Cut(result, "\n")
	return result
}

// TestChild makes two requests, each on a connection of its own.
func TestChild(t *testing.T) {
	addr, host := os.Getenv("CHILD_ADDR"), os.Getenv("CHILD_HOST")
	if addr == "" {
		return // not a child
	}
	if file := os.Getenv("CHILD_FALLBACK"); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(text)
		x509.SetFallbackRoots(roots)
	}
	base := awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) {
		tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		}
	})
	client := base.WithTransportOptions(awsroots.Install)
	var results []string
	for range 2 {
		req, err := http.NewRequest("GET", "https://"+host+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Close = true
		resp, err := client.Do(req)
		if err != nil {
			results = append(results, "refused: "+strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		results = append(results, string(body))
	}
	fmt.Printf("RESULT %s\n", strings.Join(results, " | "))
}

func bundle(t *testing.T, authorities ...authority) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.crt")
	var text []byte
	for _, a := range authorities {
		text = append(append(text, "# "+a.cert.Subject.CommonName+"\n"...), a.pem...)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func onLinux(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skipf("the roots of %s cannot be set for a process", runtime.GOOS)
	}
}

var later = time.Now().Add(24 * time.Hour)

// The roots of the system are trusted, and nothing else; and how many
// connections that took in vain.
func TestTrust(t *testing.T) {
	onLinux(t)
	past := time.Now().Add(-time.Hour)
	amazon, corp := newAuthority(t, "Amazon", later), newAuthority(t, "Corporate Inspection", later)
	stranger := newAuthority(t, "Amazon", later) // the name alone is worth nothing
	expired := newAuthority(t, "Amazon", past)
	const host, ok = "s3.amazonaws.com", "HTTP/2.0 | HTTP/2.0"
	for _, test := range []struct {
		name     string
		signer   authority
		certHost string
		notAfter time.Time
		trusted  []authority
		want     string // a prefix
		refused  int64
	}{
		{"signed by Amazon", amazon, host, later, []authority{corp, amazon}, ok, 0},
		{"signed by another that the system trusts", corp, host, later, []authority{amazon, corp}, ok, 1},
		{"a bundle without Amazon", corp, host, later, []authority{corp}, ok, 0},
		{"signed by nobody that the system trusts", stranger, host, later, []authority{amazon, corp}, "refused", 4},
		{"removed from the bundle", amazon, host, later, []authority{corp}, "refused", 2},
		{"an empty bundle", amazon, host, later, nil, "refused", 2},
		{"another host", amazon, "other.amazonaws.com", later, []authority{amazon}, "refused", 4},
		{"an expired certificate", amazon, host, past, []authority{amazon}, "refused", 4},
		{"an expired root", expired, host, later, []authority{expired}, "refused", 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			addr, refused := test.signer.serve(t, test.certHost, test.notAfter)
			got := fetch(t, addr, host, "SSL_CERT_FILE="+bundle(t, test.trusted...))
			if !strings.HasPrefix(got, test.want) || test.want == "refused" && strings.Contains(got, "HTTP/") {
				t.Errorf("got %q; want %q", got, test.want)
			}
			if n := refused.Load(); n != test.refused {
				t.Errorf("%d connections were broken off; want %d", n, test.refused)
			}
		})
	}
}

// An address for a host is verified as such.
func TestAddress(t *testing.T) {
	onLinux(t)
	amazon := newAuthority(t, "Amazon", later)
	for certHost, want := range map[string]string{"127.0.0.1": "HTTP/2.0", "127.0.0.2": "refused"} {
		addr, _ := amazon.serve(t, certHost, later)
		if got := fetch(t, addr, "127.0.0.1", "SSL_CERT_FILE="+bundle(t, amazon)); !strings.HasPrefix(got, want) {
			t.Errorf("a certificate for %s: got %q; want %q", certHost, got, want)
		}
	}
}

// A file that cannot be read is left to crypto/x509.
func TestUnreadableBundleFallsBack(t *testing.T) {
	onLinux(t)
	corp := newAuthority(t, "Amazon", later)
	addr, _ := corp.serve(t, "s3.amazonaws.com", later)
	dir := filepath.Dir(bundle(t, corp))
	for name, file := range map[string]string{"missing": "/nonexistent", "a directory": dir} {
		if got := fetch(t, addr, "s3.amazonaws.com", "SSL_CERT_FILE="+file, "SSL_CERT_DIR="+dir); !strings.HasPrefix(got, "HTTP/") {
			t.Errorf("%s: got %q; want the certificate directory to be trusted", name, got)
		}
	}
	garbage := filepath.Join(t.TempDir(), "garbage")
	os.WriteFile(garbage, []byte("-----BEGIN CERTIFICATE-----\nQW1hem9u!!\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nQW1hem9u"), 0o600)
	if got := fetch(t, addr, "s3.amazonaws.com", "SSL_CERT_FILE="+garbage, "SSL_CERT_DIR="+dir); !strings.HasPrefix(got, "HTTP/") {
		t.Errorf("garbage: got %q; want the certificate directory to be trusted", got)
	}
}

// A transport that verifies in its own way is left alone.
func TestOwnVerificationIsRespected(t *testing.T) {
	for name, set := range map[string]func(*http.Transport){
		"RootCAs":            func(tr *http.Transport) { tr.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()} },
		"InsecureSkipVerify": func(tr *http.Transport) { tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} },
		"VerifyConnection": func(tr *http.Transport) {
			tr.TLSClientConfig = &tls.Config{VerifyConnection: func(tls.ConnectionState) error { return nil }}
		},
		"VerifyPeerCertificate": func(tr *http.Transport) {
			tr.TLSClientConfig = &tls.Config{VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { return nil }}
		},
	} {
		tr := &http.Transport{}
		set(tr)
		if awsroots.Install(tr); tr.DialTLSContext != nil {
			t.Errorf("%s was overridden", name)
		}
	}
}

// TestOwnBundle: AWS_CA_BUNDLE names all that is trusted, and a file that cannot
// be used is no reason to trust anything else.
func TestOwnBundle(t *testing.T) {
	onLinux(t)
	amazon, corp := newAuthority(t, "Amazon", later), newAuthority(t, "Corporate", later)
	const host = "s3.amazonaws.com"
	system := "SSL_CERT_FILE=" + bundle(t, amazon)
	empty := filepath.Join(t.TempDir(), "empty")
	os.WriteFile(empty, nil, 0o600)
	for _, test := range []struct {
		name   string
		signer authority
		own    string
		want   string
	}{
		{"named by the file", corp, bundle(t, corp), "HTTP/1.1 | HTTP/1.1"},
		{"only trusted by the system", amazon, bundle(t, corp), "refused"},
		{"a missing file", amazon, "/nonexistent", "refused"},
		{"an empty file", amazon, empty, "refused"},
	} {
		addr, _ := test.signer.serve(t, host, later)
		got := fetch(t, addr, host, system, "AWS_CA_BUNDLE="+test.own)
		if !strings.HasPrefix(strings.ReplaceAll(got, "HTTP/2.0", "HTTP/1.1"), test.want) {
			t.Errorf("%s: got %q; want %q", test.name, got, test.want)
		}
		if unusable := test.own == empty || test.own == "/nonexistent"; unusable != strings.Contains(got, "AWS_CA_BUNDLE") {
			t.Errorf("%s: got %q; want the variable to be named: %v", test.name, got, unusable)
		}
	}
}

// TestForcedFallbackRoots: where a program has roots of its own in the place of
// the system's, those of the system are not trusted.
func TestForcedFallbackRoots(t *testing.T) {
	onLinux(t)
	amazon, own := newAuthority(t, "Amazon", later), newAuthority(t, "Amazon", later)
	const host = "s3.amazonaws.com"
	system := "SSL_CERT_FILE=" + bundle(t, amazon)
	for signer, want := range map[*authority]string{&amazon: "refused", &own: "HTTP/2.0"} {
		addr, _ := signer.serve(t, host, later)
		if got := fetch(t, addr, host, system, "GODEBUG=x509usefallbackroots=1", "CHILD_FALLBACK="+bundle(t, own)); !strings.HasPrefix(got, want) {
			t.Errorf("got %q; want %q", got, want)
		}
	}
}

func TestZeroTransport(t *testing.T) {
	amazon := newAuthority(t, "Amazon", later)
	addr, _ := amazon.serve(t, "127.0.0.1", later)
	t.Setenv("AWS_CA_BUNDLE", "")
	tr := &http.Transport{}
	awsroots.Install(tr)
	if _, err := (&http.Client{Transport: tr}).Get("https://" + addr); err == nil {
		t.Error("a certificate that no system trusts was accepted")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tr.DialTLSContext(ctx, "tcp", addr); err == nil {
		t.Error("a connection was made though the context had ended")
	}
	if _, err := tr.DialTLSContext(t.Context(), "tcp", "no port"); err == nil {
		t.Error("a connection was made to a malformed address")
	}
}

// The SDK's config package accepts the client, with and without a bundle of
// the user's own.
func TestConfigAcceptsTheClient(t *testing.T) {
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
	for _, own := range []string{"", bundle(t, newAuthority(t, "Own", later))} {
		t.Setenv("AWS_CA_BUNDLE", own)
		cfg, err := config.LoadDefaultConfig(t.Context(), config.WithHTTPClient(awsroots.Client()))
		if err != nil {
			t.Fatal(err)
		}
		tr := cfg.HTTPClient.(*awshttp.BuildableClient).GetTransport()
		if (tr.TLSClientConfig.RootCAs != nil) != (own != "") || (tr.DialTLSContext == nil) != (own != "") {
			t.Errorf("with AWS_CA_BUNDLE=%q the roots are %v", own, tr.TLSClientConfig.RootCAs)
		}
	}
}

// The settings of the SDK's own transport stay.
func TestSettings(t *testing.T) {
	sdk, ours := awshttp.NewBuildableClient().GetTransport(), awsroots.Client().GetTransport()
	if ours.MaxIdleConnsPerHost != sdk.MaxIdleConnsPerHost || ours.IdleConnTimeout != sdk.IdleConnTimeout || !ours.ForceAttemptHTTP2 || ours.Proxy == nil {
		t.Error("the transport differs from the SDK's")
	}
}

// Through a proxy the connection is the transport's own affair.
func TestProxy(t *testing.T) {
	amazon := newAuthority(t, "Amazon", later)
	addr, _ := amazon.serve(t, "s3.amazonaws.com", later)
	var asked atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Method + " " + r.Host)
		there, err := net.Dial("tcp", addr)
		if err != nil {
			t.Error(err)
			return
		}
		here, _, _ := w.(http.Hijacker).Hijack()
		fmt.Fprint(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(there, here); there.Close() }()
		go func() { io.Copy(here, there); here.Close() }()
	}))
	defer proxy.Close()
	proxyURL, _ := url.Parse(proxy.URL)
	client := awsroots.Client().WithTransportOptions(func(tr *http.Transport) { tr.Proxy = http.ProxyURL(proxyURL) })
	req, _ := http.NewRequest("GET", "https://s3.amazonaws.com/", nil)
	if _, err := client.Do(req); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("through the proxy: %v; want the system's roots to refuse the certificate", err)
	}
	if asked.Load() != "CONNECT s3.amazonaws.com:443" {
		t.Errorf("the proxy was asked for %v", asked.Load())
	}
}

func ExampleClient() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(awsroots.Client()))
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = cfg // lambda.NewFromConfig(cfg), s3.NewFromConfig(cfg)
}
