package jarurl

import (
	"fmt"
	"strconv"

	"github.com/awsjar/awsjar/s3jar"
)

// field is a field of a Target that a parameter sets.
type field interface {
	text() string           // the value of the parameter; "" for the zero value
	set(value string) error // or the fault of the value
}

// textField is a field that holds the text of its parameter.
type textField[T ~string] struct {
	place *T
	check func(string) error // nil: any value
}

func text[T ~string](place *T, check func(string) error) field { return textField[T]{place, check} }

func (f textField[T]) text() string { return string(*f.place) }

func (f textField[T]) set(value string) error {
	if f.check != nil {
		if err := f.check(value); err != nil {
			return err
		}
	}
	*f.place = T(value)
	return nil
}

// truthField is false by default.
type truthField struct {
	name  string
	place *bool
}

func (f truthField) text() string {
	if !*f.place {
		return ""
	}
	return "true"
}

func (f truthField) set(value string) error {
	on, err := readTruth(f.name, value)
	*f.place = on
	return err
}

// switchField tells false from the default.
type switchField struct {
	name  string
	place *Switch
}

func (f switchField) text() string { return f.place.String() }

func (f switchField) set(value string) error {
	on, err := readTruth(f.name, value)
	*f.place = SwitchOff
	if on {
		*f.place = SwitchOn
	}
	return err
}

// String returns the value of the parameter: "true", "false", or "" for the
// default.
func (s Switch) String() string {
	switch s {
	case SwitchDefault:
		return ""
	case SwitchOn:
		return "true"
	case SwitchOff:
		return "false"
	}
	return fmt.Sprintf("Switch(%d)", int8(s))
}

func readTruth(name, value string) (bool, error) {
	if value != "true" && value != "false" {
		return false, &problem{name + " is neither true nor false", "write ?" + name + "=true"}
	}
	return value == "true", nil
}

// numberField is at least 1.
type numberField[T int | int64] struct {
	place *T
	all   bool // whether it may be All
	fault problem
}

// all is the value of keep and keep-bytes for a history without that bound.
const all = "all"

func (f numberField[T]) text() string {
	switch {
	case *f.place == 0:
		return ""
	case f.all && *f.place == All:
		return all
	}
	return strconv.FormatInt(int64(*f.place), 10)
}

func (f numberField[T]) set(value string) error {
	if f.all && value == all {
		*f.place = All
		return nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 1 || int64(T(n)) != n {
		return &f.fault
	}
	*f.place = T(n)
	return nil
}

// tagsField has the texts of s3jar.Tags.
type tagsField struct{ place *s3jar.Tags }

var tags = map[string]s3jar.Tags{"seen": s3jar.TagsSeen, "asked": s3jar.TagsAsked, "dropped": s3jar.TagsDropped}

func (f tagsField) text() string {
	if *f.place == s3jar.TagsSeen {
		return ""
	}
	for text, value := range tags {
		if value == *f.place {
			return text
		}
	}
	return strconv.Itoa(int(*f.place))
}

func (f tagsField) set(value string) error {
	chosen, ok := tags[value]
	if !ok {
		return &problem{"tags is none of seen, asked and dropped", "write ?tags=asked to carry them or fail"}
	}
	*f.place = chosen
	return nil
}
