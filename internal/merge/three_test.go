package merge

import (
	"testing"
)

func TestThree(t *testing.T) {
	for _, test := range []struct {
		name, base, one, other string
		others                 []string
		paths                  string // of the changes; ! before those that collide
		want                   string
	}{
		{"apart", `{"a":1,"b":2}`, `{"a":5,"b":2}`, `{"a":1,"b":7}`, nil, "/a /b ", `{"a":5,"b":7}`},
		{"the same", `{"a":1}`, `{"a":2}`, `{"a":2,"c":1}`, nil, "/a /c ", `{"a":2,"c":1}`},
		{"collide, one counts", `{"a":1,"b":2}`, `{"a":5,"b":3}`, `{"a":7,"b":2}`, nil, "!/a /b ", `{"a":5,"b":3}`},
		{"collide, the other counts", `{"a":1,"b":2}`, `{"a":5,"b":3}`, `{"a":7,"b":2}`, []string{"/a"}, "!/a /b ", `{"a":7,"b":3}`},
		{"within", `{"x":{"a":1,"b":1}}`, `{"x":{"a":2,"b":1}}`, `{"x":{"a":3,"b":4}}`, []string{"/x/a"}, "!/x/a /x/b ", `{"x":{"a":3,"b":4}}`},
		{"removed by the other", `{"a":1,"b":1}`, `{"a":2,"b":3}`, `{"b":1}`, []string{"/a"}, "!/a /b ", `{"b":3}`},
		{"removed by one", `{"a":1,"b":1}`, `{"b":1}`, `{"a":2,"b":1}`, nil, "!/a ", `{"b":1}`},
		{"added by both", `{}`, `{"a":1}`, `{"a":2}`, []string{"/a"}, "!/a ", `{"a":2}`},
		{"names with a slash", `{"a/b":1,"~":1}`, `{"a/b":2,"~":2}`, `{"a/b":3,"~":1}`, []string{"/a~1b"}, "!/a~1b /~0 ", `{"a/b":3,"~":2}`},
		{"names that differ in case", `{"a":1,"A":1}`, `{"a":2,"A":1}`, `{"a":3,"A":4}`, []string{"/a"}, "!/a /A ", `{"a":3,"A":4}`},
		{"lists are one value", `{"l":[1,2]}`, `{"l":[1,3]}`, `{"l":[0,2]}`, nil, "!/l ", `{"l":[1,3]}`},
		{"objects in a list", `{"l":[{"a":1}],"b":1}`, `{"l":[{"a":1}],"b":2}`, `{"l":[{"c":1}],"b":1}`, nil, "/l /b ", `{"l":[{"c":1}],"b":2}`},
		{"another spelling is no change", `{"a":"\u003c","b":1}`, `{"a":"<","b":1}`, `{"a":"x","b":1}`, nil, "/a ", `{"a":"x","b":1}`},
		{"another order is no change", `{"x":{"a":1,"b":2}}`, `{"x":{"b":2,"a":1}}`, `{"x":{"a":1,"b":3}}`, nil, "/x/b ", `{"x":{"a":1,"b":3}}`},
		{"digits stay", `{"a":1.0,"b":1}`, `{"a":1.0,"b":2}`, `{"a":1.00,"b":1}`, nil, "/a /b ", `{"a":1.00,"b":2}`},
		{"the whole", `1`, `2`, `3`, nil, "! ", `2`},
		{"the whole of the other", `1`, `2`, `3`, []string{""}, "! ", `3`},
		{"the other was deleted", `{"a":1}`, `{"a":2}`, ``, nil, "! ", `{"a":2}`},
		{"both are new", ``, `{"a":1}`, `{"a":2}`, []string{""}, "! ", `{"a":2}`},
		{"the other is kept as it is spelt", `{"a":1,"b":1}`, `{"b":2,"a":1}`, `{"\u0061" : "\u003c", "b":1}`, nil, "/a /b ", `{"\u0061":"\u003c","b":2}`},
		{"new members come last, in their order", `{"b":1}`, `{"z":{"y":1,"a":2},"b":1}`, `{"b":2}`, nil, "/b /z ", `{"b":2,"z":{"y":1,"a":2}}`},
		{"a name that is empty", `{"":1}`, `{"":2,"a":1}`, `{"":1,"b":1}`, nil, "/ /a /b ", `{"":2,"b":1,"a":1}`},
	} {
		text := func(s string) []byte {
			if s == "" {
				return nil
			}
			return []byte(s)
		}
		three, err := Apart(text(test.base), text(test.one), text(test.other))
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		paths, collides := "", false
		for _, c := range three.Changes() {
			if c.Collides {
				paths += "!"
				collides = true
			}
			paths += c.Path + " "
		}
		if paths != test.paths {
			t.Errorf("%s: the changes are at %q, want %q", test.name, paths, test.paths)
		}
		if got := string(three.Join(test.others...)); got != test.want {
			t.Errorf("%s: joined to %s, want %s", test.name, got, test.want)
		}
		if three.Collide() != collides {
			t.Errorf("%s: Collide says %v", test.name, !collides)
		}
	}
	if _, err := Apart([]byte("{"), nil, nil); err == nil {
		t.Error("half an object is taken for a value")
	}
}

// TestWhoChanged: a change says which of the two made it.
func TestWhoChanged(t *testing.T) {
	three, err := Apart([]byte(`{"a":1,"b":1,"c":[{"d":1}]}`), []byte(`{"a":2,"b":1,"c":[{"d":1}]}`), []byte(`{"a":1,"b":2,"c":[{"d":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	changes := three.Changes()
	if len(changes) != 2 {
		t.Fatalf("%d changes, want 2", len(changes))
	}
	if a := changes[0]; !a.InOne || a.InOther {
		t.Errorf("%s: in one %v, in the other %v", a.Path, a.InOne, a.InOther)
	}
	if b := changes[1]; b.InOne || !b.InOther {
		t.Errorf("%s: in one %v, in the other %v", b.Path, b.InOne, b.InOther)
	}
}
