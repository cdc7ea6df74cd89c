package awsroots

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"io"
	"os"
	"runtime"
)

// maxBundle bounds what is read of the bundle, in bytes: the usual one has a
// quarter of a megabyte.
const maxBundle = 16 << 20

// systemBundles are the files of which crypto/x509 loads the first that can be
// read, in its order (crypto/x509/root_linux.go). Any other order might pick
// a file that it does not load.
var systemBundles = [...]string{
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
}

// bundleFiles returns where the system's bundle may be. SSL_CERT_FILE replaces
// the usual places, as it does for crypto/x509; SSL_CERT_DIR only adds to them.
func bundleFiles() []string {
	if runtime.GOOS != "linux" {
		return nil
	}
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		return []string{file}
	}
	return systemBundles[:]
}

// amazonRoots returns the certificates of Amazon in the first file that can
// be read, or nil if there are none.
func amazonRoots(files []string) *x509.CertPool {
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			continue
		}
		bundle, err := io.ReadAll(io.LimitReader(f, maxBundle))
		f.Close()
		if err != nil {
			continue
		}
		return scan(bundle)
	}
	return nil
}

var (
	begin = []byte("-----BEGIN CERTIFICATE-----")
	end   = []byte("-----END CERTIFICATE-----")

	// AWS endpoints chain to Amazon Root CA 1 to 4 and, cross-signed, to
	// Starfield Services Root Certificate Authority - G2 and Starfield Class
	// 2 (https://www.amazontrust.com/repository/).
	names = [...][]byte{[]byte("Amazon"), []byte("Starfield")}
)

// scan returns the certificates in the PEM text that name Amazon, or nil. It
// parses only those. Text that is not as expected costs a certificate, and so
// time, never correctness.
func scan(bundle []byte) *x509.CertPool {
	var pool *x509.CertPool
	for {
		_, rest, found := bytes.Cut(bundle, begin)
		block, rest, closed := bytes.Cut(rest, end)
		if !found || !closed {
			return pool
		}
		bundle = rest
		if !namesAmazon(block) {
			continue
		}
		der := make([]byte, base64.StdEncoding.DecodedLen(len(block)))
		n, err := base64.StdEncoding.Decode(der, block) // skips line breaks
		if err != nil {
			continue
		}
		cert, err := x509.ParseCertificate(der[:n])
		if err != nil {
			continue
		}
		if pool == nil {
			pool = x509.NewCertPool()
		}
		pool.AddCert(cert)
	}
}

// issuerText is how many characters of a certificate's base64 hold the issuer,
// which in a root certificate is its own name: it stands in the first 400
// bytes.
const issuerText = 600

// namesAmazon reports whether the beginning of a certificate holds one of the
// names.
func namesAmazon(block []byte) bool {
	var head [issuerText]byte
	n, _ := base64.StdEncoding.Decode(head[:], block[:min(len(block), issuerText)]) // what is before an error counts
	for _, name := range names {
		if bytes.Contains(head[:n], name) {
			return true
		}
	}
	return false
}
