package execution

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// failureBody is the payload of a failed invocation.
type failureBody struct {
	Message string `json:"errorMessage"`
	Type    string `json:"errorType"`
}

func failure(kind, message string) Result {
	body, err := json.Marshal(failureBody{Message: message, Type: kind})
	if err != nil {
		panic(err) // strings always marshal
	}
	return Result{Payload: body, Failed: true}
}

// timedOut is the failure of an invocation that used up its time.
func timedOut(e Event, limit time.Duration) Result {
	return failure("Sandbox.Timedout", fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", e.RequestID, limit.Seconds()))
}

// exited is the failure of an invocation whose program ended; err is how, nil for
// exit code 0.
func exited(e Event, err error) Result {
	message := "Runtime exited without providing a reason"
	if err != nil {
		message = "Runtime exited with error: " + err.Error()
	}
	return failure("Runtime.ExitError", "RequestId: "+e.RequestID+" Error: "+message)
}

// tooLarge is the failure of an invocation whose answer is larger than maxResponse.
func tooLarge() Result {
	return failure("Function.ResponseSizeTooLarge",
		fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxResponse))
}

// maxResponse is the largest answer of a function, in bytes (recorded:
// test_lambda_too_large_response).
const maxResponse = 6291556

// typeName names the type of an error as the Go runtime of Lambda does.
func typeName(v any) string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}
