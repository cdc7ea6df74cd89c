package main

import (
	"slices"

	"github.com/itchyny/gojq"
)

// functions are those of the prelude that Go has to do.
func (o *order) functions() []gojq.CompilerOption {
	return slices.Concat(o.readers(), o.makers(), o.changers())
}

// readers look at values.
func (o *order) readers() []gojq.CompilerOption {
	return []gojq.CompilerOption{
		// the names of an object's members in their order
		gojq.WithFunction("_awsjar_names", 0, 0, func(v any, _ []any) any {
			names, ok := o.names(v.(map[string]any))
			if !ok {
				return o.refuse()
			}
			return anys(names)
		}),
		// whether that order is known
		gojq.WithFunction("_awsjar_known", 0, 0, func(v any, _ []any) any {
			members, isObject := v.(map[string]any)
			_, ok := o.names(members)
			return ok || !isObject
		}),
		// the end of an expression of which releases of jq make different things
		gojq.WithFunction("_awsjar_refuse", 0, 0, func(any, []any) any {
			o.unclear = errReleases
			return errReleases
		}),
		// the JSON text of a value
		gojq.WithFunction("_awsjar_json", 0, 0, func(v any, _ []any) any {
			text, err := o.text(v)
			if err != nil {
				return err
			}
			return string(text)
		}),
	}
}

// makers make objects.
func (o *order) makers() []gojq.CompilerOption {
	return []gojq.CompilerOption{
		// an object that a literal made, with its names in their order; if one
		// of its names has several forms, they do not say which it has here
		gojq.WithFunction("_awsjar_literal", 2, 2, func(v any, args []any) any {
			if names := args[0].([]any); len(names) == args[1].(int) {
				o.add(v.(map[string]any), distinct(names))
			}
			return v
		}),
		// the matches of a regular expression
		gojq.WithFunction("_awsjar_matched", 0, 0, func(v any, _ []any) any {
			return o.matched(v.(map[string]any))
		}),
		// the object of objects that have one member each; the last of a name counts
		gojq.WithFunction("_awsjar_object", 0, 0, func(v any, _ []any) any {
			members, names := join(v.([]any))
			o.add(members, names)
			return members
		}),
		// the same where their order is not known
		gojq.WithFunction("_awsjar_object_in_any_order", 0, 0, func(v any, _ []any) any {
			members, names := join(v.([]any))
			if len(names) < len(v.([]any)) {
				return o.refuse()
			}
			return members
		}),
		// a value that was read from a text
		gojq.WithFunction("_awsjar_as_in", 1, 1, func(v any, args []any) any {
			text, isText := args[0].(string)
			if again, err := o.decode([]byte(text)); isText && err == nil && same(v, again) {
				return again
			}
			return v
		}),
	}
}

// changers change objects, or note the changes of gojq.
func (o *order) changers() []gojq.CompilerOption {
	return []gojq.CompilerOption{
		// the sum of objects, and the product of two
		gojq.WithFunction("_awsjar_sum", 0, 0, func(v any, _ []any) any {
			return o.sum(v.([]any))
		}),
		gojq.WithFunction("_awsjar_product", 0, 0, func(v any, _ []any) any {
			pair := v.([]any)
			return o.product(pair[0].(map[string]any), pair[1].(map[string]any))
		}),
		// a value of which a path of another value was set
		gojq.WithFunction("_awsjar_along", 2, 2, func(v any, args []any) any {
			o.along(args[0].([]any), args[1], v)
			return v
		}),
		// the rest of a value after some of its paths were deleted
		gojq.WithFunction("_awsjar_without", 2, 2, func(v any, args []any) any {
			o.without(args[0].([]any), args[1], v)
			return v
		}),
		// whether paths stand apart
		gojq.WithFunction("_awsjar_apart", 0, 0, func(v any, _ []any) any {
			_, ok := placesOf(v.([]any))
			return ok
		}),
		// a value with others at such paths into another value
		gojq.WithFunction("_awsjar_around", 2, 2, func(v any, args []any) any {
			if places, ok := placesOf(args[0].([]any)); ok {
				o.around(places, args[1], v)
			}
			return v
		}),
		// an object with no other names than another
		gojq.WithFunction("_awsjar_names_of", 1, 1, func(v any, args []any) any {
			o.namesOf(args[0], v)
			return v
		}),
	}
}

// join makes one object of objects.
func join(objects []any) (members map[string]any, names []string) {
	members = map[string]any{}
	for _, object := range objects {
		for name, value := range object.(map[string]any) {
			if _, twice := members[name]; !twice {
				names = append(names, name)
			}
			members[name] = value
		}
	}
	return members, names
}

// distinct returns names without those that stood there before.
func distinct(names []any) []string {
	var list []string
	seen := map[string]bool{}
	for _, name := range names {
		if name := name.(string); !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	return list
}

// matched notes the order of the members by which jq describes a match.
func (o *order) matched(match map[string]any) any {
	o.add(match, []string{"offset", "length", "string", "captures"})
	for _, capture := range match["captures"].([]any) {
		capture := capture.(map[string]any)
		if capture["length"] == 0 {
			o.add(capture, []string{"offset", "string", "length", "name"})
		} else {
			o.add(capture, []string{"offset", "length", "string", "name"})
		}
	}
	return match
}

func anys(names []string) []any {
	list := make([]any, 0, len(names))
	for _, name := range names {
		list = append(list, name)
	}
	return list
}
