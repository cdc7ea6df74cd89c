package lambdafake

import (
	"net/http"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/execution"
)

// How asynchronous invocations are tried again (developer guide, "How Lambda
// handles errors and retries with asynchronous invocation").
const (
	eventAttempts    = 3 // of an invocation that fails
	maxEventAge      = 6 * time.Hour
	firstThrottle    = time.Second // the wait of an invocation that finds no place, doubled each time
	longestThrottle  = 5 * time.Minute
	maxQueuedEvents  = 10000       // a limit of this service
	defaultEventWait = time.Minute // before the second attempt; the third waits twice as long
)

// enqueue queues an asynchronous invocation.
func (s *Service) enqueue(i *invocation) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return refuse(http.StatusServiceUnavailable, "ServiceUnavailableException", "Service is unavailable, please try again.")
	case s.queued == maxQueuedEvents:
		return &apiError{http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.", ""}
	}
	s.queued++
	s.events.Go(func() {
		s.deliver(i)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queued--
	})
	return nil
}

// deliver runs an asynchronous invocation until it succeeds, with the same request
// id each time (recorded: test_request_id_async_invoke_with_retry). Each attempt
// sees the configuration of its own time.
func (s *Service) deliver(i *invocation) {
	throttled, start := firstThrottle, time.Now()
	for failures := 0; ; {
		r, err := s.attempt(i)
		switch {
		case err == nil && !r.Failed:
			return
		case err == nil:
			failures++
			if failures == eventAttempts || !s.pause(s.options.EventWait*time.Duration(failures)) {
				return
			}
		case err.status == http.StatusTooManyRequests || err.status == http.StatusConflict:
			if time.Since(start) > maxEventAge || !s.pause(throttled) {
				return
			}
			throttled = min(2*throttled, longestThrottle)
		default: // the function is gone, or must not run
			return
		}
	}
}

// attempt runs an asynchronous invocation once.
func (s *Service) attempt(i *invocation) (execution.Result, *apiError) {
	if err := s.begin(i); err != nil {
		return execution.Result{}, err
	}
	return s.run(i), nil
}

// begin admits an asynchronous invocation, with the configuration that is in force now.
func (s *Service) begin(i *invocation) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.lookup(i.name)
	switch {
	case f == nil:
		return notFound("Function not found: " + i.event.ARN)
	case f.Reserved != nil && *f.Reserved == 0: // recorded: test_reserved_concurrency, ZeroReservedConcurrency
		return refuse(http.StatusForbidden, "ZeroReservedConcurrency", "no concurrency is left for "+i.event.ARN)
	}
	return s.complete(i, f, false)
}

// pause waits, and reports false if the service is closed meanwhile.
func (s *Service) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.closing:
		return false
	}
}

// Send invokes a function asynchronously, as a request would.
func (s *Service) Send(name string, payload []byte) error {
	if err := checkPayload(payload); err != nil {
		return err
	}
	i, err := s.prepare(&call{op: "Invoke", name: name}, newEvent(payload, nil), true)
	if err == nil {
		err = s.enqueue(i)
	}
	if err != nil {
		return err
	}
	return nil
}
