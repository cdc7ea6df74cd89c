package lambdajar

import (
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/internal/jarvar"
)

// configuration is the part of a function's configuration that a jar needs. It
// is not changed after it was read.
type configuration struct {
	name       string            // of the jar
	revisionID string            // AWS's guard for the next update; changes by itself when an update settles
	variables  map[string]string // all of them; never nil
	jar        jarvar.State      // of this jar
	status     types.LastUpdateStatus
	reason     types.LastUpdateStatusReasonCode
	state      types.State
}

// newConfiguration returns the configuration in an answer, with the jar of that
// name.
func newConfiguration(out *lambda.GetFunctionConfigurationOutput, name string) *configuration {
	c := &configuration{
		name: name, revisionID: aws.ToString(out.RevisionId), variables: map[string]string{},
		status: out.LastUpdateStatus, reason: out.LastUpdateStatusReasonCode, state: out.State,
	}
	if out.Environment != nil && out.Environment.Variables != nil {
		c.variables = out.Environment.Variables
	}
	c.jar = jarvar.Read(name, c.lookup)
	return c
}

func (c *configuration) lookup(name string) (string, bool) {
	value, ok := c.variables[name]
	return value, ok
}

// with returns a copy of the variables in which those of the jar have the
// values of next.
func (c *configuration) with(next jarvar.State) map[string]string {
	variables := maps.Clone(c.variables)
	variables[c.name] = next.Text
	variables[jarvar.LineName(c.name)] = next.LineText()
	return variables
}

// without returns a copy of the variables without those of the jar.
func (c *configuration) without() map[string]string {
	variables := maps.Clone(c.variables)
	delete(variables, c.name)
	delete(variables, jarvar.LineName(c.name))
	return variables
}

// same reports whether two configurations have the same jar.
func (c *configuration) same(other *configuration) bool {
	return c.jar.Text == other.jar.Text && c.jar.Line.Newest().ID == other.jar.Line.Newest().ID
}

// failed reports whether the last update of the function failed. Then the
// configuration before it is in force (Lambda Developer Guide, "Lambda function
// states").
func (c *configuration) failed() bool { return c.status == types.LastUpdateStatusFailed }

// statusless is how many reads may come without a status before it is taken
// that there will be none.
const statusless = 4

// busy reports whether AWS would refuse an update now, judging by this read and
// by how many were before.
func (c *configuration) busy(reads int) bool {
	switch {
	case c.state == types.StatePending, c.status == types.LastUpdateStatusInProgress:
		return true
	case c.status == "" && c.state != "":
		return reads < statusless // AWS leaves it out now and then, with SnapStart for instance
	}
	return false
}

// superseded returns the places in the overflow that nothing can point to again
// after an update of this configuration. If it is not certain that this one was
// in force, because an update has failed or there is no RevisionId, it returns
// none.
func (c *configuration) superseded() []string {
	if c.revisionID == "" || c.failed() {
		return nil
	}
	return c.jar.Superseded()
}
