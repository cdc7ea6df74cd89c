package jarurl

import (
	"strings"

	"github.com/awsjar/awsjar/internal/percent"
)

// The schemes that a Target may have.
const (
	Lambda = "lambda"
	S3     = "s3"
	File   = "file"
	Env    = "env"
	Mem    = "mem"
)

// Target is a URL taken apart. Only the fields of its scheme are set.
type Target struct {
	Scheme string // Lambda, S3, File, Env or Mem

	Function string // lambda: the name or ARN; "" for the function that the program runs in
	Variable string // lambda: the variable, "" for the default; env: the variable
	Bucket   string // s3
	Key      string // s3: decoded; "" for the bucket itself
	Path     string // file: decoded

	Form          string // lambda: "auto", "plain", "flate", "dense", "python" or "" for the default
	Overflow      string // lambda, env: the URL of an object in S3, for values that do not fit; "" for none
	History       string // lambda: the URL of an object in S3 or of a file that keeps the versions; "" for none
	Confirm       string // lambda: "true" to wait until a write is in force, "false" or "" not to
	Unguarded     string // lambda: "true" to write to a service that answers without a RevisionId
	Region        string // lambda, s3: "" for that of the configuration
	Endpoint      string // lambda, s3: "" for that of the configuration
	PathStyle     string // s3: "true", "false" or "" for the default
	ExpectedOwner string // s3: the account id, "" for any
	SSE           string // s3: the server-side encryption, as S3 names it, or "" for the default
	KMSKey        string // s3: the id or ARN of a KMS key, or ""
	StorageClass  string // s3: the storage class, as S3 names it, or "" for the default
	ContentType   string // s3: the Content-Type of the object, or "" for the default
	Tags          string // s3: "seen", "asked", "dropped" or "" for the default
	RequesterPays string // s3: "true", "false" or ""
	Checksums     string // s3: "when-required", "when-supported", or "" for the setting of the configuration
	KeepLast      string // s3: "true", "false" or ""
	ScratchPrefix string // s3: "" for the default
	MaxSize       string // s3, file: the largest value in bytes, or "" for the default
	Keep          string // file: how many versions are kept, "all", or "" for the default
	KeepBytes     string // file: how many bytes they may have, "all", or "" for the default
	SkipProbe     string // s3: "true" or "false", "" for false
	Direct        string // s3: "true" for the client of package awsdirect, "false" or "" for the SDK's
}

// String returns the URL, in the form that Parse turns into an equal Target.
func (t Target) String() string {
	switch t.Scheme {
	case Lambda:
		return "lambda://" + t.Function + t.query()
	case S3:
		if t.Key == "" {
			return "s3://" + t.Bucket + t.query()
		}
		return "s3://" + t.Bucket + "/" + percent.Encode(t.Key) + t.query()
	case File:
		if strings.HasPrefix(t.Path, "/") {
			return "file://" + percent.Encode(t.Path) + t.query()
		}
		if asInShell(t.Path) {
			return "file:%7E" + percent.Encode(t.Path[1:]) + t.query()
		}
		return "file:" + percent.Encode(t.Path) + t.query()
	case Env:
		return "env:" + t.Variable + t.query()
	}
	return t.Scheme + ":"
}
