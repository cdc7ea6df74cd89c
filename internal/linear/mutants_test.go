package linear_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/linear"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// Each protection of the stores is switched off, between the store and the
// SDK's client; the checks must notice. Without that, a proof that finds
// nothing proves nothing.

// lost is a scenario of answers that are lost, and of no other fault.
var lost = scenario{clients: 4, ops: 10, rate: 0.3, faults: []linear.Fault{linear.ResetAfter, linear.ResetBefore}}

// mustNotHold runs histories until one has no order.
func mustNotHold(t *testing.T, config func(t *testing.T, seed uint64) linear.Config) {
	t.Helper()
	if testing.Short() {
		t.Skip("a mutant waits for effects that never come")
	}
	t.Parallel()
	const most, atOnce = 60, 4
	var noticed atomic.Bool
	for seed := uint64(0); seed < most; seed += atOnce {
		var wg sync.WaitGroup
		for n := range uint64(atOnce) {
			wg.Go(func() {
				c := config(t, seed+n)
				c.Timeout = 2 * time.Second // some mutants wait for an effect that never comes
				if _, holds := linear.Holds(t.Context(), c); !holds {
					noticed.Store(true)
				}
			})
		}
		wg.Wait()
		if noticed.Load() {
			t.Logf("noticed in the first %d histories", seed+atOnce)
			return
		}
	}
	t.Errorf("%d histories hold though a protection is off", most)
}

// lambdaMutant opens lambdajar over a client that breaks something.
func (s scenario) lambdaMutant(breaks func(*lambda.Client) lambdajar.Client) func(*testing.T, uint64) linear.Config {
	return func(t *testing.T, seed uint64) linear.Config {
		srv := awsfake.NewServer(t)
		srv.CreateFunction("fn", nil)
		return s.config(t, srv, seed, func(cfg aws.Config) awsjar.Store {
			return lambdajar.New(breaks(lambda.NewFromConfig(cfg, func(o *lambda.Options) { o.Retryer = quick() })), "fn")
		})
	}
}

func (s scenario) s3Mutant(breaks func(*s3.Client) s3jar.Client) func(*testing.T, uint64) linear.Config {
	return func(t *testing.T, seed uint64) linear.Config {
		srv := awsfake.NewServer(t)
		srv.CreateBucket("bucket")
		return s.config(t, srv, seed, func(cfg aws.Config) awsjar.Store {
			client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle, o.Retryer = true, quick() })
			return s3jar.NewBucket(breaks(client), "bucket").Object("state.json")
		})
	}
}

// unguardedLambda sends no RevisionId.
type unguardedLambda struct{ *lambda.Client }

func (c unguardedLambda) UpdateFunctionConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	in.RevisionId = nil
	return c.Client.UpdateFunctionConfiguration(ctx, in, optFns...)
}

func TestMutantLambdaWithoutGuard(t *testing.T) {
	mustNotHold(t, quiet.lambdaMutant(func(c *lambda.Client) lambdajar.Client { return unguardedLambda{c} }))
}

// staleLambda answers with the variables of an earlier read, and with the
// RevisionId of now.
type staleLambda struct {
	*lambda.Client
	mu   *sync.Mutex
	last **types.EnvironmentResponse
}

func (c staleLambda) GetFunctionConfiguration(ctx context.Context, in *lambda.GetFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error) {
	out, err := c.Client.GetFunctionConfiguration(ctx, in, optFns...)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		*c.last, out.Environment = out.Environment, *c.last
	}
	return out, err
}

func TestMutantStaleMap(t *testing.T) {
	mustNotHold(t, quiet.lambdaMutant(func(c *lambda.Client) lambdajar.Client {
		return staleLambda{c, new(sync.Mutex), new(*types.EnvironmentResponse)}
	}))
}

// renamingLambda writes every request under another id than the store keeps:
// as if it made a new one for each repetition.
type renamingLambda struct{ *lambda.Client }

func (c renamingLambda) UpdateFunctionConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	in.Environment.Variables = maps.Clone(in.Environment.Variables)
	if ids := in.Environment.Variables["jar_awsjar"]; len(ids) >= 8 {
		in.Environment.Variables["jar_awsjar"] = strings.ToUpper(ids[:7]) + "x" + ids[8:]
	}
	return c.Client.UpdateFunctionConfiguration(ctx, in, optFns...)
}

func TestMutantLambdaNewIDs(t *testing.T) {
	s := lost
	s.clients, s.ops = 3, 4 // most end as uncertain; more of them take long to check
	mustNotHold(t, s.lambdaMutant(func(c *lambda.Client) lambdajar.Client { return renamingLambda{c} }))
}

// unguardedS3 sends no condition.
type unguardedS3 struct{ *s3.Client }

func (c unguardedS3) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	in.IfMatch, in.IfNoneMatch = nil, nil
	return c.Client.PutObject(ctx, in, optFns...)
}

func TestMutantS3WithoutGuard(t *testing.T) {
	mustNotHold(t, quiet.s3Mutant(func(c *s3.Client) s3jar.Client { return unguardedS3{c} }))
}

// byValue takes equal bytes for its own write: where the stored bytes are those
// that it sent, it says that the lineage is the one it sent.
type byValue struct {
	*s3.Client
	sent map[string]string // the lineage last sent with a body
}

func (c byValue) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		return nil, err
	}
	in.Body = bytes.NewReader(body)
	c.sent[string(body)] = in.Metadata["awsjar-lineage"]
	return c.Client.PutObject(ctx, in, optFns...)
}

func (c byValue) GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	out, err := c.Client.GetObject(ctx, in, optFns...)
	if err != nil {
		return out, err
	}
	body, err := io.ReadAll(out.Body)
	out.Body.Close()
	if err != nil {
		return nil, err
	}
	out.Body = io.NopCloser(bytes.NewReader(body))
	if line, mine := c.sent[string(body)]; mine {
		out.Metadata["awsjar-lineage"] = line
	}
	return out, nil
}

// Counters: two updates that begin with the same value store equal bytes.
func TestMutantEqualBytes(t *testing.T) {
	s := lost
	s.counter = true
	mustNotHold(t, s.s3Mutant(func(c *s3.Client) s3jar.Client { return byValue{c, map[string]string{}} }))
}

// forgetful writes a lineage of length one.
type forgetful struct{ *s3.Client }

func (c forgetful) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	ids, sums, _ := strings.Cut(in.Metadata["awsjar-lineage"], ".")
	in.Metadata["awsjar-lineage"] = ids[:6] + "." + sums[:2]
	return c.Client.PutObject(ctx, in, optFns...)
}

// few is a scenario whose writes all fit into a lineage, which no call cuts or
// begins: every lost answer can be resolved.
var few = scenario{clients: 3, ops: 2, rate: 0.5, faults: []linear.Fault{linear.ResetAfter}, counter: true, begun: true, writesOnly: true}

// TestLostAnswersAreResolved: with a lineage that is long enough no update
// ends as ErrUncertain; with one of length one some must.
func TestLostAnswersAreResolved(t *testing.T) {
	t.Parallel()
	uncertain := func(breaks func(*s3.Client) s3jar.Client) (total linear.Report) {
		for seed := range uint64(15) {
			report, holds := linear.Holds(t.Context(), few.s3Mutant(breaks)(t, seed))
			if !holds {
				t.Errorf("seed %d: the history has no order", seed)
			}
			total.Add(report)
		}
		return total
	}
	if r := uncertain(func(c *s3.Client) s3jar.Client { return c }); r.Uncertain != 0 {
		t.Errorf("%s; want none uncertain", r)
	}
	if r := uncertain(func(c *s3.Client) s3jar.Client { return forgetful{c} }); r.Uncertain == 0 {
		t.Errorf("%s with a lineage of length one; want some uncertain", r)
	}
}
