package examples_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/recipe"
)

// kitchen runs the recipes against one AWS.
type kitchen struct {
	t   *testing.T
	dir string
	aws *awsfake.Server
}

// command returns a program that is ready to start.
func (k *kitchen) command(name string, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(k.t.Context(), filepath.Join(k.dir, name), args...)
	cmd.Env = append(k.aws.Env(), "PATH="+os.Getenv("PATH"), "STATE_BUCKET=s3://state", "STATE_URL=s3://state/"+name+".json")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// run returns the output of a program and its error.
func (k *kitchen) run(name string, env []string, args ...string) (string, error) {
	k.t.Helper()
	out, err := k.command(name, env, args...).CombinedOutput()
	return string(out), err
}

// wantChange runs a program that prints a text, makes a change, and checks that
// the program prints the rest then.
func (k *kitchen) wantChange(before, after, name string, change func()) {
	k.t.Helper()
	cmd := k.command(name, nil)
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	got := make([]byte, len(before))
	if _, err := io.ReadFull(out, got); err != nil || string(got) != before {
		k.t.Errorf("%s printed %q (%v), want %q", name, got, err, before)
	}
	change()
	rest, err := io.ReadAll(out)
	if err != nil || cmd.Wait() != nil || string(rest) != after {
		k.t.Errorf("%s printed %q after the change (%v), want %q", name, rest, err, after)
	}
}

// want runs a program that must succeed, and compares its output.
func (k *kitchen) want(want, name string, env []string, args ...string) {
	k.t.Helper()
	out, err := k.run(name, env, args...)
	if err != nil || out != want {
		k.t.Errorf("%s %q printed %q (%v), want %q", name, args, out, err, want)
	}
}

// TestRecipes: the programs of the recipes do as the page says.
func TestRecipes(t *testing.T) {
	if testing.Short() {
		t.Skip("the recipes are compiled")
	}
	t.Parallel()
	aws := awsfake.NewServer(t)
	aws.CreateBucket("state")
	aws.SetVersioning("state", "Enabled")
	aws.CreateFunction("sams-lambda", nil)
	k := &kitchen{t, recipe.Build(t, ".."), aws}

	k.want("[a b]\n", "poller", []string{"ENTRIES=a b"})
	k.want("[c]\n", "poller", []string{"ENTRIES=b c"})

	k.want("processing hello\nreceipt of 1\n", "message", nil, "1", "hello")
	k.want("receipt of 1\n", "message", nil, "1", "hello")
	if out, err := k.run("message", nil, "1", "other"); err == nil || !strings.Contains(out, "another input") {
		t.Errorf("another message under the same id: %s", out)
	}

	k.want("1\n", "nightly", nil)
	k.want("2\n", "nightly", nil)
	aws.PutObject("state", "report.lease", []byte(`{"kind":"lease","token":1,"id":"x","owner":"first","ttl_ms":60000}`), nil)
	if out, err := k.run("nightly", nil); err != nil || !strings.Contains(out, `held by "first"`) {
		t.Errorf("while another run holds the lease: %s (%v)", out, err)
	}

	staging := []string{"STATE_BUCKET=s3://state/staging/"} // claims and leases of its own
	k.want("processing hello\nreceipt of 1\n", "message", staging, "1", "hello")
	k.want("1\n", "nightly", staging)

	aws.PutObject("state", "flag.json", []byte(`{"beta":false}`), nil)
	k.wantChange("at the start: false\nnow: false\n", "now: true\n", "flag", func() {
		aws.PutObject("state", "flag.json", []byte(`{"beta":true}`), nil)
	})

	if out, err := k.run("outbox", []string{"BROKEN=1"}); err == nil {
		t.Errorf("a broken mail server: %s", out)
	}
	if out, err := k.run("outbox", nil); err != nil || !strings.Contains(out, "sent order-1 ") || !strings.Contains(out, "sent order-2 ") {
		t.Errorf("the outbox printed %s (%v)", out, err)
	}

	aws.PutObject("state", "migration.json", []byte(`{"cursor":"abc","polls":1,"owner":"me"}`), nil)
	k.want("2 abc 2\n", "migration", nil)
	if object, _, _ := aws.Object("state", "migration.json"); !strings.Contains(string(object), `"owner":"me"`) {
		t.Errorf("the migration lost a member: %s", object)
	}

	if out, err := k.run("recovery", nil); err == nil || !strings.Contains(out, "nothing is stored") {
		t.Errorf("a name where nothing is stored: %s", out)
	}
	aws.PutObject("state", "recovery.json", []byte(`{"polls":7}`), nil)
	aws.PutObject("state", "recovery.json", []byte(`{"polls":`), nil)
	if out, err := k.run("recovery", nil); err != nil || !strings.HasSuffix(out, "\n7\n") {
		t.Errorf("a damaged state: %s (%v)", out, err)
	}
	k.want("7\n", "recovery", nil)

	k.want("3 2 <nil>\n", "undo", []string{"STATE_URL=lambda://sams-lambda"})

	key := "KEY=" + strings.Repeat("0f", 32)
	k.want("map[token:of a partner] <nil>\n", "encryption", []string{key})
	if object, _, _ := aws.Object("state", "encryption.json"); strings.Contains(string(object), "partner") {
		t.Error("the value is not encrypted")
	}
	another, _, _ := aws.Object("state", "encryption.json")
	aws.DeleteObject("state", "encryption.json")
	aws.Inject(awsfake.Fault{Op: "PutObject", Target: "state/encryption.json", MustFire: true, Hook: func() {
		aws.PutObject("state", "encryption.json", another, nil)
	}})
	k.want("map[token:of a partner] <nil>\n", "encryption", []string{key}) // another writer was first
	if out, err := k.run("encryption", []string{"KEY=" + strings.Repeat("0e", 32)}); err != nil || !strings.Contains(out, "another key") {
		t.Errorf("with another key: %s (%v)", out, err)
	}
}
