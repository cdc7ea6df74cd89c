package sigv4_test

import (
	"testing"

	"github.com/awsjar/awsjar/internal/sigv4"
)

// TestPublishedExample signs the GET Object of the S3 API reference, "Signature
// Calculations for the Authorization Header: Transferring Payload in a Single
// Chunk".
func TestPublishedExample(t *testing.T) {
	canonical := []byte(`GET
/test.txt

host:examplebucket.s3.amazonaws.com
range:bytes=0-9
x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
x-amz-date:20130524T000000Z

host;range;x-amz-content-sha256;x-amz-date
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`)
	const secret, signature = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
	var keys sigv4.Keys
	scope := sigv4.Scope{Date: "20130524", Region: "us-east-1", Service: "s3"}
	for range 2 { // the second key is a kept one
		if got := string(keys.Of(secret, scope).AppendSignature(nil, "20130524T000000Z", canonical)); got != signature {
			t.Errorf("signature %s, want %s", got, signature)
		}
	}
}

// TestKeysAreNotConfused changes each part that a key depends on.
func TestKeysAreNotConfused(t *testing.T) {
	var keys sigv4.Keys
	seen := map[string]bool{}
	for _, k := range []struct {
		secret string
		scope  sigv4.Scope
	}{
		{"secret", sigv4.Scope{Date: "20130524", Region: "us-east-1", Service: "s3"}},
		{"other", sigv4.Scope{Date: "20130524", Region: "us-east-1", Service: "s3"}},
		{"other", sigv4.Scope{Date: "20130525", Region: "us-east-1", Service: "s3"}},
		{"other", sigv4.Scope{Date: "20130525", Region: "us-west-1", Service: "s3"}},
		{"other", sigv4.Scope{Date: "20130525", Region: "us-west-1", Service: "lambda"}},
	} {
		signature := string(keys.Of(k.secret, k.scope).AppendSignature(nil, "20130524T000000Z", nil))
		if seen[signature] {
			t.Errorf("%v signs as another key does", k.scope)
		}
		seen[signature] = true
	}
}
