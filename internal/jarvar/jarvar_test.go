package jarvar

import (
	"errors"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/google/go-cmp/cmp"
)

func read(name string, env map[string]string) State {
	return Read(name, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
}

func TestRead(t *testing.T) {
	env := map[string]string{"jar": "1", "jar_awsjar": "~AAAAAAAA,BBBBBBBB", "stub": "", "alien": "x", "alien_awsjar": "AAAAAAAA"}
	for name, want := range map[string]State{
		"jar":    {Text: "1", Line: lineage.Line{{ID: "AAAAAAAA"}, {ID: "BBBBBBBB"}}},
		"stub":   {},
		"alien":  {Text: "x"},
		"absent": {},
	} {
		if diff := cmp.Diff(want, read(name, env)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestRevision: two states have one revision if, and only if, the text is the
// same and so is the last write.
func TestRevision(t *testing.T) {
	states := []State{
		{Text: "1"},
		{Text: "2"},
		{Text: "1", Line: lineage.Line{{ID: "AAAAAAAA"}}},
		{Text: "1", Line: lineage.Line{{ID: "BBBBBBBB"}, {ID: "AAAAAAAA"}}},
		{Text: "2", Line: lineage.Line{{ID: "BBBBBBBB"}, {ID: "AAAAAAAA"}}},
	}
	seen := map[awsjar.Revision]int{awsjar.None: -1, awsjar.Any: -2}
	for i, s := range states {
		if other, ok := seen[s.Revision()]; ok {
			t.Errorf("states %d and %d have the revision %q", i, other, s.Revision())
		}
		seen[s.Revision()] = i
		shorter := State{Text: s.Text, Line: s.Line[:min(1, len(s.Line))]}
		if shorter.Revision() != s.Revision() {
			t.Errorf("the revision of state %d depends on earlier writes", i)
		}
	}
	if got := (State{Line: lineage.Line{{ID: "AAAAAAAA"}}}).Revision(); got != awsjar.None {
		t.Errorf("the revision of an absent value is %q; want None", got)
	}
	if got, want := states[2].Revision(), awsjar.Revision("AAAAAAAA~a4ayc_80_OGda4BO"); got != want {
		t.Errorf("the revision is %q; want %q as in earlier versions", got, want)
	}
}

func TestNext(t *testing.T) {
	s := State{}
	var ids []string
	for range 8 {
		id := lineage.NewID()
		ids = append([]string{string(id)}, ids...)
		s = s.Next("text", id)
	}
	if got, want := s.Line.String(), strings.Join(ids[:5], ","); got != want {
		t.Errorf("the lineage is %s; want the newest five, %s", got, want)
	}
	again := read("n", map[string]string{"n": s.Text, "n_awsjar": s.LineText()})
	if diff := cmp.Diff(s, again); diff != "" {
		t.Errorf("written and read again:\n%s", diff)
	}
}

func TestValue(t *testing.T) {
	for text, want := range map[string]struct {
		data string
		err  error
	}{
		`{"n":1}`:      {`{"n":1}`, nil},
		"eJwDAAAAAAE=": {"", nil}, // Python: zlib of nothing
		"":             {"", awsjar.ErrNotFound},
		"^":            {"", awsjar.ErrCorrupt},
		"^0xxxx":       {"", awsjar.ErrCorrupt},
		"^~future":     {"", awsjar.ErrCorrupt},
	} {
		s := State{Text: text}
		data, meta, err := s.Value(t.Context(), nil)
		if string(data) != want.data || !errors.Is(err, want.err) || want.err == nil && err != nil {
			t.Errorf("%q: %q, %v; want %q, %v", text, data, err, want.data, want.err)
		}
		if meta.Revision != s.Revision() || meta.Size != int64(len(want.data)) {
			t.Errorf("%q: %+v; want the revision %q and the size %d", text, meta, s.Revision(), len(want.data))
		}
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"jar", "J2", "aa", "with_underscore", "A_", "AWS_SOMETHING", "ids", "jar_ids", "jar_id", "user_id", "awsjar", "LANG"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{
		"", "j", "_jar", "1jar", "with-dash", "with.dot", "with space", "ümlaut", "jarü", "jar\n", "jar=", "a\x00",
		"AWS_REGION", "AWS_SECRET_ACCESS_KEY", "_HANDLER", "LAMBDA_TASK_ROOT", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "aws_secret_access_key", "jar_awsjar", "a_awsjar_awsjar",
	} {
		var e *awsjar.Error
		if err := CheckName(name); !errors.Is(err, awsjar.ErrInvalid) || !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%q: %v; want ErrInvalid with a hint", name, err)
		}
	}
}

// TestOwner: the variable of the lineage belongs to a jar only if awsjar wrote
// it, even if it looks like one.
func TestOwner(t *testing.T) {
	for value, ours := range map[string]bool{
		"": true, "~AAAAAAAA": true, "~AAAAAAAA.bbbbbb,BBBBBBBB": true,
		"acme1234": false, "4711": false, "AAAAAAAA,BBBBBBBB": false, "0f8fad5b-d9cb-469f-a165-70867728950e": false,
		"~": false, "~acme": false, "~AAAAAAAA,": false, " ": false, "user@example.com": false, "~" + strings.Repeat("AAAAAAAA,", 100) + "AAAAAAAA": false,
	} {
		err := CheckOwner("jar", func(name string) (string, bool) { return value, name == "jar_awsjar" })
		if ours != (err == nil) || !ours && (!errors.Is(err, awsjar.ErrInvalid) || !strings.Contains(err.Error(), "jar_awsjar") || strings.Contains(err.Error(), value) && value != " ") {
			t.Errorf("%q: %v; ours: %v", value, err, ours)
		}
	}
}
