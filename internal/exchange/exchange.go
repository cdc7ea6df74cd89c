// Package exchange watches the HTTP exchange below one call of the AWS SDK, and
// reads from it the outcome of a write. Each store has a table of its service's
// answers; the ends that come before any answer are the same for all stores.
package exchange

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/bounded"
	"github.com/awsjar/awsjar/internal/commit"
)

// Seen is the view that the HTTP client of one call had of it. The SDK does not
// say whether it has sent anything, nor when the service has answered.
type Seen struct {
	next    aws.HTTPClient // sends; nil if the service's client does not honour the options of a call
	limit   int64          // bytes of an answer that are read
	sent    bool
	date    string
	Status  int
	HasBody bool // the answer has a body; of one whose length is not known, some was read

	asked, connected atomic.Bool // a transport of net/http looked for a connection, and had one
}

// Client returns the HTTP client for the call, which sends with next and reads
// no more than limit bytes of an answer, as [bounded.Client] does.
func (s *Seen) Client(next aws.HTTPClient, limit int64) aws.HTTPClient {
	s.next, s.limit = next, limit
	return s
}

// Do implements [aws.HTTPClient].
func (s *Seen) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err // so that it is certain that nothing was sent
	}
	s.sent = s.sent || r.URL.Host != "" // a request to no host ends in the HTTP client
	s.Status, s.date, s.HasBody = 0, "", false
	if r.Method != http.MethodGet && r.Method != http.MethodHead { // only a write has an Outcome
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
			GetConn: func(string) { s.asked.Store(true) },
			GotConn: func(httptrace.GotConnInfo) { s.connected.Store(true) },
		}))
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = body{r.Body}
		}
	}
	answer, err := s.next.Do(r)
	if err == nil && answer != nil {
		bounded.Limit(answer, s.limit)
		s.Status, s.date, s.HasBody = answer.StatusCode, answer.Header.Get("Date"), answer.ContentLength > 0
		if answer.ContentLength < 0 && answer.Body != nil {
			answer.Body = &unmeasured{answer.Body, s}
		}
	}
	return answer, err
}

// body hides the WriteTo of a request's body. The SDK closes the body as soon as an
// answer begins; that of a server nearby may begin while net/http still looks for
// the end of the body, to which WriteTo then says EOF, and net/http closes the
// connection before the answer is read.
type body struct{ io.ReadCloser }

// unmeasured is a body whose length is not known before it is read, which the
// SDK does to the end, but for that of a GET.
type unmeasured struct {
	io.ReadCloser
	seen *Seen
}

func (u *unmeasured) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.seen.HasBody = u.seen.HasBody || n > 0
	return n, err
}

// Now returns the clock of the service when it answered, or zero.
func (s *Seen) Now(metadata middleware.Metadata) time.Time {
	if now, err := http.ParseTime(s.date); err == nil {
		return now.UTC()
	}
	now, _ := awsmiddleware.GetServerTime(metadata)
	return now
}

// Row is one row of a store's table: the outcome of a write whose error has one
// of the Codes, or a status between From and To, or for which Is returns true.
type Row struct {
	Codes    []string
	From, To int
	Is       func(error) bool
	Outcome  commit.Outcome
}

func (r Row) fits(err error) bool {
	status := awserr.Status(err)
	return slices.Contains(r.Codes, awserr.Code(err)) || status != 0 && r.From <= status && status <= r.To || r.Is != nil && r.Is(err)
}

// refused are the rows before those of every table: no request left this program,
// and none will.
var refused = []Row{
	{Is: awserr.HasNoCredentials, Outcome: commit.Refused},
	{Is: awserr.HasNoRegion, Outcome: commit.Refused},
	{Is: awserr.IsUntrusted, Outcome: commit.Refused},
}

// isUnsent reports whether there was no connection to send a request on. A
// transport of net/http says so itself, also where its error is that of a handshake,
// of a proxy, or of the context that ended meanwhile. Of any other transport the
// error has to tell.
func (s *Seen) isUnsent(err error) bool {
	if s.asked.Load() {
		return !s.connected.Load()
	}
	return awserr.IsUnsent(err)
}

// Outcome returns the outcome of a write whose call ended with err: that of the
// first row that fits. An error that fits none leaves it open. A call that
// handed no request to the HTTP client, because it has no endpoint for instance,
// is refused.
func (s *Seen) Outcome(table []Row, err error) commit.Outcome {
	if s.next != nil && !s.sent {
		return commit.Refused
	}
	fits := func(r Row) bool { return r.fits(err) }
	if i := slices.IndexFunc(refused, fits); i >= 0 {
		return refused[i].Outcome
	}
	if s.isUnsent(err) {
		return commit.Unsent
	}
	if i := slices.IndexFunc(table, fits); i >= 0 {
		return table[i].Outcome
	}
	return commit.Lost
}
