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
	t.Run("terminal", func(t *testing.T) { mutant.Check(t, ofTerminal) })
	t.Run("dev", func(t *testing.T) { mutant.Check(t, ofDev) })
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

var ofTerminal = []mutant.Mutant{
	{
		Name: "a value steers the terminal",
		File: "terminal.go",
		Old:  "		case r == '\\n' || strconv.IsPrint(r):\n			b.WriteRune(r)",
		New:  "		case r == '\\n' || r > 0 || strconv.IsPrint(r):\n			b.WriteRune(r)",
		Run:  "TestValuesOnATerminal",
	},
	{
		Name: "raw bytes steer the terminal",
		File: "terminal.go",
		Old:  "	if plain {",
		New:  "	if true {",
		Run:  "TestRawOnATerminal",
	},
	{
		Name: "the text of an error steers the terminal",
		File: "errors.go",
		Old:  "		if r == '\\n' || strconv.IsPrint(r) {",
		New:  "		if r > 0 || strconv.IsPrint(r) {",
		Run:  "TestHostileText",
	},
	{
		Name: "an interrupt is a failure like others",
		File: "errors.go",
		Old:  "		return exitInterrupted\n	case errors.As(err, &usage)",
		New:  "		return exitError\n	case errors.As(err, &usage)",
		Run:  "TestInterrupted",
	},
	{
		Name: "an interrupt has the words of Go",
		File: "errors.go",
		Old:  `	text = strings.Replace(text, context.Canceled.Error(), "interrupted", 1)`,
		New:  "	_ = context.Canceled",
		Run:  "TestInterrupted",
	},
	{
		Name: "an expression that computes does not end with the timeout",
		File: "jq.go",
		Old:  "	case <-ctx.Done():\n		return nil, context.Cause(ctx)",
		New:  "	case <-(chan struct{})(nil):\n		return nil, context.Cause(ctx)",
		Run:  "TestExpressionEnds",
	},
	{
		Name: "an expression sees an environment that is empty",
		File: "jqrewrite.go",
		Old:  `	case called == "env/0":`,
		New:  "	case false:",
		Run:  "TestScripts/update$",
	},
}

var ofDev = []mutant.Mutant{
	{
		Name: "keys are the same in each run",
		File: "dev.go",
		Old:  "	o.SecretKey = cmp.Or(o.SecretKey, rand.Text())",
		New:  `	o.SecretKey = cmp.Or(o.SecretKey, "awsjar/fake/secret"+rand.Text()[:0])`,
		Run:  "TestScripts/dev$",
	},
	{
		Name: "every host name is answered",
		File: "dev.go",
		Old:  `	o.Hosts = append(o.Hosts, "localhost")`,
		New:  "",
		Run:  "TestDevHosts",
	},
	{
		Name: "nothing is said of an address that is open to others",
		File: "dev.go",
		Old:  "	if ip := net.ParseIP(host); host",
		New:  "	if ip := net.ParseIP(host); true || host",
		Run:  "TestScripts/dev$",
	},
}
