package exactjson

import "reflect"

// Addressable returns a pointer to a copy of v, if v is none itself: encoding/json
// calls a MarshalJSON of the pointer of a type only where it can take an address, and
// else writes the fields, or {}, without an error.
func Addressable(v any) any {
	from := reflect.ValueOf(v)
	if !from.IsValid() || from.Kind() == reflect.Pointer {
		return v
	}
	to := reflect.New(from.Type())
	to.Elem().Set(from)
	return to.Interface()
}
