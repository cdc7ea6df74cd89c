// Program closed reads and writes values of many types, in ways that fail, and
// prints each error that shows a part of a value. Its list of types is made by
// the test that runs it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/memjar"
)

// secrets are parts of the values below that no error may show. They are in
// no name of a type.
var secrets = []string{"hunter2", "HUNTER2", "8675309", "98.6.54"}

// texts are JSON values that most types cannot hold.
var texts = []string{
	`"hunter2"`, `""`, `"2019-01-09Thunter2"`, `"2019-01-09T18:49:44hunter2"`, `"98.6.54"`, `"98.6.54.32/hunter2"`, `"8675309x"`,
	`8675309`, `8675309.5`, `-8675309e999`, `8675309867530986753098675309`, `true`, `["hunter2"]`, `[8675309]`, `{"hunter2":"hunter2"}`, `{"hunter2":{"hunter2":8675309}}`,
	`"\u0068unter2"`, `"hunter2\u0000"`, `"hunter2`, `"hunter2\ud800"`, "\"hunter2\xff\"",
}

var codecs = []awsjar.Codec{
	awsjar.JSON{}, awsjar.JSON{Unknown: awsjar.RefuseUnknown, ReplaceSurrogates: true, Indent: " "},
	python.Codec{}, python.Codec{Bare: python.BareJar}, python.Codec{Bare: python.BareBucket, Pretty: true, NonFinite: true, RoundTimes: true, ReplaceSurrogates: true},
}

var all func()

type number json.Number

type text struct{ json.Number }

func main() {
	all()
	probe[json.Number]()
	probe[number]()
	probe[text]()
	probe[int]()
	probe[[]byte]()
	probe[chan int]()
	probe[error]()
}

// probe reads and writes values that have a T.
func probe[T any]() {
	type quoted struct {
		V T `json:"v,string"`
	}
	type member struct {
		V T `json:"v"`
	}
	for _, codec := range codecs {
		for _, text := range texts {
			read[T](codec, text)
			read[*T](codec, text)
			read[[]T](codec, "["+text+"]")
			read[map[string]T](codec, `{"hunter2":`+text+"}")
			read[map[string]map[string][]member](codec, `{"hunter2":{"HUNTER2":[{"v":`+text+"}]}}")
			read[quoted](codec, `{"v":`+text+"}")
			read[member](codec, `{"v":`+text+`,"hunter2":8675309}`)
			readKeys[T](codec, text)
		}
		for _, value := range values[T]() {
			write(codec, value)
			write(codec, quoted{value})
			write(codec, map[string]map[string]any{"hunter2": {"HUNTER2": []any{member{value}}}})
			writeKeys(codec, value)
		}
	}
}

// values returns values of T, with secrets in them where it can hold one.
func values[T any]() []T {
	var list []T
	for _, text := range texts {
		var v T
		func() {
			defer func() { _ = recover() }() // of the type's own methods
			_ = json.Unmarshal([]byte(text), &v)
		}()
		list = append(list, v)
	}
	for _, text := range []string{"hunter2", "\"hunter2", "hunter2\xff", "8675309x"} {
		var v T
		switch r := reflect.ValueOf(&v).Elem(); {
		case r.Kind() == reflect.String:
			r.SetString(text)
		case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8:
			r.SetBytes([]byte(text))
		case r.Kind() == reflect.Struct && r.NumField() > 0 && r.Field(0).Kind() == reflect.String && r.Field(0).CanSet():
			r.Field(0).SetString(text)
		}
		list = append(list, v)
	}
	return list
}

func read[V any](codec awsjar.Codec, stored string) {
	defer ignore[V]()
	store := memjar.New()
	if _, err := store.Save(context.Background(), []byte(stored), awsjar.Any); err != nil {
		panic(err)
	}
	jar := awsjar.New[V](store, func(o *awsjar.Options) { o.Codec = codec })
	_, err := jar.Get(context.Background())
	check[V]("Get", codec, err)
	check[V]("Unmarshal", codec, codec.Unmarshal([]byte(stored), new(V)))
}

func readKeys[T any](codec awsjar.Codec, text string) {
	defer ignore[T]()
	if t := reflect.TypeFor[T](); t.Comparable() && strings.HasPrefix(text, `"`) {
		target := reflect.New(reflect.MapOf(t, reflect.TypeFor[int]()))
		check[T]("Unmarshal of a key", codec, codec.Unmarshal([]byte("{"+text+`:1}`), target.Interface()))
	}
}

func write[V any](codec awsjar.Codec, value V) {
	defer ignore[V]()
	check[V]("Put", codec, awsjar.New[V](memjar.New(), func(o *awsjar.Options) { o.Codec = codec }).Put(context.Background(), value))
	_, err := codec.Marshal(value)
	check[V]("Marshal", codec, err)
}

func writeKeys[T any](codec awsjar.Codec, value T) {
	defer ignore[T]()
	if t := reflect.TypeFor[T](); t.Comparable() && t.Kind() != reflect.Interface {
		m := reflect.MakeMap(reflect.MapOf(t, reflect.TypeFor[int]()))
		m.SetMapIndex(reflect.ValueOf(value), reflect.ValueOf(1))
		_, err := codec.Marshal(m.Interface())
		check[T]("Marshal of a key", codec, err)
	}
}

// ignore ends a panic of a type's own methods, which the codecs hand on.
func ignore[V any]() { _ = recover() }

func check[V any](call string, codec awsjar.Codec, err error) {
	if err == nil {
		return
	}
	shown := fmt.Sprintf("%v %+v", err, err)
	if e, ok := err.(*awsjar.Error); ok {
		shown += e.Hint
	}
	for _, secret := range secrets {
		if strings.Contains(shown, secret) {
			fmt.Fprintf(os.Stdout, "%s of a %v by %T: %.300s\n", call, reflect.TypeFor[V](), codec, shown)
			return
		}
	}
}
