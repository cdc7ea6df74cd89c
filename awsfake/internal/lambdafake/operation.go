package lambdafake

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// operation is one call of the API, and all that it may say: a request with
// anything else is refused, since a fake that drops an unknown member makes a test
// pass that AWS would fail.
type operation struct {
	name         string
	method, path string // "*" stands for one segment: a function, then an alias
	status       int    // of success
	serve        func(*Service, *call) (any, *apiError)
	limit        int64    // the largest body in bytes; 0: maxUpdateBody
	query        []string // the parameters that it knows
	headers      []string // the headers x-amz-... that it knows, besides those of signatures
	members      []string // of its JSON body; nil: the body is none of this table's business
	unlocked     bool     // serve takes mu itself
}

const (
	functions = "/2015-03-31/functions"
	maxZip    = 70167211 // the largest body of a request with code
)

var operations = [...]operation{
	{name: "ListFunctions", method: "GET", path: functions, status: 200, serve: (*Service).listFunctions,
		query: []string{"Marker", "MaxItems", "FunctionVersion"}},
	{name: "CreateFunction", method: "POST", path: functions, status: 201, serve: (*Service).createFunction,
		limit: maxZip, members: append([]string{"FunctionName", "Code", "Tags", "Publish", "Environment"}, settingNames()...)},
	{name: "GetFunction", method: "GET", path: functions + "/*", status: 200, serve: (*Service).getFunction,
		query: []string{"Qualifier"}},
	{name: "DeleteFunction", method: "DELETE", path: functions + "/*", status: 204, serve: (*Service).deleteFunction,
		query: []string{"Qualifier"}},
	{name: "GetFunctionConfiguration", method: "GET", path: functions + "/*/configuration", status: 200,
		serve: (*Service).getConfiguration, query: []string{"Qualifier"}},
	{name: "UpdateFunctionConfiguration", method: "PUT", path: functions + "/*/configuration", status: 200,
		serve: (*Service).updateConfiguration, query: []string{"Qualifier"},
		members: append([]string{"RevisionId", "Environment"}, settingNames()...)},
	{name: "UpdateFunctionCode", method: "PUT", path: functions + "/*/code", status: 200, serve: (*Service).updateCode,
		limit: maxZip, members: []string{"Architectures", "DryRun", "Publish", "RevisionId", "S3Bucket", "S3Key", "S3ObjectVersion", "ZipFile"}},
	{name: "PublishVersion", method: "POST", path: functions + "/*/versions", status: 201, serve: (*Service).publishVersion,
		members: []string{"CodeSha256", "Description", "RevisionId"}},
	{name: "ListVersionsByFunction", method: "GET", path: functions + "/*/versions", status: 200, serve: (*Service).listVersions,
		query: []string{"Marker", "MaxItems"}},
	{name: "CreateAlias", method: "POST", path: functions + "/*/aliases", status: 201, serve: (*Service).createAlias,
		members: []string{"Name", "FunctionVersion", "Description"}},
	{name: "ListAliases", method: "GET", path: functions + "/*/aliases", status: 200, serve: (*Service).listAliases,
		query: []string{"FunctionVersion", "Marker", "MaxItems"}},
	{name: "GetAlias", method: "GET", path: functions + "/*/aliases/*", status: 200, serve: (*Service).getAlias},
	{name: "UpdateAlias", method: "PUT", path: functions + "/*/aliases/*", status: 200, serve: (*Service).updateAlias,
		members: []string{"FunctionVersion", "Description", "RevisionId"}},
	{name: "DeleteAlias", method: "DELETE", path: functions + "/*/aliases/*", status: 204, serve: (*Service).deleteAlias},
	{name: "PutFunctionConcurrency", method: "PUT", path: "/2017-10-31/functions/*/concurrency", status: 200,
		serve: (*Service).putConcurrency, members: []string{"ReservedConcurrentExecutions"}},
	{name: "GetFunctionConcurrency", method: "GET", path: "/2019-09-30/functions/*/concurrency", status: 200,
		serve: (*Service).getConcurrency},
	{name: "DeleteFunctionConcurrency", method: "DELETE", path: "/2017-10-31/functions/*/concurrency", status: 204,
		serve: (*Service).deleteConcurrency},
	{name: "TagResource", method: "POST", path: "/2017-03-31/tags/*", status: 204, serve: (*Service).tagResource,
		members: []string{"Tags"}},
	{name: "UntagResource", method: "DELETE", path: "/2017-03-31/tags/*", status: 204, serve: (*Service).untagResource,
		query: []string{"tagKeys"}},
	{name: "ListTags", method: "GET", path: "/2017-03-31/tags/*", status: 200, serve: (*Service).listTags},
	{name: "Invoke", method: "POST", path: functions + "/*/invocations", status: 200, serve: (*Service).invoke,
		limit: maxSyncPayload, query: []string{"Qualifier"}, unlocked: true,
		headers: []string{"X-Amz-Invocation-Type", "X-Amz-Log-Type", "X-Amz-Client-Context"}},
}

// Operations returns the names of all operations.
func Operations() []string {
	var names []string
	for _, o := range operations {
		names = append(names, o.name)
	}
	return names
}

// call is a parsed request.
type call struct {
	op     string
	name   string // of a function as the caller wrote it: name, partial ARN or ARN
	alias  string
	query  url.Values
	header http.Header
	body   []byte
}

// parse names the operation of a request from its method and escaped path. The path
// holds the FunctionName percent-encoded, so that an ARN is one segment.
func parse(method, escapedPath string) (*operation, call) {
	segments := strings.Split(strings.TrimRight(escapedPath, "/"), "/")
	for i := range operations {
		o := &operations[i]
		if o.method != method {
			continue
		}
		if stars, ok := match(strings.Split(o.path, "/"), segments); ok {
			stars = append(stars, "", "")
			return o, call{op: o.name, name: stars[0], alias: stars[1]}
		}
	}
	return nil, call{}
}

// match returns the unescaped segments that stand where the pattern has a "*".
func match(pattern, segments []string) (stars []string, ok bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	for i, p := range pattern {
		if p != "*" {
			if p != segments[i] {
				return nil, false
			}
			continue
		}
		s, err := url.PathUnescape(segments[i])
		if err != nil || s == "" {
			return nil, false
		}
		stars = append(stars, s)
	}
	return stars, true
}

// signing are the headers and parameters that belong to the signature of any
// request, or that no service looks at.
var signing = []string{
	"X-Amz-Algorithm", "X-Amz-Content-Sha256", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Security-Token",
	"X-Amz-Signature", "X-Amz-Signedheaders", "X-Amz-User-Agent",
}

// checkKnown refuses a request that says anything that the operation does not know.
func (o *operation) checkKnown(c *call) *apiError {
	for name := range c.query {
		if !slices.Contains(o.query, name) && !slices.Contains(signing, http.CanonicalHeaderKey(name)) {
			return notImplemented("the parameter " + name + " of " + o.name)
		}
	}
	for name := range c.header {
		if strings.HasPrefix(name, "X-Amz-") && !slices.Contains(signing, name) && !slices.Contains(o.headers, name) {
			return notImplemented("the header " + name + " of " + o.name)
		}
	}
	if o.members == nil {
		return nil
	}
	in, err := members(c.body)
	if err != nil {
		return err
	}
	for name := range in {
		if !slices.Contains(o.members, name) {
			return notImplemented("the member " + name + " of " + o.name)
		}
	}
	return nil
}

// Operation names the call, such as "GetFunctionConfiguration", and the function,
// without Region, account and qualifier. Both are empty if the path is not one of
// Lambda's. For CreateFunction it reads the body and puts it back.
func (s *Service) Operation(r *http.Request) (op, target string) {
	o, c := parse(r.Method, r.URL.EscapedPath())
	if o == nil {
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
	body, err := io.ReadAll(io.LimitReader(r.Body, maxZip+1))
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
