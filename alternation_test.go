package awsjar_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
)

// Four programs that know different members write one key by turns: an older
// and a newer one, one beside Python, and one that changes the text itself. No
// member is lost, and each counter counts all its turns.
func TestProgramsOfDifferentVersions(t *testing.T) {
	ctx := t.Context()
	type feed struct {
		URL  string `json:"url"`
		Read int    `json:"read"`
	}
	type feedV2 struct {
		feed
		ETag string `json:"etag,omitempty"`
	}
	type v1 struct {
		Runs  int             `json:"runs"`
		Feeds map[string]feed `json:"feeds"`
	}
	type v2 struct {
		NewRuns int               `json:"new_runs"`
		Feeds   map[string]feedV2 `json:"feeds"`
		Owner   string            `json:"owner,omitempty"`
	}
	type beside struct {
		PythonRuns int `json:"python_runs"`
	}
	store := holding(t, `{"seen": ["caf\u00e9", 1.0e2], "last": {"_dt_": true, "repr": "datetime.datetime(2026, 1, 2, 3, 4)"}, "text_runs": 0}`)
	older, newer := awsjar.New[v1](store), awsjar.New[v2](store)
	pythons := awsjar.New[beside](store, withCodec(python.Codec{}))
	texts := awsjar.New[json.RawMessage](store, withCodec(awsjar.Bytes{}))
	const turns = 5
	for n := range turns {
		for name, err := range map[string]error{
			"older": second(older.Update(ctx, func(s *v1) error {
				s.Runs++
				if s.Feeds == nil {
					s.Feeds = map[string]feed{"a": {URL: "https://a"}}
				}
				a := s.Feeds["a"]
				a.Read++
				s.Feeds["a"] = a
				return nil
			})),
			"newer": second(newer.Update(ctx, func(s *v2) error {
				s.NewRuns++
				s.Owner = "me"
				if a, ok := s.Feeds["a"]; ok {
					a.ETag = "tag"
					s.Feeds["a"] = a
				}
				return nil
			})),
			"python": second(pythons.Update(ctx, func(s *beside) error { s.PythonRuns++; return nil })),
			"text": second(texts.Update(ctx, func(raw *json.RawMessage) error {
				was, is := string('0'+rune(n)), string('1'+rune(n))
				changed := strings.NewReplacer(`"text_runs":`+was, `"text_runs":`+is, `"text_runs": `+was, `"text_runs": `+is).Replace(string(*raw))
				*raw = json.RawMessage(changed)
				return nil
			})),
		} {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	data, _, err := store.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	json.Unmarshal([]byte(`{"seen":["café",100],"last":{"_dt_":true,"repr":"datetime.datetime(2026, 1, 2, 3, 4)"},"text_runs":5,
		"runs":5,"new_runs":5,"python_runs":5,"owner":"me","feeds":{"a":{"url":"https://a","read":5,"etag":"tag"}}}`), &want)
	if a, b := text(got), text(want); a != b {
		t.Errorf("%s\nis left; want\n%s", a, b)
	}
	if !strings.Contains(string(data), `1.0e2`) || !strings.Contains(string(data), `caf\u00e9`) {
		t.Errorf("the text of members that nobody changed did not stay: %s", data)
	}
}
