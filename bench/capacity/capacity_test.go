package capacity

import (
	"testing"

	"github.com/awsjar/awsjar/internal/pack"
)

func TestLongListFits(t *testing.T) {
	list := Tuned()[0].JSON(45000)
	text, err := pack.Encode(t.Context(), list, pack.FormAuto, pack.Limits{Size: Limit})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := pack.Decode(t.Context(), text); err != nil || string(got) != string(list) {
		t.Fatalf("list(range(45000)) came back with %d bytes, %v", len(got), err)
	}
}

func TestPythonJSON(t *testing.T) {
	const compact = `{"a":[1,"x,y:\"é😀"],"b":{}}`
	const want = `{"a": [1, "x,y:\"\u00e9\ud83d\ude00"], "b": {}}`
	if got := string(pythonJSON([]byte(compact))); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestStatesGrow(t *testing.T) {
	for _, s := range append(Tuned(), Unseen()...) {
		if a, b := s.JSON(5), s.JSON(6); len(a) >= len(b) {
			t.Errorf("%s: 5 elements take %d bytes, 6 take %d", s.Name, len(a), len(b))
		}
	}
}
