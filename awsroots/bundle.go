package awsroots

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// maxBundle bounds the part of the bundle that is read, in bytes: the usual one
// has a quarter of a megabyte.
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
	if runtime.GOOS != "linux" || usesFallback() {
		return nil
	}
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		return []string{file}
	}
	return systemBundles[:]
}

// usesFallback reports whether the program may have roots of its own in the
// place of the system's, by x509.SetFallbackRoots: the setting x509usefallbackroots
// in GODEBUG, or in the default that the program was built with.
func usesFallback() bool {
	const setting = "x509usefallbackroots=1"
	if strings.Contains(os.Getenv("GODEBUG"), setting) {
		return true
	}
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool {
		return s.Key == "DefaultGODEBUG" && strings.Contains(s.Value, setting)
	})
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
		switch {
		case err != nil:
			continue
		case len(bundle) == maxBundle: // there may be more, which may change the meaning of this part
			return nil
		}
		return scan(bundle)
	}
	return nil
}

var (
	begin  = []byte("-----BEGIN CERTIFICATE-----\n")
	end    = []byte("-----END CERTIFICATE-----")
	dashes = []byte("-----")

	// AWS endpoints chain to Amazon Root CA 1 to 4 and, cross-signed, to
	// Starfield Services Root Certificate Authority - G2 and Starfield Class
	// 2 (https://www.amazontrust.com/repository/).
	names = [...][]byte{[]byte("Amazon"), []byte("Starfield")}
)

// scan returns the certificates in the PEM text that name Amazon, or nil. It
// decodes and parses only those.
//
// Only encoding/pem, which crypto/x509 uses, decides about certificates. It
// takes the same blocks out of a part of a text as out of the whole if every
// five dashes in it belong to a plain line that begins or ends a certificate, in
// turns. Any other text is decoded as a whole, which takes ten times as long.
func scan(bundle []byte) *x509.CertPool {
	var found pool
	for rest := bundle; ; {
		start := bytes.Index(rest, dashes)
		if start < 0 {
			return found.certs
		}
		size := plainBlock(rest, start)
		if size < 0 {
			return scanWhole(bundle)
		}
		block := rest[start : start+size]
		if namesAmazon(block[len(begin):]) {
			found.add(block)
		}
		rest = rest[start+size:]
	}
}

// plainBlock returns the length of the certificate that begins at start, which
// holds five dashes, or -1 if it is not plain.
func plainBlock(text []byte, start int) int {
	if start > 0 && text[start-1] != '\n' || !bytes.HasPrefix(text[start:], begin) {
		return -1
	}
	body := text[start+len(begin):]
	stop := bytes.Index(body, dashes)
	if stop < 1 || body[stop-1] != '\n' || !bytes.HasPrefix(body[stop:], end) {
		return -1
	}
	if after := body[stop+len(end):]; len(after) > 0 && after[0] != '\n' {
		return -1
	}
	return len(begin) + stop + len(end)
}

// scanWhole is scan for a text that is not plain.
func scanWhole(bundle []byte) *x509.CertPool {
	var found pool
	found.add(bundle)
	return found.certs
}

// pool holds certificates of Amazon.
type pool struct{ certs *x509.CertPool }

// add adds those of a PEM text, by the rules of
// [x509.CertPool.AppendCertsFromPEM].
func (p *pool) add(text []byte) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" || len(block.Headers) != 0 || !isAmazon(block.Bytes) {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			continue
		}
		if p.certs == nil {
			p.certs = x509.NewCertPool()
		}
		p.certs.AddCert(cert)
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
	n, _ := base64.StdEncoding.Decode(head[:], block[:min(len(block), issuerText)]) // the bytes before an error count
	return isAmazon(head[:n])
}

// isAmazon reports whether the beginning of a certificate holds one of the
// names.
func isAmazon(der []byte) bool {
	for _, name := range names {
		if bytes.Contains(der[:min(len(der), issuerText)], name) {
			return true
		}
	}
	return false
}

// appendFile adds the certificates of a file to a pool.
func appendFile(certs *x509.CertPool, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	bundle, err := io.ReadAll(io.LimitReader(f, maxBundle))
	if err == nil && !certs.AppendCertsFromPEM(bundle) {
		err = errors.New(file + " holds no certificate")
	}
	return err
}
