package python_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/memjar"
)

// exampleStore holds a value that Python awsjar put there with its
// datetime_encoder.
func exampleStore(ctx context.Context) awsjar.Store {
	const text = `{"name": "oak", "visits": [{"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49, 44, 847202, tzinfo=datetime.timezone.utc)"}]}`
	store := memjar.New()
	if _, err := store.Save(ctx, []byte(text), awsjar.Any); err != nil {
		log.Fatal(err)
	}
	return store
}

// The state of a Python function as a Go type. Python goes on reading it.
func Example() {
	type Tree struct {
		Name   string      `json:"name"`
		Visits []time.Time `json:"visits"`
	}
	ctx := context.Background()
	store := exampleStore(ctx)
	jar := awsjar.New[Tree](store, func(o *awsjar.Options) { o.Codec = python.Codec{} })

	_, err := jar.Update(ctx, func(t *Tree) error {
		t.Visits = append(t.Visits, t.Visits[0].Add(24*time.Hour))
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	tree, err := jar.Get(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tree.Name, tree.Visits[1])

	text, err := awsjar.New[string](store, func(o *awsjar.Options) { o.Codec = awsjar.Bytes{} }).Get(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.ReplaceAll(text, ", {", ",\n{"))
	// Output:
	// oak 2019-01-10 18:49:44.847202 +0000 UTC
	// {"name": "oak", "visits": [{"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49, 44, 847202, tzinfo=datetime.timezone.utc)"},
	// {"_dt_": true, "repr": "datetime.datetime(2019, 1, 10, 18, 49, 44, 847202, tzinfo=datetime.timezone.utc)"}]}
}

// State of any shape.
func ExampleCodec_Unmarshal() {
	var state any
	err := python.Codec{}.Unmarshal([]byte(`{"dt": {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}, "n": 123412343959235182312759283518273923}`), &state)
	fmt.Println(state, err)

	err = python.Codec{}.Unmarshal([]byte(`{"dt": {"_dt_": true, "repr": "os.getcwd()"}}`), &state)
	fmt.Println(err)
	// Output:
	// map[dt:2019-01-09 18:49:00 +0000 naive n:123412343959235182312759283518273923] <nil>
	// member *: its repr is not that of a datetime.datetime with a datetime.timezone, from its byte 0 on, at byte 8
}

// Times of the original's datetime.now() in a function whose TZ is Paris time.
func ExampleCodec_naive() {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		log.Fatal(err)
	}
	codec := python.Codec{Naive: paris}
	var at time.Time
	err = codec.Unmarshal([]byte(`{"_dt_": true, "repr": "datetime.datetime(2019, 7, 9, 18, 49)"}`), &at)
	fmt.Println(at.UTC(), err)

	text, err := codec.Marshal(at.Add(time.Minute))
	fmt.Println(string(text), err)
	// Output:
	// 2019-07-09 16:49:00 +0000 UTC <nil>
	// {"_dt_": true, "repr": "datetime.datetime(2019, 7, 9, 18, 50)"} <nil>
}

// A string or a number as the whole state.
func ExampleBare() {
	codec := python.Codec{Bare: python.BareJar}
	for _, text := range []string{"hello", "007", "True"} {
		var v any
		err := codec.Unmarshal([]byte(text), &v)
		fmt.Printf("%s is the %T %v, %v\n", text, v, v, err)
	}
	for _, s := range []string{"hello", "007"} {
		text, err := codec.Marshal(s)
		fmt.Printf("the string %s is written as %s, %v\n", s, text, err)
	}
	// Output:
	// hello is the string hello, <nil>
	// 007 is the json.Number 7.0, <nil>
	// True is the string True, <nil>
	// the string hello is written as hello, <nil>
	// the string 007 is written as "007", <nil>
}

// A naive time, made in Go.
func ExampleNaiveUTC() {
	at := time.Date(2019, 1, 9, 18, 49, 0, 0, python.NaiveUTC())
	text, err := python.Codec{}.Marshal(at)
	fmt.Println(string(text), err)
	text, err = python.Codec{}.Marshal(at.UTC())
	fmt.Println(string(text), err)
	// Output:
	// {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"} <nil>
	// {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49, tzinfo=datetime.timezone.utc)"} <nil>
}
