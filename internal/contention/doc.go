// Package contention holds no code but tests. They measure what many writers
// of one place cost each other: how many requests one update takes, how long
// the slowest writer waits, and what an outage does. docs/performance-contention.md
// tells the results.
//
//	go test -v ./internal/contention
package contention
