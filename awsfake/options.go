package awsfake

import (
	"cmp"
	"io"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/execution"
)

// Options are the settings of a Server. Set them with the functions that New, Start
// and NewServer take.
type Options struct {
	// AccessKey and SecretKey are the credentials that requests must be signed
	// with. Defaults: DefaultAccessKey and DefaultSecretKey.
	AccessKey, SecretKey string
	// SessionToken is the token that requests must carry, as with temporary
	// credentials. Default "": requests carry none.
	SessionToken string
	// Region is the one Region the Server serves. Requests signed for another are
	// refused as AWS does. Default "us-east-1".
	Region string
	// AccountID is the account that owns everything, 12 digits. Default "123456789012".
	AccountID string
	// Dir is a directory to keep the state in, created if absent; it belongs to one
	// Server at a time. The state then survives a restart, and a kill -9 at any
	// moment. Default "": memory only.
	Dir string
	// Settle is how long a created function stays Pending and an updated one
	// InProgress. Default 0: until the next request.
	Settle time.Duration
	// TLS makes Start serve https, with certificates for any host name from a
	// certificate authority made at start; see Server.CA. Default false: http.
	TLS bool
	// Addr is the address Start listens on. Default "127.0.0.1:0", a free port.
	Addr string
	// Hosts are the host names that requests may be sent to, besides loopback names,
	// IP addresses and the names of AWS. It keeps web pages away whose host name
	// was made to lead to this machine (DNS rebinding). Default nil: every name.
	Hosts []string
	// Now tells the services the time: of changes, and of answers in their header
	// Date. A signature may be fresh by it or by the clock of the machine, since
	// clients sign by that until they have seen a Date. Default time.Now.
	Now      func() time.Time
	ownClock bool // Now was set

	// ConflictFirst makes an UpdateFunctionConfiguration that carries a stale
	// RevisionId while another update is in progress fail with 409 instead of 412.
	// AWS does not document which comes first. Default false: 412.
	ConflictFirst bool
	// OldWhileInProgress makes reads of a function return the previous
	// configuration until an update has settled. AWS does not document which they
	// return. Default false: the new one, at once.
	OldWhileInProgress bool
	// EchoMeasured answers environment variables over 4 KB with AWS's text of 2025,
	// which repeats every value, instead of the one of 2026, which tells the size
	// only. Default false.
	EchoMeasured bool

	// InitTimeout is how long a command of Run may take to ask for its first event,
	// before the time of the invocation begins. Default 10 seconds, as on AWS; "go
	// run" takes longer.
	InitTimeout time.Duration
	// EventWait is how long an asynchronous invocation that failed waits for its
	// second attempt; the third waits twice as long. Default 1 minute, as on AWS.
	EventWait time.Duration
	// FunctionLog receives the output of functions, between the lines that Lambda
	// adds. Default nil: it is dropped, and can be had with LogType Tail only.
	FunctionLog io.Writer

	// Observe is called for each request after it has been answered, also for one
	// that got no answer. Calls may come at once. Default nil.
	Observe func(Request)

	// S3 is the trouble of S3 from the start; see SetS3. Default: none.
	S3 S3Trouble
}

const (
	// DefaultAccessKey is the default of Options.AccessKey.
	DefaultAccessKey = "AKIDAWSJAR00EXAMPLE"
	// DefaultSecretKey is the default of Options.SecretKey.
	DefaultSecretKey = "awsjar/fake/secret/key/EXAMPLE"
)

// settings applies optFns, and the defaults to the fields that they leave zero.
func settings(optFns []func(*Options)) Options {
	var o Options
	for _, fn := range optFns {
		fn(&o)
	}
	o.AccessKey = cmp.Or(o.AccessKey, DefaultAccessKey)
	o.SecretKey = cmp.Or(o.SecretKey, DefaultSecretKey)
	o.Region = cmp.Or(o.Region, "us-east-1")
	o.AccountID = cmp.Or(o.AccountID, "123456789012")
	o.Addr = cmp.Or(o.Addr, "127.0.0.1:0")
	o.InitTimeout = cmp.Or(o.InitTimeout, execution.DefaultInitTimeout)
	o.ownClock = o.Now != nil
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
