package lambdafake

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLoadRefusesWhatIsNotAFunction(t *testing.T) {
	for _, content := range []string{"", "{", "[]", `{"Name":"../x"}`, `{"Name":""}`, `{"Name":"fn","Modified":1}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "fn.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Dir: dir}); err == nil {
			t.Errorf("%q is accepted", content)
		}
	}
}

func TestStateThatCannotBeKeptIsNotServed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	s, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateFunction("fn", map[string]string{"KEY": "old"}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, dir+".gone"); err != nil {
		t.Fatal(err)
	}
	if err := s.ReplaceEnvironment("fn", map[string]string{"KEY": "new"}); err == nil {
		t.Error("no error")
	}
	if env, _ := s.Environment("fn"); env["KEY"] != "old" {
		t.Error(env)
	}
	if err := s.DeleteFunction("fn"); err == nil {
		t.Error("no error")
	}
	if _, ok := s.Environment("fn"); !ok {
		t.Error("deleted")
	}
}
