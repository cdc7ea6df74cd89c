package python_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar/codec/python"
)

// storedText is a text in one of the original's stores.
type storedText struct {
	Store string `json:"store"` // "jar" or "bucket"
	Text  string `json:"text"`
}

// readByOriginal returns the result of get() of Python awsjar for each text, in
// the notation of python-vectors.json. Without Python it returns false, which
// fails the test in CI.
func readByOriginal(t *testing.T, texts []storedText) ([]any, bool) {
	t.Helper()
	interpreter, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3 is required in CI:", err)
		}
		t.Log("NOT CHECKED AGAINST PYTHON: there is no python3 here:", err)
		return nil, false
	}
	input, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), interpreter, "testdata/py_read.py")
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("py_read.py: %v\n%s", err, &stderr)
	}
	var values []any
	dec := json.NewDecoder(bytes.NewReader(output))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil {
		t.Fatal(err)
	}
	if len(values) != len(texts) {
		t.Fatalf("py_read.py returned %d values for %d texts", len(values), len(texts))
	}
	return values, true
}

// tagged turns a value that the codec read into an any into the notation of
// python-vectors.json.
func tagged(v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, member := range v {
			object[name] = tagged(member)
		}
		return object
	case []any:
		list := []any{}
		for _, element := range v {
			list = append(list, tagged(element))
		}
		return list
	case float64:
		text := strings.ToLower(strconv.FormatFloat(v, 'g', -1, 64))
		return map[string]any{"$float": strings.TrimPrefix(text, "+")}
	case time.Time:
		return taggedTime(v)
	}
	return v
}

func taggedTime(v time.Time) any {
	fields := map[string]any{"iso": isoformat(v), "aware": !python.IsNaive(v), "repr": reprOf(v)}
	if !python.IsNaive(v) {
		name, offset := v.Zone()
		if name == "" {
			name = "UTC" + isoOffset(offset)
		}
		fields["utcoffset_us"] = microseconds(offset)
		fields["tzname"] = name
		fields["utc"] = isoformat(v.UTC())
	}
	if strings.Contains(fields["repr"].(string), "fold=1") {
		fields["fold"] = json.Number("1")
	}
	return map[string]any{"$datetime": fields}
}

// isoformat is Python's datetime.isoformat.
func isoformat(v time.Time) string {
	layout := "2006-01-02T15:04:05"
	if v.Nanosecond() != 0 {
		layout += ".000000"
	}
	if python.IsNaive(v) {
		return v.Format(layout)
	}
	_, offset := v.Zone()
	return v.Format(layout) + isoOffset(offset)
}

func isoOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign = '-'
	}
	seconds = int(math.Abs(float64(seconds)))
	text := fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf(":%02d", seconds%60)
	}
	return text
}

// reprOf is the repr that the codec writes for a time.
func reprOf(v time.Time) string {
	data, err := python.Codec{}.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var object struct{ Repr string }
	if err := json.Unmarshal(data, &object); err != nil {
		return err.Error()
	}
	return object.Repr
}
