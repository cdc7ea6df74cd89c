package awsfake

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/awsjar/awsjar/awsfake/internal/lambdafake"
	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// call is a request to a service: the service knows its operation, and answers it.
type call interface {
	Operation() (op, target string)
	Serve(w http.ResponseWriter)
}

// service is a service that takes a request apart each time.
type service interface {
	Operation(r *http.Request) (op, target string)
	ServeHTTP(w http.ResponseWriter, r *http.Request)
}

// callOf is a call of such a service.
type callOf struct {
	service
	request *http.Request
}

func (c callOf) Operation() (op, target string) { return c.service.Operation(c.request) }

func (c callOf) Serve(w http.ResponseWriter) { c.ServeHTTP(w, c.request) }

// received is a request to a service.
type received struct {
	*backend
	call
	request *http.Request
}

// backend is a service and the Server's knowledge of it.
type backend struct {
	parse      func(r *http.Request) call
	name       string // in the scope of a signature, and in the names of actions
	inBody     bool   // the body has a part of the operation's name, or of its target
	denied     string // its code for a missing permission
	tooLarge   apiError
	errors     []apiError                 // those a Fault need not spell out
	resource   func(target string) string // the ARN of a target
	writeError func(w http.ResponseWriter, r *http.Request, status int, code, message string)
}

func lambdaBackend(service *lambdafake.Service, o Options) *backend {
	return &backend{
		parse:    func(r *http.Request) call { return callOf{service, r} },
		name:     "lambda",
		inBody:   true,
		denied:   "AccessDeniedException",
		tooLarge: apiError{http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "Request must be smaller than 70167211 bytes"},
		errors:   lambdaErrors,
		resource: func(target string) string {
			return "arn:aws:lambda:" + o.Region + ":" + o.AccountID + ":function:" + cmp.Or(target, "*")
		},
		writeError: lambdafake.WriteError,
	}
}

func s3Backend(service *s3fake.Service) *backend {
	return &backend{
		parse:    func(r *http.Request) call { return service.Parse(r) },
		name:     "s3",
		denied:   "AccessDenied",
		tooLarge: apiError{http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"},
		errors:   s3Errors,
		resource: func(target string) string { return `"arn:aws:s3:::` + target + `"` },
		writeError: func(w http.ResponseWriter, r *http.Request, status int, code, message string) {
			s3fake.WriteError(w, r, status, code, message)
		},
	}
}

// lambdaPath matches the paths of Lambda: each begins with the date of a version of its API.
var lambdaPath = lazyregexp.New(`^/20\d\d-\d\d-\d\d/`)

// route tells which service a request is for: the one it is signed for or, if that does not tell, the one its path is of.
func (s *Server) route(r *http.Request) *backend {
	scope := r.Header.Get("Authorization")
	if scope == "" && r.URL.RawQuery != "" {
		scope = r.URL.Query().Get("X-Amz-Credential")
	}
	switch {
	case strings.Contains(scope, "/lambda/aws4_request"):
		return s.backends.lambda
	case strings.Contains(scope, "/sts/aws4_request"):
		return s.backends.sts
	case strings.Contains(scope, "/s3/aws4_request"):
		return s.backends.s3
	case lambdaPath().MatchString(r.URL.Path):
		return s.backends.lambda
	}
	return s.backends.s3
}

// ServeHTTP answers a request to AWS.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.busy.Done()
	if strings.HasPrefix(r.URL.Path, ControlPath) && bucketOf(r.Host) == "" {
		s.control(w, r)
		return
	}
	s.serve(w, r)
}

// serve logs, checks and answers a request to a service.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	e := s.log.begin(r)
	if s.options.Observe != nil {
		defer func() { s.options.Observe(e.copy()) }()
	}
	w = s.watch(w, e)
	b := s.route(r)
	e.set(func(q *Request) { q.Service = b.name })
	asked := r.WithContext(r.Context()) // a copy: URL and body may become others
	if b.name == "s3" {
		toPathStyle(asked)
	}
	hold(asked, nil)
	request := received{b, b.parse(asked), asked}
	op, target := request.Operation() // as far as the head says
	e.set(func(q *Request) { q.Op, q.Target = op, target })
	if refused := s.outsider(r); refused != "" {
		s.turnAway(w, r)
		b.writeError(w, asked, http.StatusForbidden, b.denied, refused)
		return
	}
	sig, refused := s.authenticateHead(r, b.name)
	if refused != nil {
		s.turnAway(w, r)
		s.refuse(w, asked, b, refused)
		return
	}
	body, ok := s.readBody(w, r, b)
	if !ok {
		return
	}
	hold(asked, body)
	if b == s.backends.sts {
		asked = signedBy(asked, sig)
	}
	if b.inBody {
		request = received{b, b.parse(asked), asked}
		op, target = request.Operation()
	}
	e.set(func(q *Request) { q.Op, q.Target, q.BytesIn = op, target, int64(len(body)) })
	if refused := s.authenticateBody(r, sig, body); refused != nil {
		s.refuse(w, asked, b, refused)
		return
	}
	if struck := s.faults.strike(op, target); struck != nil {
		e.set(func(q *Request) { q.Faulted = true })
		struck.serve(w, request)
		return
	}
	request.Serve(w)
}

// hold gives r a body that lies in memory.
func hold(r *http.Request, body []byte) {
	r.Body = s3fake.NewHeld(body)
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
}
