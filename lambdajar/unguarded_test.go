package lambdajar_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
)

// revisionless is a service that knows no RevisionId.
type revisionless struct{ *lambda.Client }

func (c revisionless) GetFunctionConfiguration(ctx context.Context, in *lambda.GetFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error) {
	out, err := c.Client.GetFunctionConfiguration(ctx, in, optFns...)
	if out != nil {
		out.RevisionId = nil
	}
	return out, err
}

// TestNoRevisionId: without the guard nothing is written, unless that is asked
// for.
func TestNoRevisionId(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	client := revisionless{lambda.NewFromConfig(srv.Config())}
	ctx := within(t)
	if err := awsjar.New[int](lambdajar.New(client, fn)).Put(ctx, 1); !errors.Is(err, awsjar.ErrUnsupported) {
		t.Errorf("Put: %v; want ErrUnsupported", err)
	}
	mustKeep(t, srv, foreign())
	jar := awsjar.New[int](lambdajar.New(client, fn, func(o *lambdajar.Options) { o.Unguarded = true }))
	for want := 1; want < 4; want++ {
		if n, err := jar.Update(ctx, func(n *int) error { *n++; return nil }); n != want || err != nil {
			t.Errorf("Update: %d, %v; want %d", n, err, want)
		}
	}
	mustKeep(t, srv, foreign(), "jar")
}
