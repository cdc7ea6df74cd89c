// Acorns is the function of docs/tutorial.md: it counts, and keeps the sum where
// STATE_URL says.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/jarurl"
)

// Request is the event that the function is invoked with.
type Request struct {
	Found int `json:"found"`
}

// State is kept from one invocation to the next.
type State struct {
	Acorns int `json:"acorns"`
}

func main() {
	jar, err := jarurl.OpenJar[State](context.Background(), os.Getenv("STATE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(handler(jar))
}

func handler(jar *awsjar.Jar[State]) func(context.Context, Request) (State, error) {
	return func(ctx context.Context, req Request) (State, error) {
		return jar.Update(ctx, func(s *State) error {
			s.Acorns += req.Found
			return nil
		})
	}
}
