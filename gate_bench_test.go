package awsjar_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
)

// still holds one text and stores nothing, so that a benchmark counts the Jar.
type still struct{ data []byte }

func (s still) Load(context.Context) ([]byte, awsjar.Meta, error) {
	return s.data, awsjar.Meta{Revision: "1"}, nil
}

func (s still) Save(context.Context, []byte, awsjar.Revision) (awsjar.Meta, error) {
	return awsjar.Meta{Revision: "2"}, nil
}

func (s still) Delete(context.Context, awsjar.Revision) error { return nil }

type (
	plainState struct {
		N     int             `json:"n"`
		Feeds map[string]feed `json:"feeds"`
	}
	feed struct {
		Cursor string `json:"cursor"`
		Read   int    `json:"read"`
	}
	provenState struct {
		plainState
		Extra any `json:"extra"`
	}
)

// BenchmarkUpdate is the cost of one Update without its store: of a plain type
// and of one that is proven by value, where the stored bytes are the program's
// own and where each object has one more member.
func BenchmarkUpdate(b *testing.B) {
	for _, size := range []int{1_000, 100_000} {
		own, foreign := documents(size)
		b.Run(fmt.Sprintf("plain/own/%d", size), func(b *testing.B) { update[plainState](b, own) })
		b.Run(fmt.Sprintf("plain/unknown/%d", size), func(b *testing.B) { update[plainState](b, foreign) })
		b.Run(fmt.Sprintf("plain/dropped/%d", size), func(b *testing.B) {
			update[plainState](b, foreign, withCodec(awsjar.JSON{Unknown: awsjar.DropUnknown}))
		})
		b.Run(fmt.Sprintf("proven/own/%d", size), func(b *testing.B) {
			update[provenState](b, strings.TrimSuffix(own, "}")+`,"extra":null}`)
		})
	}
}

func documents(size int) (own, foreign string) {
	var a, b strings.Builder
	for n := 0; a.Len() < size; n++ {
		if n > 0 {
			a.WriteByte(',')
			b.WriteByte(',')
		}
		fmt.Fprintf(&a, `"feed%06d":{"cursor":"abcdefgh","read":%d}`, n, n)
		fmt.Fprintf(&b, `"feed%06d":{"cursor":"abcdefgh","read":%d,"etag":"W/1"}`, n, n)
	}
	return `{"n":1,"feeds":{` + a.String() + `}}`, `{"n":1,"feeds":{` + b.String() + `}}`
}

type counted interface{ increment() }

func (s *plainState) increment() { s.N++ }

func update[T any, P interface {
	*T
	counted
}](b *testing.B, stored string, optFns ...func(*awsjar.Options)) {
	jar := awsjar.New[T](still{[]byte(stored)}, optFns...)
	b.SetBytes(int64(len(stored)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jar.Update(b.Context(), func(v *T) error { P(v).increment(); return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPut is the cost of one Put without its store.
func BenchmarkPut(b *testing.B) {
	value := plainState{Feeds: map[string]feed{}}
	for n := range 20 {
		value.Feeds[fmt.Sprint(n)] = feed{"abcdefgh", n}
	}
	b.Run("codec alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := (awsjar.JSON{}).Marshal(value); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("plain", func(b *testing.B) { put(b, value) })
	b.Run("proven", func(b *testing.B) { put(b, provenState{value, 1}) })
}

func put[T any](b *testing.B, value T) {
	jar := awsjar.New[T](still{})
	b.ReportAllocs()
	for b.Loop() {
		if err := jar.Put(b.Context(), value); err != nil {
			b.Fatal(err)
		}
	}
}
