package exactjson

import (
	"reflect"
	"time"
)

// HasOffset reports whether a string of JSON ends like a time with an offset from
// UTC, such as "+01:00".
func HasOffset(data []byte) bool {
	const form = "+00:00"
	for i := len(form); i < len(data); i++ {
		if data[i] == '"' && data[i-3] == ':' && (data[i-6] == '+' || data[i-6] == '-') {
			return true
		}
	}
	return false
}

// InexactTime finds a [time.Time] in v whose offset from UTC has seconds, as the
// local times of most places had until about 1900. RFC 3339 has no form for them: the
// time is written without an error, and is read as another moment. It returns an
// *Error that names the place by the fields of Go types, or nil.
func InexactTime(v any) error {
	place, found := newSearch(true).value(reflect.ValueOf(v))
	if !found {
		return nil
	}
	return &Error{
		Text: "a time in " + named(place) + " has an offset from UTC with seconds, and would come back as another moment",
		Hint: "store t.UTC()",
	}
}

func hasSeconds(t time.Time) bool {
	_, offset := t.Zone()
	return offset%60 != 0
}
