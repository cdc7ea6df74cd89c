package awsfake

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxBody is the largest request body in bytes that a Server accepts: it holds
	// every body in memory.
	MaxBody = 1 << 30
	// bodyTime bounds how long a body may take to arrive.
	bodyTime = 2 * time.Minute
)

// outsider says why a request does not come from a program that means this server;
// "" if it may. The signature decides who is served. This keeps away browsers that
// another site's page makes send something.
func (s *Server) outsider(r *http.Request) string {
	if s.options.Hosts != nil && !slices.ContainsFunc(s.options.Hosts, isHost(r.Host)) && !isOurs(r.Host) {
		return "this server does not answer to the host name " + strconv.Quote(r.Host) + "; Options.Hosts, or awsjar dev --host, adds names"
	}
	if isCrossSite(r) {
		return "this server does not answer to the pages of other sites"
	}
	return ""
}

// isHost returns whether a name is that of a Host header.
func isHost(header string) func(name string) bool {
	return func(name string) bool { return strings.EqualFold(name, hostOf(header)) }
}

// hostOf takes the port off a Host header.
func hostOf(header string) string {
	if host, _, err := net.SplitHostPort(header); err == nil {
		return host
	}
	return strings.Trim(header, "[]")
}

// isOurs reports whether no other site can own the name in a Host header: an IP
// address, a loopback name, or one of AWS.
func isOurs(header string) bool {
	host := strings.TrimSuffix(strings.ToLower(hostOf(header)), ".")
	if net.ParseIP(host) != nil {
		return true
	}
	return slices.ContainsFunc([]string{"localhost", "amazonaws.com", "amazonaws.com.cn", "api.aws"}, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}

// isCrossSite reports whether a browser sent the request for a page of another
// site. Links and images of another port of this machine are of the same site.
func isCrossSite(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if site == "cross-site" {
		return true
	}
	if site == "" && r.Header.Get("Origin") == "" {
		return false // no browser
	}
	changing := *r
	if site == "" {
		changing.Method = http.MethodPost // an older browser: its Origin must be ours for every method
	}
	return http.NewCrossOriginProtection().Check(&changing) != nil
}

// turnAway takes the body of a refused request off the connection, without keeping
// it: some clients lose an answer that overtakes their request.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Expect") != "" {
		return // the client waits for the answer before it sends the body
	}
	s.limitTime(w)
	io.Copy(io.Discard, io.LimitReader(r.Body, s.maxBody)) // an error is no matter: the request is refused
}

// limitTime ends reads of the body that take too long, also those of the HTTP
// server after the answer.
func (s *Server) limitTime(w http.ResponseWriter) { setDeadline(w, time.Now().Add(s.bodyTime)) }

// setDeadline ends reads of the body at that time, or never if it is zero.
func setDeadline(w http.ResponseWriter, at time.Time) {
	http.NewResponseController(w).SetReadDeadline(at) // not supported: then there is no connection
}

// readBody reads the body of an authentic request. It answers the request itself,
// and returns false, if the body is too large or too slow.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, asked *received) ([]byte, bool) {
	if r.ContentLength == 0 {
		return nil, true
	}
	s.limitTime(w)
	body, err := s.readAll(w, r, asked.name == "s3") // whose signatures are verified by now
	tooLarge := new(http.MaxBytesError)
	switch {
	case err == nil:
		setDeadline(w, time.Time{}) // the handler may take its time
		return body, true
	case errors.As(err, &tooLarge):
		asked.writeError(w, r, asked.tooLarge.status, asked.tooLarge.code, asked.tooLarge.message)
	case errors.Is(err, os.ErrDeadlineExceeded):
		asked.writeError(w, r, http.StatusBadRequest, "RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period.")
	default:
		panic(http.ErrAbortHandler) // the client has broken off
	}
	return nil, false
}

// readAll reads a body. The length that an authentic request announces is believed,
// and its room made at once.
func (s *Server) readAll(w http.ResponseWriter, r *http.Request, authentic bool) ([]byte, error) {
	if authentic && 0 < r.ContentLength && r.ContentLength <= s.maxBody {
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r.Body, body)
		return body, err
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxBody))
}
