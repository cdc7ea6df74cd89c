package awsjar_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

type benchState struct {
	Cursor string            `json:"cursor"`
	Count  int               `json:"count"`
	Seen   []benchSeen       `json:"seen"`
	Tags   map[string]string `json:"tags"`
}

type benchSeen struct {
	ID    string  `json:"id"`
	At    string  `json:"at"`
	Score float64 `json:"score"`
	Done  bool    `json:"done"`
}

// benchText returns JSON of about so many bytes.
func benchText(size int) []byte {
	s := benchState{Cursor: "abc", Count: 7, Tags: map[string]string{"stage": "prod", "owner": "sam"}}
	for i := 0; i < size/85; i++ {
		s.Seen = append(s.Seen, benchSeen{fmt.Sprintf("id-%08d", i*7919), "2026-11-26T12:00:00Z", float64(i) / 3, i%2 == 0})
	}
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return data
}

// The codec beside encoding/json alone, which checks less.
func BenchmarkJSON(b *testing.B) {
	for _, size := range []int{1 << 10, 100 << 10} {
		text := benchText(size)
		name := fmt.Sprintf("%dKB/", size>>10)
		decodes[benchState](b, name+"struct", text)
		decodes[any](b, name+"any", text)
		var v benchState
		if err := json.Unmarshal(text, &v); err != nil {
			b.Fatal(err)
		}
		run := func(name string, marshal func() ([]byte, error)) {
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					if _, err := marshal(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run(name+"Marshal", func() ([]byte, error) { return awsjar.JSON{}.Marshal(v) })
		run(name+"Marshal-encoding-json", func() ([]byte, error) { return json.Marshal(v) })
	}
}

func decodes[T any](b *testing.B, name string, text []byte) {
	run := func(name string, unmarshal func(v *T) error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				var v T
				if err := unmarshal(&v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	store := memjar.New()
	if _, err := store.Save(b.Context(), text, awsjar.Any); err != nil {
		b.Fatal(err)
	}
	jar := awsjar.New[T](store)
	run(name+"/Get", func(v *T) (err error) { *v, err = jar.Get(b.Context()); return err })
	run(name+"/Unmarshal", func(v *T) error { return awsjar.JSON{}.Unmarshal(text, v) })
	run(name+"/Unmarshal-encoding-json", func(v *T) error {
		if strings.HasSuffix(name, "any") {
			return decodeNumbers(text, v)
		}
		return json.Unmarshal(text, v)
	})
}

// decodeNumbers decodes as a program does that wants exact numbers.
func decodeNumbers(text []byte, v any) error {
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	return dec.Decode(v)
}

// BenchmarkDecodeRatio decodes by a Jar's codec and by encoding/json in turns, so
// that other work of the machine disturbs both, and reports how many times as
// long the codec took: the median of the turns.
func BenchmarkDecodeRatio(b *testing.B) {
	for _, size := range []int{1 << 10, 100 << 10} {
		text := benchText(size)
		b.Run(fmt.Sprintf("%dKB/struct", size>>10), func(b *testing.B) {
			decodeRatio[benchState](b, text, func(v *benchState) error { return json.Unmarshal(text, v) })
		})
		b.Run(fmt.Sprintf("%dKB/any", size>>10), func(b *testing.B) {
			decodeRatio[any](b, text, func(v *any) error { return decodeNumbers(text, v) })
		})
	}
}

func decodeRatio[T any](b *testing.B, text []byte, alone func(*T) error) {
	jar := awsjar.New[T](still{text})
	var ratios []float64
	timed := func(call func() error) float64 {
		start := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		return float64(time.Since(start))
	}
	for b.Loop() {
		codec := timed(func() error { _, err := jar.Get(b.Context()); return err })
		ratios = append(ratios, codec/timed(func() error { var v T; return alone(&v) }))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "of-encoding/json")
}
