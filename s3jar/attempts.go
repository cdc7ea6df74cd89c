package s3jar

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
)

// attempts watches what one call of the SDK sends. The SDK repeats a request
// whose answer was lost and tells only of the last answer: a 403 may follow
// an attempt that succeeded. And it does not tell a request that was never
// sent from one whose answer was lost.
type attempts struct {
	watching bool // the client does show its attempts
	lost     bool // some attempt may have been done without our hearing of it
}

// watch is an option of the call.
func (a *attempts) watch(o *s3.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		a.watching = true
		// Outermost of what is done for each attempt: there the error is the
		// one that S3 answered.
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("awsjarAttempts", a.handle), middleware.Before)
	})
}

func (a *attempts) handle(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	if err := ctx.Err(); err != nil {
		return middleware.DeserializeOutput{}, middleware.Metadata{}, err // now it is sure that nothing was sent
	}
	out, metadata, err := next.HandleDeserialize(ctx, in)
	if err == nil || outcomeOf(err) == lost { // if it succeeded, nobody asks
		a.lost = true
	}
	return out, metadata, err
}

// outcome is outcomeOf the error of the call, but lost if any of its attempts
// was.
func (a *attempts) outcome(err error) outcome {
	result := outcomeOf(err)
	switch {
	case a.lost:
		return lost
	case result == lost && a.watching:
		return refused // nothing was sent, or only what S3 refused
	}
	return result
}
