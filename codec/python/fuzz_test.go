package python_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/awsjar/awsjar/codec/python"
	"github.com/google/go-cmp/cmp"
)

// same compares two values that the codec read: times by all they show, and NaN
// equal to itself.
var same = []cmp.Option{
	cmp.Comparer(func(a, b time.Time) bool {
		return a.Format(when) == b.Format(when) && python.IsNaive(a) == python.IsNaive(b)
	}),
	cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b }),
}

// Each text that is read as a datetime is written as the same one.
func FuzzDatetime(f *testing.F) {
	for _, repr := range []string{
		"datetime.datetime(2019, 1, 9, 18, 49, 44, 847202)",
		"datetime.datetime(2019, 11, 3, 1, 30, fold=1)",
		"datetime.datetime(year=1, month=2, day=3, hour=4, minute=5, second=6, microsecond=7, tzinfo=None)",
		"datetime.datetime(2019, 1, 9, 0, 0, tzinfo=datetime.timezone.utc)",
		"datetime.datetime(2019, 1, 9, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(0, 19800)))",
		"datetime.datetime(2019, 1, 9, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=57600), 'it\\'s \\x00'))",
		"datetime.datetime(2019, 1, 9, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=1, microseconds=500000), name=\"\\U0001f600\"))",
	} {
		f.Add(repr)
	}
	f.Fuzz(func(t *testing.T, repr string) {
		if !utf8.ValidString(repr) {
			return
		}
		var v, back any
		data := stored(t, repr)
		_ = python.Codec{RoundTimes: true}.Unmarshal(data, &v) // no panic
		if (python.Codec{}).Unmarshal(data, &v) != nil {
			return
		}
		data, err := python.Codec{}.Marshal(v)
		if err != nil {
			t.Fatalf("%q was read as %v and not written: %v", repr, v, err)
		}
		if err := (python.Codec{}).Unmarshal(data, &back); err != nil {
			t.Fatalf("%q was written as %s and not read: %v", repr, data, err)
		}
		if diff := cmp.Diff(v, back, same...); diff != "" {
			t.Fatalf("%q came back changed (-want +got):\n%s", repr, diff)
		}
	})
}

// Each value that is read is written, unless it has a mark of the user's own, and
// then read as the same and written as the same bytes.
func FuzzCodec(f *testing.F) {
	newYork := location(f, "America/New_York")
	cases, _ := vectors(f)
	for i, v := range cases {
		text := *v.Stored
		if v.Plain != nil {
			text = *v.Plain
		}
		f.Add([]byte(text), uint8(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, options uint8) {
		c := python.Codec{
			Pretty: options&1 != 0, NonFinite: options&2 != 0, ReplaceSurrogates: options&4 != 0,
			Bare: python.Bare(options >> 3 % 3),
		}
		if options>>5%2 != 0 {
			c.Naive = newYork
		}
		var v any
		if err := c.Unmarshal(data, &v); err != nil {
			return
		}
		text, err := c.Marshal(v)
		if err != nil {
			if strings.Contains(err.Error(), `"_dt_"`) {
				return
			}
			t.Fatalf("%q was read as %v and not written: %v", data, v, err)
		}
		if !json.Valid(text) && c.Bare == python.BareOff && !c.NonFinite {
			t.Fatalf("%q was written as %q, which is not JSON", data, text)
		}
		var back any
		if err := c.Unmarshal(text, &back); err != nil {
			t.Fatalf("%q was written as %q and not read: %v", data, text, err)
		}
		if diff := cmp.Diff(v, back, same...); diff != "" {
			t.Fatalf("%q came back changed from %q (-want +got):\n%s", data, text, diff)
		}
		if again, err := c.Marshal(back); err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%q was written as %q and then as %q, %v", data, text, again, err)
		}
	})
}

// Every string comes back as that string.
func FuzzStrings(f *testing.F) {
	for _, s := range strange {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, bare := range []python.Bare{python.BareOff, python.BareJar, python.BareBucket} {
			c := python.Codec{Bare: bare}
			data, err := c.Marshal(s)
			if err == nil != utf8.ValidString(s) {
				t.Fatalf("%q was written as %q, %v", s, data, err)
			}
			if err != nil {
				continue
			}
			var text string
			var v any
			if err := c.Unmarshal(data, &text); err != nil || text != s {
				t.Fatalf("%q was written as %q and came back as %q, %v", s, data, text, err)
			}
			if err := c.Unmarshal(data, &v); err != nil || v != s {
				t.Fatalf("%q was written as %q and came back as %v, %v", s, data, v, err)
			}
		}
	})
}
