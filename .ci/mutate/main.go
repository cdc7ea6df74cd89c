// Command mutate changes one operator of a package at a time, runs the tests of
// the package over the change, and names each change that no test notices.
//
//	go run ./.ci/mutate [-known FILE] [-cases] ./internal/merge ./gate.go
//
// An argument is a package, or one file of a package; files of other systems are
// left out. The operators are a fixed set: comparisons are negated and their bounds
// moved, && becomes || and back, + becomes - and back, ++ becomes --, and ! goes.
// Conditions of switches count: tools that go by coverage leave them out, since no
// block of coverage holds them.
//
// A change that a test cannot notice is listed, with the reason, in known.txt:
// the name of the file, the line of source, and the operators, tab-separated.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

var others = map[token.Token][]token.Token{
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ, token.GEQ}, token.GEQ: {token.GTR, token.LSS},
	token.GTR: {token.GEQ, token.LEQ}, token.LEQ: {token.LSS, token.GTR},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD},
	token.INC: {token.DEC}, token.DEC: {token.INC},
}

// change replaces one operator.
type change struct {
	file     string
	source   []byte
	at       token.Position
	old, new string
}

func main() {
	known := flag.String("known", ".ci/mutate/known.txt", "changes that need no test")
	cases := flag.Bool("cases", false, "only the conditions of switches")
	flag.Parse()
	text, err := os.ReadFile(*known)
	check(err)
	lived := 0
	for _, arg := range flag.Args() {
		files := []string{arg}
		if !strings.HasSuffix(arg, ".go") {
			files, err = filepath.Glob(filepath.Join(arg, "*.go"))
			check(err)
		}
		for _, file := range files {
			if isBuilt(file) {
				lived += tryAll(changesOf(file, *cases), string(text))
			}
		}
	}
	if lived > 0 {
		fmt.Println(lived, "changes that no test notices")
		os.Exit(1)
	}
}

// isBuilt reports whether a file is part of the package on this system; the tests
// could notice no change of another one.
func isBuilt(file string) bool {
	built, err := build.Default.MatchFile(filepath.Split(file))
	check(err)
	return built && !strings.HasSuffix(file, "_test.go")
}

// changesOf returns the changes of a file.
func changesOf(file string, cases bool) (all []change) {
	source, err := os.ReadFile(file)
	check(err)
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, 0)
	check(err)
	add := func(pos token.Pos, old, new string) {
		all = append(all, change{file, source, set.Position(pos), old, new})
	}
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			for _, op := range others[n.Op] {
				add(n.OpPos, n.Op.String(), op.String())
			}
		case *ast.IncDecStmt:
			add(n.TokPos, n.Tok.String(), others[n.Tok][0].String())
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				add(n.OpPos, "!", "")
			}
		}
		return true
	}
	if !cases {
		ast.Inspect(tree, visit)
		return all
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			for _, e := range c.List {
				ast.Inspect(e, visit)
			}
		}
		return true
	})
	return all
}

// tryAll returns how many changes live.
func tryAll(all []change, known string) (lived int) {
	dir, err := os.MkdirTemp("", "mutate")
	check(err)
	defer os.RemoveAll(dir)
	noticed, excused, broken := 0, 0, 0
	for _, c := range all {
		if strings.Contains(known, c.String()) {
			excused++
			continue
		}
		switch out, err := c.try(dir); {
		case err == nil:
			lived++
			fmt.Printf("LIVED %v: %v\n", c.at, c)
		case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
			broken++
		default:
			noticed++
		}
	}
	if len(all) > 0 {
		fmt.Printf("%s: %d noticed, %d lived, %d known, %d do not compile\n", all[0].file, noticed, lived, excused, broken)
	}
	return lived
}

// String is the line of known.txt.
func (c change) String() string {
	line := strings.Split(string(c.source), "\n")[c.at.Line-1]
	return fmt.Sprintf("%s\t%s\t%s -> %s", filepath.Base(c.file), strings.TrimSpace(line), c.old, c.new)
}

// try runs the tests over the change.
func (c change) try(dir string) (string, error) {
	original, err := filepath.Abs(c.file)
	check(err)
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	text := string(c.source[:c.at.Offset]) + c.new + string(c.source[c.at.Offset+len(c.old):])
	check(os.WriteFile(changed, []byte(text), 0o600))
	description, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	check(err)
	check(os.WriteFile(overlay, description, 0o600))
	cmd := exec.Command("go", "test", "-overlay", overlay, "-failfast", "-timeout", "2m", ".")
	cmd.Dir = filepath.Dir(original)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
