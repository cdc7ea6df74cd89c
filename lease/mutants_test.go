package lease

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

const expiryFile = "../internal/expiry/expiry.go"

// TestMutants: each protection of the lease is missed by a test when it is
// taken away.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{
			Name: "expiry by the wall clocks of the two programs",
			File: "acquire.go",
			Old:  "left := l.observer.Left(l.opts.clock(), found.Value.ttl(), found.Meta)",
			New:  "left := found.Value.Since.Add(found.Value.ttl()).Sub(l.opts.clock().Wall)",
			Run:  "TestSimulation",
		},
		{
			Name: "the holder trusts its monotonic clock",
			File: expiryFile,
			Old:  "return max(i.Monotonic-since.Monotonic, i.Wall.Sub(since.Wall))",
			New:  "return i.Monotonic - since.Monotonic",
			Run:  "TestSimulation",
		},
		{
			Name: "a release deletes the claim, and tokens begin at one",
			File: "acquire.go",
			Old:  "	case !found.Now.IsZero():",
			New:  "	case found.Revision == awsjar.None:\n\t\treturn 1\n\tcase !found.Now.IsZero():",
			Run:  "TestSimulation",
		},
		{
			Name: "the tokens of a new claim come from the machine's wall clock",
			File: "acquire.go",
			Old:  "	case !found.Now.IsZero():",
			New:  "	case false:",
			Run:  "TestSimulation",
		},
		{
			Name: "the holder counts from the answer",
			File: "held.go",
			Old:  "			h.stored(next, meta.Revision, sent)",
			New:  "			h.stored(next, meta.Revision, h.lock.opts.clock())",
			Run:  "TestSlowAnswer",
		},
		{
			Name: "the holder counts from the answer, found by the simulation",
			File: "held.go",
			Old:  "			h.stored(next, meta.Revision, sent)",
			New:  "			h.stored(next, meta.Revision, h.lock.opts.clock())",
			Run:  "TestSimulation",
		},
		{
			Name: "one id for all attempts of an acquisition",
			File: "lease.go",
			Old:  "return c.same(other) && c.Try == other.Try",
			New:  "return c.same(other)",
			Run:  "TestRenewalInDoubt",
		},
		{
			Name: "a conflict on a renewal is a loss",
			File: "held.go",
			Old:  "!mine.same(found.Value):",
			New:  "true || !mine.same(found.Value):",
			Run:  "TestRenewalInDoubt|TestSimulation",
		},
		{
			Name: "a look that fails is a loss",
			File: "held.go",
			Old:  "			h.inDoubt(conflict)\n",
			New:  "			h.inDoubt(conflict)\n\t\t\treturn awsjar.ErrConflict\n",
		},
		{
			Name: "a look that fails leaves the lease valid",
			File: "held.go",
			Old:  "h.doubt = h.doubt || conflict",
			New:  "_ = conflict",
		},
		{
			Name: "no margin for drift",
			File: expiryFile,
			Old:  "wait := ttl + ttl/drift",
			New:  "wait := ttl",
		},
		{
			Name: "a token that is not greater passes the fence",
			File: "held.go",
			Old:  "if *fence > h.Token() {",
			New:  "if false {",
			Run:  "TestSimulation",
		},
		{
			Name: "a foreign value is a free lease",
			File: "acquire.go",
			Old:  "case err == nil && found.Value.Kind != claimKind:",
			New:  "case false:",
		},
		{
			Name: "Do does not end the context of a lost lease",
			File: "do.go",
			Old:  "			stop(ErrLost)\n",
			New:  "",
		},
	})
}
