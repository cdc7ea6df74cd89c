package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestValuesOnATerminal: a value cannot steer the terminal or hide in it, and
// stays the same JSON. Elsewhere it is written as it is stored.
func TestValuesOnATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	const text = "\u0085\u009b31m\u202eabc\u2066\u007f\u200b\u2028\U000e0041é日🐿\u001b"
	stored, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		t.Fatal(err)
	}
	stored = bytes.ReplaceAll(stored, []byte(`\u2028`), []byte("\u2028")) // which Marshal escapes
	if err := os.WriteFile("before.json", []byte(`{"text":""}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("a.json", stored, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"get file:a.json", "get --pretty file:a.json", "get --compact file:a.json", "get --json file:a.json", "history --json file:a.json", "diff file:before.json file:a.json"} {
		var stdout, stderr bytes.Buffer
		w := world{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, watching: true, environ: []string{"NO_COLOR=1"}}
		if code := run(t.Context(), strings.Fields(args), w); code > 1 {
			t.Logf("%s: %d, %s", args, code, stderr.String())
		}
		for _, r := range stdout.String() {
			if r != '\n' && (r < ' ' || strings.ContainsRune("\u0085\u009b\u202e\u2066\u007f\u200b\u2028\U000e0041", r)) {
				t.Errorf("%s writes %U to the terminal", args, r)
			}
		}
		if !strings.HasPrefix(args, "get") {
			continue
		}
		var value struct {
			Text  string
			Value struct{ Text string }
		}
		if err := json.Unmarshal(stdout.Bytes(), &value); err != nil || value.Text+value.Value.Text != text {
			t.Errorf("%s writes %q, %v", args, stdout.String(), err)
		}
	}
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"get", "file:a.json"}, world{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stdout}); code != 0 || strings.TrimSpace(stdout.String()) != string(stored) {
		t.Errorf("to a program: %d, %q", code, stdout.String())
	}
}

// TestRawOnATerminal: raw bytes that would steer the terminal are refused there.
func TestRawOnATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	for content, plain := range map[string]bool{
		"{\"a\":\t1}\r\n": true, "é日🐿": true, "\x1b[2J": false, "\u009b": false, "\u202e": false, "\xff": false, "\x00": false,
	} {
		if err := os.WriteFile("a", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, watching := range []bool{true, false} {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), []string{"get", "--raw", "file:a"}, world{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, watching: watching})
			if want := content; plain || !watching {
				if code != 0 || stdout.String() != want {
					t.Errorf("%q, watching %v: %d, %q, %s", content, watching, code, stdout.String(), stderr.String())
				}
			} else if code != 1 || stdout.Len() != 0 || !strings.Contains(stderr.String(), "awsjar get --raw file:a > FILE") {
				t.Errorf("%q to a terminal: %d, %q, %s", content, code, stdout.String(), stderr.String())
			}
		}
	}
}
