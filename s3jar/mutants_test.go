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
		{Name: "the SDK repeats what is repeated already", File: "exchange.go",
			Old: "func sendOnce(o *s3.Options) { o.Retryer = aws.NopRetryer{} }", New: "func sendOnce(o *s3.Options) { _ = aws.NopRetryer{} }", Run: "TestRequestsOfAFault"},
		{Name: "a success with a body is believed", File: "answers.go",
			Old: "case err == nil && !seen.hasBody:", New: "case err == nil:", Run: "TestStrangeSuccess"},
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
		{Name: "metadata may have any size", File: "properties.go",
			Old: "size > maxMetadata", New: "size > 1<<20", Run: "TestMetadataThatIsTooLarge"},
		{Name: "a compression stays with plain JSON", File: "properties.go",
			Old: "			return json.Valid(data)\n", New: "			return false && json.Valid(data)\n", Run: "TestContentEncoding"},
		{Name: "a missing key refuses a write as not found", File: "answers.go",
			Old: "if outcome == commit.Mismatch {", New: "if false {", Run: "TestConditions"},
	})
}
