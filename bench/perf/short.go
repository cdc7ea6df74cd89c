package perf

import (
	"fmt"
	"slices"
	"strings"
)

// short is the summary of the tables, as a list.
func (r report) short() string {
	var b strings.Builder
	for _, line := range []struct{ op, call string }{{"s3-load", "GET from S3"}, {"s3-put", "PUT to S3"}, {"s3-update", "Update in S3"}} {
		sdk, direct := r.row(line.op, "sdk"), r.row(line.op, "direct")
		fmt.Fprintf(&b, "- A warm %s takes %s of the SDK's CPU time; with package awsdirect %s, and %.0f instead of %.0f allocations; net/http without a signature %s.\n",
			line.call, r.shares(line.op, "awsjar"), r.shares(line.op, "direct"), direct.allocs, sdk.allocs, r.shares(line.op, "floor"))
	}
	fmt.Fprintf(&b, "- A Get of a Lambda function's environment takes %s, an Update %s; net/http without a signature, with the same JSON to decode, %s and %s.\n",
		r.shares("lambda-get", "awsjar"), r.shares("lambda-update", "awsjar"), r.shares("lambda-get", "floor"), r.shares("lambda-update", "floor"))
	least, most := r.coldSpan()
	fmt.Fprintf(&b, "- A cold start over https takes %.2f to %.2f of the CPU time.\n", least, most)
	return b.String()
}

func (r report) row(op, client string) *warmRow {
	for i, o := range operations {
		for _, row := range r.warm[i] {
			if o.name == op && row.client == client {
				return row
			}
		}
	}
	return &warmRow{}
}

// shares is the CPU time of a client, compared with that of the SDK.
func (r report) shares(op, client string) string {
	row, sdk := r.row(op, client), r.row(op, "sdk")
	return fmt.Sprintf("%.2f over https (%.2f over http)",
		compare(row.cpu["https"], sdk.cpu["https"]).median, compare(row.cpu["http"], sdk.cpu["http"]).median)
}

// coldSpan is the least and the most CPU time of a cold start with awsjar,
// compared with the SDK's.
func (r report) coldSpan() (least, most float64) {
	var shares []float64
	for _, row := range r.cold {
		if strings.Contains(row.program.title, "awsjar") {
			shares = append(shares, compare(row.cpu["https"], r.baseline().cpu["https"]).median)
		}
	}
	return slices.Min(shares), slices.Max(shares)
}
