package lambdajar

import (
	"time"

	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
)

// update is one request that replaces the variables, with the proofs about it
// that later configurations give.
type update struct {
	id     lineage.ID     // of the write that it brings; "" for a removal of the jar
	base   *configuration // that it replaces
	sentAt time.Time

	answer *configuration // in its answer, if AWS accepted it and that arrived
	doubt  bool           // it, or one before it, may have been stored
	blind  bool           // a read since has failed
	beaten bool           // a read since has proved that it was not stored
}

// shownIn reports whether a configuration shows the write: its id, or for a
// removal that there is no value.
func (u *update) shownIn(now *configuration) bool {
	if u.id == "" {
		return now.jar.Text == ""
	}
	return now.jar.Line.Has(u.id)
}

// provenBy reports whether a configuration proves that the write was stored.
// Where nothing was lost, a value that is gone was removed by somebody else.
func (u *update) provenBy(now *configuration) bool {
	return u.shownIn(now) && (u.id != "" || u.doubt)
}

// refutedBy reports whether a configuration, or one before it, proves that the
// update was not stored: another write is in the place of the one that it was to
// replace. The first read after an update proves the most: each write that
// follows pushes an id out of the lineage.
func (u *update) refutedBy(now *configuration) bool {
	u.beaten = u.beaten || !now.same(u.base) && u.overtakenBy(now.jar.Line)
	return u.beaten
}

// overtakenBy is refutedBy for the lineage of another jar than that of before.
func (u *update) overtakenBy(line lineage.Line) bool {
	before := u.base.jar.Line.Newest().ID
	switch {
	case line.Judge(u.id, before) == lineage.Overtaken:
		return true
	case u.doubt:
		return false // the jar may have been deleted since, and its lineage begun anew
	case len(line) < jarvar.Depth, line.Newest().ID == before:
		return true
	}
	// A full lineage without both ids proves nothing, unless it was read too
	// soon after the refusal for that many updates.
	return !u.blind && time.Since(u.sentAt) < jarvar.Depth*quickest
}

// quickest is less than AWS Lambda takes for an update before it accepts the
// next.
const quickest = 500 * time.Millisecond

// judge returns the fate of the update. It is Over once the RevisionId that
// guarded it is used up.
//
// An old state under a new RevisionId may also be a roll-back of the write. The
// old value is there in both cases, so that sending the write again is right:
// it takes effect once. Where nothing was before, a deletion of the write looks
// the same, and that is not undone.
func (u *update) judge(now *configuration) commit.View {
	used := now.revisionID != u.base.revisionID
	switch {
	case u.provenBy(now):
		return commit.View{Sight: commit.Stored}
	case u.refutedBy(now), now.same(u.base) && (!used || !u.doubt || u.base.jar.Text != ""):
		return commit.View{Sight: commit.Unchanged, Over: used}
	}
	// Among these are the ids of before beside another text: that writer knows
	// nothing of ids, and may have read them before this write was stored, and
	// put them back over it.
	return commit.View{Sight: commit.Unclear}
}
