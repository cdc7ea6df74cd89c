package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/awsjar/awsjar/bench/perf/state"
)

// floor is net/http without a signature: no client does with less. AWS would
// refuse it.
type floor struct {
	endpoint string
	http     *http.Client
	sign     func(*http.Request, []byte, string) error
}

func newFloor(endpoint string) (client, error) {
	f := floor{endpoint, &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()},
		func(*http.Request, []byte, string) error { return nil }}
	return f.client(), nil
}

// newSigned is net/http and the SDK's signer: the most that a client of our
// own, without the SDK's middleware, retries and errors, could reach.
func newSigned(endpoint string) (client, error) {
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	credentials := aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}
	f := floor{endpoint, &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}, nil}
	f.sign = func(r *http.Request, body []byte, service string) error {
		sum := sha256.Sum256(body)
		hash := hex.EncodeToString(sum[:])
		r.Header.Set("X-Amz-Content-Sha256", hash)
		return signer.SignHTTP(r.Context(), credentials, r, hash, service, state.Region, time.Now())
	}
	return f.client(), nil
}

func (f floor) client() client {
	object := f.endpoint + "/" + state.Bucket + "/" + state.Key
	function := f.endpoint + "/2015-03-31/functions/" + state.Function + "/configuration"
	get := func(ctx context.Context) (s state.State, err error) {
		data, err := f.do(ctx, "s3", http.MethodGet, object, nil)
		if err != nil {
			return s, err
		}
		return s, json.Unmarshal(data, &s)
	}
	put := func(ctx context.Context, s state.State) error {
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		_, err = f.do(ctx, "s3", http.MethodPut, object, data)
		return err
	}
	return client{
		"s3-load": func(ctx context.Context) error { _, err := f.do(ctx, "s3", http.MethodGet, object, nil); return err },
		"s3-get":  func(ctx context.Context) error { _, err := get(ctx); return err },
		"s3-put":  func(ctx context.Context) error { return put(ctx, state.Sample) },
		"s3-update": func(ctx context.Context) error {
			s, err := get(ctx)
			if err != nil {
				return err
			}
			s.Cursor++
			return put(ctx, s)
		},
		"lambda-get": func(ctx context.Context) error { _, _, err := f.variables(ctx, function); return err },
		"lambda-update": func(ctx context.Context) error {
			variables, s, err := f.variables(ctx, function)
			if err != nil {
				return err
			}
			s.Cursor++
			data, err := json.Marshal(s)
			if err != nil {
				return err
			}
			variables["jar"] = string(data)
			body, err := json.Marshal(map[string]any{"Environment": map[string]any{"Variables": variables}})
			if err != nil {
				return err
			}
			_, err = f.do(ctx, "lambda", http.MethodPut, function, body)
			return err
		},
	}
}

func (f floor) variables(ctx context.Context, url string) (map[string]string, state.State, error) {
	var s state.State
	data, err := f.do(ctx, "lambda", http.MethodGet, url, nil)
	if err != nil {
		return nil, s, err
	}
	var configuration struct {
		RevisionID  string `json:"RevisionId"`
		Environment struct{ Variables map[string]string }
	}
	if err := json.Unmarshal(data, &configuration); err != nil {
		return nil, s, err
	}
	variables := configuration.Environment.Variables
	return variables, s, json.Unmarshal([]byte(variables["jar"]), &s)
}

func (f floor) do(ctx context.Context, service, method, url string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if err := f.sign(r, body, service); err != nil {
		return nil, err
	}
	answer, err := f.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", answer.Status)
	}
	return data, err
}
