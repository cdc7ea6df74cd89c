package awsjar_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

func Example() {
	type Acorns struct {
		Num      int      `json:"num_acorns"`
		Hideouts []string `json:"acorn_hideouts"`
	}
	ctx := context.Background()
	jar := awsjar.New[Acorns](memjar.New()) // or lambdajar.New(...), s3jar.NewBucket(...).Object(...), filejar.New(...)

	if err := jar.Put(ctx, Acorns{50, []string{"tree", "lake", "backyard"}}); err != nil {
		fmt.Println(err)
	}
	state, err := jar.Update(ctx, func(a *Acorns) error {
		a.Num++
		return nil
	})
	fmt.Println(state, err)
	// Output: {51 [tree lake backyard]} <nil>
}

func ExampleJar_Load() {
	ctx := context.Background()
	jar := awsjar.New[string](memjar.New())

	_, err := jar.Load(ctx)
	fmt.Println("nothing stored yet:", errors.Is(err, awsjar.ErrNotFound))

	jar.Put(ctx, "")
	entry, err := jar.Load(ctx)
	fmt.Printf("%q %v\n", entry.Value, err)
	// Output:
	// nothing stored yet: true
	// "" <nil>
}

func ExampleJar_PutIf() {
	ctx := context.Background()
	jar := awsjar.New[int](memjar.New())

	entry, _ := jar.Load(ctx) // nothing yet
	meta, err := jar.PutIf(ctx, 1, entry.Revision)
	fmt.Println(err)
	_, err = jar.PutIf(ctx, 2, entry.Revision) // somebody was first
	fmt.Println(err, errors.Is(err, awsjar.ErrConflict))
	_, err = jar.PutIf(ctx, 2, meta.Revision)
	fmt.Println(err)
	// Output:
	// <nil>
	// put mem:: already exists true
	// <nil>
}

// XML is a Codec of one's own.
type XML struct{}

func (XML) Marshal(v any) ([]byte, error)      { return xml.Marshal(v) }
func (XML) Unmarshal(data []byte, v any) error { return xml.Unmarshal(data, v) }

func ExampleCodec() {
	type Cursor struct{ Page int }
	ctx := context.Background()
	store := memjar.New()
	jar := awsjar.New[Cursor](store, func(o *awsjar.Options) { o.Codec = XML{} })

	jar.Put(ctx, Cursor{Page: 7})
	data, _, _ := store.Load(ctx)
	fmt.Println(string(data))
	fmt.Println(jar.Get(ctx))
	// Output:
	// <Cursor><Page>7</Page></Cursor>
	// {7} <nil>
}

func ExampleJSON() {
	ctx := context.Background()
	store := memjar.New()
	jar := awsjar.New[any](store, func(o *awsjar.Options) { o.Codec = awsjar.JSON{Indent: "  "} })

	jar.Put(ctx, map[string]any{"sum": 1})
	data, _, _ := store.Load(ctx)
	fmt.Println(string(data))
	// Output:
	// {
	//   "sum": 1
	// }
}
