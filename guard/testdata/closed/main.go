// Program closed reads and writes values of many types by every codec, in ways
// that fail, and prints each error that shows a part of a value. Its list of
// types is made by the test that runs it.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
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

// types are those that are tried. The list of the test comes before.
var types = append(listed(),
	reflect.TypeFor[json.Number](), reflect.TypeFor[named](), reflect.TypeFor[embeds](),
	reflect.TypeFor[int](), reflect.TypeFor[[]byte](), reflect.TypeFor[chan int](), reflect.TypeFor[error](), reflect.TypeFor[func()]())

type named json.Number

type embeds struct{ json.Number }

func main() {
	for _, t := range types {
		for _, codec := range codecs {
			reads(codec, t)
			writes(codec, t)
		}
	}
}

// member returns a struct with a member v of type t.
func member(t reflect.Type, option string) reflect.Type {
	return reflect.StructOf([]reflect.StructField{{Name: "V", Type: t, Tag: reflect.StructTag(`json:"v` + option + `"`)}})
}

var name = reflect.TypeFor[string]()

// reads reads values that have a t.
func reads(codec awsjar.Codec, t reflect.Type) {
	deep := reflect.MapOf(name, reflect.MapOf(name, reflect.SliceOf(member(t, ""))))
	for _, text := range texts {
		for _, c := range []struct {
			t    reflect.Type
			text string
		}{
			{t, text},
			{reflect.PointerTo(t), text},
			{reflect.SliceOf(t), "[" + text + "]"},
			{reflect.MapOf(name, t), `{"hunter2":` + text + "}"},
			{deep, `{"hunter2":{"HUNTER2":[{"v":` + text + "}]}}"},
			{member(t, ",string"), `{"v":` + text + "}"},
			{member(t, ""), `{"v":` + text + `,"hunter2":8675309}`},
		} {
			read(codec, c.t, c.text)
		}
		if t.Comparable() && strings.HasPrefix(text, `"`) {
			read(codec, reflect.MapOf(t, reflect.TypeFor[int]()), "{"+text+":1}")
		}
	}
}

func read(codec awsjar.Codec, t reflect.Type, text string) {
	defer ignore()
	check("Unmarshal", codec, t, codec.Unmarshal([]byte(text), reflect.New(t).Interface()))
}

// writes writes values that have a t.
func writes(codec awsjar.Codec, t reflect.Type) {
	for _, v := range values(t) {
		write(codec, v)
		list := reflect.MakeSlice(reflect.SliceOf(t), 1, 1)
		list.Index(0).Set(v)
		write(codec, list)
		for _, option := range []string{"", ",string"} {
			m := reflect.New(member(t, option)).Elem()
			m.Field(0).Set(v)
			write(codec, reflect.ValueOf(map[string]any{"hunter2": []any{m.Interface()}}))
		}
		if t.Comparable() && t.Kind() != reflect.Interface {
			m := reflect.MakeMap(reflect.MapOf(t, reflect.TypeFor[int]()))
			m.SetMapIndex(v, reflect.ValueOf(1))
			write(codec, m)
		}
	}
}

func write(codec awsjar.Codec, v reflect.Value) {
	defer ignore()
	_, err := codec.Marshal(v.Interface())
	check("Marshal", codec, v.Type(), err)
}

// values returns values of t, with secrets in them where it can hold one.
func values(t reflect.Type) []reflect.Value {
	var list []reflect.Value
	for _, text := range texts {
		v := reflect.New(t)
		func() {
			defer ignore()
			_ = json.Unmarshal([]byte(text), v.Interface())
		}()
		list = append(list, v.Elem())
	}
	for _, text := range []string{"hunter2", "\"hunter2", "hunter2\xff", "8675309x"} {
		v := reflect.New(t).Elem()
		switch {
		case v.Kind() == reflect.String:
			v.SetString(text)
		case v.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
			v.SetBytes([]byte(text))
		case v.Kind() == reflect.Struct && v.NumField() > 0 && v.Field(0).Kind() == reflect.String && v.Field(0).CanSet():
			v.Field(0).SetString(text)
		}
		list = append(list, v)
	}
	return list
}

// ignore ends a panic of a type's own methods, which the codecs hand on.
func ignore() { _ = recover() }

func check(call string, codec awsjar.Codec, t reflect.Type, err error) {
	shown := fmt.Sprintf("%v %+v", err, err)
	for _, secret := range secrets {
		if err != nil && strings.Contains(shown, secret) {
			fmt.Printf("%s of a %v by %T: %.300s\n", call, t, codec, shown)
			return
		}
	}
}
