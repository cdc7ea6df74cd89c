package filejar_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

func Example() {
	dir, err := os.MkdirTemp("", "state-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	type Acorns struct {
		Num      int      `json:"num_acorns"`
		Hideouts []string `json:"acorn_hideouts"`
	}
	path := filepath.Join(dir, "acorns.json")
	jar := awsjar.New[Acorns](filejar.New(path))
	ctx := context.Background()

	jar.Put(ctx, Acorns{50, []string{"tree", "lake"}})
	jar.Update(ctx, func(a *Acorns) error {
		a.Num++
		return nil
	})
	text, err := os.ReadFile(path) // or: cat acorns.json
	fmt.Println(string(text), err)

	os.WriteFile(path, []byte(`{"num_acorns":3}`), 0o600) // or: an editor
	for entry, err := range jar.History(ctx) {
		fmt.Println(entry.Value.Num, err)
	}
	// Output:
	// {"num_acorns":51,"acorn_hideouts":["tree","lake"]} <nil>
	// 3 <nil>
	// 51 <nil>
	// 50 <nil>
}

func ExampleNew() {
	store := filejar.New("state/cursor.json", func(o *filejar.Options) {
		o.Keep = 10
	})
	jar := awsjar.New[string](store)
	cursor, err := jar.Get(context.Background())
	fmt.Printf("%q %v\n", cursor, err)
	// Output: "" <nil>
}
