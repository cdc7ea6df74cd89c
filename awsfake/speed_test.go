package awsfake_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/awsjar/awsjar/awsfake"
)

// BenchmarkRequest measures the server alone: a request that was signed once goes
// over one connection again and again.
func BenchmarkRequest(b *testing.B) {
	for _, row := range []struct {
		name, method string
		body         []byte
	}{
		{"put", http.MethodPut, bytes.Repeat([]byte("x"), 1024)},
		{"get", http.MethodGet, nil},
	} {
		b.Run(row.name, func(b *testing.B) {
			srv := awsfake.NewServer(b)
			srv.CreateBucket("bucket")
			srv.PutObject("bucket", "key", bytes.Repeat([]byte("x"), 1024), nil)
			wire := signedOnce(b, srv, row.method, row.body)
			connection, err := net.Dial("tcp", srv.URL()[len("http://"):])
			if err != nil {
				b.Fatal(err)
			}
			defer connection.Close()
			answers := bufio.NewReader(connection)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := connection.Write(wire); err != nil {
					b.Fatal(err)
				}
				resp, err := http.ReadResponse(answers, nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
					b.Fatal(resp.Status, err)
				}
			}
		})
	}
}

// signedOnce returns the bytes of a signed request for bucket/key, as the SDK sends it.
func signedOnce(b *testing.B, srv *awsfake.Server, method string, body []byte) []byte {
	b.Helper()
	r, err := http.NewRequest(method, srv.URL()+"/bucket/key?x-id="+method, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(body))
	r.Header.Set("X-Amz-Content-Sha256", hash)
	r.Header.Set("Amz-Sdk-Invocation-Id", "4ad3a5b0-4d25-4b0f-8a7c-3d6d1f5e9d11")
	r.Header.Set("Amz-Sdk-Request", "attempt=1; max=3")
	r.Header.Set("Accept-Encoding", "identity")
	if method == http.MethodPut {
		r.Header.Set("Content-Type", "application/octet-stream")
		r.Header.Set("X-Amz-Checksum-Crc32", base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body))))
		r.Header.Set("X-Amz-Sdk-Checksum-Algorithm", "CRC32")
	}
	credentials, err := srv.Config().Credentials.Retrieve(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if err := v4.NewSigner().SignHTTP(b.Context(), credentials, r, hash, "s3", srv.Config().Region, time.Now()); err != nil {
		b.Fatal(err)
	}
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		b.Fatal(err)
	}
	return wire.Bytes()
}
