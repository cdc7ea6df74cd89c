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
	request    *http.Request // in path style, its body in memory
	op, target string
}

// receive takes the head of a request apart.
func (s *Server) receive(r *http.Request) *received {
	asked := &received{backend: s.route(r), request: r.WithContext(r.Context())} // a copy: URL and body may become others
	if asked.name == "s3" {
		toPathStyle(asked.request)
	}
	hold(asked.request, nil)
	asked.read()
	return asked
}

// read takes the request apart, with its body if it has one by now.
func (r *received) read() {
	r.call = r.parse(r.request)
	r.op, r.target = r.Operation()
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
			s3fake.Error{Status: status, Code: code, Message: message}.Write(w, r)
		},
	}
}

// lambdaPath matches the paths of Lambda: each begins with the date of a version of
// its API.
var lambdaPath = lazyregexp.New(`^/20\d\d-\d\d-\d\d/`)

// route tells which service a request is for: the one it is signed for or, if that
// does not tell, the one its path is of.
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

// serve logs and answers a request to a service.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	e := s.log.begin(r)
	if s.options.Observe != nil {
		defer func() { s.options.Observe(e.copy()) }()
	}
	w = s.watch(w, e)
	asked := s.receive(r)
	e.note(asked)
	if !s.admit(w, r, asked, e) {
		return
	}
	if struck := s.faults.strike(asked.op, asked.target); struck != nil {
		e.set(func(q *Request) { q.Faulted = true })
		struck.serve(w, asked)
		return
	}
	asked.Serve(w)
}

// admit reads the body of an authentic request. It answers the request itself, and
// returns false, if it refuses it.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, asked *received, e *entry) bool {
	if refused := s.outsider(r); refused != "" {
		s.turnAway(w, r)
		asked.writeError(w, asked.request, http.StatusForbidden, asked.denied, refused)
		return false
	}
	sig, refused := s.authenticateHead(r, asked.name)
	if refused != nil {
		s.turnAway(w, r)
		s.refuse(w, asked, refused)
		return false
	}
	body, ok := s.readBody(w, r, asked)
	if !ok {
		return false
	}
	hold(asked.request, body)
	if asked.backend == s.backends.sts {
		asked.request = signedBy(asked.request, sig)
	}
	if asked.inBody {
		asked.read()
	}
	e.note(asked)
	if refused := s.authenticateBody(r, sig, body); refused != nil {
		s.refuse(w, asked, refused)
		return false
	}
	return true
}

// hold gives r a body that lies in memory.
func hold(r *http.Request, body []byte) {
	r.Body = s3fake.NewHeld(body)
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
}
