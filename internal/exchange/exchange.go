// Package exchange watches the HTTP exchange below one call of the AWS SDK, and
// reads from it the outcome of a write. Each store has a table of its service's
// answers; the ends that come before any answer are the same for all stores.
package exchange

import (
	"net/http"
	"slices"
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
	HasBody bool // the answer has a body
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
	s.sent, s.Status, s.date, s.HasBody = true, 0, "", false
	answer, err := s.next.Do(r)
	if err == nil && answer != nil {
		bounded.Limit(answer, s.limit)
		s.Status, s.date, s.HasBody = answer.StatusCode, answer.Header.Get("Date"), answer.ContentLength > 0
	}
	return answer, err
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

// unsent are the rows before those of every table: no request left this program.
var unsent = []Row{
	{Is: awserr.HasNoCredentials, Outcome: commit.Refused},
	{Is: awserr.HasNoRegion, Outcome: commit.Refused},
	{Is: awserr.IsUntrusted, Outcome: commit.Refused},
	{Is: awserr.IsUnsent, Outcome: commit.Unsent},
}

// Outcome returns the outcome of a write whose call ended with err: that of the
// first row that fits. An error that fits none leaves it open. A call that
// handed no request to the HTTP client, because it has no endpoint for instance,
// is refused.
func (s *Seen) Outcome(table []Row, err error) commit.Outcome {
	if s.next != nil && !s.sent {
		return commit.Refused
	}
	for _, rows := range [][]Row{unsent, table} {
		for _, row := range rows {
			if row.fits(err) {
				return row.Outcome
			}
		}
	}
	return commit.Lost
}
