package once

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/roundtrip"
)

// refused returns why no result of type R can come back.
func refused[R any]() error {
	refused := roundtrip.Of(reflect.TypeFor[R]()).Refused
	if refused == nil {
		return nil
	}
	return failure.Hinted(
		refused.Hint+"; a function without a result returns struct{}",
		fmt.Errorf("%w: the result of the function could never come back: %s", awsjar.ErrInvalid, refused.Reason))
}

// proven returns the JSON of a result, and the result that every call reads from
// it; no JSON, and the result as it is, where that could not be read. The proof is
// that of a Jar.
func proven[R any](ctx context.Context, result R) (json.RawMessage, R) {
	var page page
	jar := awsjar.New[R](&page)
	if jar.Put(ctx, result) != nil {
		return nil, result
	}
	back, err := jar.Get(ctx)
	if err != nil {
		return nil, result
	}
	return page.data, back
}

// resultOf returns the result of an earlier run.
func resultOf[R any](ctx context.Context, done claim) (R, error) {
	var zero R
	if done.Result == nil {
		return zero, ErrNoResult
	}
	result, err := awsjar.New[R](&page{data: done.Result}).Get(ctx)
	if err != nil {
		return zero, failure.Hinted(
			"give the function's new result type an id of its own",
			fmt.Errorf("the result of the earlier run: %w", errors.Unwrap(err)))
	}
	return result, nil
}

// page is a store of one value, in the memory of one call.
type page struct{ data []byte }

func (p *page) Load(context.Context) ([]byte, awsjar.Meta, error) {
	return bytes.Clone(p.data), awsjar.Meta{}, nil
}

func (p *page) Save(_ context.Context, data []byte, _ awsjar.Revision) (awsjar.Meta, error) {
	p.data = bytes.Clone(data)
	return awsjar.Meta{}, nil
}

func (p *page) Delete(context.Context, awsjar.Revision) error {
	p.data = nil
	return nil
}
