package roundtrip

import (
	"bytes"
	"encoding/json"
	"iter"
	"reflect"
	"slices"
	"strings"
)

// structField is a field of a struct as encoding/json sees it.
type structField struct {
	reflect.StructField
	name    string   // of the JSON member
	tagged  bool     // the name stands in the tag
	options []string // omitempty, omitzero, string
}

func structFields(t reflect.Type) iter.Seq[structField] {
	return func(yield func(structField) bool) {
		for i := range t.NumField() {
			f := structField{StructField: t.Field(i)}
			tag := strings.Split(f.Tag.Get("json"), ",")
			f.name, f.tagged, f.options = f.Name, tag[0] != "", tag[1:]
			if f.tagged {
				f.name = tag[0]
			}
			if !yield(f) {
				return
			}
		}
	}
}

// ignored reports whether a tag leaves the field out.
func (f structField) ignored() bool { return f.Tag.Get("json") == "-" }

// structType returns the type of a struct field, also behind a pointer.
func (f structField) structType() reflect.Type {
	if f.Type.Kind() == reflect.Pointer {
		return f.Type.Elem()
	}
	return f.Type
}

func (f structField) embedsStruct() bool {
	return f.Anonymous && f.structType().Kind() == reflect.Struct
}

// flattened reports whether the members of an embedded struct are members of
// the struct around it.
func (f structField) flattened() bool { return f.embedsStruct() && !f.tagged }

// leavesOut reports whether values that are not the zero value are left out.
func (f structField) leavesOut() bool {
	type zeroer interface{ IsZero() bool }
	byMethod := reflect.TypeFor[zeroer]()
	switch f.Type.Kind() {
	case reflect.Slice, reflect.Map:
		if slices.Contains(f.options, "omitempty") {
			return true
		}
	}
	return slices.Contains(f.options, "omitzero") &&
		(f.Type.Implements(byMethod) || reflect.PointerTo(f.Type).Implements(byMethod))
}

// optional reports whether a tag may leave some value of the field out.
func (f structField) optional() bool {
	return slices.Contains(f.options, "omitempty") || slices.Contains(f.options, "omitzero")
}

// path returns where the field is, for a struct that is at a path itself.
func (f structField) path(parent string) string {
	if parent == "" {
		return f.Name
	}
	return parent + "." + f.Name
}

// hidden reports whether a struct is written the same with and without a value
// in one of its fields. A method that does not take such a value is no proof.
func hidden(t reflect.Type, field []int) (same bool) {
	defer func() {
		if recover() != nil {
			same = false
		}
	}()
	without, with := reflect.New(t), reflect.New(t)
	for _, v := range []reflect.Value{without.Elem(), with.Elem()} {
		for i := range v.NumField() {
			if f := v.Field(i); t.Field(i).Anonymous && f.Kind() == reflect.Pointer && f.CanSet() {
				f.Set(reflect.New(f.Type().Elem()))
			}
		}
	}
	if !fill(with.Elem().FieldByIndex(field)) {
		return false
	}
	a, errA := json.Marshal(without.Interface())
	b, errB := json.Marshal(with.Interface())
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// fill puts a value that is not empty into v, if it knows one.
func fill(v reflect.Value) bool {
	switch {
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(1)
	case v.CanUint():
		v.SetUint(1)
	case v.CanFloat():
		v.SetFloat(1)
	case v.Kind() == reflect.String:
		v.SetString("1")
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.Zero(v.Type().Key()), reflect.Zero(v.Type().Elem()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && fill(v.Field(i)) {
				return true
			}
		}
		return false
	default:
		return false
	}
	return true
}
