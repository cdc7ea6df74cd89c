package pack

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/pack/columns"
)

// samples are packed texts of every form that packs.
var samples = sync.OnceValue(func() map[string]string {
	short := `{"num_acorns":50,"acorn_hideouts":["tree","lake","backyard"]}`
	long := strings.Repeat(`{"id":17,"name":"x"}`, 30)
	return map[string]string{
		"dense, empty":  dense(nil),
		"dense, rows":   dense([]byte(rows()[:1000])),
		"flate, empty":  encodeFlate(nil),
		"flate, short":  encodeFlate([]byte(short)),
		"flate, long":   encodeFlate([]byte(long)),
		"Python, short": encodeZlib([]byte(short)),
		"Python, long":  encodeZlib([]byte(long)),
	}
})

// replacements are the characters that take the place of one: all of ASCII and
// some beyond.
func replacements() (texts []string) {
	for c := range rune(0x80) {
		texts = append(texts, string(c))
	}
	return append(texts, "", "é", "\u2028", "😀", "\x80", "\xff")
}

// TestEveryChangedCharacter changes each character into every other: the result
// that comes back is an error or the same value, never another value.
func TestEveryChangedCharacter(t *testing.T) {
	for name, text := range samples() {
		value, err := Decode(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		for i := range text {
			for _, r := range replacements() {
				changed := text[:i] + r + text[i+1:]
				if changed == text || changed == "" {
					continue
				}
				got, err := Decode(t.Context(), changed)
				var unknown *UnknownFormatError
				switch {
				case err == nil && !bytes.Equal(got, value):
					t.Fatalf("%s: character %d changed to %q gives another value: %.60q", name, i, r, got)
				case err != nil && !errors.Is(err, ErrCorrupt) && !(errors.As(err, &unknown) && i <= 1):
					t.Fatalf("%s: character %d changed to %q: %v", name, i, r, err)
				}
			}
		}
	}
}

func TestTruncated(t *testing.T) {
	for name, text := range samples() {
		for n := range len(text) {
			got, err := Decode(t.Context(), text[:n])
			if strings.HasPrefix(name, "Python") && n < 4 && string(got) == text[:n] {
				continue // nothing tells it from plain text
			}
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s: the first %d characters give %.40q, %v, want ErrCorrupt", name, n, got, err)
			}
		}
	}
}

func TestNeighboursExchanged(t *testing.T) {
	for name, text := range samples() {
		value, _ := Decode(t.Context(), text)
		for i := 1; i < len(text)-1; i++ {
			changed := text[:i] + text[i+1:i+2] + text[i:i+1] + text[i+2:]
			if changed == text {
				continue
			}
			if got, err := Decode(t.Context(), changed); err == nil && !bytes.Equal(got, value) {
				t.Fatalf("%s: characters %d and %d exchanged give %.40q", name, i, i+1, got)
			}
		}
	}
}

// TestBombs reads texts of some kilobytes that hold more than MaxValue bytes.
func TestBombs(t *testing.T) {
	zeros := make([]byte, MaxValue+1)
	for name, text := range map[string]string{
		"flate":  encodeFlate(zeros),
		"Python": encodeZlib(zeros),
	} {
		if got, err := Decode(t.Context(), text); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %d characters give %d bytes, %v, want ErrCorrupt", name, len(text), len(got), err)
		}
	}
	for name, text := range map[string]string{
		"flate":  encodeFlate(zeros[1:]),
		"Python": encodeZlib(zeros[1:]),
	} {
		if got, err := Decode(t.Context(), text); err != nil || len(got) != MaxValue {
			t.Errorf("%s: the largest value comes back as %d bytes, %v", name, len(got), err)
		}
	}
}

// TestCrafted reads texts whose checksum is right and whose body is not.
func TestCrafted(t *testing.T) {
	for name, text := range map[string]string{
		"flate, empty body":      sealEnvelope(formatFlate, nil),
		"flate, half a checksum": sealEnvelope(formatFlate, []byte{0}),
		"flate, no stream":       sealEnvelope(formatFlate, []byte{0, 0}),
		"flate, bad stream":      sealEnvelope(formatFlate, []byte{0, 0, 0xff, 0xff}),
		"flate, other value":     sealEnvelope(formatFlate, append([]byte{1, 2}, deflated("x")...)),
		"dense, empty body":      sealEnvelope(formatColumns, nil),
		"dense, no size":         sealEnvelope(formatColumns, []byte{0, 0}),
		"dense, endless size":    sealEnvelope(formatColumns, bytes.Repeat([]byte{0xff}, 20)),
		"dense, size too large":  sealEnvelope(formatColumns, binary.AppendUvarint([]byte{0, 0}, columns.MaxValue+1)),
		"dense, no code":         sealEnvelope(formatColumns, []byte{0, 0, 100}),
		"dense, other value":     sealEnvelope(formatColumns, []byte{0, 0, 3, 1, 2, 3}),
		"Python, no stream":      base64.StdEncoding.EncodeToString([]byte{0x78, 0xda, 0xff, 0xff}),
		"only the mark":          "^",
		"empty":                  "",
	} {
		if got, err := Decode(t.Context(), text); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %q, %v, want ErrCorrupt", name, got, err)
		}
	}
	for _, text := range []string{"^2", "^é", "^zabcdefgh", sealEnvelope('~', []byte("new"))} {
		var unknown *UnknownFormatError
		want, _ := utf8.DecodeRuneInString(text[1:])
		if got, err := Decode(t.Context(), text); !errors.As(err, &unknown) || unknown.Format != want {
			t.Errorf("%q: %q, %v, want an UnknownFormatError of %q", text, got, err, want)
		}
	}
}

func deflated(value string) []byte {
	var stream bytes.Buffer
	w, _ := flate.NewWriter(&stream, flate.BestCompression)
	w.Write([]byte(value))
	w.Close()
	return stream.Bytes()
}

func FuzzDecode(f *testing.F) {
	for _, text := range samples() {
		f.Add(text)
	}
	for _, value := range values() {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := Decode(t.Context(), text)
		var unknown *UnknownFormatError
		var elsewhere *PointerError
		switch {
		case err != nil && !errors.Is(err, ErrCorrupt) && !errors.As(err, &unknown) && !errors.As(err, &elsewhere):
			t.Fatalf("%q: %v", text, err)
		case err == nil && len(value) > MaxValue:
			t.Fatalf("%q holds %d bytes", text, len(value))
		}
	})
}

func FuzzEncode(f *testing.F) {
	for _, value := range values() {
		f.Add([]byte(value), 0, 4000)
	}
	f.Fuzz(func(t *testing.T, value []byte, form, limit int) {
		text, err := Encode(t.Context(), value, Form(uint(form)%4), Limits{Size: limit})
		if err != nil {
			return
		}
		if limit > 0 && Measure(text) > limit {
			t.Fatalf("%d bytes, limit %d", Measure(text), limit)
		}
		if got, err := Decode(t.Context(), text); err != nil || !bytes.Equal(got, value) {
			t.Fatalf("%q came back as %q, %v", value, got, err)
		}
	})
}
