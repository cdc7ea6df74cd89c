package perf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// operations are compared warm, with the clients that have them. The others are
// compared with the first client.
var operations = []struct {
	name, title string
	clients     []string
}{
	{"s3-load", "GET from S3, not decoded", []string{"sdk", "awsjar", "direct", "signed", "floor"}},
	{"s3-get", "GET from S3", []string{"sdk", "awsjar", "direct", "minio", "thanos", "gocloud", "signed", "floor"}},
	{"s3-put", "PUT to S3", []string{"sdk", "awsjar", "direct", "minio", "thanos", "gocloud", "signed", "floor"}},
	{"s3-update", "update in S3", []string{"sdk", "awsjar", "direct", "minio", "signed", "floor"}},
	{"lambda-get", "get from Lambda", []string{"sdk", "awsjar", "signed", "floor"}},
	{"lambda-update", "update in Lambda", []string{"sdk", "awsjar", "signed", "floor"}},
}

// clientNames are the names for readers.
var clientNames = map[string]string{
	"sdk": "aws-sdk-go-v2", "awsjar": "**awsjar**", "direct": "**awsjar with awsdirect**", "minio": "minio-go", "thanos": "thanos objstore", "gocloud": "gocloud.dev/blob",
	"signed": "net/http + v4 signer", "floor": "net/http, unsigned (floor)", "boto3": "Python boto3", "python-awsjar": "Python awsjar",
}

// warmRow is the cost of one call with one client.
type warmRow struct {
	client        string
	cpu           map[string][]float64 // by scheme: microseconds a call, a number for each round
	allocs, bytes float64              // over https; 0 if not known
	instructions  float64              // user instructions over https; 0 if not known
	requests      float64
	sent, read    float64 // bytes on the wire over http, seen from the client
}

// warm measures one operation.
func (w *world) warm(op string, clients []string, s settings) ([]*warmRow, error) {
	rows := make([]*warmRow, len(clients))
	for i, name := range clients {
		rows[i] = &warmRow{client: name, cpu: map[string][]float64{}}
	}
	for _, scheme := range []string{"http", "https"} {
		if err := w.batches(op, scheme, rows, s); err != nil {
			return nil, err
		}
	}
	for _, row := range rows {
		if err := w.onTheWire(op, row); err != nil {
			return nil, err
		}
	}
	if s.valgrind {
		if err := w.countInstructions(op, rows); err != nil {
			return nil, err
		}
	}
	for _, client := range s.pythonClients {
		if op == "s3-load" {
			break // a Python program has no bytes that it does not decode
		}
		if row, err := w.pythonWarm(op, client, s); err == nil {
			rows = append(rows, row)
		} else {
			fmt.Fprintln(os.Stderr, "bench: not measured:", err)
		}
	}
	return rows, nil
}

func (w *world) batches(op, scheme string, rows []*warmRow, s settings) error {
	var names []string
	for _, row := range rows {
		names = append(names, row.client)
	}
	out, err := output(w.command(scheme, "call", "-op", op, "-clients", strings.Join(names, ","),
		"-rounds", strconv.Itoa(s.rounds), "-batch", strconv.Itoa(s.batch)))
	if err != nil {
		return err
	}
	allocs, size := map[string][]float64{}, map[string][]float64{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var b struct {
			Client        string
			CPU           time.Duration
			Allocs, Bytes float64
		}
		if err := dec.Decode(&b); err != nil {
			return err
		}
		for _, row := range rows {
			if row.client == b.Client {
				row.cpu[scheme] = append(row.cpu[scheme], float64(b.CPU.Nanoseconds())/1000)
			}
		}
		allocs[b.Client] = append(allocs[b.Client], b.Allocs)
		size[b.Client] = append(size[b.Client], b.Bytes)
	}
	for _, row := range rows {
		row.allocs, row.bytes = median(allocs[row.client]), median(size[row.client])
	}
	return nil
}

// onTheWire counts requests and bytes: those of 60 calls less those of 10.
func (w *world) onTheWire(op string, row *warmRow) error {
	var seen [2]traffic
	for i, calls := range []int{10, 60} {
		before, err := w.traffic()
		if err != nil {
			return err
		}
		if _, err := output(w.command("http", "call", "-op", op, "-clients", row.client, "-only", strconv.Itoa(calls))); err != nil {
			return err
		}
		after, err := w.traffic()
		if err != nil {
			return err
		}
		seen[i] = traffic{after.Requests - before.Requests, after.In - before.In, after.Out - before.Out}
	}
	row.requests = float64(seen[1].Requests-seen[0].Requests) / 50
	row.sent = float64(seen[1].In-seen[0].In) / 50
	row.read = float64(seen[1].Out-seen[0].Out) / 50
	return nil
}
