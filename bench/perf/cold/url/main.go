// Command url opens the state by its URL, with all that package jarurl brings
// in: every kind of store, and the SDK's own configuration.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/bench/perf/state"
	"github.com/awsjar/awsjar/jarurl"
)

func main() {
	ctx := context.Background()
	store, err := jarurl.Open(ctx, "s3://"+state.Bucket+"/"+state.Key)
	if err != nil {
		log.Fatal(err)
	}
	s, err := awsjar.New[state.State](store).Get(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Cursor)
}
