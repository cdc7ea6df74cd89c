package e2e

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
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

const (
	accessKey = "awsjar-e2e"
	secretKey = "awsjar-e2e-secret"
	region    = "us-east-1"
)

// server is a running server.
type server struct {
	name string
	url  string
	pool *x509.CertPool // that signs its certificate; nil over http
	cmd  *exec.Cmd
	log  string
}

// launcher starts one server in a directory of its own.
type launcher struct {
	name   string
	https  bool
	health string // the path that answers 200 once it is ready; "" where any answer to a GET of / says so
	args   func(dir, addr string, cert certificate) (command []string, env []string, err error)
}

func (l launcher) String() string {
	if l.https {
		return l.name + "/https"
	}
	return l.name + "/http"
}

// running holds the servers that tests have asked for; each is started once.
var running = struct {
	sync.Mutex
	servers map[string]*server
	errs    map[string]error
	dir     string
}{servers: map[string]*server{}, errs: map[string]error{}}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "awsjar-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	running.dir = dir
	code := m.Run()
	for _, s := range running.servers {
		s.stop()
	}
	for name, err := range running.errs {
		fmt.Fprintf(os.Stderr, "\n*** e2e: %s COULD NOT BE STARTED, its tests did not run: %v\n", name, err)
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// start returns the running server, or skips the test loudly; under CI it
// fails.
func (l launcher) start(t *testing.T) *server {
	t.Helper()
	running.Lock()
	defer running.Unlock()
	name := l.String()
	if s := running.servers[name]; s != nil {
		return s
	}
	err := running.errs[name]
	if err == nil {
		var s *server
		if s, err = l.launch(filepath.Join(running.dir, filepath.FromSlash(name))); err == nil {
			running.servers[name] = s
			return s
		}
		running.errs[name] = err
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s: %v", name, err)
	}
	t.Skipf("%s: %v", name, err)
	return nil
}

// launch starts the server and waits until it is ready.
func (l launcher) launch(dir string) (*server, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	cert, err := newCertificate(filepath.Join(dir, "certs"))
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	command, env, err := l.args(dir, addr, cert)
	if err != nil {
		return nil, err
	}
	s := &server{name: l.name, url: "http://" + addr, log: filepath.Join(dir, "log")}
	if l.https {
		s.url, s.pool = "https://"+addr, cert.pool
	}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.cmd = exec.Command(command[0], command[1:]...)
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.wait(l.health); err != nil {
		s.stop()
		text, _ := os.ReadFile(s.log)
		return nil, fmt.Errorf("%v: %w\n%s", command, err, text)
	}
	return s, nil
}

// wait returns once the server answers.
func (s *server) wait(health string) error {
	// Java takes more than a minute on a machine under load.
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	client := s.httpClient()
	for {
		req, err := http.NewRequestWithContext(ctx, "GET", s.url+health, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK || health == "" && resp.StatusCode < 500 {
				return nil
			}
			err = fmt.Errorf("%s", resp.Status)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *server) stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

func (s *server) httpClient() *http.Client {
	if s.pool == nil {
		return http.DefaultClient
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: s.pool}
	return &http.Client{Transport: transport}
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// certificate is a self-signed one for 127.0.0.1, as files.
type certificate struct {
	dir, cert, key string
	pool           *x509.CertPool
}

func newCertificate(dir string) (certificate, error) {
	c := certificate{dir: dir, cert: filepath.Join(dir, "public.crt"), key: filepath.Join(dir, "private.key"), pool: x509.NewCertPool()}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return c, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "awsjar e2e"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:     []string{"localhost"},
		IsCA:         true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return c, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return c, err
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	c.pool.AppendCertsFromPEM(public)
	if err := os.WriteFile(c.cert, public, 0o644); err != nil {
		return c, err
	}
	return c, os.WriteFile(c.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600)
}
