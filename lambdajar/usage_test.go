package lambdajar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
)

// TestFreeFallsSteadily: the free bytes do not jump where a growing value is
// stored in another form, and Usage names the form and the cost of reading it.
func TestFreeFallsSteadily(t *testing.T) {
	t.Parallel()
	s := newStore(newServer(t))
	forms := map[lambdajar.Form]bool{}
	var last lambdajar.Usage
	for n := 20; n <= 260; n += 40 {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = fmt.Sprintf(`"/news/%d-%s"`, 1000+i*7, random(40)[i%20:i%20+12])
		}
		value := "[" + strings.Join(ids, ",") + "]"
		if _, err := s.Save(within(t), []byte(value), awsjar.Any); err != nil {
			t.Fatal(err)
		}
		u, err := s.Usage(within(t))
		if err != nil {
			t.Fatal(err)
		}
		forms[u.Form] = true
		if packed := u.Form != "plain"; packed != (u.Cost > 0) {
			t.Errorf("%d ids: form %q with a cost of %v", n, u.Form, u.Cost)
		}
		if last.Limit > 0 && (u.Free > last.Free || last.Free-u.Free > 1000) {
			t.Errorf("%d ids more: %d bytes are free after %d (%s after %s)", 40, u.Free, last.Free, u.Form, last.Form)
		}
		last = u
	}
	if len(forms) < 2 {
		t.Errorf("all values were stored as %v", forms)
	}
}

// TestUsageOfDamage: a value that cannot be read has no form, and its bytes
// count.
func TestUsageOfDamage(t *testing.T) {
	t.Parallel()
	srv := awsfake.NewServer(t)
	srv.CreateFunction(fn, map[string]string{"jar": "^0!!!!damaged"})
	u, err := newStore(srv).Usage(within(t))
	if err != nil || u.Form != "" || u.State == 0 {
		t.Errorf("%+v, %v", u, err)
	}
}

// TestFreeInForm: Free counts on the form in which the next value will be written,
// also where the stored one is in another.
func TestFreeInForm(t *testing.T) {
	t.Parallel()
	value := `["` + strings.Repeat("acorn ", 200) + `"]`
	for _, form := range []lambdajar.Form{lambdajar.FormAuto, lambdajar.FormPlain, lambdajar.FormFlate, lambdajar.FormDense, lambdajar.FormPython} {
		srv := newServer(t)
		mustSave(t, newStore(srv), value)
		s := newStore(srv, func(o *lambdajar.Options) { o.Form = form })
		before, err := s.Usage(within(t))
		if err != nil {
			t.Fatal(err)
		}
		mustSave(t, s, value)
		after, err := s.Usage(within(t))
		if err != nil || before.Free != after.Free {
			t.Errorf("form %s: %d bytes are free before the value is written in it, and %d after, %v", form, before.Free, after.Free, err)
		}
	}
}
