package lambdajar

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Hasten makes a Store wait for a server in this process, not for AWS; where
// it can, it takes the shortcut from the first request on.
func Hasten(s *Store) *Store {
	s.firstPause = 4 * time.Millisecond
	Learn(s)
	return s
}

// nowhere sends nothing.
type nowhere struct{}

func (nowhere) Do(*http.Request) (*http.Response, error) { return nil, errors.New("not sent") }

// Learn lets a Store see a request of each kind of its client, of which
// nothing reaches the server, so that the next ones take the shortcut. It
// reports whether they will.
func Learn(s *Store) bool {
	client, ok := s.client.(*lambda.Client)
	if !ok || s.shortcut == nil || s.invalid != nil {
		return false
	}
	from := &Store{client: lambda.New(client.Options(), func(o *lambda.Options) { o.HTTPClient, o.Retryer = nowhere{}, aws.NopRetryer{} }),
		shortcut: s.shortcut, function: s.function, opts: s.opts}
	if !s.shortcut.get.Learned() {
		from.getConfiguration(context.Background())
	}
	if !s.shortcut.update.Learned() {
		from.updateConfiguration(context.Background(), &lambda.UpdateFunctionConfigurationInput{
			FunctionName: &s.function, RevisionId: aws.String("revision"),
			Environment: &types.Environment{Variables: map[string]string{"a": "<é&\u2028\x01\x7f\">", "b": ""}},
		}, &attempts{})
	}
	return s.shortcut.get.Learned() && s.shortcut.update.Learned()
}
