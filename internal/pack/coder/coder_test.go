package coder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// samples are values of many kinds: JSON, almost JSON, and anything else.
func samples() map[string]string {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 1000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return map[string]string{
		"empty":         "",
		"one byte":      "x",
		"one zero byte": "\x00",
		"object":        `{"num_acorns":50,"acorn_hideouts":["tree","lake","backyard"]}`,
		"numbers":       `[1,2,3,-4,5.5,1e9,0.001,12345678901234567890123456789,0,00,1.,.5,9223372036854775807,-9223372036854775808]`,
		"decimals":      `[[1.25,1.5],[1.3,1.75],[1.333333333,2],[99.999999999999999,2.5],[1.1,3]]`,
		"long numbers":  "[" + strings.Repeat("999999999999999999,", 9) + "1000000000000000000," + strings.Repeat("0.999999999999999999,", 9) + "1]",
		"times":         `["2026-02-28T23:59:59Z","2026-03-01T00:00:00Z","2026-03-01 00:00:05","2026-03-01","9999-99-99T99:99:99Z","0000-00-00T00:00:00"]`,
		"times, broken": `["2026-02-28T23:59:59Z","2026-02","2026-02-2","2026-13-32T2","2026-02-28T23:59:59.123456+01:00"]`,
		"unbalanced":    strings.Repeat("[", 200) + strings.Repeat("}", 300) + strings.Repeat(`{"a":`, 100),
		"open string":   `{"a":"b\`,
		"escapes":       `{"a":"\"\\\u00e9\n","b\"":"\\"}`,
		"unicode":       `{"é":"naïve ☃ 日本語 😀"}`,
		"every byte":    string(all),
		"noise":         string(noise),
		"zeros":         strings.Repeat("\x00", 1500),
		"digits":        strings.Repeat("9", 1500),
		"priming":       string(priming),
		"repeated":      strings.Repeat(`{"id":"a1b2","ok":true},`, 50),
		"text":          "It was not written by a machine, and it is no JSON.\n",
	}
}

// TestRoundTrip also compares the codes with those that the first release made,
// on every machine. If the sum is another one, the coder reads no code written
// before: undo the change, or make it a new format beside this one.
func TestRoundTrip(t *testing.T) {
	const frozen = "304730245c573395d45d69296fc99a4fac7b7661de028e4549297257393a561b"
	all := samples()
	for seed := range uint64(2) {
		all[fmt.Sprint("random JSON ", seed)] = randomJSON(seed)
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		code, ok := Encode([]byte(all[name]), 0)
		if !ok {
			t.Errorf("%s: not encoded without a limit", name)
		}
		got, err := Decode(code, len(all[name]))
		if err != nil || string(got) != all[name] {
			t.Errorf("%s: came back as %.40q, %v", name, got, err)
		}
		fmt.Fprintf(sum, "%s %x\n", name, code)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != frozen {
		t.Errorf("the codes have the sum %s, want %s", got, frozen)
	}
}

// TestChangedSamples codes samples with random changes, which lead to states
// that no well-formed text does.
func TestChangedSamples(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var texts []string
	for _, value := range samples() {
		if len(value) > 0 && len(value) < 1000 {
			texts = append(texts, value)
		}
	}
	for range 8 {
		value := []byte(texts[random.IntN(len(texts))])
		for range 1 + random.IntN(8) {
			at := random.IntN(len(value))
			other := texts[random.IntN(len(texts))]
			from := random.IntN(len(other))
			value = append(value[:at:at], other[from:min(from+20, len(other))]...)
			value = append(value, other[from:]...)
			value = value[:min(len(value), 1000)]
		}
		code, _ := Encode(value, 0)
		if got, err := Decode(code, len(value)); err != nil || !bytes.Equal(got, value) {
			t.Fatalf("%q came back as %q, %v", value, got, err)
		}
	}
}

func TestLimit(t *testing.T) {
	for _, name := range []string{"text"} {
		value := samples()[name]
		code, _ := Encode([]byte(value), 0)
		if again, ok := Encode([]byte(value), len(code)); !ok || !bytes.Equal(again, code) {
			t.Errorf("%s: %d bytes do not fit into a limit of as many", name, len(code))
		}
		if _, ok := Encode([]byte(value), len(code)-1); ok && len(code) > 1 {
			t.Errorf("%s: %d bytes fit into a limit of one less", name, len(code))
		}
	}
}

func TestNoiseGrowsLittle(t *testing.T) {
	noise := samples()["noise"]
	code, _ := Encode([]byte(noise), 0)
	if most := len(noise) + len(noise)/20; len(code) > most {
		t.Errorf("%d bytes of noise make %d, want at most %d", len(noise), len(code), most)
	}
}

// TestDamagedCodes decodes what nobody encoded: some value of the size asked
// for, or ErrCorrupt.
func TestDamagedCodes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	value := samples()["object"]
	code, _ := Encode([]byte(value), 0)
	for range 8 {
		damaged := bytes.Clone(code)
		damaged[random.IntN(len(damaged))] ^= 1 << random.IntN(8)
		damaged = damaged[:1+random.IntN(len(damaged))]
		got, err := Decode(damaged, len(value))
		if err == nil && len(got) != len(value) || err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%x: %d bytes, %v", damaged, len(got), err)
		}
	}
	for _, size := range []int{-1, MaxValue + 1} {
		if _, err := Decode(code, size); !errors.Is(err, ErrCorrupt) {
			t.Errorf("a size of %d: %v, want ErrCorrupt", size, err)
		}
	}
}

// randomJSON is a list of rows with members of all kinds.
func randomJSON(seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 9))
	rows := []byte("[")
	for i := range 25 {
		rows = fmt.Appendf(rows, `{"id":%d,"at":"%s","n":%d,"x":%.*f,"hex":"%016x","ok":%t,"in":{"t":%d,"word":"%s"},"list":[%d,%d,-%d]},`,
			i, time.Unix(1.77e9+random.Int64N(1e7), 0).UTC().Format(time.RFC3339), random.Uint64()>>random.IntN(64),
			random.IntN(4), random.Float64()*1000, random.Uint64(), random.IntN(2) == 0, 1.77e9+int64(i)*60+random.Int64N(5),
			strings.Fields("alpha beta gamma delta")[random.IntN(4)], i*3, i*i, random.IntN(100))
	}
	return string(append(rows, ']'))
}

// The fuzz targets leave the priming out, which makes them twenty times as fast.

func FuzzEncode(f *testing.F) {
	for _, value := range samples() {
		f.Add([]byte(value))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		value = value[:min(len(value), 2000)]
		code, _ := newModel(len(value)).encode(value, 0)
		if got, err := newModel(len(value)).decode(code, len(value)); err != nil || !bytes.Equal(got, value) {
			t.Fatalf("%q came back as %q, %v", value, got, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, value := range samples() {
		code, _ := newModel(len(value)).encode([]byte(value), 0)
		f.Add(code, len(value))
	}
	f.Fuzz(func(t *testing.T, code []byte, size int) {
		size = int(uint(size) % 2000)
		value, err := newModel(size).decode(code, size)
		if err == nil && len(value) != size || err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d bytes, %v", len(value), err)
		}
	})
}
