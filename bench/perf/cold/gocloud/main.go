// Command gocloud reads the state through gocloud.dev/blob.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // the scheme s3

	"github.com/awsjar/awsjar/bench/perf/state"
)

func main() {
	ctx := context.Background()
	bucket, err := blob.OpenBucket(ctx, "s3://"+state.Bucket+"?use_path_style=true")
	if err != nil {
		log.Fatal(err)
	}
	data, err := bucket.ReadAll(ctx, state.Key)
	if err != nil {
		log.Fatal(err)
	}
	var s state.State
	if err := json.Unmarshal(data, &s); err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Cursor)
}
