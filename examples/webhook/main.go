// Webhook receives orders at a function URL and charges for each of them at most
// once, however often the sender delivers it and to however many invocations.
// Each order has one small object in S3, which a lifecycle rule removes after a
// month.
//
// A charge whose invocation died is in doubt: nobody can know whether the money
// went. It is never tried again by itself. The log names the object to look at.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/once"
	"github.com/awsjar/awsjar/s3jar"
)

const maxReceipt = 16 << 10 // bytes of an answer that are read

// Order is the body of a delivery.
type Order struct {
	ID    string `json:"id"`
	Cents int64  `json:"cents"`
}

// Receipt is the answer of the payment service. Every delivery of an order
// gets the same.
type Receipt struct {
	Number string `json:"number"`
}

func main() {
	s := &shop{
		bucket: s3jar.NewBucket(s3.NewFromConfig(lambdaenv.Config()), os.Getenv("STATE_BUCKET")),
		web:    &http.Client{Timeout: 20 * time.Second},
	}
	lambda.Start(s.receive)
}

type shop struct {
	bucket *s3jar.Bucket
	web    *http.Client
}

// receive answers 200 with the receipt, also to a repeated delivery. A sender
// delivers again those that are answered with 500 or more.
func (s *shop) receive(ctx context.Context, req events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
	body := []byte(req.Body)
	if req.IsBase64Encoded { // as it is unless the sender's Content-Type is that of a text or of JSON
		body, _ = base64.StdEncoding.DecodeString(req.Body) // by Lambda; anything else is no order
	}
	var order Order
	if err := json.Unmarshal(body, &order); err != nil || order.ID == "" {
		return answer(http.StatusBadRequest, "the body is no order"), nil
	}
	object := s.bucket.Object("orders/" + url.PathEscape(order.ID))
	receipt, err := once.Do(ctx, object, func(ctx context.Context) (Receipt, error) {
		return s.charge(ctx, order)
	}, func(o *once.Options) {
		o.Mode = once.AtMostOnce
		o.Input = body
	})
	switch {
	case errors.Is(err, once.ErrHeld):
		return answer(http.StatusServiceUnavailable, "another delivery is in progress"), nil
	case errors.Is(err, once.ErrOtherInput):
		return answer(http.StatusConflict, "the id was used for another order"), nil
	case errors.Is(err, once.ErrInDoubt):
		slog.Error("a charge is in doubt", "object", object.String())
		return answer(http.StatusAccepted, "a person will look at it"), nil
	case err != nil:
		return events.LambdaFunctionURLResponse{}, err
	}
	text, err := json.Marshal(receipt)
	return answer(http.StatusOK, string(text)), err
}

func answer(status int, body string) events.LambdaFunctionURLResponse {
	return events.LambdaFunctionURLResponse{StatusCode: status, Body: body}
}

// charge asks the payment service for the money. An error says that it was not
// charged, unless it is an ErrInDoubt.
func (s *shop) charge(ctx context.Context, order Order) (receipt Receipt, err error) {
	body, err := json.Marshal(order)
	if err != nil {
		return receipt, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("PAYMENTS"), bytes.NewReader(body))
	if err != nil {
		return receipt, err
	}
	resp, err := s.web.Do(req)
	if err != nil {
		return receipt, fmt.Errorf("%w: %w", once.ErrInDoubt, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode >= 500:
		return receipt, fmt.Errorf("%w: the payment service answers %s", once.ErrInDoubt, resp.Status)
	case resp.StatusCode >= 300:
		return receipt, fmt.Errorf("the payment service refuses the charge: %s", resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxReceipt)).Decode(&receipt); err != nil {
		return receipt, fmt.Errorf("%w: %w", once.ErrInDoubt, err)
	}
	return receipt, nil
}
