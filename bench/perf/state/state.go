// Package state is the state that every program of the benchmark reads and
// writes: about one kilobyte of JSON.
package state

import (
	"encoding/json"
	"strings"
)

// State has a few fields of the usual kinds.
type State struct {
	Cursor int      `json:"cursor"`
	Note   string   `json:"note"`
	Seen   []string `json:"seen"`
}

// Sample is the value that the server has stored.
var Sample = State{41, strings.Repeat("all quiet ", 90), []string{"first", "second", "third"}}

// JSON is Sample as it is stored.
func JSON() []byte {
	data, err := json.Marshal(Sample)
	if err != nil {
		panic(err) // three plain fields
	}
	return data
}

// The places that the programs use.
const (
	Bucket   = "bucket"
	Key      = "state.json"
	Function = "sams-lambda"
	Region   = "us-east-1"
)
