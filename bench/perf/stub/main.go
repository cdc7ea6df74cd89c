// Command stub answers every request of the benchmark at once with fixed bytes,
// over http and https, in a process of its own, so that only the client is
// measured. It prints its addresses as one line of JSON, and ends with its
// stdin.
package main

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"

	"github.com/awsjar/awsjar/bench/perf/state"
	"github.com/awsjar/awsjar/internal/lineage"
)

// Addresses is the output of stub.
type Addresses struct{ HTTP, HTTPS, Counts string }

// Counts is the answer to GET on the third address.
type Counts struct{ Requests, In, Out int64 }

var requests, in, out atomic.Int64

func main() {
	log.SetFlags(0)
	log.SetPrefix("stub: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: stub CERTIFICATE-FILE")
	}
	pair, err := tls.LoadX509KeyPair(os.Args[1], os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	plain, secure, control := listen(), listen(), listen()
	service := handler()
	go func() { log.Fatal(http.Serve(counted{plain}, service)) }()
	// As S3 does, it speaks HTTP/1.1.
	tlsConfig := &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
	quiet := &http.Server{Handler: service, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { log.Fatal(quiet.Serve(tls.NewListener(counted{secure}, tlsConfig))) }()
	go func() { log.Fatal(http.Serve(control, http.HandlerFunc(counts))) }()
	if err := json.NewEncoder(os.Stdout).Encode(Addresses{
		"http://" + plain.Addr().String(), "https://" + secure.Addr().String(), "http://" + control.Addr().String(),
	}); err != nil {
		log.Fatal(err)
	}
	io.Copy(io.Discard, os.Stdin)
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return l
}

func counts(w http.ResponseWriter, _ *http.Request) {
	json.NewEncoder(w).Encode(Counts{requests.Load(), in.Load(), out.Load()})
}

func handler() http.Handler {
	body := state.JSON()
	environment, _ := json.Marshal(map[string]any{"Variables": map[string]string{
		"STAGE": "prod", "LOG_LEVEL": "info", "jar": string(body), "jar_awsjar": "~AAAAAAAA,BBBBBBBB,CCCCCCCC,DDDDDDDD,EEEEEEEE",
	}})
	configuration, _ := json.Marshal(map[string]any{
		"FunctionName": state.Function, "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:" + state.Function,
		"Runtime": "provided.al2023", "Role": "arn:aws:iam::123456789012:role/sams-role", "Handler": "bootstrap",
		"CodeSize": 8390000, "Description": "", "Timeout": 30, "MemorySize": 128, "LastModified": "2025-11-01T10:00:00.000+0000",
		"CodeSha256": "JklpzNjuO6TLDiNe6nVYWeo1Imq6bF5uaMt2L0bqp5Y=", "Version": "$LATEST", "PackageType": "Zip",
		"Architectures": []string{"arm64"}, "TracingConfig": map[string]any{"Mode": "PassThrough"}, "EphemeralStorage": map[string]any{"Size": 512},
		"State": "Active", "LastUpdateStatus": "Successful", "RevisionId": "1f2e3d4c-0000-4000-8000-000000000000",
		"Environment": json.RawMessage(environment),
	})
	mux := http.NewServeMux()
	mux.HandleFunc("/2015-03-31/functions/{name}/configuration", func(w http.ResponseWriter, r *http.Request) {
		var update struct{ Environment json.RawMessage }
		if r.Method == http.MethodPut && json.NewDecoder(r.Body).Decode(&update) == nil { // the answer shows the write, and the next read does not
			answer(w, "application/json", bytes.Replace(configuration, environment, update.Environment, 1))
			return
		}
		answer(w, "application/json", configuration)
	})
	var writes lineage.Deep // as many as it keeps
	for range lineage.DeepWrites {
		writes = writes.Extend(lineage.NewDeepID(), lineage.DeepSum(body))
	}
	checksum := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
	mux.HandleFunc("GET /"+state.Bucket+"/{key...}", func(w http.ResponseWriter, r *http.Request) {
		object(w)
		w.Header().Set("X-Amz-Meta-Awsjar-Lineage", writes.String())
		if r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" {
			w.Header().Set("X-Amz-Checksum-Crc32", checksum)
			w.Header().Set("X-Amz-Checksum-Type", "FULL_OBJECT")
		}
		w.Header().Set("Last-Modified", "Sat, 01 Nov 2025 10:00:00 GMT")
		w.Header().Set("Accept-Ranges", "bytes")
		answer(w, "application/json", body)
	})
	mux.HandleFunc("/"+state.Bucket, func(w http.ResponseWriter, _ *http.Request) { // Python awsjar asks for its versioning
		answer(w, "application/xml", []byte(`<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`))
	})
	mux.HandleFunc("PUT /"+state.Bucket+"/{key...}", func(w http.ResponseWriter, _ *http.Request) { object(w) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		mux.ServeHTTP(w, r)
	})
}

// object sets the headers that S3 sends with every object.
func object(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Etag", `"d41d8cd98f00b204e9800998ecf8427e"`)
	h.Set("X-Amz-Id-2", "eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran")
	h.Set("X-Amz-Request-Id", "318BC8BC148832E5")
	h.Set("X-Amz-Server-Side-Encryption", "AES256")
	h.Set("Server", "AmazonS3")
}

func answer(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// counted counts the bytes of its connections, those of TLS included.
type counted struct{ net.Listener }

func (l counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countedConn{c}, err
}

type countedConn struct{ net.Conn }

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	in.Add(int64(n))
	return n, err
}

func (c countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	out.Add(int64(n))
	return n, err
}
