package lambdajar

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// TestBusy: an empty status is waited for, but not for ever, and not where
// there is no sign that the server knows of states.
func TestBusy(t *testing.T) {
	for _, c := range []struct {
		state  types.State
		status types.LastUpdateStatus
		looks  int
		want   bool
	}{
		{types.StateActive, types.LastUpdateStatusSuccessful, 0, false},
		{types.StateActive, types.LastUpdateStatusFailed, 0, false},
		{types.StateActive, types.LastUpdateStatusInProgress, 0, true},
		{types.StateActive, types.LastUpdateStatusInProgress, 1000, true},
		{types.StatePending, "", 1000, true},
		{types.StatePending, types.LastUpdateStatusSuccessful, 1000, true},
		{types.StateInactive, types.LastUpdateStatusSuccessful, 0, false},
		{types.StateActive, "", 0, true},
		{types.StateActive, "", 3, true},
		{types.StateActive, "", 4, false},
		{"", "", 0, false},
	} {
		got := (&configuration{state: c.state, status: c.status}).busy(c.looks)
		if got != c.want {
			t.Errorf("state %q, status %q, look %d: busy is %v; want %v", c.state, c.status, c.looks, got, c.want)
		}
	}
}

// scripted is a Client whose function never tells its status.
type scripted struct{ reads, updates int }

func (c *scripted) GetFunctionConfiguration(context.Context, *lambda.GetFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error) {
	c.reads++
	revision := "r"
	return &lambda.GetFunctionConfigurationOutput{RevisionId: &revision, State: types.StateActive}, nil
}

func (c *scripted) UpdateFunctionConfiguration(_ context.Context, in *lambda.UpdateFunctionConfigurationInput, _ ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	c.updates++
	revision := "r2"
	return &lambda.UpdateFunctionConfigurationOutput{RevisionId: &revision, Environment: &types.EnvironmentResponse{Variables: in.Environment.Variables}}, nil
}

func TestStatusNeverTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &scripted{}
		if _, err := New(c, "fn").Save(t.Context(), []byte("1"), "*"); err != nil {
			t.Fatal(err)
		}
		if c.reads != 5 || c.updates != 1 {
			t.Errorf("%d reads and %d updates; want 5 and 1", c.reads, c.updates)
		}
	})
}
