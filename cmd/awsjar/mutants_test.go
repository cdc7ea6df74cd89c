//go:build unix

package main

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

const byProgram = "TestScripts/update_program$"

// TestMutants: each protection of update, put and restore is missed by a test
// when it is taken away.
func TestMutants(t *testing.T) {
	t.Run("program", func(t *testing.T) { mutant.Check(t, ofProgram) })
	t.Run("conditions", func(t *testing.T) { mutant.Check(t, ofConditions) })
	t.Run("values", func(t *testing.T) { mutant.Check(t, ofValues) })
}

var ofProgram = []mutant.Mutant{
	{
		Name: "the result counts before the program has ended",
		File: "program.go",
		Old:  "	err := program.Run()\n",
		New:  "	err := program.Start()\n	for err == nil && printed.Len() == 0 {\n		time.Sleep(time.Millisecond)\n	}\n",
		Run:  "TestProgramIsWaitedFor",
	},
	{
		Name: "the failure of the program does not count",
		File: "program.go",
		Old:  "	case err != nil:\n		return nil, &programError{err}",
		New:  "	case false:\n		return nil, &programError{err}",
		Run:  "TestProgramIsWaitedFor",
	},
	{
		Name: "its output is not checked",
		File: "change.go",
		Old:  "text, err := compact(printed)",
		New:  "text, err := printed[:len(printed):len(printed)], error(nil)",
		Run:  byProgram,
	},
	{
		Name: "empty output is null",
		File: "program.go",
		Old:  "		return nil, errPrintedNothing",
		New:  "		return []byte(\"null\"), nil",
		Run:  byProgram,
	},
	{
		Name: "its output has no limit",
		File: "program.go",
		Old:  "if l.left -= len(data); l.left < 0 {",
		New:  "if l.left -= len(data); false {",
		Run:  "TestProgramPrintsTooMuch",
	},
	{
		Name: "what it has started runs on after its end",
		File: "program.go",
		Old:  "	if program.Process != nil {",
		New:  "	if false {",
		Run:  "TestProgramEndsWithItsGroup",
	},
	{
		Name: "what it has started runs on after the timeout",
		File: "program_unix.go",
		Old:  "	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}\n	program.Cancel = func() error { return endGroup(program) }",
		New:  "	_ = program",
		Run:  "TestProgramEndsWithItsGroup",
	},
}

var ofConditions = []mutant.Mutant{
	{
		Name: "an equal value is written",
		File: "update.go",
		Old:  "notJSON == nil && bytes.Equal(changed, stored)",
		New:  "notJSON == nil && false && bytes.Equal(changed, stored)",
		Run:  byProgram,
	},
	{
		Name: "--if does not count",
		File: "change.go",
		Old:  "	case w.revision != nil && *w.revision != meta.Revision:",
		New:  "	case false:",
		Run:  byProgram,
	},
	{
		Name: "--existing does not count",
		File: "change.go",
		Old:  "	case w.existing && value == nil:",
		New:  "	case false:",
		Run:  "TestScripts/(cases|update_program)$",
	},
	{
		Name: "--dry-run stores",
		File: "update.go",
		Old:  "	if u.dryRun {\n",
		New:  "	if u.dryRun {\n		c.apply(ctx, store, w, change)\n",
		Run:  byProgram,
	},
	{
		Name: "restore --last-good takes the newest",
		File: "restore.go",
		Old:  "	entry, err := jar.LastGood(ctx)\n",
		New:  "	entry, err := awsjar.Entry[json.RawMessage]{}, error(nil)\n	for entry.Meta, err = range jar.Versions(ctx) {\n		break\n	}\n",
		Run:  "TestScripts/restore$",
	},
	{
		Name: "put replaces a file that is somebody else's",
		File: "foreign.go",
		Old:  "target.Scheme != jarurl.File ||",
		New:  "target.Scheme == jarurl.File ||",
		Run:  "TestScripts/newcomer$",
	},
	{
		Name: "a refused create makes the file awsjar's",
		File: "foreign.go",
		Old:  `name, "head"))`,
		New:  "name))",
		Run:  "TestScripts/newcomer$",
	},
	{
		Name: "doctor takes any value for the ids of writes",
		File: "doctorfunction.go",
		Old:  "jarvar.CheckOwner(jar, lookup); err != nil {",
		New:  "jarvar.CheckOwner(jar, lookup); err == errHidden {",
		Run:  "TestScripts/doctor$",
	},
	{
		Name: "completion offers delete markers",
		File: "complete.go",
		Old:  "meta.Deleted || !strings",
		New:  "!strings",
		Run:  "TestScripts/complete$",
	},
}

var ofValues = []mutant.Mutant{
	{
		Name: "an expression is waited for",
		File: "jq.go",
		Old:  "	go func() {\n",
		New:  "	func() {\n",
		Run:  "TestFunctionIsNotWaitedFor",
	},
	{
		Name: "an expression may yield any depth",
		File: "jq.go",
		Old:  "		for _, element := range v {\n			if err := storable(element, depth+1)",
		New:  "		for _, element := range v {\n			if err := storable(element, depth)",
		Run:  "TestScripts/cases$",
	},
	{
		Name: "put takes half of a surrogate pair",
		File: "put.go",
		Old:  "	value, err := compact(given)",
		New:  "	value, err := compactBy(exactjson.Rule{ReplaceSurrogates: true}, given)",
		Run:  byProgram,
	},
	{
		Name: "env is empty in an expression",
		File: "jqrewrite.go",
		Old:  "	case called == \"env/0\":\n		r.refuse(errEnvironment)\n",
		New:  "	case called == \"env/0\":\n",
		Run:  "TestScripts/update$",
	},
	{
		Name: "$ENV is empty in an expression",
		File: "jqrewrite.go",
		Old:  "	case f.Name == \"$ENV\":\n		r.refuse(errEnvironment)\n",
		New:  "	case f.Name == \"$ENV\":\n",
		Run:  "TestScripts/update$",
	},
}
