package text

import (
	"testing"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

func BenchmarkByte(b *testing.B) {
	m := New()
	var c entropy.Coder
	line := []byte("The request could not be found because the server is not ready yet 123.")
	b.SetBytes(int64(len(line) + 1))
	for i := range b.N {
		if i%200 == 0 {
			m = New()
		}
		line[i%60+4] = byte('a' + i%26)
		m.Code(&c, 1, string(line), nil)
	}
}

func BenchmarkNew(b *testing.B) {
	for range b.N {
		New()
	}
}

func BenchmarkPrime(b *testing.B) {
	for range b.N {
		prime()
	}
}
