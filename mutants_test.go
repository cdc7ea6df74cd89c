package awsjar_test

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

const (
	mergeFile  = "internal/merge/merge.go"
	objectFile = "internal/merge/object.go"
	property   = "TestUpdateChangesOnlyWhatChanged"
)

// TestMutants: the property test misses each rule of the merge that is taken
// away, and the tests of the gate each of its steps.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{
			Name: "arrays by position",
			File: mergeFile,
			Old:  "		if equal := left[sum]; len(equal) > 0 {\n			from[i], left[sum] = equal[0], equal[1:]\n		}",
			New:  "		if left[sum] = nil; i < len(stored) {\n			from[i] = stored[i]\n		}",
			Run:  property,
		},
		{
			Name: "elements that move lose their members",
			File: mergeFile,
			Old:  "if equal := left[sum]; len(equal) > 0 {",
			New:  "if equal := left[sum]; len(equal) > len(stored) {",
			Run:  property,
		},
		{
			Name: "no case folding",
			File: objectFile,
			Old:  "if number, ok = n.folded[fold(read(text))]; !ok {",
			New:  "if number, ok = n.folded[read(text)]; !ok {",
			Run:  property,
		},
		{
			Name: "a removed member is kept",
			File: objectFile,
			Old:  "		case k.after == absent: // the program removed it",
			New:  "		case k.after == absent:\n			m.begin(spelling)\n			m.keep(c)",
			Run:  property,
		},
		{
			Name: "unknown members only at the top",
			File: objectFile,
			Old:  "			m.value(c, k.before, k.after)",
			New:  "			m.replace(k.after)",
			Run:  property,
		},
		{
			Name: "a name twice",
			File: objectFile,
			Old:  "case k.read != c && (exact || m.stored.container(c)):",
			New:  "case k.read != c && m.stored.container(c):",
			Run:  property,
		},
		{
			Name: "copies of one name are merged alone",
			File: objectFile,
			Old:  "case k.copies > 1:",
			New:  "case k.copies > 9:",
			Run:  "TestUpdateKeepsMembers|" + property,
		},
		{
			Name: "new members first",
			File: objectFile,
			Old:  "	m.out = append(m.out, '{')\n	for c := range m.stored.children(s) {",
			New:  "	m.out = append(m.out, '{')\n	for a := range m.after.children(a) {\n		if k, _ := known.find(m.after.nameText(a)); k.copies == 0 {\n			k.copies = 1\n			m.begin(m.after.nameText(a))\n			m.replace(a)\n		}\n	}\n	for c := range m.stored.children(s) {",
			Run:  property,
		},
		{
			Name: "the text of an unchanged member is the program's",
			File: objectFile,
			Old:  "		case k == nil || m.same(k.before, k.after):",
			New:  "		case k != nil && m.same(k.before, k.after):\n			m.begin(m.after.nameText(k.after))\n			m.replace(k.after)\n		case k == nil:",
			Run:  property,
		},
		{
			Name: "the stored name of a changed member",
			File: objectFile,
			Old:  "			m.begin(m.after.nameText(k.after))\n			m.value(c, k.before, k.after)",
			New:  "			m.begin(spelling)\n			m.value(c, k.before, k.after)",
			Run:  property,
		},
		{
			Name: "the length of an array is not compared",
			File: mergeFile,
			Old:  "	if len(stored) != len(before) {",
			New:  "	if len(stored) > 1000 {",
			Run:  property,
		},
		{
			Name: "no net",
			File: "gate.go",
			Old:  "if value, ok := g.read(merged, after); ok {",
			New:  "if value, _ := g.read(merged, after); len(merged) > 0 {",
			Run:  "TestMembersThatCannotBeKept",
		},
		{
			Name: "no clone of encoded bytes",
			File: "gate.go",
			Old:  "	return g.clone(data), nil",
			New:  "	return data, nil",
			Run:  "TestUpdateInPlace",
		},
		{
			Name: "no clone of stored bytes",
			File: "gate.go",
			Old:  "	text := g.clone(data)",
			New:  "	text := data",
			Run:  "TestReturnedValueIsItsOwn",
		},
		{
			Name: "no proof in Put",
			File: "gate.go",
			Old:  "if err == nil && g.trip().prove {",
			New:  "if false {",
			Run:  "TestRefusesWhatCannotBeReadAgain",
		},
		{
			Name: "no proof in Update",
			File: "gate.go",
			Old:  "	value, err := g.prove(after, d.value)\n	return",
			New:  "	value := d.value\n	return",
			Run:  "TestRefusesWhatCannotBeReadAgain",
		},
		{
			Name: "a proof by decoding alone",
			File: "gate.go",
			Old:  "	if trip.prove && trip.json {",
			New:  "	if false {",
			Run:  "TestRefusesWhatCannotBeReadAgain",
		},
		{
			Name: "a nil map is handed over",
			File: "gate.go",
			Old:  "	case v.Kind() == reflect.Map && v.IsNil():",
			New:  "	case false:",
			Run:  "TestUpdateOfNilMapOrPointer",
		},
		{
			Name: "Update returns the edited value",
			File: "roundtrip.go",
			Old:  "			w.differs = w.differs || f.Name != \"_\"",
			New:  "			w.differs = w.differs || f.Name == \"_\"",
			Run:  "TestUpdateReturnsWhatGetReturns",
		},
		{
			Name: "embedded fields are not looked at together",
			File: "roundtrip.go",
			Old:  "		case at[0] == at[1]:",
			New:  "		case at[0] == at[1] && at[0] == 1:",
			Run:  "TestTypes",
		},
		{
			Name: "a slow read replaces a later one",
			File: "recent.go",
			Old:  " && !(r.valid && begun.sent.Before(r.sent))",
			New:  "",
			Run:  "TestRecentGoesForward",
		},
		{
			Name: "a guess is not verified",
			File: "update.go",
			Old:  "			_, failed = j.send(ctx, to.data, entry.Revision)",
			New:  "			if guessed {\n				entry.Revision = Any\n			}\n			_, failed = j.send(ctx, to.data, entry.Revision)",
			Run:  "TestGuess",
		},
		{
			Name: "an error of a guess is final",
			File: "update.go",
			Old:  "		case guessed && (!sent || errors.Is(failed, ErrTooLarge)):",
			New:  "		case guessed && (!sent && to.refused == nil || errors.Is(failed, ErrTooLarge)):",
			Run:  "TestGuess",
		},
		{
			Name: "a guess that is left alone is final",
			File: "update.go",
			Old:  "		case guessed && (!sent || errors.Is(failed, ErrTooLarge)):",
			New:  "		case guessed && (to.refused != nil || failed != nil):",
			Run:  "TestGuess",
		},
		{
			Name: "a guess that became too large is final",
			File: "update.go",
			Old:  "		case guessed && (!sent || errors.Is(failed, ErrTooLarge)):",
			New:  "		case guessed && !sent:",
			Run:  "TestGuess",
		},
		{
			Name: "wrong guesses go on",
			File: "guess.go",
			Old:  "	g.wrong = time.Now()\n",
			New:  "",
			Run:  "TestGuess",
		},
		{
			Name: "no guesses after a conflict, ever",
			File: "guess.go",
			Old:  "longest(g.wrong, now) < afterConflict",
			New:  "!g.wrong.IsZero()",
			Run:  "TestGuess",
		},
		{
			Name: "a guess of any age",
			File: "guess.go",
			Old:  " longest(g.stored, now) > maxGuessAge ||",
			New:  "",
			Run:  "TestFirstGuess",
		},
		{
			Name: "a guess of any size",
			File: "guess.go",
			Old:  "len(data) <= maxGuessSize",
			New:  "len(data) >= 0",
			Run:  "TestGuess",
		},
		{
			Name: "a guess is shared",
			File: "gate.go",
			Old:  "g.trip().prove && c.whole() {",
			New:  "false && c.whole() {",
			Run:  "TestGuess",
		},
		{
			Name: "no turns",
			File: "turns.go",
			Old:  "		return turn{t, ",
			New:  "		<-t\n		t = make(turns, 1)\n		t <- struct{}{}\n		return turn{t, ",
			Run:  "Turn",
		},
		{
			Name: "a turn is held for ever",
			File: "turns.go",
			Old:  "		return turn{t, time.AfterFunc(requestsDue, func() { <-t })}, nil",
			New:  "		return turn{t, time.AfterFunc(requestsDue, func() {})}, nil",
			Run:  "Turn|Nested",
		},
		{
			Name: "a change is waited for as long as a request",
			File: "update.go",
			Old:  "turn.step(changeDue)",
			New:  "turn.step(requestsDue)",
			Run:  "Turn|Nested",
		},
		{
			Name: "a request is waited for no longer than a change",
			File: "update.go",
			Old:  "turn.step(requestsDue)",
			New:  "turn.step(changeDue)",
			Run:  "Turn|Nested",
		},
		{
			Name: "a turn that was overdue ends that of another",
			File: "turns.go",
			Old:  "	if t.due.Stop() {\n		<-t.turns",
			New:  "	if t.due.Stop() || true {\n		<-t.turns",
			Run:  "Turn|Nested",
		},
		{
			Name: "a turn that was overdue goes on",
			File: "turns.go",
			Old:  "	if t.due.Stop() {\n		t.due.Reset",
			New:  "	if t.due.Stop() || true {\n		t.due.Reset",
			Run:  "Turn|Nested",
		},
		{
			Name: "a panic keeps the turn",
			File: "update.go",
			Old:  "	defer turn.end()\n",
			New:  "	defer func() {\n		if p := recover(); p != nil {\n			panic(p)\n		}\n		turn.end()\n	}()\n",
			Run:  "TestTurnEnds",
		},
		{
			Name: "the wait for a turn outlives the context",
			File: "turns.go",
			Old:  "	case <-ctx.Done():\n		return turn{}, ctx.Err()\n",
			New:  "",
			Run:  "TestUpdateWaits",
		},
		{
			Name: "the read of a later conflict is used",
			File: "update.go",
			Old:  "ok && attempt == 0 {",
			New:  "ok {",
			Run:  "TestUpdateUsesTheReadOfTheConflict",
		},
	})
}
