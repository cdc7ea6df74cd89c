package exactjson

import (
	"reflect"
	"strings"
)

// nameOf returns the name that encoding/json gives a field of a struct, "" for
// an embedded struct whose fields it takes for its own, and whether it reads
// and writes the field at all.
func nameOf(field reflect.StructField) (name string, ok bool) {
	tag := field.Tag.Get("json")
	if tag == "-" {
		return "", false
	}
	name, _, _ = strings.Cut(tag, ",")
	if field.Anonymous {
		t := field.Type
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if name == "" && t.Kind() == reflect.Struct {
			return "", true
		}
		if !field.IsExported() && t.Kind() != reflect.Struct {
			return "", false
		}
	} else if !field.IsExported() {
		return "", false
	}
	if name == "" {
		name = field.Name
	}
	return name, true
}

// member is a member of an object as a struct has it.
type member struct {
	field  reflect.StructField
	name   string
	depth  int  // of embedding
	tagged bool // the name is that of a tag
	lost   bool // two fields have the name, and neither counts
}

// isQuoted reports whether the tag asks for numbers in quotes.
func (m member) isQuoted() bool {
	_, options, _ := strings.Cut(m.field.Tag.Get("json"), ",")
	return strings.Contains(","+options+",", ",string,")
}

// membersOf returns the members of a struct by name: of several fields of one
// name the least embedded counts, then the one with a tag.
func membersOf(t reflect.Type) map[string]member {
	members := map[string]member{}
	addMembers(members, t, 0, map[reflect.Type]bool{})
	return members
}

func addMembers(members map[string]member, t reflect.Type, depth int, within map[reflect.Type]bool) {
	if within[t] {
		return
	}
	within[t] = true
	defer delete(within, t)
	for i := range t.NumField() {
		field := t.Field(i)
		name, ok := nameOf(field)
		if !ok {
			continue
		}
		if name == "" {
			embedded := field.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			addMembers(members, embedded, depth+1, within)
			continue
		}
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		found := member{field: field, name: name, depth: depth, tagged: tag != ""}
		other, taken := members[name]
		switch {
		case !taken || found.depth < other.depth || found.depth == other.depth && found.tagged && !other.tagged:
			members[name] = found
		case found.depth == other.depth && found.tagged == other.tagged:
			other.lost = true
			members[name] = other
		}
	}
}

// find returns the member that encoding/json reads a name into: the one of
// that name, or else one that differs in case.
func find(members map[string]member, name string) (member, bool) {
	if m, ok := members[name]; ok {
		return m, !m.lost
	}
	for other, m := range members {
		if !m.lost && strings.EqualFold(other, name) {
			return m, true
		}
	}
	return member{}, false
}
