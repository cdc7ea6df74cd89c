package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// places are the directories of the packages that pages name. The value that pages
// call jar has the methods of package awsjar, and so on.
var places = map[string]string{
	"awsjar": "..", "jar": "..", "obj": "..",
	"s3jar": "../s3jar", "bucket": "../s3jar",
	"lambdajar": "../lambdajar", "filejar": "../filejar", "memjar": "../memjar", "envjar": "../envjar",
	"jarurl": "../jarurl", "seen": "../seen", "journal": "../journal",
	"lease": "../lease", "lock": "../lease", "held": "../lease", "once": "../once",
	"awsfake": "../awsfake", "srv": "../awsfake", "lambdaenv": "../lambdaenv",
	"awsroots": "../awsroots", "awsdirect": "../awsdirect", "python": "../codec/python", "storetest": "../storetest",
}

// TestNamesExist: each name of Go that a page gives with its package, or as a method
// of a jar or a bucket, is there.
func TestNamesExist(t *testing.T) {
	named := regexp.MustCompile(`\b([a-z][a-z0-9]*)\.([A-Z]\w*)`)
	declared := map[string]map[string]bool{}
	found := 0
	for _, page := range pages(t) {
		for n, line := range strings.Split(source(t, page), "\n") {
			for _, m := range named.FindAllStringSubmatch(line, -1) {
				place, ok := places[m[1]]
				if !ok {
					continue
				}
				if declared[place] == nil {
					declared[place] = namesOf(t, place)
				}
				found++
				if !declared[place][m[2]] {
					t.Errorf("%s:%d: there is no %s", page, n+1, m[0])
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d names were found", found)
	}
}

// namesOf returns the exported functions, methods, types, values and fields of a
// package.
func namesOf(t *testing.T, place string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(place, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", place, len(files), err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncDecl:
				names[node.Name.Name] = true
				return false // the names within are nobody's business
			case *ast.TypeSpec:
				names[node.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range node.Names {
					names[name.Name] = true
				}
			case *ast.Field:
				for _, name := range node.Names {
					names[name.Name] = true
				}
			}
			return true
		})
	}
	return names
}
