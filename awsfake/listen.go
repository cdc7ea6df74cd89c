package awsfake

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

const (
	// readHeaderTimeout bounds how long a connection may take to send its headers.
	readHeaderTimeout = 30 * time.Second
	// maxHead bounds the line and the headers of a request, in bytes, since the log
	// keeps parts of them, a stranger's too. S3 takes headers of 8 KB.
	maxHead = 32 << 10
)

// silent keeps the HTTP server from writing about clients that break off, which
// tests make happen.
var silent = log.New(io.Discard, "", 0)

// listening is a network listener and its server.
type listening struct {
	address   string // host:port
	tls       *authority
	client    *http.Client
	bundle    string // a file with the authority's certificate, for other programs
	temporary bool   // whether the bundle ends with the server
	server    *http.Server
	done      chan error
}

func listen(h http.Handler, o Options) (*listening, error) {
	l := &listening{done: make(chan error, 1)}
	socket, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, err
	}
	l.address = reachable(socket.Addr())
	// AWS speaks HTTP/1.1 on these endpoints, and dropping a connection needs one
	// of its own per request.
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	l.server = &http.Server{Handler: h, Protocols: protocols, ReadHeaderTimeout: readHeaderTimeout, MaxHeaderBytes: maxHead, ErrorLog: silent}
	if o.TLS {
		if err := l.secure(o.Dir); err != nil {
			return nil, errors.Join(err, socket.Close(), l.removeBundle())
		}
		l.server.TLSConfig = l.tls.serverConfig()
	}
	l.client = newClient(l.dial, l.tls)
	go func() {
		if l.tls != nil {
			l.done <- l.server.ServeTLS(socket, "", "")
			return
		}
		l.done <- l.server.Serve(socket)
	}()
	return l, nil
}

// reachable returns where a program on this machine connects to: the loopback
// address for a listener on all addresses.
func reachable(listener net.Addr) string {
	tcp, ok := listener.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return listener.String()
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
}

// dial connects to the server in place of any address.
func (l *listening) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", l.address)
}

func (l *listening) close() error {
	err := l.server.Close()
	if served := <-l.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	l.client.CloseIdleConnections()
	return errors.Join(err, l.removeBundle())
}

func (l *listening) removeBundle() error {
	if !l.temporary {
		return nil
	}
	return os.Remove(l.bundle)
}
