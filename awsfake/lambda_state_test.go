package awsfake_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/awsfake"
)

const (
	functionARN  = "arn:aws:lambda:us-east-1:123456789012:function:"
	staleText    = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
	updatingText = "The operation cannot be performed at this time. An update is in progress for resource: " + functionARN + "fn"
	pendingText  = "The operation cannot be performed at this time. The function is currently in the following state: Pending"
)

// clock is a clock that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestRevisionChangesOnUpdateAndAgainWhenItSettles(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"KEY": "1"})
	c := lambdaClient(srv)
	seen := map[string]bool{}
	fresh := func(step string, revision *string) {
		t.Helper()
		if revision == nil || len(*revision) != 36 || seen[*revision] {
			t.Errorf("%s: revision %v is not new", step, aws.ToString(revision))
			return
		}
		seen[*revision] = true
	}
	fresh("creation", get(t, c, "fn").RevisionId)
	if again := get(t, c, "fn"); !seen[*again.RevisionId] {
		t.Error("reading changes the revision")
	}
	for _, value := range []string{"2", "2"} { // the second changes nothing, and yet is an update
		out, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": value})
		if err != nil {
			t.Fatal(err)
		}
		fresh("update", out.RevisionId)
		fresh("settled", get(t, c, "fn").RevisionId)
		_, err = update(t.Context(), c, "fn", *out.RevisionId, map[string]string{"KEY": "3"})
		if code(err) != "PreconditionFailedException" || message(err) != staleText {
			t.Errorf("the revision in the answer to an update is useless for the next: %v", err)
		}
	}
	version, err := srv.PublishVersion("fn")
	if err != nil || version != "1" {
		t.Error(version, err)
	}
	fresh("publication", get(t, c, "fn").RevisionId)
	_, err = c.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: aws.String("fn"), Name: aws.String("live"), FunctionVersion: &version})
	if err != nil {
		t.Fatal(err)
	}
	if after := get(t, c, "fn"); !seen[*after.RevisionId] {
		t.Error("CreateAlias changes the revision of $LATEST")
	}
	srv.ReplaceEnvironment("fn", map[string]string{"KEY": "4"})
	fresh("another's update", get(t, c, "fn").RevisionId)
}

func TestUpdateInProgress(t *testing.T) {
	now := newClock()
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Now, o.Settle = now.Now, 2*time.Second })
	srv.CreateFunction("fn", map[string]string{"KEY": "1"})
	c := lambdaClient(srv)
	before := get(t, c, "fn")
	if before.State != types.StateActive || before.LastUpdateStatus != types.LastUpdateStatusSuccessful {
		t.Errorf("%+v", before)
	}
	out, err := update(t.Context(), c, "fn", *before.RevisionId, map[string]string{"KEY": "2"})
	if err != nil {
		t.Fatal(err)
	}
	if out.Environment.Variables["KEY"] != "2" || out.LastUpdateStatus != types.LastUpdateStatusInProgress ||
		*out.LastUpdateStatusReason != "The function is being created." || out.LastUpdateStatusReasonCode != "Creating" {
		t.Errorf("%+v", out)
	}
	now.advance(2*time.Second - 1)
	if _, err = update(t.Context(), c, "fn", "", map[string]string{"KEY": "3"}); code(err) != "ResourceConflictException" || message(err) != updatingText {
		t.Error(err)
	}
	_, err = c.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("fn")})
	if code(err) != "ResourceConflictException" || message(err) != updatingText {
		t.Error(err)
	}
	if during := get(t, c, "fn"); during.LastUpdateStatus != types.LastUpdateStatusInProgress || *during.RevisionId != *out.RevisionId {
		t.Errorf("%+v", during)
	}
	now.advance(1)
	after := get(t, c, "fn")
	if after.LastUpdateStatus != types.LastUpdateStatusSuccessful || after.LastUpdateStatusReason != nil || after.Environment.Variables["KEY"] != "2" {
		t.Errorf("%+v", after)
	}
}

func TestWhatComesFirstOfStaleAndEarly(t *testing.T) {
	for conflictFirst, want := range map[bool]string{false: "PreconditionFailedException", true: "ResourceConflictException"} {
		srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.ConflictFirst = conflictFirst })
		srv.CreateFunction("fn", nil)
		defer srv.HoldUpdates("fn")()
		c := lambdaClient(srv)
		before := get(t, c, "fn").RevisionId
		out, err := update(t.Context(), c, "fn", *before, map[string]string{"KEY": "1"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := update(t.Context(), c, "fn", *before, nil); code(err) != want {
			t.Errorf("stale and early: %v, want %s", err, want)
		}
		if _, err := update(t.Context(), c, "fn", *out.RevisionId, nil); code(err) != "ResourceConflictException" {
			t.Errorf("early: %v", err)
		}
	}
}

func TestReadsDuringAnUpdate(t *testing.T) {
	for old, want := range map[bool]string{false: "2", true: "1"} {
		srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.OldWhileInProgress = old })
		srv.CreateFunction("fn", map[string]string{"KEY": "1"})
		release := srv.HoldUpdates("fn")
		c := lambdaClient(srv)
		out, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": "2"})
		if err != nil || out.Environment.Variables["KEY"] != "2" {
			t.Errorf("the answer to the update: %+v, %v", out, err)
		}
		if got := get(t, c, "fn").Environment.Variables["KEY"]; got != want {
			t.Errorf("OldWhileInProgress=%v: %q", old, got)
		}
		release()
		if got := get(t, c, "fn").Environment.Variables["KEY"]; got != "2" {
			t.Errorf("settled: %q", got)
		}
	}
}

func TestHeldUpdateSettlesWhenEveryHolderReleases(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", nil)
	c := lambdaClient(srv)
	first, second := srv.HoldUpdates("fn"), srv.HoldUpdates("fn")
	if _, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": "1"}); err != nil {
		t.Fatal(err)
	}
	first()
	first()
	if got := get(t, c, "fn").LastUpdateStatus; got != types.LastUpdateStatusInProgress {
		t.Error(got)
	}
	second()
	if got := get(t, c, "fn").LastUpdateStatus; got != types.LastUpdateStatusSuccessful {
		t.Error(got)
	}
}

func TestFailedUpdateKeepsThePreviousConfiguration(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"KEY": "1"})
	srv.FailUpdate("fn", "KMSKeyAccessDenied", "the key is not yours")
	c := lambdaClient(srv)
	if _, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": "2"}); err != nil {
		t.Fatal(err)
	}
	out := get(t, c, "fn")
	if out.LastUpdateStatus != types.LastUpdateStatusFailed || out.LastUpdateStatusReasonCode != "KMSKeyAccessDenied" ||
		*out.LastUpdateStatusReason != "the key is not yours" || out.Environment.Variables["KEY"] != "1" {
		t.Errorf("%+v", out)
	}
	if _, err := update(t.Context(), c, "fn", *out.RevisionId, map[string]string{"KEY": "3"}); err != nil {
		t.Fatal(err)
	}
	if out := get(t, c, "fn"); out.LastUpdateStatus != types.LastUpdateStatusSuccessful || out.Environment.Variables["KEY"] != "3" {
		t.Errorf("%+v", out)
	}
}

func TestCreatedFunctionIsPendingFirst(t *testing.T) {
	now := newClock()
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Now = now.Now })
	srv.SetSettle(time.Second)
	c := lambdaClient(srv)
	if err := create(t.Context(), c, "fn", map[string]string{"KEY": "1"}); err != nil {
		t.Fatal(err)
	}
	out := get(t, c, "fn")
	if out.State != types.StatePending || out.StateReasonCode != "Creating" || *out.StateReason != "The function is being created." || out.LastUpdateStatus != "" {
		t.Errorf("%+v", out)
	}
	if _, err := update(t.Context(), c, "fn", "", nil); code(err) != "ResourceConflictException" || message(err) != pendingText {
		t.Error(err)
	}
	now.advance(time.Second)
	settled := get(t, c, "fn")
	if settled.State != types.StateActive || settled.LastUpdateStatus != types.LastUpdateStatusSuccessful || *settled.RevisionId == *out.RevisionId ||
		settled.Environment.Variables["KEY"] != "1" || settled.CodeSize != 3 || *settled.Handler != "bootstrap" {
		t.Errorf("%+v", settled)
	}
	if err := create(t.Context(), c, "fn", nil); code(err) != "ResourceConflictException" || message(err) != "Function already exist: fn" {
		t.Error(err)
	}
}

func TestWaitersOfTheSDK(t *testing.T) {
	srv := awsfake.NewServer(t)
	c := lambdaClient(srv)
	if err := create(t.Context(), c, "fn", nil); err != nil {
		t.Fatal(err)
	}
	name := aws.String("fn")
	if err := lambda.NewFunctionActiveV2Waiter(c).Wait(t.Context(), &lambda.GetFunctionInput{FunctionName: name}, time.Second); err != nil {
		t.Error(err)
	}
	if _, err := update(t.Context(), c, "fn", "", nil); err != nil {
		t.Fatal(err)
	}
	if err := lambda.NewFunctionUpdatedV2Waiter(c).Wait(t.Context(), &lambda.GetFunctionInput{FunctionName: name}, time.Second); err != nil {
		t.Error(err)
	}
}

// TestConditionalUpdatesLoseNothing has 8 writers count to 5 each.
func TestConditionalUpdatesLoseNothing(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"COUNT": "0"})
	c := lambdaClient(srv)
	const writers, each = 8, 5
	increment := func() error {
		for {
			out, err := c.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("fn")})
			if err != nil {
				return err
			}
			var n int
			fmt.Sscan(out.Environment.Variables["COUNT"], &n)
			_, err = update(t.Context(), c, "fn", *out.RevisionId, map[string]string{"COUNT": fmt.Sprint(n + 1)})
			var stale *types.PreconditionFailedException
			var early *types.ResourceConflictException
			if !errors.As(err, &stale) && !errors.As(err, &early) {
				return err
			}
		}
	}
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				if err := increment(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if env, _ := srv.Environment("fn"); env["COUNT"] != fmt.Sprint(writers*each) {
		t.Error(env)
	}
}
