// Command call makes warm calls with one client after the other and prints the
// cost of each batch of them, as lines of JSON.
//
//	call -op s3-get -clients sdk,awsjar -rounds 20 -batch 50
//	call -op s3-get -clients sdk -only 100     just the calls, for callgrind
//
// Endpoint, credentials and Region come from the environment, as AWS tools read
// them.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// client is the operations of one library that the benchmark compares.
type client map[string]func(context.Context) error

var constructors = map[string]func(endpoint string) (client, error){
	"awsjar": ours, "direct": viaDirect, "sdk": newSDK, "minio": newMinio, "gocloud": newGoCloud, "thanos": newThanos, "signed": newSigned, "floor": newFloor,
}

// Batch is the cost of a batch of calls, per call.
type Batch struct {
	Client string
	CPU    time.Duration // user and system
	Allocs float64
	Bytes  float64 // allocated
}

func main() {
	op := flag.String("op", "s3-get", "the operation")
	names := flag.String("clients", "sdk,awsjar", "the clients, in turn")
	rounds := flag.Int("rounds", 20, "how often each has its turn")
	batch := flag.Int("batch", 50, "calls of a turn")
	only := flag.Int("only", 0, "make that many calls and measure nothing")
	flag.Parse()
	if err := run(*op, strings.Split(*names, ","), *rounds, *batch, *only); err != nil {
		fmt.Fprintln(os.Stderr, "call:", err)
		os.Exit(1)
	}
}

func run(op string, names []string, rounds, batch, only int) error {
	var calls []func(context.Context) error
	for _, name := range names {
		construct, ok := constructors[name]
		if !ok {
			return fmt.Errorf("there is no client %q", name)
		}
		c, err := construct(os.Getenv("AWS_ENDPOINT_URL"))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if c[op] == nil {
			return fmt.Errorf("%s has no %s", name, op)
		}
		calls = append(calls, c[op])
	}
	if only > 0 {
		return spaced(calls[0], only)
	}
	out := json.NewEncoder(os.Stdout)
	const warmUp = 3
	for round := range rounds + warmUp {
		for i, call := range calls {
			taken, err := measure(call, batch)
			if err != nil {
				return fmt.Errorf("%s: %w", names[i], err)
			}
			taken.Client = names[i]
			if round < warmUp {
				continue
			}
			if err := out.Encode(taken); err != nil {
				return err
			}
		}
	}
	return nil
}

func measure(call func(context.Context) error, n int) (Batch, error) {
	runtime.GC() // nobody pays for the garbage of another
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpu()
	if err := repeat(call, n); err != nil {
		return Batch{}, err
	}
	taken := cpu() - start
	runtime.ReadMemStats(&after)
	per := float64(n)
	return Batch{
		CPU:    taken / time.Duration(n),
		Allocs: float64(after.Mallocs-before.Mallocs) / per,
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / per,
	}, nil
}

func repeat(call func(context.Context) error, n int) error {
	ctx := context.Background()
	for range n {
		if err := call(ctx); err != nil {
			return err
		}
	}
	return nil
}

// spaced leaves time between the calls, so that each finds the connection of
// the one before.
func spaced(call func(context.Context) error, n int) error {
	for range n {
		if err := call(context.Background()); err != nil {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

// cpu is the time that this process has had a processor.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
