package lambdajar

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// attempts watches what one call of the SDK sends. The SDK repeats a request
// whose answer was lost and tells only of the last answer: a 412 may be the
// answer to the repetition of a request that succeeded. And it does not tell
// a request that was never sent from one whose answer was lost.
type attempts struct {
	watching bool // the client does show its attempts
	lost     bool // some attempt may have been stored without our hearing of it
}

// watch is an option of the call.
func (a *attempts) watch(o *lambda.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		a.watching = true
		// Innermost, between the SDK and its HTTP client.
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("awsjarAttempts", a.handle), middleware.After)
	})
}

func (a *attempts) handle(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	if err := ctx.Err(); err != nil {
		return middleware.DeserializeOutput{}, middleware.Metadata{}, err // now it is sure that nothing was sent
	}
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	switch {
	case err != nil:
		a.lost = a.lost || !unsent(err)
	case !ok || !refused(response.StatusCode):
		a.lost = true // or succeeded, and then nobody asks
	}
	return out, metadata, err
}

// mayBeStored reports whether a call that failed may have been stored.
func (a *attempts) mayBeStored() bool { return a.lost || !a.watching }

// refused reports whether an answer says that the request had no effect.
func refused(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout
}

// unsent reports whether an error of the HTTP client is one of opening the
// connection.
func unsent(err error) bool {
	var name *net.DNSError
	var dial *net.OpError
	return errors.As(err, &name) || errors.As(err, &dial) && dial.Op == "dial"
}
