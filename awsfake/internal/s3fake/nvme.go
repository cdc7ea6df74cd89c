package s3fake

import (
	"encoding/binary"
	"hash"
	"hash/crc64"
	"sync"
)

// nvme is the hash of the algorithm CRC64NVME. It takes eight bytes at a time, also
// of short bodies, which hash/crc64 does for its own two polynomials alone: nearly
// every object is given this checksum.
type nvme uint64

func newNVMe() hash.Hash { return new(nvme) }

// nvmeTables returns the table of the polynomial, which is reversed, and those of
// its bytes 1 to 7 places further on.
var nvmeTables = sync.OnceValue(func() *[8]crc64.Table {
	tables := &[8]crc64.Table{*crc64.MakeTable(0x9a6c9329ac4bc9b5)}
	for place := 1; place < len(tables); place++ {
		for i, crc := range tables[place-1] {
			tables[place][i] = tables[0][byte(crc)] ^ crc>>8
		}
	}
	return tables
})

// Write adds bytes to the sum. It does not fail.
func (n *nvme) Write(p []byte) (int, error) {
	t, crc, size := nvmeTables(), ^uint64(*n), len(p)
	for ; len(p) >= 8; p = p[8:] {
		crc ^= binary.LittleEndian.Uint64(p)
		crc = t[7][byte(crc)] ^ t[6][byte(crc>>8)] ^ t[5][byte(crc>>16)] ^ t[4][byte(crc>>24)] ^
			t[3][byte(crc>>32)] ^ t[2][byte(crc>>40)] ^ t[1][byte(crc>>48)] ^ t[0][byte(crc>>56)]
	}
	for _, b := range p {
		crc = t[0][byte(crc)^b] ^ crc>>8
	}
	*n = nvme(^crc)
	return size, nil
}

// Sum appends the sum to b.
func (n *nvme) Sum(b []byte) []byte { return binary.BigEndian.AppendUint64(b, uint64(*n)) }

// Reset begins a new sum.
func (n *nvme) Reset() { *n = 0 }

// Size is the size of the sum in bytes.
func (n *nvme) Size() int { return 8 }

// BlockSize is the number of bytes that are taken at a time.
func (n *nvme) BlockSize() int { return 8 }
