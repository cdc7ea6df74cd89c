package jarurl

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar/internal/percent"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// The schemes that a Target may have.
const (
	Lambda = "lambda"
	S3     = "s3"
	File   = "file"
	Env    = "env"
	Mem    = "mem"
)

// Switch is a parameter whose default is neither true nor false.
type Switch int8

const (
	// SwitchDefault leaves the choice to the program that opens the store.
	SwitchDefault Switch = iota
	// SwitchOn is true.
	SwitchOn
	// SwitchOff is false.
	SwitchOff
)

// All, as Keep or KeepBytes of a Target, is a history without that bound.
const All = -1

// Target is a URL taken apart. Only the fields of its scheme are set. The zero value
// of a field means the default, as without the parameter. Targets can be compared.
type Target struct {
	Scheme string // Lambda, S3, File, Env or Mem

	Function string // lambda: the name or ARN; "" for the function that the program runs in
	Variable string // lambda: the variable, "" for the default; env: the variable
	Bucket   string // s3
	Key      string // s3: decoded; "" for the bucket itself
	Path     string // file: decoded

	Form          lambdajar.Form             // lambda
	Overflow      string                     // lambda, env: the URL of an object in S3, for values that do not fit; "" for none
	History       string                     // lambda: the URL of an object in S3 or of a file that keeps the versions; "" for none
	Confirm       Switch                     // lambda: whether a write waits until it is in force; by default not
	Unguarded     bool                       // lambda: whether to write to a service that answers without a RevisionId
	Region        string                     // lambda, s3: "" for that of the configuration
	Endpoint      string                     // lambda, s3: "" for that of the configuration
	PathStyle     Switch                     // s3: by default on for an endpoint that is not Amazon's
	ExpectedOwner string                     // s3: the account id, "" for any
	SSE           types.ServerSideEncryption // s3
	KMSKey        string                     // s3: the id or ARN of a KMS key, or ""
	StorageClass  types.StorageClass         // s3
	ContentType   string                     // s3: the Content-Type of the object
	Tags          s3jar.Tags                 // s3
	RequesterPays bool                       // s3
	Checksums     string                     // s3: "when-required", "when-supported", or "" for the setting of the configuration
	KeepLast      bool                       // s3
	ScratchPrefix string                     // s3
	MaxSize       int64                      // s3, file: the largest value in bytes
	Keep          int                        // file: how many versions are kept, or All
	KeepBytes     int64                      // file: how many bytes they may have, or All
	SkipProbe     bool                       // s3
	Direct        bool                       // s3: whether to use the client of package awsdirect
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
