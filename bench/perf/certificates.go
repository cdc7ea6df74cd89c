package perf

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// systemBundles are where Linux systems have their certificates.
var systemBundles = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"}

// writeCertificates writes a bundle of the system's certificates with one more
// root among them, which is named like Amazon's; that root alone; and the
// server's certificate below it with its key: RSA of 2048 bits and an
// intermediate, as AWS has it.
func writeCertificates(bundle, rootAlone, server string) error {
	root, rootKey, err := issue("Amazon Root CA of the benchmark", nil, nil)
	if err != nil {
		return err
	}
	middle, middleKey, err := issue("Amazon RSA 2048 of the benchmark", root, rootKey)
	if err != nil {
		return err
	}
	leaf, leafKey, err := issue("", middle, middleKey)
	if err != nil {
		return err
	}
	system, err := readFirst(systemBundles)
	if err != nil {
		return err
	}
	first, second := halves(system)
	all := bytes.Join([][]byte{first, encode(root), second}, nil)
	if err := os.WriteFile(bundle, all, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(rootAlone, encode(root), 0o600); err != nil {
		return err
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(leafKey)})
	return os.WriteFile(server, bytes.Join([][]byte{encode(leaf), encode(middle), key}, nil), 0o600)
}

// issue makes an authority of that name below the parent, or the server's
// certificate if the name is empty.
func issue(name string, parent *x509.Certificate, parentKey *rsa.PrivateKey) (*x509.Certificate, *rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{Country: []string{"US"}, Organization: []string{"Amazon"}, CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, BasicConstraintsValid: true, IsCA: name != "",
	}
	if name == "" {
		template.Subject = pkix.Name{CommonName: "localhost"}
		template.DNSNames, template.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return certificate, key, err
}

func encode(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func readFirst(files []string) ([]byte, error) {
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			return data, nil
		}
	}
	return nil, fmt.Errorf("none of %v can be read", files)
}

// halves cuts a bundle between two certificates near its middle.
func halves(bundle []byte) (first, second []byte) {
	if at := bytes.Index(bundle[len(bundle)/2:], []byte("-----BEGIN")); at >= 0 {
		return bundle[:len(bundle)/2+at], bundle[len(bundle)/2+at:]
	}
	return bundle, nil
}
