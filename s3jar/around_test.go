package s3jar_test

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"github.com/awsjar/awsjar"
)

// backwards is a store that keeps its bytes in another form than the object within.
type backwards struct{ awsjar.Store }

func turned(data []byte) []byte {
	data = bytes.Clone(data)
	for i := range len(data) / 2 {
		data[i], data[len(data)-1-i] = data[len(data)-1-i], data[i]
	}
	return data
}

func (b backwards) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	data, meta, err := b.Store.Load(ctx)
	return turned(data), meta, err
}

func (b backwards) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	return b.Store.Save(ctx, turned(data), replaces)
}

// TestStoreAroundAnObject: a store that changes the bytes of an Object need not know
// that the error of a lost race carries those of the Object.
func TestStoreAroundAnObject(t *testing.T) {
	_, object := newObject(t)
	const writers, each = 4, 10
	var all sync.WaitGroup
	for range writers {
		jar := awsjar.New[map[string]int](backwards{object})
		all.Go(func() {
			for range each {
				if _, err := jar.Update(within(t), func(counts *map[string]int) error {
					(*counts)["n"]++
					return nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	counts, err := awsjar.New[map[string]int](backwards{object}).Get(within(t))
	if err != nil || counts["n"] != writers*each {
		t.Errorf("%d Updates have made %v, %v", writers*each, counts, err)
	}
}
