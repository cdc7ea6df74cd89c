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
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // no directory any more
		t.Fatal(err)
	}
	if err := s.ReplaceEnvironment("fn", map[string]string{"KEY": "new"}); err == nil {
		t.Error("no error")
	}
	if env, _ := s.Environment("fn"); env["KEY"] != "old" {
		t.Error(env)
	}
	for _, r := range [][3]string{
		{"PUT", configuration, `{"Environment":{"Variables":{"KEY":"new"}}}`},
		{"POST", functions, `{"FunctionName":"gn"}`},
		{"POST", functions + "/fn/versions", ``},
		{"POST", functions + "/fn/aliases", `{"Name":"live","FunctionVersion":"$LATEST"}`},
		{"DELETE", functions + "/fn/aliases/live", ``},
		{"DELETE", functions + "/fn", ``},
	} {
		if status, code := serve(s, r[0], r[1], r[2]); status != 500 || code != "ServiceException" {
			t.Errorf("%v: %d %s", r, status, code)
		}
	}
	if env, _ := s.Environment("fn"); env["KEY"] != "old" {
		t.Error(env)
	}
	if _, ok := s.Environment("gn"); ok {
		t.Error("created")
	}
	if err := s.DeleteFunction("fn"); err == nil {
		t.Error("no error")
	}
	if _, ok := s.Environment("fn"); !ok {
		t.Error("deleted")
	}
}
