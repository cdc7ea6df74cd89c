package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/awsjar/awsjar/awsfake"
)

// proxy KIND puts something before S3 that behaves as servers, policies and
// proxies in the field do, and sets PROXY to its URL.
func proxy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || proxies[args[0]] == nil {
		ts.Fatalf("usage: proxy encryption|no-checksum|lock|weak|silent|html|missing|methodless")
	}
	srv, kind := ts.Value("fake").(*awsfake.Server), proxies[args[0]]
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { kind(w, r, srv) }))
	ts.Defer(web.Close)
	ts.Setenv("PROXY", web.URL)
}

var proxies = map[string]func(w http.ResponseWriter, r *http.Request, next http.Handler){
	// encryption: the policy of the bucket denies a PUT that asks for none
	"encryption": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut && r.Header.Get("X-Amz-Server-Side-Encryption") == "" {
			refuse(w, http.StatusForbidden, "AccessDenied", `User: arn:aws:iam::123456789012:user/u is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::acorns/a.json" with an explicit deny in a resource-based policy`)
			return
		}
		next.ServeHTTP(w, r)
	},
	// no-checksum: the server knows no checksums
	"no-checksum": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		for name := range r.Header {
			if r.Method == http.MethodPut && (strings.HasPrefix(name, "X-Amz-Checksum-") || name == "X-Amz-Trailer" || name == "X-Amz-Sdk-Checksum-Algorithm") {
				refuse(w, http.StatusNotImplemented, "NotImplemented", "Header 'x-amz-checksum-crc32' with value given not implemented")
				return
			}
		}
		next.ServeHTTP(w, r)
	},
	// silent: it takes requests and answers none
	"silent": func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() },
	// html: a web server that knows nothing of AWS
	"html": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body><h1>Welcome!</h1></body></html>")
	},
	// missing: a web server that has no such page
	"missing": func(w http.ResponseWriter, r *http.Request, _ http.Handler) { http.NotFound(w, r) },
	// methodless: a web server for files, which knows few methods
	"methodless": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		http.Error(w, "<html>Unsupported method</html>", http.StatusNotImplemented)
	},
	// lock: the bucket has Object Lock, which demands a checksum
	"lock": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut && r.Header.Get("Content-MD5") == "" && r.Header.Get("X-Amz-Checksum-Crc32") == "" {
			refuse(w, http.StatusBadRequest, "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
			return
		}
		next.ServeHTTP(w, r)
	},
	// weak: a proxy that compresses answers makes ETags weak
	"weak": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(&weakening{ResponseWriter: w}, r)
	},
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message><RequestId>R</RequestId></Error>`, code, message)
}

// weakening makes the ETag of an answer a weak one.
type weakening struct {
	http.ResponseWriter
	begun bool
}

func (w *weakening) WriteHeader(status int) {
	for name, values := range w.Header() { // the fake spells it as S3 does
		if strings.EqualFold(name, "ETag") {
			values[0] = "W/" + values[0]
		}
	}
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *weakening) Write(data []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(data)
}
