// Package execution runs functions as Lambda does: in execution environments, each
// of which starts the program once and then serves one invocation at a time. An
// environment serves on while its function's configuration stays in force; the
// first invocation after a change is a cold start.
//
// The rules are those of the developer guide's pages "Lambda execution environment
// lifecycle" and "Using the Lambda runtime API"; the texts of failures were
// recorded against AWS (LocalStack's TestLambdaErrors and TestLambdaBehavior).
package execution

import (
	"crypto/rand"
	"fmt"
	"io"
	"time"
)

// Function is the configuration of the version that is invoked.
type Function struct {
	Name    string
	Version string // "$LATEST" or a number
	// Generation names the configuration: an environment of another one serves no more.
	Generation string
	Variables  map[string]string
	Handler    string
	Memory     int // megabytes
	Timeout    time.Duration
}

// Event is one invocation.
type Event struct {
	RequestID     string
	ARN           string // as it was invoked, with the qualifier
	Payload       []byte
	ClientContext string // base64, as it was sent
	Trace         string // X-Amzn-Trace-Id
}

// Result is how an invocation ended.
type Result struct {
	Payload []byte
	Failed  bool   // the payload is an error
	Log     []byte // the end of the log, at most 4 KB

	start time.Duration // how long the cold start took; 0 if there was none
}

// Program is the code of a function.
type Program interface {
	// begin starts an execution environment and does not wait for it.
	begin(s *setting) (environment, error)
}

// setting is the surroundings of an execution environment.
type setting struct {
	function  Function
	variables []string // all variables of its process, as "NAME=value"
	log       *log
}

// environment is an execution environment.
type environment interface {
	// serve carries out one invocation. It reports usable = false if no other may
	// follow.
	serve(e Event, limit time.Duration) (r Result, usable bool)
	// end stops the environment and waits until nothing of it runs. It also ends a
	// serve.
	end()
}

// Options are the settings of New.
type Options struct {
	// Variables returns the variables that every function has besides its own: the
	// address and the credentials of the server.
	Variables func() []string
	// Log receives the output of functions, with the lines of Lambda around it, one
	// write at a time.
	Log io.Writer
}

// NewID makes a random UUID, the form of request ids and of much else in AWS.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
