package s3fake

import (
	"bytes"
	"encoding/hex"
	"hash/crc64"
	"math/rand/v2"
	"testing"
)

// TestNVMe compares the sum with that of hash/crc64 for bodies of all lengths
// around a block, whole and in two pieces, and with the check value of the
// algorithm (catalogue of CRC algorithms, CRC-64/NVME).
func TestNVMe(t *testing.T) {
	table := crc64.MakeTable(0x9a6c9329ac4bc9b5)
	random := rand.New(rand.NewPCG(1, 2))
	for size := range 100 {
		body := make([]byte, size)
		for i := range body {
			body[i] = byte(random.Uint32())
		}
		want := crc64.Checksum(body, table)
		for cut := range size + 1 {
			n := newNVMe()
			n.Write(body[:cut])
			n.Write(body[cut:])
			if got := uint64(*n.(*nvme)); got != want {
				t.Fatalf("%x cut at %d: %x, want %x", body, cut, got, want)
			}
		}
	}
	n := newNVMe()
	n.Write([]byte("123456789"))
	if got := n.Sum([]byte("x")); !bytes.Equal(got, append([]byte("x"), 0xae, 0x8b, 0x14, 0x86, 0x0a, 0x79, 0x98, 0x88)) {
		t.Errorf("check value %s", hex.EncodeToString(got))
	}
}
