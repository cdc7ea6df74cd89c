package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needTerraform returns the path of the command, or skips the test loudly, under
// CI too: no registry that this module uses has it.
func needTerraform(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("terraform")
	if err != nil {
		running.Lock()
		defer running.Unlock()
		running.errs["terraform"] = err
		t.Skip(err)
	}
	return path
}

// terraform returns the output of the command in a directory.
func terraform(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(needTerraform(t), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	return output(t, cmd)
}

// TestTerraformFormat: Terraform's own parser reads the examples.
func TestTerraformFormat(t *testing.T) {
	t.Parallel()
	terraform(t, ".", "fmt", "-check", "-diff", "-recursive", filepath.Join("..", "examples"))
}

// TestTerraformIgnores: Terraform keeps a variable that it should
// ignore. Terraform itself decides what is ignored, not the provider of
// AWS, so that its built-in resource can stand for a function.
func TestTerraformIgnores(t *testing.T) {
	t.Parallel()
	type variables = map[string]string
	stub := variables{"STAGE": "test", "jar": "", "jar_awsjar": ""}
	for _, c := range []struct {
		name            string
		declared, found variables
		stage           string
		want            variables // that the plan sends
	}{
		{"nothing else changes", stub, variables{"STAGE": "test", "jar": "7", "jar_awsjar": "x"}, "test", variables{"STAGE": "test", "jar": "7", "jar_awsjar": "x"}},
		{"STAGE changes", stub, variables{"STAGE": "test", "jar": "7", "jar_awsjar": "x"}, "prod", variables{"STAGE": "prod", "jar": "7", "jar_awsjar": "x"}},
		{"not declared", variables{"STAGE": "test"}, variables{"STAGE": "test", "jar": "7", "jar_awsjar": "x"}, "prod", variables{"STAGE": "prod", "jar": "7", "jar_awsjar": "x"}},
		{"deleted", stub, variables{"STAGE": "test"}, "prod", variables{"STAGE": "prod"}},
		{"another jar", stub, variables{"STAGE": "test", "jar": "7", "jar_awsjar": "x", "cursor": "1"}, "test", variables{"STAGE": "test", "jar": "7", "jar_awsjar": "x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := planned(t, c.declared, c.found, c.stage); !maps.Equal(got, c.want) {
				t.Errorf("the plan sends %v; want %v", got, c.want)
			}
		})
	}
}

// planned returns the variables that Terraform would send for a function that
// was made with some, has others by now, and is to have another STAGE.
func planned(t *testing.T, declared, found map[string]string, stage string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	configure := func(stage string) {
		var lines strings.Builder
		for _, name := range keysOf(anyMap(declared)) {
			value := declared[name]
			if name == "STAGE" {
				value = stage
			}
			fmt.Fprintf(&lines, "%s = %q\n", name, value)
		}
		writeFile(t, filepath.Join(dir, "main.tf"), `resource "terraform_data" "function" {
			input = tomap({
				`+lines.String()+`
			})
			lifecycle {
				ignore_changes = [input["jar"], input["jar_awsjar"]]
			}
		}`)
	}
	configure("test")
	terraform(t, dir, "init")
	terraform(t, dir, "apply", "-auto-approve")

	state := filepath.Join(dir, "terraform.tfstate")
	text, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	document["serial"] = 1000
	replaced := 0
	walk(document, func(value any) {
		if o := object(value); o["type"] != nil && o["value"] != nil {
			o["value"] = anyMap(found)
			replaced++
		}
	})
	if text, err = json.Marshal(document); err != nil || replaced != 2 {
		t.Fatalf("%d values of the state were replaced, %v", replaced, err)
	}
	writeFile(t, state, string(text))

	configure(stage)
	terraform(t, dir, "plan", "-out", "plan")
	var plan struct {
		Changes []struct {
			Change struct {
				After struct{ Input map[string]string }
			}
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(terraform(t, dir, "show", "-json", "plan"), &plan); err != nil || len(plan.Changes) != 1 {
		t.Fatalf("%d changes, %v", len(plan.Changes), err)
	}
	return plan.Changes[0].Change.After.Input
}

func anyMap(m map[string]string) map[string]any {
	out := map[string]any{}
	for name, value := range m {
		out[name] = value
	}
	return out
}
