package pack

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestMayBeDeflateLosesNothing: every stream of an encoder may be DEFLATE,
// in stored, fixed and dynamic blocks, and in many blocks.
func TestMayBeDeflateLosesNothing(t *testing.T) {
	for name, value := range values() {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			var stream bytes.Buffer
			w, err := flate.NewWriter(&stream, level)
			if err != nil {
				t.Fatal(err)
			}
			w.Write([]byte(value[:len(value)/2]))
			w.Flush() // ends a block
			w.Write([]byte(value[len(value)/2:]))
			w.Close()
			if !mayBeDeflate(stream.Bytes()) {
				t.Errorf("%s at level %d is DEFLATE", name, level)
			}
		}
	}
}

// FuzzMayBeDeflate: a stream that the decoder reads to its end may be DEFLATE.
func FuzzMayBeDeflate(f *testing.F) {
	for _, stream := range [][]byte{
		{3, 0}, {1, 0, 0, 0xff, 0xff}, {1, 1, 0, 0xfe, 0xff, 'x'}, {1, 2, 0, 0xfd, 0xff, 'x'}, {7}, {5, 0},
		{0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, // a fixed block that ends where a byte ends
		deflated("x"), deflated(rows()), deflated(strings.Repeat("x", 1000)),
		{0x05, 0xc0, 0x81, 0x08, 0, 0, 0, 0, 0x20, 0x7f, 0xeb, 0x0b}, // a single distance code
	} {
		f.Add(stream)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		_, err := io.Copy(io.Discard, io.LimitReader(flate.NewReader(bytes.NewReader(stream)), 1<<20))
		if err == nil && !mayBeDeflate(stream) {
			t.Fatalf("%x is DEFLATE", stream)
		}
	})
}

// TestWrongBeginning compares with what it says: the same text with each of
// the heads that level 9 has, read by the decoder alone.
func TestWrongBeginning(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"eN", "eNo", "BAAAMgAy", "qqqzBAAAMgAy", "qqzBAAAMgAy", "qqqqzBAAAMgAy", "zzzLBQAAewB7", "12345"}
	for _, value := range []string{"", "1", "22", "3.25", strings.Repeat("x", 300), rows()} {
		text := encodeZlib([]byte(value))
		for _, head := range []string{"qqq", "qq", "qqqq", "é", "qéq"} {
			texts = append(texts, head+text[3:])
		}
		texts = append(texts, "qqq"+text[3:]+"\n")
	}
	for range 1000 {
		digits := "9" + strconv.FormatUint(random.Uint64(), 10)
		code := make([]byte, random.IntN(40))
		for i := range code {
			code[i] = byte(random.Uint32())
		}
		if len(code) > 3 {
			code[3] &^= 4 // never the reserved kind of block
		}
		texts = append(texts, digits[:1+random.IntN(len(digits)-1)], base64.StdEncoding.EncodeToString(code))
	}
	wrong := 0
	for _, text := range texts {
		want := false
		for chars := 2; chars <= 4; chars++ {
			rest, ok := afterCharacters(text, chars)
			for _, head := range level9 {
				_, err := decodeBase64Zlib(t.Context(), head+rest)
				want = want || ok && err == nil && !strings.ContainsAny(rest, "\r\n")
			}
		}
		if want {
			wrong++
		}
		if got := checkBeginning(t.Context(), text) != nil; got != want {
			t.Errorf("%q: wrong is %v, want %v", text, got, want)
		}
	}
	if wrong < 20 {
		t.Errorf("only %d texts have a wrong beginning", wrong)
	}
}

// TestNumbersAreCheap: no decoder is made to find that a number is no stream.
func TestNumbersAreCheap(t *testing.T) {
	for _, text := range []string{"2", "1763834400000", "3.14159265358979", "-17638344000000000000", "0.1234567890123456789"} {
		allocs := testing.AllocsPerRun(10, func() {
			if _, err := Decode(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > 3 {
			t.Errorf("reading %s takes %.0f allocations", text, allocs)
		}
	}
}

// TestWritersAreKept: a text takes no new tables of DEFLATE, which are 800 KB. The
// least of some runs counts, since a pool may drop a writer.
func TestWritersAreKept(t *testing.T) {
	for name, encode := range map[string]func([]byte) string{"flate": encodeFlate, "zlib": encodeZlib} {
		least := uint64(math.MaxUint64)
		for range 20 {
			least = min(least, allocated(func() { encode([]byte("a value")) }))
		}
		if least > 100<<10 {
			t.Errorf("%s: a text allocates %d bytes", name, least)
		}
	}
}
