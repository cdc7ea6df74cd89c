package lambdafake

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// serve sends a request without a network.
func serve(s *Service, method, target, body string) (status int, code string) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "http://localhost/", strings.NewReader(body))
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(target, "?")
	s.ServeHTTP(w, r)
	return w.Code, w.Header().Get("X-Amzn-Errortype")
}

const configuration = functions + "/fn/configuration"

func TestBodiesRefused(t *testing.T) {
	tests := []struct{ row, body, code string }{
		{"no JSON", `{`, "SerializationException"},
		{"an array", `[]`, "SerializationException"},
		{"two values", `{}{}`, "SerializationException"},
		{"environment of the wrong type", `{"Environment":[]}`, "SerializationException"},
		{"variables of the wrong type", `{"Environment":{"Variables":["x"]}}`, "SerializationException"},
		{"a value of the wrong type", `{"Environment":{"Variables":{"KEY":1}}}`, "SerializationException"},
		{"a null value", `{"Environment":{"Variables":{"KEY":null}}}`, "ValidationException"},
		{"revision of the wrong type", `{"RevisionId":1}`, "SerializationException"},
		{"a revision that never was", `{"RevisionId":""}`, "PreconditionFailedException"},
		{"description of the wrong type", `{"Description":1}`, "SerializationException"},
		{"timeout of the wrong type", `{"Timeout":"3"}`, "SerializationException"},
		{"invalid UTF-8", "{\"Environment\":{\"Variables\":{\"KEY\":\"\xff\"}}}", "InvalidParameterValueException"},
		{"half a character", `{"Environment":{"Variables":{"KEY":"\ud800"}}}`, "InvalidParameterValueException"},
		{"the other half", `{"Environment":{"Variables":{"KEY":"x\uDC00x"}}}`, "InvalidParameterValueException"},
		{"NUL", `{"Environment":{"Variables":{"KEY":"\u0000"}}}`, "InvalidParameterValueException"},
		{"an escaped backslash before a u", `{"Environment":{"Variables":{"KEY":"\\ud800"}}}`, ""},
		{"a whole character in two halves", `{"Environment":{"Variables":{"KEY":"\ud83d\ude00"}}}`, ""},
		{"null members", `{"Environment":null,"RevisionId":null,"Timeout":null}`, ""},
		{"members of another case", `{"environment":[],"timeout":"x"}`, "NotImplementedException"},
		{"unknown members", `{"Unknown":[1,{}]}`, "NotImplementedException"},
		{"members that are not imitated", `{"Layers":["x"]}`, "NotImplementedException"},
		{"architectures, which cannot be changed here", `{"Architectures":["arm64"]}`, "NotImplementedException"},
		{"SnapStart", `{"SnapStart":{"ApplyOn":"PublishedVersions"}}`, "NotImplementedException"},
		{"no SnapStart", `{"SnapStart":{"ApplyOn":"None"}}`, ""},
		{"nothing", ``, ""},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			s, err := New(Options{})
			if err != nil {
				t.Fatal(err)
			}
			s.CreateFunction("fn", map[string]string{"OLD": "1"})
			status, code := serve(s, "PUT", configuration, tt.body)
			if code != tt.code || (status == 200) != (tt.code == "") {
				t.Errorf("%d %s, want %s", status, code, tt.code)
			}
			if env, _ := s.Environment("fn"); tt.code != "" && (len(env) != 1 || env["OLD"] != "1") {
				t.Error("stored", env)
			}
		})
	}
}

func TestRequestsRefused(t *testing.T) {
	const fn = functions + "/fn"
	tests := []struct{ row, method, path, body, code string }{
		{"creation without JSON", "POST", functions, `{`, "SerializationException"},
		{"creation without a name", "POST", functions, `{}`, "ValidationException"},
		{"creation with a name of the wrong type", "POST", functions, `{"FunctionName":1}`, "SerializationException"},
		{"creation with settings of the wrong type", "POST", functions, `{"FunctionName":"gn","Timeout":""}`, "SerializationException"},
		{"creation with code that is not base64", "POST", functions, `{"FunctionName":"gn","Code":{"ZipFile":"?"}}`, "SerializationException"},
		{"creation with tags of the wrong type", "POST", functions, `{"FunctionName":"gn","Tags":[]}`, "SerializationException"},
		{"creation of a function that exists", "POST", functions, `{"FunctionName":"fn"}`, "ResourceConflictException"},
		{"publication without JSON", "POST", fn + "/versions", `{`, "SerializationException"},
		{"publication of no function", "POST", functions + "/gn/versions", ``, "ResourceNotFoundException"},
		{"versions of no function", "GET", functions + "/gn/versions", ``, "ResourceNotFoundException"},
		{"alias without JSON", "POST", fn + "/aliases", `{`, "SerializationException"},
		{"alias of the wrong type", "POST", fn + "/aliases", `{"Name":1}`, "SerializationException"},
		{"alias of no function", "POST", functions + "/gn/aliases", `{"Name":"live","FunctionVersion":"1"}`, "ResourceNotFoundException"},
		{"alias of no version", "POST", fn + "/aliases", `{"Name":"live","FunctionVersion":"9"}`, "ResourceNotFoundException"},
		{"alias that is a number", "POST", fn + "/aliases", `{"Name":"12","FunctionVersion":"1"}`, "ValidationException"},
		{"alias with a bad name", "POST", fn + "/aliases", `{"Name":"a b","FunctionVersion":"1"}`, "ValidationException"},
		{"alias that exists", "POST", fn + "/aliases", `{"Name":"taken","FunctionVersion":"1"}`, "ResourceConflictException"},
		{"no such alias", "GET", fn + "/aliases/dead", ``, "ResourceNotFoundException"},
		{"alias of no function to read", "GET", functions + "/gn/aliases/live", ``, "ResourceNotFoundException"},
		{"alias of no function to delete", "DELETE", functions + "/gn/aliases/live", ``, "ResourceNotFoundException"},
		{"no such function", "GET", functions + "/gn", ``, "ResourceNotFoundException"},
		{"no such function to delete", "DELETE", functions + "/gn", ``, "ResourceNotFoundException"},
		{"a page of nothing", "GET", functions + "?MaxItems=0", ``, "ValidationException"},
		{"a page of words", "GET", functions + "?MaxItems=x", ``, "ValidationException"},
		{"no operation", "PATCH", fn, ``, "NotImplementedException"},
		{"an operation that is not imitated", "GET", fn + "/policy", ``, "NotImplementedException"},
		{"a parameter that is not imitated", "GET", fn + "?Unknown=1", ``, "NotImplementedException"},
		{"list of an unknown kind", "GET", functions + "?FunctionVersion=invalid", ``, "ValidationException"},
		{"role", "POST", functions, `{"FunctionName":"gn","Role":"r1"}`, "ValidationException"},
		{"two architectures", "POST", functions, `{"FunctionName":"gn","Architectures":["x86_64","arm64"]}`, "ValidationException"},
		{"no architecture", "POST", functions, `{"FunctionName":"gn","Architectures":[]}`, "ValidationException"},
		{"unknown architecture", "POST", functions, `{"FunctionName":"gn","Architectures":["X86_64"]}`, "ValidationException"},
		{"storage too large", "POST", functions, `{"FunctionName":"gn","EphemeralStorage":{"Size":3000000}}`, "ValidationException"},
		{"storage too small", "POST", functions, `{"FunctionName":"gn","EphemeralStorage":{"Size":511}}`, "ValidationException"},
		{"storage without size", "POST", functions, `{"FunctionName":"gn","EphemeralStorage":{}}`, "SerializationException"},
		{"no memory", "PUT", fn + "/configuration", `{"MemorySize":127}`, "ValidationException"},
		{"no time", "PUT", fn + "/configuration", `{"Timeout":0}`, "ValidationException"},
		{"too much time", "PUT", fn + "/configuration", `{"Timeout":901}`, "ValidationException"},
		{"publish of the wrong type", "POST", functions, `{"FunctionName":"gn","Publish":"yes"}`, "SerializationException"},
	}
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.CreateFunction("fn", nil)
	s.PublishVersion("fn")
	if status, code := serve(s, "POST", fn+"/aliases", `{"Name":"taken","FunctionVersion":"1"}`); status != http.StatusCreated {
		t.Fatal(status, code)
	}
	before, err := json.Marshal(s.functions)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		if status, code := serve(s, tt.method, tt.path, tt.body); code != tt.code || status < 400 {
			t.Errorf("%s: %d %s, want %s", tt.row, status, code, tt.code)
		}
	}
	after, err := json.Marshal(s.functions)
	if err != nil || string(before) != string(after) {
		t.Errorf("refused, and yet changed: %s, %v", after, err)
	}
}

func TestOperation(t *testing.T) {
	tests := []struct{ method, path, body, op, target string }{
		{"GET", functions, "", "ListFunctions", ""},
		{"GET", functions + "/", "", "ListFunctions", ""},
		{"POST", functions, `{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:fn"}`, "CreateFunction", "fn"},
		{"POST", functions, `{`, "CreateFunction", ""},
		{"GET", functions + "/fn", "", "GetFunction", "fn"},
		{"DELETE", functions + "/fn", "", "DeleteFunction", "fn"},
		{"GET", functions + "/fn/configuration", "", "GetFunctionConfiguration", "fn"},
		{"PUT", functions + "/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Afn%3A1/configuration", "", "UpdateFunctionConfiguration", "fn"},
		{"PUT", functions + "/arn:aws:lambda:us-east-1:123456789012:function:fn/configuration", "", "UpdateFunctionConfiguration", "fn"},
		{"GET", functions + "/a%20b/configuration", "", "GetFunctionConfiguration", "a b"},
		{"GET", functions + "/fn/aliases/live", "", "GetAlias", "fn"},
		{"POST", functions + "/fn/versions", "", "PublishVersion", "fn"},
		{"PATCH", functions + "/fn/configuration", "", "", ""},
		{"GET", functions + "/fn/configuration/more", "", "", ""},
		{"GET", functions + "s", "", "", ""},
		{"PUT", functions, "", "", ""},
		{"GET", "/", "", "", ""},
	}
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
		op, target := s.Operation(r)
		if op != tt.op || target != tt.target {
			t.Errorf("%s %s: %q %q, want %q %q", tt.method, tt.path, op, target, tt.op, tt.target)
		}
		left := make([]byte, len(tt.body)+1)
		if n, _ := r.Body.Read(left); n != len(tt.body) {
			t.Errorf("%s %s: the body is consumed", tt.method, tt.path)
		}
	}
}

// TestMeasure compares with sizes that AWS reported.
func TestMeasure(t *testing.T) {
	tests := []struct {
		variables map[string]string
		want      int
	}{
		{nil, 2},
		{map[string]string{}, 2},
		{map[string]string{"BUCKET": "my-bucket", "KEY": "file.txt"}, 39}, // the example of the developer guide
		{map[string]string{"A": "\n", "BC": "é\u2028😀"}, len(`{"A":"\n","BC":"é😀"}`) + 3},
	}
	for _, tt := range tests {
		if got := measure(tt.variables); got != tt.want {
			t.Errorf("%q: %d, want %d", tt.variables, got, tt.want)
		}
	}
}

func FuzzUpdateBody(f *testing.F) {
	f.Add([]byte(`{"Environment":{"Variables":{"KEY":"value"}},"RevisionId":"x"}`))
	f.Add([]byte(`{"Environment":{"Variables":{"KEY":"\ud83d\ude00\u0000"}},"Timeout":3}`))
	f.Add([]byte(`{"Environment":null,"VpcConfig":{"SubnetIds":[]}}`))
	f.Add([]byte("{\"Environment\":{\"Variables\":{\"KEY\":\"\xff\"}}}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		before := map[string]string{"OLD": "1"}
		s.CreateFunction("fn", before)
		status, code := serve(s, "PUT", configuration, string(body))
		env, _ := s.Environment("fn")
		if (status == http.StatusOK) != (code == "") {
			t.Fatalf("%d %q", status, code)
		}
		if code != "" && !maps.Equal(env, before) {
			t.Fatalf("refused, and yet stored: %q", env)
		}
		if measure(env) > maxEnvironment {
			t.Fatalf("%d bytes are stored", measure(env))
		}
		for name, value := range env {
			if !variableName().MatchString(name) || !utf8.ValidString(value) {
				t.Fatalf("stored %q=%q", name, value)
			}
		}
		if _, err := json.Marshal(s.functions["fn"]); err != nil {
			t.Fatalf("cannot be kept: %v", err)
		}
	})
}

func FuzzPath(f *testing.F) {
	f.Add("GET", functions+"/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Afn%3A1/configuration")
	f.Add("POST", functions)
	f.Add("GET", functions+"//%2F/%zz")
	f.Fuzz(func(t *testing.T, method, path string) {
		o, c := parse(method, path)
		if (o != nil) != (c.op != "") {
			t.Fatalf("%+v %v", c, o)
		}
		if ref, ok := parseReference(c.name); ok && (ref.name == "" || len(ref.name) > maxName || strings.ContainsAny(ref.name, "/:=%")) {
			t.Fatalf("%+v", ref)
		}
	})
}
