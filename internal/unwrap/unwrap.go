// Package unwrap finds what a store says about its place, through the stores that
// wrap it. The type of a store is a parameter, so that package awsjar can import it.
package unwrap

import "reflect"

// As returns the store as a T: itself, or the first one that it wraps which is a T.
// A T must describe the place, and pass no bytes, which a wrapper may change. A nil
// pointer is none.
func As[T, S any](store S) (found T, ok bool) {
	for !isNil(store) {
		if found, ok = any(store).(T); ok {
			return found, true
		}
		wrapper, wraps := any(store).(interface{ Unwrap() S })
		if !wraps {
			break
		}
		store = wrapper.Unwrap()
	}
	return found, false
}

func isNil(store any) bool {
	v := reflect.ValueOf(store)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}
