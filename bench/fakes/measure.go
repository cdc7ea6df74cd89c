package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
)

const (
	rounds = 3
	slice  = 2 * time.Second // of CPU time of a fake, for each number
	batch  = 50              // requests between two looks at its CPU time
	size   = 1024            // of an object in bytes
)

// process is a fake that runs.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	url   string
}

// contender is a fake that is measured.
type contender struct {
	*process
	name   string
	client *s3.Client
	made   int     // objects
	memory int     // bytes per object besides its body, with the garbage of its making
	puts   float64 // per second of its CPU time
	gets   float64
}

var bucket = aws.String("bucket")

// enter starts a fake and makes the bucket.
func (s server) enter(ctx context.Context) (*contender, error) {
	p, err := s.start()
	if err != nil {
		return nil, err
	}
	c := &contender{process: p, name: s.name, client: s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(p.url), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(awsfake.DefaultAccessKey, awsfake.DefaultSecretKey, ""),
	})}
	if err := c.ready(ctx); err != nil {
		p.stop()
		return nil, err
	}
	return c, nil
}

// measure measures the puts of all fakes, and then their gets.
func measure(ctx context.Context, all []*contender) error {
	before := make([]int, len(all))
	for i, c := range all {
		var err error
		if before[i], err = c.resident(); err != nil {
			return err
		}
	}
	body := bytes.Repeat([]byte("x"), size)
	puts, err := race(all, func(c *contender, n int) error {
		c.made = n + 1
		_, err := c.client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key(n), Body: bytes.NewReader(body)})
		return err
	})
	if err != nil {
		return err
	}
	for i, c := range all {
		after, err := c.resident()
		if err != nil {
			return err
		}
		c.puts, c.memory = puts[i], (after-before[i])/c.made-size
	}
	gets, err := race(all, func(c *contender, n int) error {
		out, err := c.client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key(n % c.made)})
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, out.Body)
		return errors.Join(err, out.Body.Close())
	})
	for i, c := range all {
		c.gets = gets[i]
	}
	return err
}

func key(n int) *string { return aws.String(fmt.Sprintf("key-%d", n)) }

// ready makes the bucket, as soon as the fake answers.
func (c *contender) ready(ctx context.Context) (err error) {
	for range 100 {
		if _, err = c.client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// race sends requests to all fakes until they have cost each of them a slice of CPU
// time, and returns the numbers per second of it. The fakes take turns of a few
// requests, so that the machine's other work strikes all of them alike.
func race(all []*contender, request func(c *contender, n int) error) ([]float64, error) {
	perSecond, started := make([]float64, len(all)), make([]time.Duration, len(all))
	for i, c := range all {
		var err error
		if started[i], err = c.cpu(); err != nil {
			return nil, err
		}
	}
	for sent := 0; slices.Contains(perSecond, 0); sent += batch {
		for i, c := range all {
			if perSecond[i] > 0 {
				continue
			}
			for n := range batch {
				if err := request(c, sent+n); err != nil {
					return nil, fmt.Errorf("%s: %w", c.name, err)
				}
			}
			now, err := c.cpu()
			if err != nil {
				return nil, err
			}
			if took := now - started[i]; took >= slice {
				perSecond[i] = float64(sent+batch) / took.Seconds()
			}
		}
	}
	return perSecond, nil
}

// tick is the unit of times in /proc/PID/stat.
const tick = 10 * time.Millisecond

// cpu is the CPU time that the fake has used.
func (p *process) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11]) // proc(5): fields 14 and 15
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick, err
}

// resident is the memory of the fake in bytes.
func (p *process) resident() (int, error) {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	pages, err := strconv.Atoi(strings.Fields(string(statm))[1])
	return pages * os.Getpagesize(), err
}

func (p *process) stop() {
	p.stdin.Close()
	if p.url == "http://127.0.0.1:"+motoPort {
		_ = p.cmd.Process.Kill() // it does not read its input
	}
	_ = p.cmd.Wait() // a fake that was killed
}
