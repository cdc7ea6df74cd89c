package linear_test

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestTableMutants: a wrong step in any row of the table of package commit ends
// in a history of a real store that has no order, or in an update that fails
// without need. The printed table has no part in it.
func TestTableMutants(t *testing.T) {
	const file, histories = "../commit/decide.go", "TestS3(Faults|Lost|Lies|Late|Proxies|Hammer|Rows)$"
	row := func(name, row, right, wrong string) mutant.Mutant {
		return mutant.Mutant{Name: name, File: file, Old: row + right, New: row + wrong, Run: histories}
	}
	const (
		sure    = "Stored: done, Unchanged: {Send, Fail}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}}"
		doubted = "Stored: done, Unchanged: {Send, Uncertain}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}}"
		wrongly = "Stored: done, Unchanged: fail, Overtaken: conflict, Unclear: uncertain, Unseen: conflict}"
	)
	mutant.Check(t, []mutant.Mutant{
		row("sure, refused is uncertain", "Refused:   {Stored: fail, ", "Unchanged: fail", "Unchanged: uncertain"),
		row("sure, unsent is stored", "Unsent:    {Stored: done, ", "Unchanged: {Send, Fail}", "Unchanged: done"),
		row("sure, mismatch unseen is a conflict", "Mismatch:  {Stored: done, Unchanged: {Send, Holds}, Overtaken: conflict, Unclear: uncertain, ", "Unseen: {Look, Uncertain}", "Unseen: conflict"),
		row("sure, mismatch stored is a conflict", "Mismatch:  {", "Stored: done, Unchanged: {Send, Holds}", "Stored: conflict, Unchanged: {Send, Holds}"),
		row("sure, busy unseen is a conflict", "Busy:      {", sure, wrongly),
		row("sure, throttled unchanged is done", "Throttled: {Stored: done, ", "Unchanged: {Send, Fail}, Overtaken: conflict, Unclear: uncertain, Unseen: {Send, Fail}", "Unchanged: done, Overtaken: conflict, Unclear: uncertain, Unseen: done"),
		row("doubt, refused unchanged is a failure", "Refused:   {", "Stored: done, Unchanged: uncertain", "Stored: fail, Unchanged: fail"),
		row("doubt, unsent", "Unsent:    {", doubted, wrongly),
		row("doubt, mismatch", "Mismatch:  {", doubted, wrongly),
		row("doubt, busy", "Busy:      {", doubted, wrongly),
		row("doubt, throttled", "Throttled: {", doubted, wrongly),
		row("doubt, lost", "Lost:      {", doubted, wrongly),
	}, "-volume=3") // with 1.6 one run in some tens missed a row
}
