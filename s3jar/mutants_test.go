package s3jar_test

import (
	"flag"
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

var mutants = flag.Bool("mutants", false, "run the tests over broken copies of the code")

// TestMutants: each protection of a write is missed by a test when it is taken
// away.
func TestMutants(t *testing.T) {
	if !*mutants {
		t.Skip("a run of the tests for each mutant: go test ./s3jar -run TestMutants -mutants")
	}
	mutant.Check(t, []mutant.Mutant{
		{Name: "a look that fails after a 412 is a conflict", File: "../internal/commit/decide.go",
			Old: "Mismatch:  {Stored: done, Unchanged: {Send, Holds}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}}",
			New: "Mismatch:  {Stored: done, Unchanged: {Send, Holds}, Overtaken: conflict, Unclear: uncertain, Unseen: conflict}",
			Run: "TestRepeatedPutAndFailingLook"},
		{Name: "a full lineage without either id is a conflict", File: "write.go",
			Old: "case !doubt && !now.line.Full(), ", New: "case !doubt, ", Run: "TestFullLineage"},
		{Name: "any 404 to a look is absence", File: "look.go",
			Old: "	case awserr.Code(err) == \"NoSuchKey\":\n		absent", New: "	case awserr.Status(err) == 404:\n		absent", Run: "TestRepeatedPutAndFailingLook"},
		{Name: "any 404 to a Load is absence", File: "answers.go",
			Old: `{Codes: []string{"NoSuchKey", "NoSuchVersion"}`, New: `{Statuses: []int{404}, Codes: []string{"NoSuchKey", "NoSuchVersion"}`, Run: "TestStrangeReads"},
		{Name: "a strange answer to a Load is not read again", File: "load.go",
			Old: "if again && attempt", New: "if false && again && attempt", Run: "TestStrangeReads"},
		{Name: "a part is a whole", File: "load.go",
			Old: "if err == nil && (out.ContentRange != nil", New: "if false && (out.ContentRange != nil", Run: "TestStrangeReads"},
		{Name: "a conflict is forgotten by nobody", File: "write.go",
			Old: "		o.last.Store(nil)", New: "		_ = o", Run: "TestForgets"},
		{Name: "a stale revision is sent", File: "write.go",
			Old: "r.others, call.LookFirst = o.othersOf(w.replaces)", New: "r.others, _ = o.othersOf(w.replaces)", Run: "TestStaleRevision"},
		{Name: "no padding", File: "padding.go",
			Old: "if !after.HasSum(sum) ||", New: "if true ||", Run: "TestEqualValues"},
		{Name: "the SDK repeats what is repeated already", File: "request.go",
			Old: "func sendOnce(o *s3.Options) { o.Retryer = aws.NopRetryer{} }", New: "func sendOnce(o *s3.Options) { _ = aws.NopRetryer{} }", Run: "TestRequestsOfAFault"},
		{Name: "a success with a body is believed", File: "answers.go",
			Old: "case err == nil && !seen.HasBody:", New: "case err == nil:", Run: "TestStrangeSuccess"},
		{Name: "429 is a refusal", File: "../internal/awserr/awserr.go",
			Old: "return known || Status(err) == http.StatusTooManyRequests", New: "return known", Run: "TestTooManyRequests"},
		{Name: "any 503 is throttling", File: "../internal/awserr/awserr.go",
			Old: "return known || Status(err) == http.StatusTooManyRequests", New: "return known || Status(err) == 503 || Status(err) == http.StatusTooManyRequests", Run: "TestRequestsOfAFault"},
		{Name: "a proxy that cannot be reached is a lost answer", File: "../internal/awserr/awserr.go",
			Old: ` || op.Op == "proxyconnect"`, New: ``, Run: "TestProxyThatRefuses"},
		{Name: "a lost race carries nothing", File: "look.go",
			Old: "if l.load == nil ||", New: "if true ||", Run: "TestLostRace"},
		{Name: "an unchanged value keeps the clock of before", File: "load.go",
			Old: "		got.meta.Now = now\n", New: "		_ = now\n", Run: "TestServersClock"},
		{Name: "a new id for each repetition", File: "write.go",
			Old: "	r.meta, answer = r.object.put(ctx, r.write)", New: "	again, _ := newWrite(r.data, r.replaces)\n	r.meta, answer = r.object.put(ctx, again)", Run: "TestLostAnswer"},
		{Name: "properties are not carried", File: "properties.go",
			Old: "		p.fill(in, w.data)\n", New: "", Run: "TestProperties"},
		{Name: "the properties of a look are not carried", File: "write.go",
			Old: "		r.others = now.others\n", New: "", Run: "TestPropertiesOf"},
		{Name: "a write forgets the properties that it carried", File: "write.go",
			Old: "o.saw(state{meta: r.meta, others: r.others})", New: "o.saw(state{meta: r.meta})", Run: "TestProperties$"},
		{Name: "what attests to the old body is carried", File: "attest.go",
			Old: "	name = strings.ToLower(name)\n", New: "	name = \"\"\n", Run: "TestAttestingProperties"},
		{Name: "an archive stays one", File: "properties.go",
			Old: "types.StorageClassGlacier, ", New: "", Run: "TestStorageClassThatCannotBeRead"},
		{Name: "tags are not carried", File: "tags.go",
			Old: "if o.bucket.opts.Tags == TagsDropped || ", New: "if true || ", Run: "TestTags|TestProperties$"},
		{Name: "what comes back has no properties", File: "versions.go",
			Old: "w.others, w.version = earlier.others, id", New: "_ = earlier", Run: "TestUndeleteKeepsProperties"},
		{Name: "the tags of a version are those of the object", File: "tags.go",
			Old: "VersionId: optional(w.version),", New: "", Run: "TestUndeleteKeepsProperties"},
		{Name: "metadata may have any size", File: "properties.go",
			Old: "size > maxMetadata", New: "size > 1<<20", Run: "TestMetadataThatIsTooLarge"},
		{Name: "a compression stays with plain JSON", File: "properties.go",
			Old: "			return json.Valid(data)\n", New: "			return false && json.Valid(data)\n", Run: "TestContentEncoding"},
		{Name: "a missing key refuses a write as not found", File: "answers.go",
			Old: "if answer.Outcome == commit.Mismatch {", New: "if false {", Run: "TestConditions"},
	})
}

// TestServerMutants: each defence against a server that breaks its promises is
// missed by a test when it is taken away.
func TestServerMutants(t *testing.T) {
	if !*mutants {
		t.Skip("a run of the tests for each mutant: go test ./s3jar -run TestServerMutants -mutants")
	}
	mutant.Check(t, []mutant.Mutant{
		{Name: "a missing write is not noticed", File: "alarm.go",
			Old: "a.lost.CompareAndSwap(nil, last)", New: "_ = last", Run: "TestAlarm"},
		{Name: "a version that somebody removed raises the alarm", File: "alarm.go",
			Old: "case o.isRemoved(ctx, lost.versionID):", New: "case false:", Run: "TestNoAlarm"},
		{Name: "AWS is not believed", File: "alarm.go",
			Old: "case o.bucket.server(ctx) == serverAWS:", New: "case false:", Run: "TestAlarmAndRollBack"},
		{Name: "every server is believed", File: "alarm.go",
			Old: "case o.bucket.server(ctx) == serverAWS:", New: "case true:", Run: "TestAlarm"},
		{Name: "a write that is not in the lineage was lost", File: "alarm.go",
			Old: " || !line.Has(last.replaced):", New: ":", Run: "TestNoAlarm"},
		{Name: "a GET that was under way counts", File: "load.go",
			Old: "o.alarm.hear(last, ", New: "last = o.alarm.last.Load()\n		o.alarm.hear(last, ", Run: "TestAlarmOfLoadUnderWay"},
		{Name: "the alarm stops nothing", File: "conditions.go",
			Old: "return o.notBroken(ctx)", New: "return nil", Run: "TestAlarm"},
		{Name: "a Multi-Region Access Point is a bucket", File: "conditions.go",
			Old: "if isMultiRegion(o.bucket.name) {", New: "if false {", Run: "TestMultiRegion"},
		{Name: "no server is tried out", File: "probe.go",
			Old: "b.server(ctx) == serverForeign", New: "false", Run: "TestProbeFinds"},
		{Name: "AWS and awsfake are tried out", File: "probe.go",
			Old: "b.server(ctx) == serverForeign", New: "b.server(ctx) != serverUnknown", Run: "TestProbeIsLeftOut"},
		{Name: "SkipProbe skips nothing", File: "probe.go",
			Old: "if b.opts.SkipProbe {", New: "if false {", Run: "TestProbeIsLeftOut"},
		{Name: "a server is tried out before each write", File: "probe.go",
			Old: "p.done, p.verdicts = true, verdicts", New: "p.verdicts = verdicts", Run: "TestProbe"},
		{Name: "a context that has ended is a verdict", File: "probe.go",
			Old: "if err := ctx.Err(); err != nil {", New: "if err := ctx.Err(); false {", Run: "TestProbeEnds"},
		{Name: "one round is enough", File: "probe.go",
			Old: "if rounds[0].tellsMore() {", New: "if false {", Run: "TestProbe"},
		{Name: "a round that says nothing is followed by others", File: "probe.go",
			Old: "if rounds[0].tellsMore() {", New: "if true {", Run: "TestProbeWithoutVerdict"},
		{Name: "the verdict on one condition is that on the other", File: "probe.go",
			Old: "if seen[c].broken() {", New: "if seen[ifMatch].broken() {", Run: "TestProbeFindsRaces/replace"},
		{Name: "two winners are one", File: "races.go",
			Old: "len(r.stored) > 1", New: "len(r.stored) > 2", Run: "TestProbeFinds"},
		{Name: "scratch objects stay", File: "races.go",
			Old: "return seen, object.removeScratch(ctx, ids...)", New: "return seen, nil", Run: "TestProbe"},
		{Name: "bodies are not held back", File: "overlap.go",
			Old: "if b.wait(b.place.all, maxWait) {", New: "if false {", Run: "TestOverlap"},
		{Name: "bodies do not stay held back once all are there", File: "overlap.go",
			Old: "			b.wait(nil, b.place.time)\n", New: "", Run: "TestOverlap|TestHold"},
		{Name: "a body is held back for ever", File: "overlap.go",
			Old: "	case <-late.C:\n", New: "", Run: "TestHold"},
		{Name: "a round whose answers were lost is over", File: "races.go",
			Old: "case create.open || create.broken():", New: "case create.broken():", Run: "TestProbeLosesAnswers"},
		{Name: "racy is honoured", File: "check.go",
			Old: "c.found.Create = SupportRacy", New: "_ = SupportRacy", Run: "TestCheckFindsRaces"},
		{Name: "rounds in which all are throttled count", File: "check.go",
			Old: "if len(seen[ifNoneMatch].stored) > 0 && len(seen[ifMatch].stored) > 0 {", New: "if true {", Run: "TestCheckThrottled"},
	})
}
