package lambdajar_test

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: each proof that a configuration gives about an update is missed by
// a test when it is broken.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{Name: "a failed read forgets the configuration before", File: "change.go",
			Old: "c.read(ctx, doubt)\n	if err", New: "c.read(ctx, doubt)\n	c.now = now\n	if err", Run: "TestReadsFailAfterThrottledUpdate"},
		{Name: "the read before the call decides that nothing changes", File: "change.go",
			Old: "loaded == nil || c.values.mayHold(ctx, loaded, c.write) {", New: "loaded == nil {", Run: "TestSaveOfTheLoadedValue"},
		{Name: "the equal value of another writer is waited for", File: "change.go",
			Old: "c.after, c.sent = now.jar, nil", New: "c.after = now.jar", Run: "TestConfirmEqualValue"},
		{Name: "an update in progress decides nothing", File: "change.go",
			Old: "return u.provenBy(now) || u.refutedBy(now) && c.replaces != awsjar.Any", New: "return false", Run: "TestLostAndStored"},
		{Name: "the answer is believed unseen", File: "function.go",
			Old: "case !u.shownIn(answer):", New: "case false:", Run: "TestAnswer"},
		{Name: "the SDK repeats an update", File: "function.go",
			Old: "}, once, func", New: "}, func", Run: "TestOutage"},
		{Name: "no RevisionId guards an update", File: "function.go",
			Old: "optional(u.base.revisionID)", New: "nil", Run: "TestDeploy"},
		{Name: "with doubt a short lineage is a proof", File: "update.go",
			Old: "case u.doubt:\n		return false", New: "case u.doubt:\n		return len(line) < jarvar.Depth", Run: "TestLostAnswers"},
		{Name: "a full lineage without both ids is a proof", File: "update.go",
			Old: "return !u.blind && ", New: "return true || ", Run: "TestFullLineageProvesNothing"},
		{Name: "a value that is gone was removed by this call", File: "update.go",
			Old: `u.shownIn(now) && (u.id != "" || u.doubt)`, New: "u.shownIn(now)", Run: "TestDeletedByAnotherFirst"},
		{Name: "nothing in the place of nothing is unchanged", File: "update.go",
			Old: `|| u.base.jar.Text != "")`, New: "|| true)", Run: "TestLostAnswers"},
		{Name: "an earlier request may always arrive", File: "update.go",
			Old: "Over: used}", New: "Over: false}", Run: "TestRefusedAfterDoubt"},
		{Name: "no earlier request can ever arrive", File: "update.go",
			Old: "Over: used}", New: "Over: true}", Run: "TestRefusedAfterDoubt"},
		{Name: "a write without a condition loses a race", File: "../internal/commit/decide.go",
			Old: "if cell == conflict && !conditional {", New: "if false {", Run: "TestUnsentAndOvertaken"},
		{Name: "a call without a request may have been stored", File: "../internal/exchange/exchange.go",
			Old: "if s.next != nil && !s.sent {", New: "if false {", Run: "TestContextEndsBeforeSending"},
		{Name: "an undone write is reported twice", File: "confirm.go",
			Old: "		p.last = nil\n", New: "", Run: "TestUndoneIsSaidOnce"},
		{Name: "a read from before the write speaks of it", File: "confirm.go",
			Old: "		return early //", New: "		//", Run: "TestReadOfBefore"},
		{Name: "an equal value in another place is enough after a lost answer", File: "overflow.go",
			Old: "if !w.placed && v.pointedTo", New: "if v.pointedTo", Run: "TestOverflowLateUpdate"},
	})
}
