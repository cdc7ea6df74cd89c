// Package contention holds no code but tests. They measure the cost of many
// writers of one place for each other: how many requests one update takes, how long
// the slowest writer waits, and how an outage ends. docs/performance-contention.md
// has the results.
//
//	go test -v ./internal/contention
package contention
