package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/recipe"
)

// TestRecipes: the programs of the recipes that need S3 alone work on real
// servers.
func TestRecipes(t *testing.T) {
	dir := recipe.Build(t, "..")
	eachPlain(t, func(t *testing.T, l launcher) {
		s := l.start(t)
		bucket := newBucket(t, s.s3Client(), true)
		run := func(env, name string, args ...string) string {
			t.Helper()
			cmd := exec.CommandContext(t.Context(), filepath.Join(dir, name), args...)
			cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env, "STATE_BUCKET=s3://"+bucket, "STATE_URL=s3://"+bucket+"/"+name+".json",
				"AWS_ENDPOINT_URL="+s.url, "AWS_ACCESS_KEY_ID="+accessKey, "AWS_SECRET_ACCESS_KEY="+secretKey, "AWS_REGION="+region)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
			return string(out)
		}
		for _, step := range []struct{ env, name, args, want string }{
			{"ENTRIES=a b", "poller", "", "[a b]\n"},
			{"ENTRIES=b c", "poller", "", "[c]\n"},
			{"", "message", "1 hello", "processing hello\nreceipt of 1\n"},
			{"", "message", "1 hello", "receipt of 1\n"},
			{"", "nightly", "", "1\n"},
			{"", "nightly", "", "2\n"},
			{"", "outbox", "", "sent order-1 thank you\n"},
			{"", "migration", "", "2  1\n"},
		} {
			if got := run(step.env, step.name, strings.Fields(step.args)...); got != step.want {
				t.Errorf("%s printed %q, want %q", step.name, got, step.want)
			}
		}
	})
}
