package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
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
	slice  = time.Second // of CPU time of a fake, for each number
	batch  = 100         // requests between two looks at its CPU time
	size   = 1024        // of an object in bytes
)

// process is a fake that runs.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	url   string
}

// result is the result of one round for a fake.
type result struct {
	puts, gets float64 // per second of its CPU time
	memory     int     // bytes per object beside its body, with the garbage of its making
}

func (s server) measure(ctx context.Context) (result, error) {
	p, err := s.start()
	if err != nil {
		return result{}, err
	}
	defer p.stop()
	c := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(p.url), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(awsfake.DefaultAccessKey, awsfake.DefaultSecretKey, ""),
	})
	bucket := aws.String("bucket")
	if err := p.ready(ctx, c, bucket); err != nil {
		return result{}, err
	}
	before, err := p.resident()
	if err != nil {
		return result{}, err
	}
	body := bytes.Repeat([]byte("x"), size)
	puts, made, err := p.rate(func(n int) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key(n), Body: bytes.NewReader(body)})
		return err
	})
	if err != nil {
		return result{}, err
	}
	after, err := p.resident()
	if err != nil {
		return result{}, err
	}
	gets, _, err := p.rate(func(n int) error {
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key(n % made)})
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, out.Body)
		return errors.Join(err, out.Body.Close())
	})
	return result{puts: puts, gets: gets, memory: (after-before)/made - size}, err
}

func key(n int) *string { return aws.String(fmt.Sprintf("key-%d", n)) }

// ready makes the bucket, as soon as the fake answers.
func (p *process) ready(ctx context.Context, c *s3.Client, bucket *string) (err error) {
	for range 100 {
		if _, err = c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// rate sends requests until they have cost the fake a slice of CPU time.
func (p *process) rate(request func(n int) error) (perSecond float64, sent int, err error) {
	start, err := p.cpu()
	if err != nil {
		return 0, 0, err
	}
	for {
		for range batch {
			if err := request(sent); err != nil {
				return 0, 0, err
			}
			sent++
		}
		now, err := p.cpu()
		if err != nil {
			return 0, 0, err
		}
		if took := now - start; took >= slice {
			return float64(sent) / took.Seconds(), sent, nil
		}
	}
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
