package base87

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestAlphabet(t *testing.T) {
	if Base != 87 {
		t.Fatalf("the alphabet has %d characters", Base)
	}
	for c := byte(0); c < 128; c++ {
		printable := c > ' ' && c < 0x7f && !strings.ContainsRune("\"&'<=>\\", rune(c))
		if _, ok := Digit(c); ok != printable {
			t.Errorf("character %q: in the alphabet is %t", c, ok)
		}
	}
	for i := 1; i < len(Alphabet); i++ {
		if Alphabet[i] <= Alphabet[i-1] {
			t.Errorf("character %d is out of order", i)
		}
	}
}

func TestVectors(t *testing.T) {
	for _, v := range []struct {
		hex  string
		turn int
		text string
	}{
		{"", 0, ""},
		{"00", 0, "!!"},
		{"ff", 0, "$y"},
		{"ff", 86, "#x"},
		{"0000000000", 0, "!!!!!!!"},
		{"ffffffffff", 0, "$U[-xE*"},
		{"000000000001", 0, "!!!!!!!#"},
		{"00112233445566778899aabbccddeeff", 40, "OPA#A?p+8^4Bi4(~_vw|"},
	} {
		src, err := hex.DecodeString(v.hex)
		if err != nil {
			t.Fatal(err)
		}
		if got := Encode(src, v.turn); got != v.text {
			t.Errorf("Encode(%s, %d) = %q, want %q", v.hex, v.turn, got, v.text)
		}
		if got, err := Decode(v.text, v.turn); err != nil || !bytes.Equal(got, src) {
			t.Errorf("Decode(%q, %d) = %x, %v, want %s", v.text, v.turn, got, err, v.hex)
		}
	}
}

func TestRoundTripOfEveryLength(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 400 {
		for kind := range 3 {
			src := make([]byte, n)
			for i := range src {
				src[i] = [3]byte{0, 0xff, byte(random.Uint32())}[kind]
			}
			turn := random.IntN(int(Base))
			text := Encode(src, turn)
			if len(text) != EncodedLen(n) {
				t.Fatalf("%d bytes make %d characters, want %d", n, len(text), EncodedLen(n))
			}
			if got, err := Decode(text, turn); err != nil || !bytes.Equal(got, src) {
				t.Fatalf("%x came back as %x, %v", src, got, err)
			}
		}
	}
}

func TestLengths(t *testing.T) {
	valid := map[int]int{}
	for n := range 400 {
		valid[EncodedLen(n)] = n
	}
	if len(valid) != 400 {
		t.Fatal("two numbers of bytes share a length")
	}
	for chars := range EncodedLen(399) + 1 {
		n, ok := decodedLen(chars)
		if want, exists := valid[chars]; ok != exists || ok && n != want {
			t.Errorf("decodedLen(%d) = %d, %t, want %d, %t", chars, n, ok, want, exists)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{
		"!",         // no bytes make one character
		"~~",        // more than 8 bits
		"~~~~~~~~~", // more than 45 bits
		"! ", "!\"", // foreign
		"!\x80", "!é", // not ASCII
	} {
		if got, err := Decode(text, 0); err != ErrSyntax {
			t.Errorf("Decode(%q) = %x, %v, want ErrSyntax", text, got, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("$U[-xE*", 0)
	f.Add("!!!!!!!#", 86)
	f.Fuzz(func(t *testing.T, text string, turn int) {
		turn = int(uint(turn) % uint(Base))
		src, err := Decode(text, turn)
		if err != nil {
			return
		}
		if again := Encode(src, turn); again != text {
			t.Fatalf("%q decodes to %x, which encodes to %q", text, src, again)
		}
	})
}

func FuzzEncode(f *testing.F) {
	f.Add([]byte("state"), 3)
	f.Fuzz(func(t *testing.T, src []byte, turn int) {
		turn = int(uint(turn) % uint(Base))
		got, err := Decode(Encode(src, turn), turn)
		if err != nil || !bytes.Equal(got, src) {
			t.Fatalf("%x came back as %x, %v", src, got, err)
		}
	})
}
