package lambdajar

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar/internal/bounded"
	"github.com/awsjar/awsjar/internal/direct"
)

// shortcut is the way past the SDK's middleware for the requests of a Store.
type shortcut struct {
	client      *direct.Client
	get, update direct.Pattern
}

// newShortcut returns nil for a client that there is none for.
func newShortcut(c Client) *shortcut {
	client, ok := c.(*lambda.Client)
	if !ok || client == nil {
		return nil
	}
	o := client.Options()
	way := direct.NewClient(direct.Options{
		HTTP: o.HTTPClient, Credentials: o.Credentials,
		APIOptions: o.APIOptions, Interceptors: o.Interceptors, LogMode: o.ClientLogMode, Tracer: o.TracerProvider, Meter: o.MeterProvider,
		Retryer: o.Retryer, RetryMode: o.RetryMode, Schemes: o.AuthSchemes, Rules: []any{o.EndpointResolverV2, o.AuthSchemeResolver, o.HTTPSignerV4, o.Protocol},
	})
	//lint:ignore SA1019 who still uses it may change the endpoint with every call
	if way == nil || o.EndpointResolver != nil {
		return nil
	}
	return &shortcut{client: way}
}

// via lets the SDK send one call by way of another HTTP client.
func via(wrap func(aws.HTTPClient) aws.HTTPClient) func(*lambda.Options) {
	return func(o *lambda.Options) { o.HTTPClient = wrap(o.HTTPClient) }
}

// getConfiguration is Client.GetFunctionConfiguration, by the shortcut where
// there is one.
func (s *Store) getConfiguration(ctx context.Context) (*lambda.GetFunctionConfigurationOutput, error) {
	in := &lambda.GetFunctionConfigurationInput{FunctionName: &s.function}
	way := s.shortcut
	if way == nil {
		return s.client.GetFunctionConfiguration(ctx, in, atMost)
	}
	answer, sent := way.get.Send(ctx, way.client, direct.Request{})
	if !sent {
		watch := func(next aws.HTTPClient) aws.HTTPClient {
			return way.get.Watch(next, way.client, direct.Request{})
		}
		return s.client.GetFunctionConfiguration(ctx, in, via(watch), atMost)
	}
	defer answer.Close()
	if answer.Status() != http.StatusOK {
		return s.client.GetFunctionConfiguration(ctx, in, via(answer.Replay), atMost)
	}
	if out, err := gotten(answer.Response()); err == nil {
		return out, nil
	}
	return s.client.GetFunctionConfiguration(ctx, in, atMost) // let the SDK ask, and say what is wrong
}

// updateConfiguration is Client.UpdateFunctionConfiguration, by the shortcut
// where there is one.
func (s *Store) updateConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, sent *attempts) error {
	way := s.shortcut
	if way == nil {
		_, err := s.client.UpdateFunctionConfiguration(ctx, in, sent.watch, atMost)
		return err
	}
	body, err := body(in)
	if err != nil {
		return err
	}
	r := direct.Request{Body: body}
	answer, done := way.update.Send(ctx, way.client, r)
	if !done {
		watch := func(next aws.HTTPClient) aws.HTTPClient { return way.update.Watch(next, way.client, r) }
		_, err := s.client.UpdateFunctionConfiguration(ctx, in, sent.watch, via(watch), atMost)
		return err
	}
	defer answer.Close()
	// Should the context have ended meanwhile, the SDK will not look at it.
	sent.saw(answer.Response(), answer.Err())
	if answer.Status() == http.StatusOK {
		_, err := gotten(answer.Response()) // something on the way may have answered
		return err
	}
	_, err = s.client.UpdateFunctionConfiguration(ctx, in, sent.watch, via(answer.Replay), atMost)
	return err
}

// body returns what the SDK sends as the body of an update.
func body(in *lambda.UpdateFunctionConfigurationInput) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Environment struct{ Variables map[string]string }
		RevisionId  *string `json:",omitempty"`
	}{struct{ Variables map[string]string }{in.Environment.Variables}, in.RevisionId})
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// maxAnswer is how much of an answer is read, in bytes. A configuration takes
// some 10 KB: names and descriptions besides 4 KB of variables.
const maxAnswer = 1 << 20

// atMost bounds how much of the answer to a request the SDK reads.
func atMost(o *lambda.Options) { o.HTTPClient = bounded.Client(o.HTTPClient, maxAnswer) }

// gotten reads what a Store needs of a configuration.
func gotten(r *http.Response) (*lambda.GetFunctionConfigurationOutput, error) {
	var data bytes.Buffer
	data.Grow(int(min(max(r.ContentLength, 2<<10), maxAnswer)) + bytes.MinRead)
	_, err := data.ReadFrom(io.LimitReader(r.Body, maxAnswer))
	var c struct {
		Environment *struct {
			Error     *struct{ ErrorCode, Message *string }
			Variables map[string]string
		}
		LastUpdateStatus types.LastUpdateStatus
		State            types.State
		RevisionId       *string
	}
	if err == nil {
		err = json.Unmarshal(data.Bytes(), &c)
	}
	if err != nil {
		return nil, &smithy.DeserializationError{Err: err}
	}
	out := &lambda.GetFunctionConfigurationOutput{RevisionId: c.RevisionId, LastUpdateStatus: c.LastUpdateStatus, State: c.State}
	if c.Environment != nil {
		out.Environment = &types.EnvironmentResponse{Variables: c.Environment.Variables}
		if hidden := c.Environment.Error; hidden != nil {
			out.Environment.Error = &types.EnvironmentError{ErrorCode: hidden.ErrorCode, Message: hidden.Message}
		}
	}
	return out, nil
}
