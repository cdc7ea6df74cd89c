package lambdafake

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const root = "/2015-03-31/functions"

// call is a parsed request.
type call struct {
	op    string
	name  string // as the caller wrote it: name, partial ARN or ARN
	alias string
	query url.Values
	body  []byte
}

// operations names the operation of a method and of the path below the function, "*" standing for an alias.
var operations = map[string]string{
	"GET":               "GetFunction",
	"DELETE":            "DeleteFunction",
	"GET configuration": "GetFunctionConfiguration",
	"PUT configuration": "UpdateFunctionConfiguration",
	"POST versions":     "PublishVersion",
	"GET versions":      "ListVersionsByFunction",
	"POST aliases":      "CreateAlias",
	"GET aliases/*":     "GetAlias",
	"DELETE aliases/*":  "DeleteAlias",
}

// parse names the operation of a request from its method and escaped path. The path holds the FunctionName percent-encoded,
// so that an ARN is one segment.
func parse(method, escapedPath string) (call, bool) {
	rest, ok := strings.CutPrefix(escapedPath, root)
	if !ok || rest != "" && rest[0] != '/' {
		return call{}, false
	}
	rest = strings.Trim(rest, "/")
	if rest == "" {
		switch method {
		case http.MethodGet:
			return call{op: "ListFunctions"}, true
		case http.MethodPost:
			return call{op: "CreateFunction"}, true
		}
		return call{}, false
	}
	segments := strings.Split(rest, "/")
	for i := range segments {
		var err error
		if segments[i], err = url.PathUnescape(segments[i]); err != nil {
			return call{}, false
		}
	}
	c := call{name: segments[0]}
	if len(segments) == 3 {
		c.alias = segments[2]
		segments[2] = "*"
	}
	c.op, ok = operations[strings.TrimSpace(method+" "+strings.Join(segments[1:], "/"))]
	return c, ok
}

// Operation names what r asks for, such as "GetFunctionConfiguration", and the bare name of the function it is about. Both
// are empty if the path is not one of Lambda's. For CreateFunction it reads the body and puts it back.
func (s *Service) Operation(r *http.Request) (op, target string) {
	c, ok := parse(r.Method, r.URL.EscapedPath())
	if !ok {
		return "", ""
	}
	if c.op == "CreateFunction" {
		c.name = nameInBody(r)
	}
	if ref, ok := parseReference(c.name); ok {
		return c.op, ref.name
	}
	return c.op, c.name
}

// nameInBody returns the FunctionName in the body of r, and puts the body back.
func nameInBody(r *http.Request) string {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCreateBody+1))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), r.Body), r.Body}
	var in struct{ FunctionName string }
	if err != nil || json.Unmarshal(body, &in) != nil {
		return ""
	}
	return in.FunctionName
}
