package pack

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// decodeJSON is about the time of a program to decode a byte of JSON, in every
// form that it was stored in.
const decodeJSON = 10 * time.Nanosecond

// TestGrowingList: a list that grows one by one is never suddenly slow to read,
// not where it is stored in another form either, and never takes more than what
// FormAuto allows, until it no longer fits. The work is counted.
func TestGrowingList(t *testing.T) {
	for name, element := range map[string]func(random string, i int) string{
		"ids": func(random string, _ int) string { return random[:24] },
		"links": func(random string, i int) string {
			return fmt.Sprintf("https://example.com/%s/%s.html", random[:1], random[3:11])
		},
		"titles": func(random string, i int) string { return title(random) },
	} {
		list := func(n int) string {
			parts := make([]string, n)
			for i := range parts {
				parts[i] = `"` + element(fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, i))), i) + `"`
			}
			return "[" + strings.Join(parts, ",") + "]"
		}
		forms, most := map[Form]bool{}, time.Duration(0)
		work := func(n int) (Form, time.Duration, bool) {
			value := []byte(list(n))
			text, err := Encode(t.Context(), value, FormAuto, Limits{Size: limit})
			if errors.As(err, new(*TooLargeError)) {
				return 0, 0, false
			}
			content, err := Read(t.Context(), text)
			if err != nil {
				t.Fatal(err)
			}
			if content.Cost > AutoCost {
				t.Errorf("%s: %d elements as %v cost %v", name, n, content.Form, content.Cost)
			}
			forms[content.Form], most = true, max(most, content.Cost)
			return content.Form, content.Cost + time.Duration(len(value))*decodeJSON, true
		}
		form, before, fits := work(1)
		for n := 1; fits; {
			more, after, ok := work(n + 1)
			if ok && after > 20*before {
				t.Errorf("%s: %d elements (%v) take %v, one more %v", name, n, form, before, after)
			}
			n++
			if form == FormDense && ok {
				n += 40 // packing takes long
				more, after, ok = work(n)
			}
			form, before, fits = more, after, ok
		}
		if !forms[FormPlain] || !forms[FormFlate] || !forms[FormDense] {
			t.Errorf("%s: the forms are %v", name, forms)
		}
		t.Logf("%s: at most %v", name, most)
	}
}

func title(random string) string {
	words := strings.Fields("the order was not found because a server is ready and users could change what they have seen before")
	var s []string
	for _, c := range random[:8] {
		s = append(s, words[(int(c)*7+len(s)*5)%len(words)])
	}
	return strings.Join(s, " ")
}
