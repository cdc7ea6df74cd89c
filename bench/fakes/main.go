// Fakes measures how many requests with 1 KiB the fakes of S3 that are written
// in Go answer to a client of the SDK per second of CPU time, and how much memory
// an object takes:
//
//	go run ./fakes
//
// Client and server are in this process: what a server takes by itself is less.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/awsjar/awsjar/awsfake"
)

const (
	objects = 3000
	rounds  = 5
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	srv, err := awsfake.Start()
	if err != nil {
		return err
	}
	defer srv.Close()
	other := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	defer other.Close()
	servers := []struct{ name, url string }{{"awsfake", srv.URL()}, {"gofakes3", other.URL}}
	fmt.Printf("%-10s %18s %18s\n", "", "puts per s of CPU", "gets per s of CPU")
	for range rounds {
		for _, s := range servers {
			puts, gets, err := measure(client(s.url))
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			fmt.Printf("%-10s %18.0f %18.0f\n", s.name, puts, gets)
		}
	}
	return memory()
}

func client(url string) *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(url), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(awsfake.DefaultAccessKey, awsfake.DefaultSecretKey, ""),
	})
}

func measure(c *s3.Client) (puts, gets float64, err error) {
	ctx, bucket := context.Background(), aws.String("bucket")
	_, _ = c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}) // it may be there
	body := bytes.Repeat([]byte("x"), 1024)
	start := cpu()
	for i := range objects {
		key := aws.String(fmt.Sprintf("key-%d", i))
		if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(body)}); err != nil {
			return 0, 0, err
		}
	}
	puts = objects / (cpu() - start).Seconds()
	start = cpu()
	for i := range objects {
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String(fmt.Sprintf("key-%d", i))})
		if err != nil {
			return 0, 0, err
		}
		_, err = io.Copy(io.Discard, out.Body)
		out.Body.Close()
		if err != nil {
			return 0, 0, err
		}
	}
	return puts, objects / (cpu() - start).Seconds(), nil
}

// cpu is the CPU time of this process.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory prints how much one object of one byte takes.
func memory() error {
	srv, err := awsfake.Start()
	if err != nil {
		return err
	}
	defer srv.Close()
	if err := srv.CreateBucket("bucket"); err != nil {
		return err
	}
	const many = 100_000
	before := heap()
	for i := range many {
		if err := srv.PutObject("bucket", fmt.Sprintf("key-%d", i), []byte("x"), nil); err != nil {
			return err
		}
	}
	fmt.Printf("an object of 1 byte takes %d bytes\n", (heap()-before)/many)
	return nil
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
