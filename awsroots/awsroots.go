// Package awsroots makes the first TLS handshake of a process cheap. It gives
// the AWS SDK an HTTP client that first trusts only Amazon's own root
// certificates, out of those that the system trusts:
//
//	cfg, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(awsroots.Client()))
//
// The first handshake of a Go program on Linux parses the system's whole
// certificate bundle, and then every certificate in the certificate
// directories once more (golang.org/issue/38869, golang.org/issue/79018). That
// is most of the CPU time of a cold start with one request, and at
// 128 MB a Lambda function has 7 % of a CPU. The few certificates that AWS
// endpoints chain to are found in the text of the bundle in under a
// millisecond, without parsing the others.
//
// # Security
//
// Nothing is trusted that the system does not trust. The first pool is a part
// of the very bundle that crypto/x509 would load: the same environment
// variables, the same files in the same order, the first that can be read. The
// verification is that of crypto/tls, host names and dates included; only its
// pool is smaller. A certificate that the smaller pool does not verify (another
// S3-compatible service, a proxy that inspects TLS and whose root is in the
// system's bundle) is checked again on a new connection with the system's full
// pool, whose word is final, and which is used from then on. Choosing a
// certificate by its name decides only how soon it is looked at, not whether it
// is trusted. encoding/pem decides which blocks of the bundle are certificates,
// as it does for crypto/x509: one whose BEGIN line is commented out is none.
//
// A root that is removed from the bundle is not trusted by a process that
// starts afterwards, as with crypto/x509.
//
// Where there is nothing to gain or something to respect, the system's pool is used
// as if this package were not there: on macOS and Windows; when the bundle cannot
// be read or holds no certificate of Amazon; when the transport has roots or a
// verification of its own; and for connections through a proxy; and when GODEBUG
// has x509usefallbackroots=1, since the program may then have roots of its own in
// the place of the system's.
package awsroots

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Client returns an HTTP client with the settings of the SDK's own, whose TLS
// connections try Amazon's roots first. It makes no request, and reads the
// bundle when the first connection is made. Every client has connections of
// its own: make one, and share it.
//
// A client with settings of your own gets them by [Install]:
//
//	client := awshttp.NewBuildableClient().WithTimeout(time.Minute).WithTransportOptions(awsroots.Install)
//
// Roots that are set on a client after that, as the SDK's config package does
// for ca_bundle in a profile, come too late: install on the client that it
// returns. AWS_CA_BUNDLE is honoured, as by Install.
func Client() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(Install)
}

// Install makes the TLS connections of a transport try Amazon's roots first.
// It does nothing if the transport verifies in a way of its own: with RootCAs,
// InsecureSkipVerify, VerifyConnection, VerifyPeerCertificate or a
// DialTLSContext. If AWS_CA_BUNDLE is set it reads that file at once, and the
// transport trusts its certificates and no others; if it cannot be used, every
// connection fails. Settings that the TLS
// configuration of the transport gets afterwards are not seen.
func Install(transport *http.Transport) {
	if ownVerification(transport) {
		return
	}
	if file := os.Getenv("AWS_CA_BUNDLE"); file != "" {
		trustOnly(transport, file)
		return
	}
	d := &dialer{
		dial:    transport.DialContext,
		config:  &tls.Config{MinVersion: tls.VersionTLS12},
		timeout: transport.TLSHandshakeTimeout,
		roots:   sync.OnceValue(func() *x509.CertPool { return amazonRoots(bundleFiles()) }),
	}
	if transport.TLSClientConfig != nil {
		d.config = transport.TLSClientConfig.Clone()
	}
	if d.dial == nil {
		d.dial = new(net.Dialer).DialContext
	}
	if len(d.config.NextProtos) == 0 && transport.ForceAttemptHTTP2 {
		d.config.NextProtos = []string{"h2", "http/1.1"}
	}
	transport.DialTLSContext = d.dialTLS
}

// trustOnly makes a transport trust the certificates in a file and no others,
// as the SDK's config package does for AWS_CA_BUNDLE. If there are none, every
// connection fails.
func trustOnly(transport *http.Transport, file string) {
	certs := x509.NewCertPool()
	err := appendFile(certs, file)
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if transport.TLSClientConfig != nil {
		config = transport.TLSClientConfig.Clone()
	}
	config.RootCAs = certs
	transport.TLSClientConfig = config
	if err != nil {
		transport.DialTLSContext = func(context.Context, string, string) (net.Conn, error) {
			return nil, fmt.Errorf("the file that AWS_CA_BUNDLE names cannot be used: %w", err)
		}
	}
}

func ownVerification(transport *http.Transport) bool {
	//lint:ignore SA1019 an older program may still set DialTLS
	if transport.DialTLSContext != nil || transport.DialTLS != nil {
		return true
	}
	c := transport.TLSClientConfig
	return c != nil && (c.RootCAs != nil || c.InsecureSkipVerify || c.VerifyConnection != nil || c.VerifyPeerCertificate != nil)
}

// dialer makes TLS connections.
type dialer struct {
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	config  *tls.Config   // without roots
	timeout time.Duration // of a handshake; 0 for none
	roots   func() *x509.CertPool
	full    atomic.Bool // Amazon's roots were not enough once
}

// dialTLS connects, first with Amazon's roots and, where they do not verify
// the server's certificates, again with the system's.
func (d *dialer) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	if roots := d.firstRoots(); roots != nil {
		conn, err := d.connect(ctx, network, addr, roots)
		var unverified *tls.CertificateVerificationError
		if err == nil || !errors.As(err, &unverified) {
			return conn, err
		}
		conn, err = d.connect(ctx, network, addr, nil)
		if err == nil {
			d.full.Store(true)
		}
		return conn, err
	}
	return d.connect(ctx, network, addr, nil)
}

func (d *dialer) firstRoots() *x509.CertPool {
	if d.full.Load() {
		return nil
	}
	return d.roots()
}

// connect makes one connection. With nil roots, crypto/tls takes the system's.
func (d *dialer) connect(ctx context.Context, network, addr string, roots *x509.CertPool) (net.Conn, error) {
	raw, err := d.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	config := d.config.Clone()
	config.RootCAs = roots
	if config.ServerName == "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			raw.Close()
			return nil, err
		}
		config.ServerName = host
	}
	if d.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.timeout)
		defer cancel()
	}
	conn := tls.Client(raw, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}
