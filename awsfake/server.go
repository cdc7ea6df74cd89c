package awsfake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/lambdafake"
	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
	"github.com/awsjar/awsjar/awsfake/internal/stsfake"
	"github.com/awsjar/awsjar/internal/sigv4"
)

// Server is a fake of AWS. It is an http.Handler and safe for concurrent use.
type Server struct {
	options  Options
	lambda   *lambdafake.Service
	s3       *s3fake.Service
	backends struct{ lambda, s3, sts *backend }
	issuer   *issuer
	faults   faults
	log      requestLog
	session  session
	keys     sigv4.Keys
	maxBody  int64
	bodyTime time.Duration
	fail     func(error) // called with the error of a failed direct change

	lock      *os.File   // of Options.Dir; nil without
	listening *listening // nil until Start

	tested bool // made by NewServer

	mu         sync.Mutex
	closed     bool
	remotes    []*remote // injected over HTTP
	lastRemote int
	busy       sync.WaitGroup // requests being served, and schedules

	life context.Context // ends with Close
	end  context.CancelFunc
}

// New returns a Server that does not listen: serve it with a server of your own.
// URL, CA, Config, Env and HTTPClient are for servers made by Start and NewServer.
func New(optFns ...func(*Options)) (*Server, error) {
	o := settings(optFns)
	s := &Server{options: o, maxBody: MaxBody, bodyTime: bodyTime, fail: func(error) {}}
	s.life, s.end = context.WithCancel(context.Background())
	if err := s.open(o); err != nil {
		return nil, errors.Join(fmt.Errorf("awsfake: %w", err), s.Close())
	}
	s.backends.lambda, s.backends.s3 = lambdaBackend(s.lambda, o), s3Backend(s.s3)
	s.issuer = newIssuer(o.Now)
	s.backends.sts = stsBackend(stsfake.New(stsfake.Options{AccountID: o.AccountID, Caller: s.caller, Issue: s.issuer.issue}))
	return s, nil
}

// open locks the directory and starts the services. After an error Close ends those
// that it has started.
func (s *Server) open(o Options) (err error) {
	var lambdaDir, s3Dir string
	if o.Dir != "" {
		if s.lock, err = takeDir(o.Dir); err != nil {
			return err
		}
		lambdaDir, s3Dir = filepath.Join(o.Dir, "lambda"), filepath.Join(o.Dir, "s3")
	}
	s.lambda, err = lambdafake.New(lambdafake.Options{
		Dir: lambdaDir, Region: o.Region, AccountID: o.AccountID, Now: o.Now, Settle: o.Settle,
		ConflictFirst: o.ConflictFirst, EchoMeasured: o.EchoMeasured, OldWhileInProgress: o.OldWhileInProgress,
		EventWait: o.EventWait, Variables: s.Env, Log: o.FunctionLog,
	})
	if err != nil {
		return err
	}
	s.s3, err = s3fake.New(s3fake.Options{
		Dir: s3Dir, Region: o.Region, AccountID: o.AccountID, Now: o.Now,
		Trouble: s3fake.Trouble(o.S3), MaxObjectBytes: MaxBody,
	})
	return err
}

// Start returns a Server that listens on Options.Addr until Close.
func Start(optFns ...func(*Options)) (*Server, error) {
	s, err := New(optFns...)
	if err != nil {
		return nil, err
	}
	if s.listening, err = listen(s, s.options); err != nil {
		return nil, errors.Join(fmt.Errorf("awsfake: %w", err), s.Close())
	}
	return s, nil
}

// TB is the part of *testing.T that NewServer needs.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// NewServer starts a Server that ends with the test. A method such as
// CreateFunction or PutObject that fails on it fails the test, too, so that a test
// need not look at its error.
func NewServer(t TB, optFns ...func(*Options)) *Server {
	t.Helper()
	s, err := Start(optFns...)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	s.tested = true
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), s.Unfired()); err != nil {
			t.Fatalf("%v", err)
		}
	})
	s.fail = func(err error) {
		t.Helper()
		t.Fatalf("%v", err)
	}
	return s
}

// Close ends the listening, breaks connections that are still open, ends the
// functions that run, waits for the requests being served, and closes the state.
// Later requests are not answered.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.end()
	var err error
	if s.listening != nil {
		err = s.listening.close()
	}
	if s.lambda != nil { // first of all, since requests wait for functions
		err = errors.Join(err, s.lambda.Close())
	}
	s.busy.Wait()
	if s.s3 != nil {
		err = errors.Join(err, s.s3.Close())
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// enter notes a request being served. It reports false after Close.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.busy.Add(1)
	}
	return !s.closed
}

// direct reports the outcome of a direct change of the state.
func (s *Server) direct(err error) error {
	if err != nil {
		err = fmt.Errorf("awsfake: %w", err)
		s.fail(err)
	}
	return err
}
