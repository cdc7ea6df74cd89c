package awsfake

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// certificateLife is how long certificates are valid.
	certificateLife = 365 * 24 * time.Hour
	// maxCertificates bounds how many host names' certificates are kept.
	maxCertificates = 256
)

// authority is a certificate authority that exists as long as its server.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	pem         []byte
	pool        *x509.CertPool

	mu     sync.Mutex
	issued map[string]*tls.Certificate // by host name
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: "awsfake " + now.UTC().Format(time.RFC3339Nano)},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(certificateLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	a := &authority{key: key, pool: x509.NewCertPool(), issued: map[string]*tls.Certificate{}}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	a.pool.AddCert(a.certificate)
	return a, nil
}

// serverConfig returns a configuration that presents, for every host name a client
// asks for, a certificate of that name.
func (a *authority) serverConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			host := hello.ServerName
			if host == "" { // a client that asks for an IP address names no host
				host, _, _ = net.SplitHostPort(hello.Conn.LocalAddr().String())
			}
			return a.certificateFor(host)
		},
	}
}

func (a *authority) certificateFor(host string) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.issued[host]; c != nil {
		return c, nil
	}
	c, err := a.issue(host)
	if err == nil && len(a.issued) < maxCertificates {
		a.issued[host] = c
	}
	return c, err
}

func (a *authority) issue(host string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"awsfake"}},
		NotBefore:    a.certificate.NotBefore,
		NotAfter:     a.certificate.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.certificate.Raw}, PrivateKey: key}, nil
}

// secure makes the authority, and the file that tells other programs of it.
func (l *listening) secure(dir string) (err error) {
	if l.tls, err = newAuthority(); err != nil {
		return err
	}
	if dir != "" {
		if l.bundle, err = filepath.Abs(filepath.Join(dir, bundleFile)); err != nil {
			return err
		}
		return writeBundle(dir, l.tls.pem)
	}
	f, err := os.CreateTemp("", "awsfake-ca-*.pem")
	if err != nil {
		return err
	}
	l.bundle, l.temporary = f.Name(), true
	_, err = f.Write(l.tls.pem)
	return errors.Join(err, f.Close())
}
