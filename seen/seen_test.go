package seen_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/seen"
)

func ids(s seen.Set) (all []string) {
	for id := range s.All() {
		all = append(all, id)
	}
	return all
}

// TestAdd: an id is new once.
func TestAdd(t *testing.T) {
	var s seen.Set
	if !s.Add("a", seen.Bound{}) || s.Add("a", seen.Bound{}) || !s.Has("a") || s.Has("b") || s.Len() != 1 {
		t.Errorf("%v", ids(s))
	}
	s.Remove("a")
	s.Remove("b")
	if s.Has("a") || s.Len() != 0 || !s.IsZero() || !s.Add("a", seen.Bound{}) {
		t.Errorf("after Remove: %v", ids(s))
	}
}

// TestNumber: the newest ids are kept.
func TestNumber(t *testing.T) {
	var s seen.Set
	for i := range 10 {
		s.Add(fmt.Sprint(i), seen.Bound{Number: 3})
	}
	if got := fmt.Sprint(ids(s)); got != "[7 8 9]" {
		t.Error(got)
	}
	for i := range 2 * seen.DefaultNumber {
		s.Add(fmt.Sprint(i), seen.Bound{})
	}
	if s.Len() != seen.DefaultNumber {
		t.Errorf("the zero bound keeps %d", s.Len())
	}
}

// TestAge: ids that were not seen for longer are forgotten.
func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen.Set
		day := seen.Bound{Age: 24 * time.Hour}
		s.Add("old", day)
		time.Sleep(24 * time.Hour)
		if s.Add("old", day) {
			t.Error("an id is forgotten before its age")
		}
		time.Sleep(24*time.Hour + time.Second)
		if !s.Add("old", day) {
			t.Error("an id is not forgotten after its age")
		}
	})
}

// TestStillShown: an id that a source goes on showing is never new again, by
// number nor by age, and most polls change nothing.
func TestStillShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen.Set
		keep := seen.Bound{Number: 20, Age: 24 * time.Hour}
		changed := 0
		for poll := range 1000 {
			before, _ := json.Marshal(s)
			for shown := range 5 {
				if s.Add(fmt.Sprint("shown", shown), keep) && poll > 0 {
					t.Fatalf("poll %d: an id that is still shown is new", poll)
				}
			}
			if after, _ := json.Marshal(s); string(after) != string(before) {
				changed++
			}
			if poll%20 == 0 {
				s.Add(fmt.Sprint("other", poll), keep)
			}
			time.Sleep(time.Hour)
		}
		if changed > 200 {
			t.Errorf("%d of 1,000 polls changed the set", changed)
		}
	})
}

// TestJSON: the set is one object in order, and comes back as it was.
func TestJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen.Set
		for _, id := range []string{"z", "a", "<é>"} {
			s.Add(id, seen.Bound{})
			time.Sleep(time.Second)
		}
		data, err := json.Marshal(struct{ Seen seen.Set }{s})
		if err != nil {
			t.Fatal(err)
		}
		var back struct{ Seen seen.Set }
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(ids(back.Seen)), fmt.Sprint(ids(s)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		for id, at := range s.All() {
			for other, otherAt := range back.Seen.All() {
				if id == other && !at.Equal(otherAt) {
					t.Errorf("%s: %v became %v", id, at, otherAt)
				}
			}
		}
	})
}

// TestRead: arrays, null, repeated ids; everything else is refused without a
// word of the data.
func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`["a","b","a"]`:         "[b a]",
		`{"a":1,"b":2,"a":3}`:   "[b a]",
		`null`:                  "[]",
		`{}`:                    "[]",
		` [ "a" , "b" ] `:       "[a b]",
		`{"secret":"secret"}`:   "",
		`{"secret":1.5}`:        "",
		`["secret",1]`:          "",
		`[["secret"]]`:          "",
		`"secret"`:              "",
		`17`:                    "",
		`{"secret":{"a":null}}`: "",
	} {
		var s seen.Set
		err := json.Unmarshal([]byte(text), &s)
		if got := fmt.Sprint(ids(s)); want != "" && (err != nil || got != want) {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
		if want == "" && (err == nil || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestManyRepeatedIDs: a hostile set is read in linear time.
func TestManyRepeatedIDs(t *testing.T) {
	text := `[` + strings.Repeat(`"a",`, 1_000_000) + `"b"]`
	var s seen.Set
	if err := json.Unmarshal([]byte(text), &s); err != nil || fmt.Sprint(ids(s)) != "[a b]" {
		t.Errorf("%v, %v", ids(s), err)
	}
}

// TestInJar: a set is kept in a state, and a poll without news writes nothing.
func TestInJar(t *testing.T) {
	type state struct {
		Seen seen.Set `json:"seen"`
	}
	store := memjar.New()
	poll := func(shown ...string) (fresh []string) {
		_, err := awsjar.New[state](store).Update(t.Context(), func(s *state) error {
			fresh = nil
			for _, id := range shown {
				if s.Seen.Add(id, seen.Bound{}) {
					fresh = append(fresh, id)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return fresh
	}
	if got := poll("b", "a"); len(got) != 2 {
		t.Errorf("the first poll found %v", got)
	}
	_, before, _ := store.Load(t.Context())
	if got := poll("b", "a"); len(got) != 0 {
		t.Errorf("the second poll found %v", got)
	}
	if _, after, _ := store.Load(t.Context()); after.Revision != before.Revision {
		t.Error("a poll without news wrote")
	}
	if got := poll("c", "b"); fmt.Sprint(got) != "[c]" {
		t.Errorf("the third poll found %v", got)
	}
}

// TestStillShownInJar: a poller takes no entry twice, whatever the document holds
// beside its set.
func TestStillShownInJar(t *testing.T) {
	type state struct {
		Seen seen.Set `json:"seen"`
	}
	for _, stored := range []string{`{}`, `{"other":true}`, `{ "seen": {"p4": 1, "p0": 2} }`} {
		store := memjar.New()
		if _, err := store.Save(t.Context(), []byte(stored), awsjar.Any); err != nil {
			t.Fatal(err)
		}
		keep := seen.Bound{Number: 12}
		taken := map[string]bool{}
		for poll := range 200 {
			var fresh []string
			got, err := awsjar.New[state](store).Update(t.Context(), func(s *state) error {
				fresh = nil
				for _, id := range []string{fmt.Sprint("n", poll), "p0", "p1", "p2", "p3", "p4"} {
					if s.Seen.Add(id, keep) {
						fresh = append(fresh, id)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range fresh {
				if taken[id] {
					t.Fatalf("%s: poll %d took %s again; the set is %v", stored, poll, id, ids(got.Seen))
				}
				taken[id] = true
			}
		}
		if data, _, _ := store.Load(t.Context()); strings.Contains(stored, "other") != strings.Contains(string(data), "other") {
			t.Errorf("%s became %s", stored, data)
		}
	}
}

// TestArrayInJar: an array of ids is read at another time when the stored value is
// proven, and the members that the type does not have stay.
func TestArrayInJar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type state struct {
			N    int      `json:"n"`
			Seen seen.Set `json:"seen"`
		}
		store := memjar.New()
		if _, err := store.Save(t.Context(), []byte(`{"n":1,"other":true,"seen":["b","a"]}`), awsjar.Any); err != nil {
			t.Fatal(err)
		}
		now := time.Now().Unix()
		_, err := awsjar.New[state](store).Update(t.Context(), func(s *state) error {
			s.N++
			time.Sleep(2 * time.Second)
			return nil
		})
		want := fmt.Sprintf(`{"n":2,"other":true,"seen":{"b":%d,"a":%d}}`, now, now)
		if data, _, _ := store.Load(t.Context()); err != nil || string(data) != want {
			t.Errorf("%s is stored, %v; want %s", data, err, want)
		}
	})
}

// TestIDThatIsNotUTF8: JSON cannot hold it, so a state with it is refused, and the
// one of before stays.
func TestIDThatIsNotUTF8(t *testing.T) {
	type state struct{ Seen seen.Set }
	store := memjar.New()
	_, err := awsjar.New[state](store).Update(t.Context(), func(s *state) error {
		s.Seen.Add("caf\xe9", seen.Bound{})
		return nil
	})
	if !errors.Is(err, awsjar.ErrInvalid) || strings.Contains(err.Error(), "caf") {
		t.Errorf("got %v, want ErrInvalid", err)
	}
	if _, _, err := store.Load(t.Context()); !errors.Is(err, awsjar.ErrNotFound) {
		t.Error("it was stored")
	}
}

// TestLikeAMap: an id may be removed while a loop yields it, and a copy shares the
// ids with the original.
func TestLikeAMap(t *testing.T) {
	var s seen.Set
	for _, id := range []string{"a", "b", "c", "d"} {
		s.Add(id, seen.Bound{})
	}
	same := s
	same.Remove("a")
	if got := fmt.Sprint(ids(s), s.Len(), s.Has("a")); got != "[b c d] 3 false" {
		t.Errorf("the original is %s", got)
	}
	yielded := ""
	for id := range s.All() {
		yielded += id
		s.Remove(id)
	}
	if yielded != "bcd" || s.Len() != 0 || same.Len() != 0 {
		t.Errorf("yielded %q; %d are left, %d in the copy", yielded, s.Len(), same.Len())
	}
	same.Add("e", seen.Bound{Number: 1})
	if fmt.Sprint(ids(s)) != "[e]" {
		t.Errorf("the original has %q", ids(s))
	}
}
