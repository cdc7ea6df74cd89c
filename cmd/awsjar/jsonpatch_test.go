package main

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestPatchLeadsThere: a patch, applied as RFC 6902 says, turns the one value
// into the other.
func TestPatchLeadsThere(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		before, after := compacted(t, randomValue(random, 3)), compacted(t, randomValue(random, 3))
		patch := patchOf(before, after)
		var document any
		if err := exactly(before, &document); err != nil {
			t.Fatal(err)
		}
		for _, step := range patch {
			document = applied(t, document, strings.Split(step.Path, "/")[1:], step)
		}
		got, err := json.Marshal(document)
		if err != nil || canonical(t, string(got)) != canonical(t, string(after)) {
			t.Fatalf("%s to %s: %+v leads to %s (%v)", before, after, patch, got, err)
		}
	}
}

func compacted(t *testing.T, text string) []byte {
	out, err := compact([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// applied applies a step at a path below a value.
func applied(t *testing.T, v any, path []string, step patchOperation) any {
	var value any
	if step.Op != "remove" {
		if err := exactly(step.Value, &value); err != nil {
			t.Fatal(err)
		}
	}
	if len(path) == 0 {
		return value
	}
	name := strings.NewReplacer("~1", "/", "~0", "~").Replace(path[0])
	switch v := v.(type) {
	case map[string]any:
		_, has := v[name]
		switch {
		case has == (step.Op == "add") && len(path) == 1:
			t.Fatalf("%+v: the member is there: %v", step, has)
		case len(path) > 1:
			v[name] = applied(t, v[name], path[1:], step)
		case step.Op == "remove":
			delete(v, name)
		default:
			v[name] = value
		}
		return v
	case []any:
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i > len(v) || i == len(v) && (step.Op != "add" || len(path) > 1) {
			t.Fatalf("%+v: no such element of %d", step, len(v))
		}
		switch {
		case len(path) > 1:
			v[i] = applied(t, v[i], path[1:], step)
		case step.Op == "remove":
			return slices.Delete(v, i, i+1)
		case step.Op == "add":
			return slices.Insert(v, i, value)
		default:
			v[i] = value
		}
		return v
	}
	t.Fatalf("%+v: %v has no members", step, v)
	return nil
}

// TestPatchIsShort: one change is one step, wherever it is, and a spelling is
// none.
func TestPatchIsShort(t *testing.T) {
	for _, test := range []struct{ before, after, want string }{
		{`[1,2,3]`, `[0,1,2,3]`, `[{"op":"add","path":"/0","value":0}]`},
		{`[1,2,3]`, `[1,3]`, `[{"op":"remove","path":"/1"}]`},
		{`[1,{"a":1},3]`, `[1,{"a":null},3]`, `[{"op":"replace","path":"/1/a","value":null}]`},
		{`{"a/b":1,"m~n":2}`, `{"m~n":3}`, `[{"op":"remove","path":"/a~1b"},{"op":"replace","path":"/m~0n","value":3}]`},
		{`{"a":"\u0041","b":[{"c":1,"d":2}]}`, `{"b":[{"d":2,"c":1}],"a":"A"}`, `[]`},
		{`1.0`, `1`, `[{"op":"replace","path":"","value":1}]`},
	} {
		got, err := json.Marshal(patchOf([]byte(test.before), []byte(test.after)))
		if err != nil || string(got) != test.want {
			t.Errorf("%s to %s: %s, want %s (%v)", test.before, test.after, got, test.want, err)
		}
	}
}

// TestEveryCommandHasItsName: the list by which a command line finds its
// subcommand names each as it names itself.
func TestEveryCommandHasItsName(t *testing.T) {
	for _, group := range (&command{}).groups() {
		for _, entry := range group.commands {
			if sub := entry.build(); sub.Name() != entry.name {
				t.Errorf("%s is listed as %s", sub.Name(), entry.name)
			}
		}
	}
}
