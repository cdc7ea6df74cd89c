package lambdafake

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/execution"
)

// function is the whole state of one function, as it lies on disk.
type function struct {
	Name string
	configured
	Revision   string
	Generation string // names the configuration: environments of another one serve no more
	Modified   time.Time
	Reserved   *int              `json:",omitempty"` // concurrency
	Tags       map[string]string `json:",omitempty"`
	// HiddenEnvironment answers as AWS does to a caller who may not decrypt the
	// variables.
	HiddenEnvironment bool `json:",omitempty"`

	State  string       // "Pending" or "Active"
	Update updateStatus // how the last update went
	Change *change      `json:",omitempty"` // the creation or update in progress

	Published int                // the number of the newest version ever published
	Versions  []version          `json:",omitempty"`
	Aliases   map[string]aliased `json:",omitempty"`
}

// configured is the part of a function that a version freezes.
type configured struct {
	Settings    map[string]json.RawMessage // members of the API's FunctionConfiguration that only need to be kept
	Environment map[string]string          // nil if the function never had variables
	CodeSHA256  string
	CodeSize    int
}

// updateStatus is how the last update of a function went.
type updateStatus struct {
	Status     string `json:"LastUpdateStatus,omitempty"`
	Reason     string `json:"LastUpdateStatusReason,omitempty"`
	ReasonCode string `json:"LastUpdateStatusReasonCode,omitempty"`
}

// change is a creation or an update that has not settled. Settling gives the
// function a new RevisionId without any request: recorded against AWS (LocalStack's
// TestLambdaRevisions).
type change struct {
	Settles  time.Time
	Revision string
	Previous configured
	// Generation is that of Previous.
	Generation string
	Failure    *failure `json:",omitempty"`
}

// failure is how an update ends that AWS accepts but cannot carry out.
type failure struct {
	ReasonCode, Reason string
}

// version is a published version: it never changes.
type version struct {
	Number int
	configured
	Revision string
	Modified time.Time
	// Latest is the description that $LATEST had, if the version was given one of
	// its own.
	Latest json.RawMessage `json:",omitempty"`
}

// aliased is an alias: a name for a version.
type aliased struct {
	FunctionVersion string
	Description     string
	Revision        string
}

const (
	latest     = "$LATEST"
	pending    = "Pending"
	active     = "Active"
	inProgress = "InProgress"
	successful = "Successful"
	failed     = "Failed"
)

// creating is AWS's reason while it carries out a creation or an update:
// LocalStack's test_function_lifecycle.
var creating = updateStatus{Status: inProgress, Reason: "The function is being created.", ReasonCode: "Creating"}

// newRevision makes a RevisionId in AWS's form, a random UUID.
func newRevision() string { return execution.NewID() }

// clone returns a copy that shares nothing changeable with f.
func (f *function) clone() *function {
	c := *f
	c.configured = f.configured.clone()
	c.Tags = maps.Clone(f.Tags)
	c.Versions = slices.Clone(f.Versions)
	c.Aliases = maps.Clone(f.Aliases)
	return &c
}

func (c configured) clone() configured {
	c.Settings = maps.Clone(c.Settings)
	c.Environment = maps.Clone(c.Environment)
	return c
}

// settled returns f after its change in progress: "Failed" leaves the previous code
// and configuration in force (developer guide, function states).
func (f *function) settled() *function {
	c := f.clone()
	c.Change = nil
	c.Revision = f.Change.Revision
	c.State = active
	c.Update = updateStatus{Status: successful}
	if why := f.Change.Failure; why != nil {
		c.configured, c.Generation = f.Change.Previous, f.Change.Generation
		c.Update = updateStatus{Status: failed, Reason: why.Reason, ReasonCode: why.ReasonCode}
	}
	return c
}

// version returns the published version of that number.
func (f *function) version(number string) (version, bool) {
	for _, v := range f.Versions {
		if strconv.Itoa(v.Number) == number {
			return v, true
		}
	}
	return version{}, false
}
