package pack

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/pack/packtest"
)

var writeVectors = flag.Bool("write-vectors", false, "write the vectors that do not exist yet")

const vectorDir = "testdata/vectors"

// vectorForms are the texts of which there are vectors, by the name of the form.
var vectorForms = map[string]func(value []byte) string{
	"plain":  func(value []byte) string { return string(value) },
	"flate":  encodeFlate,
	"dense":  dense,
	"python": encodeZlib,
}

// TestVectors reads what former versions wrote. A vector is a file with a
// header and the value:
//
//	form: dense
//	text: ^1...
//	<empty line>
//	the bytes of the value, to the end of the file
//
// Vectors are added, and never changed or removed. The texts of the dense form must
// also come out the same when they are written again.
func TestVectors(t *testing.T) {
	if *writeVectors {
		write(t)
	}
	files, err := filepath.Glob(vectorDir + "/*")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d vectors, %v", len(files), err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		header, value, _ := bytes.Cut(content, []byte("\n\n"))
		var form, text string
		for line := range strings.Lines(string(header)) {
			switch name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); name {
			case "form":
				form = rest
			case "text":
				text = rest
			}
		}
		if got, err := Decode(t.Context(), text); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%s: reads as %.60q, %v", file, got, err)
		}
		if form == "dense" && dense(value) != text {
			t.Errorf("%s: is written as %.60q", file, dense(value))
		}
	}
}

// write adds the vectors that are missing.
func write(t *testing.T) {
	chosen := values()
	chosen["rows"] = rows()
	for name, value := range packtest.States() {
		chosen["state "+name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(chosen)) {
		value := []byte(chosen[name])
		for form, encode := range vectorForms {
			if form == "plain" && (!CanBePlain(string(value)) || bytes.ContainsRune(value, '\n')) ||
				form != "dense" && strings.HasPrefix(name, "state ") {
				continue
			}
			file := filepath.Join(vectorDir, strings.NewReplacer(" ", "-", ",", "").Replace(form+"-"+name))
			if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
				continue
			}
			content := fmt.Appendf(nil, "form: %s\ntext: %s\n\n%s", form, encode(value), value)
			if err := os.WriteFile(file, content, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// rows is a state of the size for which the dense form was made.
func rows() string {
	var text strings.Builder
	for i := range 120 {
		fmt.Fprintf(&text, `{"id":%d,"at":"2026-03-%02dT%02d:%02d:00Z","price":%d.%02d,"tag":"%s","hash":"%08x"},`,
			1000+i*3, 1+i/24, i%24, i*7%60, 10+i%17, i*37%100, strings.Fields("new old sold")[i*i%3], uint32(i)*2654435761)
	}
	return "[" + strings.TrimSuffix(text.String(), ",") + "]"
}
