package pack

import (
	"errors"
	"testing"
)

// goldenPointer was written by the first version that had pointers.
const goldenPointer = "^@lfuX!8fz3fIFg%XYE?^1_tF]-oVdcNV9K!p]n"

func pointer() Pointer { return PointTo("Ab3dEf7-", []byte(`{"num_acorns":50}`)) }

func TestPointer(t *testing.T) {
	p := pointer()
	text := p.Text()
	if text != goldenPointer {
		t.Errorf("a pointer is written as %s; want %s", text, goldenPointer)
	}
	if got, ok := ReadPointer(goldenPointer); !ok || got != p {
		t.Errorf("%s is read as %v, %v; want %v", goldenPointer, got, ok, p)
	}
	var elsewhere *PointerError
	if value, err := Decode(t.Context(), text); !errors.As(err, &elsewhere) || elsewhere.Pointer != p || value != nil {
		t.Errorf("Decode of a pointer: %q, %v", value, err)
	}
	if !p.To([]byte(`{"num_acorns":50}`)) || p.To([]byte(`{"num_acorns":51}`)) || p.To(nil) {
		t.Error("a pointer is not to its value alone")
	}
	if text, err := Encode(t.Context(), []byte(text), FormAuto, Limits{Size: 0}); err != nil || text[1] == formatPointer {
		t.Errorf("a value that looks like a pointer is written as %q, %v", text, err)
	}
}

// TestEveryChangedCharacterOfPointers: damage never points anywhere else.
func TestEveryChangedCharacterOfPointers(t *testing.T) {
	text := pointer().Text()
	for i := range text {
		for _, r := range replacements() {
			changed := text[:i] + r + text[i+1:]
			if got, ok := ReadPointer(changed); ok && changed != text {
				t.Fatalf("character %d changed to %q points to %v", i, r, got)
			}
			var unknown *UnknownFormatError
			if value, err := Decode(t.Context(), changed); changed != text && !errors.Is(err, ErrCorrupt) && !(errors.As(err, &unknown) && i == 1) {
				t.Fatalf("character %d changed to %q: %q, %v", i, r, value, err)
			}
		}
	}
	for n := range len(text) {
		if got, ok := ReadPointer(text[:n]); ok {
			t.Errorf("the first %d characters point to %v", n, got)
		}
	}
}

// TestCraftedPointers: ids become parts of keys, so no text may hold others
// than those that are written.
func TestCraftedPointers(t *testing.T) {
	sum := make([]byte, pointerSum)
	for name, body := range map[string][]byte{
		"empty":          nil,
		"no size":        append([]byte("Ab3dEf7-"), sum...),
		"path as id":     append(append([]byte("../../ab"), sum...), 1),
		"id with a NUL":  append(append([]byte("Ab3dEf7\x00"), sum...), 1),
		"line end as id": append(append([]byte("Ab3dEf7\n"), sum...), 1),
		"more behind":    append(append([]byte("Ab3dEf7-"), sum...), 1, 1),
		"size cut short": append(append([]byte("Ab3dEf7-"), sum...), 0x80),
		"negative size":  append(append([]byte("Ab3dEf7-"), sum...), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
		"endless size":   append(append([]byte("Ab3dEf7-"), sum...), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
	} {
		text := sealEnvelope(formatPointer, body)
		if got, ok := ReadPointer(text); ok {
			t.Errorf("%s: points to %v", name, got)
		}
		if _, err := Decode(t.Context(), text); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v; want ErrCorrupt", name, err)
		}
	}
}

func FuzzReadPointer(f *testing.F) {
	f.Add(pointer().Text())
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := ReadPointer(text); ok && len(p.ID) != pointerID {
			t.Errorf("%q points to %v", text, p)
		}
	})
}
