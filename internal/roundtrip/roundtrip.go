// Package roundtrip tells from a type how its values come back after encoding/json
// has written them.
package roundtrip

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Trip is how the values of a type come back. The zero Trip is that of values that
// come back as they are.
type Trip struct {
	Refused *Refusal // no value can come back; else nil
	Prove   bool     // some values may not come back: each one is to be read before it is stored
	JSON    bool     // and written again, which must give the same JSON
	Differs bool     // a value may come back as another one that means the same, such as nil for an empty slice
	Doubt   string   // the part of the type that is the reason for Prove
}

// Refusal says why no value of a type can come back, without any value.
type Refusal struct{ Reason, Hint string }

// Of looks at a type by the rules of encoding/json.
func Of(t reflect.Type) Trip {
	w := typeWalk{seen: map[visited]bool{}}
	w.JSON = true
	w.visit(t, "")
	if t.Kind() == reflect.Interface && t.NumMethod() > 0 {
		w.refuse(t, "", "is an interface with methods, into which nothing can be read", "use a type that is no interface")
	}
	w.formless(t, "")
	return w.Trip
}

type typeWalk struct {
	Trip
	seen  map[visited]bool
	inMap bool // within the value of a map, whose address nobody can take
}

type visited struct {
	reflect.Type
	inMap bool
}

// visit looks at a type that stands at a path of fields, such as "Sub.Err".
func (w *typeWalk) visit(t reflect.Type, path string) {
	if w.seen[visited{t, w.inMap}] || w.Refused != nil {
		return
	}
	w.seen[visited{t, w.inMap}] = true
	if w.inMap && isWrittenByPointer(t) {
		w.refuse(t, path, "is in a map, and is written by a method of its pointer, which encoding/json does not call there",
			"make it a map of pointers")
		return
	}
	if hasOwnForm(t) {
		w.doubtful(t, path, "has methods of its own for JSON")
		if t.Kind() == reflect.Struct {
			w.promoted(t, path)
		}
		return
	}
	switch t.Kind() {
	case reflect.Interface:
		w.doubtful(t, path, "is an interface: the type of the value in it is not stored")
	case reflect.String:
		if t == reflect.TypeFor[json.Number]() {
			w.doubtful(t, path, "holds any text, and only numbers are written")
		}
	case reflect.Pointer:
		switch t.Elem().Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
			w.Differs = true // a pointer to nil comes back as nil
		}
		w.within(false, t.Elem(), path)
	case reflect.Slice:
		w.within(false, t.Elem(), path)
	case reflect.Array:
		w.visit(t.Elem(), path)
	case reflect.Map:
		w.within(false, t.Key(), path)
		w.within(true, t.Elem(), path)
	case reflect.Struct:
		names := memberNames{depths: map[string][]int{}, above: map[reflect.Type]bool{t: true}}
		if w.fields(t, path, &names) == 0 && w.Refused == nil {
			w.refuse(t, path, "has no exported field, so that nothing of it would be stored", "give the type exported fields, or MarshalJSON and UnmarshalJSON")
		}
		if w.Refused == nil {
			w.names(t, path, names.depths)
		}
	}
}

// within looks at the type of the parts of a pointer, a slice or a map.
func (w *typeWalk) within(inMap bool, t reflect.Type, path string) {
	defer func(before bool) { w.inMap = before }(w.inMap)
	w.inMap = inMap
	w.visit(t, path)
}

// formless refuses a type of which every value holds a part that JSON has no form
// for. A part behind a pointer, in a slice, a map or an embedded struct may be
// absent, and so may one that a tag leaves out.
func (w *typeWalk) formless(t reflect.Type, path string) {
	if w.Refused != nil || hasOwnForm(t) {
		return
	}
	switch t.Kind() {
	case reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		w.refuse(t, path, "has no form in JSON", "use another type")
	case reflect.Array:
		if t.Len() > 0 {
			w.formless(t.Elem(), path)
		}
	case reflect.Struct:
		for f := range structFields(t) {
			if f.IsExported() && !f.Anonymous && !f.ignored() && !f.optional() {
				w.formless(f.Type, f.path(path))
			}
		}
	}
}

// memberNames are the names of the JSON members of a struct, of which those of
// the structs that it embeds are a part.
type memberNames struct {
	depths map[string][]int      // how many structs are around each field of a name
	above  map[reflect.Type]bool // the structs around those that are looked at
}

// names refuses a struct of which encoding/json stores no field of a name, or an
// arbitrary one. A field that is hidden by one further out is not stored.
func (w *typeWalk) names(t reflect.Type, path string, depths map[string][]int) {
	for _, name := range slices.Sorted(maps.Keys(depths)) {
		slices.Sort(depths[name])
		switch at := depths[name]; {
		case len(at) == 1:
		case at[0] == at[1]:
			w.refuse(t, path, fmt.Sprintf("has two fields with the JSON name %q, of which one at most would be stored", name),
				"give each field a JSON name of its own")
			return
		default:
			w.Differs = true
		}
	}
}

// fields looks at the fields of a struct. It returns how many there are that
// are stored, or are left out by a tag; a struct without any field counts as one.
func (w *typeWalk) fields(t reflect.Type, path string, names *memberNames) int {
	count := 0
	if t.NumField() == 0 {
		count = 1
	}
	for f := range structFields(t) {
		if f.Anonymous && f.Type.Kind() == reflect.Pointer && !f.IsExported() {
			w.doubtful(f.Type, f.path(path), "is embedded by a pointer that encoding/json cannot set")
		}
		switch {
		case f.flattened():
			w.Differs = w.Differs || f.Type.Kind() == reflect.Pointer // nil where none of its members is stored
			if inner := f.structType(); names.above[inner] {
				count++
			} else {
				names.above[inner] = true
				count += w.fields(inner, path, names)
				delete(names.above, inner)
			}
			continue
		case !f.IsExported() && !f.embedsStruct():
			w.Differs = w.Differs || f.Name != "_"
			continue
		case f.ignored():
			w.Differs = true
			count++
			continue
		}
		names.depths[f.name] = append(names.depths[f.name], len(names.above))
		count++
		w.Differs = w.Differs || f.leavesOut()
		w.visit(f.Type, f.path(path))
	}
	return count
}

// promoted refuses a struct whose form is that of a type that it embeds, so
// that the other fields would be lost. Whether its methods are its own or
// promoted ones cannot be seen: it is tried with a value in each field.
func (w *typeWalk) promoted(t reflect.Type, path string) {
	embeds := false
	for f := range structFields(t) {
		embeds = embeds || f.Anonymous && hasOwnForm(f.Type)
	}
	if !embeds {
		return
	}
	for f := range structFields(t) {
		if f.IsExported() && !f.ignored() && !(f.Anonymous && hasOwnForm(f.Type)) && hidden(t, f.Index) {
			w.refuse(t, path, fmt.Sprintf("is written by a method of a type that it embeds, so that its field %s would be lost", f.Name),
				"make the embedded type a field with a name, or give the type MarshalJSON and UnmarshalJSON of its own")
			return
		}
	}
}

func (w *typeWalk) doubtful(t reflect.Type, path, reason string) {
	w.Prove = true
	if w.Doubt == "" {
		w.Doubt = place(t, path) + ", which " + reason
	}
}

func (w *typeWalk) refuse(t reflect.Type, path, reason, hint string) {
	w.Refused = &Refusal{place(t, path) + " " + reason, hint + "; " + LeaveOut}
}

// LeaveOut is the hint that is true for every field.
const LeaveOut = `a field that need not be stored is tagged json:"-"`

func place(t reflect.Type, path string) string {
	if path == "" {
		return fmt.Sprintf("the type %v", t)
	}
	return fmt.Sprintf("the field %s of type %v", path, t)
}

// isWrittenByPointer reports whether encoding/json writes a type by a method that
// only its pointer has.
func isWrittenByPointer(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	byJSON, byText := reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()
	switch {
	case t.Kind() == reflect.Interface, t.Implements(byJSON):
		return false
	case p.Implements(byJSON):
		return true
	}
	return !t.Implements(byText) && p.Implements(byText)
}

// hasOwnForm reports whether encoding/json calls a method of a type.
func hasOwnForm(t reflect.Type) bool {
	for _, method := range []reflect.Type{
		reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.Unmarshaler](),
		reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	} {
		if t.Implements(method) || t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(method) {
			return true
		}
	}
	return false
}
