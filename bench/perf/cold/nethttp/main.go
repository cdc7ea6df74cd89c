// Command nethttp reads the state with net/http, unsigned: how little a request
// can take.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/awsjar/awsjar/bench/perf/state"
)

func main() {
	answer, err := http.Get(os.Getenv("AWS_ENDPOINT_URL") + "/" + state.Bucket + "/" + state.Key)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	var s state.State
	if err := json.NewDecoder(answer.Body).Decode(&s); err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Cursor)
}
