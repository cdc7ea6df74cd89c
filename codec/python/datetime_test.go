package python_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/awsjar/awsjar/codec/python"
)

const when = "2006-01-02T15:04:05.999999999-07:00:00 MST"

// stored is the object that datetime_encoder makes of a repr.
func stored(t *testing.T, repr string) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{"_dt_": true, "repr": repr})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDatetimeForms(t *testing.T) {
	const ending = "datetime.datetime(2019, 1, 9, 18, 49, 44, 847202, tzinfo=datetime.timezone(datetime.timedelta("
	forms := map[string]string{
		"datetime.datetime(2019, 1, 9)":                             "2019-01-09T00:00:00+00:00:00 naive",
		"datetime.datetime(2019, 1, 9, 18)":                         "2019-01-09T18:00:00+00:00:00 naive",
		"datetime.datetime(2019, 1, 9, 18, 49)":                     "2019-01-09T18:49:00+00:00:00 naive",
		"datetime.datetime(2019, 1, 9, 18, 49, 44)":                 "2019-01-09T18:49:44+00:00:00 naive",
		"datetime.datetime(2019, 1, 9, 18, 49, 44, 847202)":         "2019-01-09T18:49:44.847202+00:00:00 naive",
		"datetime.datetime(2019, 1, 9, 18, 49, 44, 847202, None)":   "2019-01-09T18:49:44.847202+00:00:00 naive",
		"datetime.datetime(2019, 1, day=9)":                         "2019-01-09T00:00:00+00:00:00 naive",
		"datetime.datetime(2019, 1, hour=5, day=9)":                 "2019-01-09T05:00:00+00:00:00 naive",
		"datetime.datetime(year=2019, month=1, day=9, tzinfo=None)": "2019-01-09T00:00:00+00:00:00 naive",
		"datetime.datetime(2019, 1, 9, microsecond=1)":              "2019-01-09T00:00:00.000001+00:00:00 naive",
		" datetime.datetime\t( 2019,1,9\n,0,0 )\r\n":                "2019-01-09T00:00:00+00:00:00 naive",
		"datetime.datetime(1, 1, 1, 0, 0)":                          "0001-01-01T00:00:00+00:00:00 naive",
		"datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)":       "9999-12-31T23:59:59.999999+00:00:00 naive",
		"datetime.datetime(2020, 2, 29)":                            "2020-02-29T00:00:00+00:00:00 naive",
		"datetime.datetime(2019, 11, 3, 1, 30, fold=1)":             "2019-11-03T01:30:00+00:00:00 naive",
		"datetime.datetime(2019, 11, 3, 1, 30, fold=0)":             "2019-11-03T01:30:00+00:00:00 naive",

		"datetime.datetime(2019, 1, 9, tzinfo=datetime.timezone.utc)":              "2019-01-09T00:00:00+00:00:00 UTC",
		"datetime.datetime(2019, 1, 9, 0, 0, 0, 0, datetime.timezone.utc, fold=1)": "2019-01-09T00:00:00+00:00:00 UTC",
		ending + ")))":                            "2019-01-09T18:49:44.847202+00:00:00 UTC",
		ending + "0)))":                           "2019-01-09T18:49:44.847202+00:00:00 UTC",
		ending + "0), 'UTC'))":                    "2019-01-09T18:49:44.847202+00:00:00 UTC",
		ending + "0), 'Z'))":                      "2019-01-09T18:49:44.847202+00:00:00 Z",
		ending + "seconds=19800)))":               "2019-01-09T18:49:44.847202+05:30:00 +0530",
		ending + "0, 19800)))":                    "2019-01-09T18:49:44.847202+05:30:00 +0530",
		ending + "0, 19800, 0)))":                 "2019-01-09T18:49:44.847202+05:30:00 +0530",
		ending + "seconds=19800, days=0)))":       "2019-01-09T18:49:44.847202+05:30:00 +0530",
		ending + "days=-1, seconds=57600)))":      "2019-01-09T18:49:44.847202-08:00:00 -0800",
		ending + "-1, 57600)))":                   "2019-01-09T18:49:44.847202-08:00:00 -0800",
		ending + "seconds=-28800)))":              "2019-01-09T18:49:44.847202-08:00:00 -0800",
		ending + "microseconds=-28800000000)))":   "2019-01-09T18:49:44.847202-08:00:00 -0800",
		ending + "2, -172801, 1000000)))":         "2019-01-09T18:49:44.847202+00:00:00 UTC",
		ending + "1000, -86400000, 3600000000)))": "2019-01-09T18:49:44.847202+01:00:00 +0100",
		ending + "seconds=1)))":                   "2019-01-09T18:49:44.847202+00:00:01 +0000",
		ending + "seconds=86399)))":               "2019-01-09T18:49:44.847202+23:59:59 +2359",
		ending + "days=-1, seconds=1)))":          "2019-01-09T18:49:44.847202-23:59:59 -2359",
		ending + "seconds=3600), 'CET'))":         "2019-01-09T18:49:44.847202+01:00:00 CET",
		ending + `seconds=3600), "it's"))`:        "2019-01-09T18:49:44.847202+01:00:00 it's",
		ending + `seconds=3600), 'it\'s "x" \\ \n\r\t\x7f\u2028\U0001f600é'))`:                                    "2019-01-09T18:49:44.847202+01:00:00 it's \"x\" \\ \n\r\t\x7f\u2028😀é",
		ending + `seconds=3600), name="\""))`:                                                                     `2019-01-09T18:49:44.847202+01:00:00 "`,
		ending + `seconds=3600), ''))`:                                                                            "2019-01-09T18:49:44.847202+01:00:00 +0100",
		"datetime.datetime(2019, 1, 9, tzinfo=datetime.timezone(name='CET', offset=datetime.timedelta(0, 3600)))": "2019-01-09T00:00:00+01:00:00 CET",
	}
	var texts []storedText
	var times []time.Time
	for repr, want := range forms {
		var v any
		if err := (python.Codec{}).Unmarshal(stored(t, repr), &v); err != nil {
			t.Errorf("%s: %v", repr, err)
			continue
		}
		got, ok := v.(time.Time)
		if !ok || got.Format(when) != want {
			t.Errorf("%s was read as %v; want %s", repr, v, want)
			continue
		}
		data, err := python.Codec{}.Marshal(v)
		if err != nil {
			t.Errorf("%s was read but not written: %v", repr, err)
			continue
		}
		var back time.Time
		if err := (python.Codec{}).Unmarshal(data, &back); err != nil || back.Format(when) != want {
			t.Errorf("%s was written as %s and came back as %v, %v", repr, data, back, err)
		}
		texts = append(texts, storedText{"jar", string(stored(t, repr))})
		times = append(times, got)
	}
	values, ok := readByOriginal(t, texts)
	if !ok {
		return
	}
	for i := range values {
		object, ok := values[i].(map[string]any)
		if !ok {
			t.Errorf("the original does not read %s", texts[i].Text)
			continue
		}
		fields := object["$datetime"].(map[string]any)
		if got := isoformat(times[i]); fields["iso"] != got {
			t.Errorf("%s was read as %s, by the original as %v", texts[i].Text, got, fields)
		}
	}
}

func TestNoDatetimes(t *testing.T) {
	const zoned = "datetime.datetime(2019, 1, 9, 0, 0, tzinfo="
	const off = zoned + "datetime.timezone(datetime.timedelta("
	for _, repr := range []string{
		"", " ", "1 + 1", "datetime", "datetime.datetime", "datetime.datetime(", "datetime.datetime()",
		"datetime.datetime(2019)", "datetime.datetime(2019, 1)", "datetime.datetime(2019, 1, 9",
		"datetime.datetime(2019, 1, 9))", "datetime.datetime(2019, 1, 9) x", "datetime.datetime(2019 1 9)",
		"datetime.datetime(2019,, 1, 9)", "datetime.datetime(2019, 1, 9,)", "datetime.datetime(, 2019, 1, 9)", "datetime.datetime(2019, 1, 9).date()",
		"datetime.datetime(2019, 1, 9, 0, 0, 0, 0, None, 1)", "datetime.datetime(2019, 1, 9, 0, 0, 0, 0, 0)",
		"datetime.datetime(2019, 1, 9, day=9)", "datetime.datetime(day=9, 2019, 1)", "datetime.datetime(year=2019, 1, 9)", "datetime.datetime(2019, 1, day=9, day=9)",
		"datetime.datetime(2019, 1, 9, weeks=1)", "datetime.datetime(2019, 1, 9, =1)", "datetime.datetime(2019, 1, 9, fold=2)",
		"datetime.datetime(2019, 1, 9, fold=-1)", "datetime.datetime(2019, 1, 9.0)", "datetime.datetime(2019, 01, 9)",
		"datetime.datetime(2019, +1, 9)", "datetime.datetime(2019, 1_0, 9)", "datetime.datetime(2019, 0x1, 9)",
		"datetime.datetime(2019, '1', 9)", "datetime.datetime(2019, --1, 9)", "datetime.datetime(2019, -, 9)",
		"datetime.datetime(2019, ٣, 9)", "datetime.datetime(99999999999999999999, 1, 9)",
		"datetime.datetime(0, 1, 1)", "datetime.datetime(10000, 1, 1)", "datetime.datetime(-1, 1, 1)",
		"datetime.datetime(2019, 0, 9)", "datetime.datetime(2019, 13, 9)", "datetime.datetime(2019, 1, 0)",
		"datetime.datetime(2019, 1, 32)", "datetime.datetime(2019, 2, 29)", "datetime.datetime(2019, 4, 31)",
		"datetime.datetime(2019, 1, 9, 24)", "datetime.datetime(2019, 1, 9, -1)", "datetime.datetime(2019, 1, 9, 0, 60)",
		"datetime.datetime(2019, 1, 9, 0, -1)", "datetime.datetime(2019, 1, 9, 0, 0, 60)", "datetime.datetime(2019, 1, 9, 0, 0, -1)",
		"datetime.datetime(2019, 1, 9, 0, 0, 0, 1000000)", "datetime.datetime(2019, 1, 9, 0, 0, 0, -1)",
		"Datetime.datetime(2019, 1, 9)", "datetime(2019, 1, 9)", "datetime.date(2019, 1, 9)", "datetime.datetimex(2019, 1, 9)",
		"FakeDatetime(2019, 1, 9)", "Timestamp('2019-01-09 00:00:00')", "__import__('os').system('true')",
		"datetime.datetime(2019, 1, 9, __import__('os').system('true'))", "datetime.datetime(*[2019, 1, 9])",
		zoned + ")", zoned + "<UTC>)", zoned + "tzutc())", zoned + "zoneinfo.ZoneInfo(key='Europe/Paris'))", zoned + "Nonesuch)",
		zoned + "datetime.timezone)", zoned + "datetime.timezone())", zoned + "datetime.timezone.utcx)", zoned + "datetime.timezone.min)",
		zoned + "datetime.timezone(3600))", zoned + "datetime.timezone('CET'))", zoned + "datetime.timezone(name='CET'))",
		off + "1)))", off + "days=1)))", off + "days=-1)))", off + "seconds=86400)))", off + "hours=1)))", off + "0, 0, 0, 1)))",
		off + "days=999999999, seconds=-1)))", off + "9223372036854775807)))", off + "0, 9223372036854775807, 1)))",
		off + "-9223372036854775808, -9223372036854775808, -9223372036854775808)))",
		off + "144115188075855872)))", off + "416999965497, 23168)))", off + "0, 0, 9223372036854775807)))", // zero if they overflow
		off + "0), 5))", off + "0), CET))", off + "0), 'CET)))", off + "0), 'CET\"))", off + "0), 'a' 'b'))", off + "0), u'CET'))",
		off + "0), 'a\nb'))", off + "0), 'a\x00b'))", off + `0), '\q'))`, off + `0), '\`, off + `0), '\x4'))`, off + `0), '\xg0'))`,
		off + `0), '\u+123'))`, off + `0), '\ud83d'))`, off + `0), '\U00110000'))`, off + `0), '\Uffffffff'))`, off + `0), '\N{DASH}'))`,
		off + `0), 'a', 'b'))`,
		strings.Repeat("datetime.datetime(", 100_000), off + strings.Repeat("datetime.timedelta(", 100_000),
	} {
		var v any
		err := (python.Codec{}).Unmarshal(stored(t, repr), &v)
		if err == nil {
			t.Errorf("%.80s was read as %v; want an error", repr, v)
		}
	}
}

// Naive datetimes are clock times in a location of choice.
func TestNaiveLocation(t *testing.T) {
	for _, c := range []struct{ location, repr, want string }{
		{"America/New_York", "datetime.datetime(2019, 7, 9, 12, 0)", "2019-07-09T12:00:00-04:00:00 EDT"},
		{"America/New_York", "datetime.datetime(2019, 11, 3, 0, 30)", "2019-11-03T00:30:00-04:00:00 EDT"},
		{"America/New_York", "datetime.datetime(2019, 11, 3, 1, 0)", "2019-11-03T01:00:00-04:00:00 EDT"},
		{"America/New_York", "datetime.datetime(2019, 11, 3, 1, 30)", "2019-11-03T01:30:00-04:00:00 EDT"},
		{"America/New_York", "datetime.datetime(2019, 11, 3, 1, 0, fold=1)", "2019-11-03T01:00:00-05:00:00 EST"},
		{"America/New_York", "datetime.datetime(2019, 11, 3, 1, 59, 59, fold=1)", "2019-11-03T01:59:59-05:00:00 EST"},
		{"America/New_York", "datetime.datetime(2019, 11, 3, 2, 0)", "2019-11-03T02:00:00-05:00:00 EST"},
		{"America/New_York", "datetime.datetime(2019, 3, 10, 1, 59, 59)", "2019-03-10T01:59:59-05:00:00 EST"},
		{"America/New_York", "datetime.datetime(2019, 3, 10, 3, 0)", "2019-03-10T03:00:00-04:00:00 EDT"},
		{"America/New_York", "datetime.datetime(1, 1, 1, 0, 0)", "0001-01-01T00:00:00-04:56:02 LMT"},
		{"America/New_York", "datetime.datetime(9999, 12, 31, 23, 59)", "9999-12-31T23:59:00-05:00:00 EST"},
		{"Europe/Paris", "datetime.datetime(2019, 10, 27, 1, 59, 59)", "2019-10-27T01:59:59+02:00:00 CEST"},
		{"Europe/Paris", "datetime.datetime(2019, 10, 27, 2, 0)", "2019-10-27T02:00:00+02:00:00 CEST"},
		{"Europe/Paris", "datetime.datetime(2019, 10, 27, 2, 59, 59, 999999)", "2019-10-27T02:59:59.999999+02:00:00 CEST"},
		{"Europe/Paris", "datetime.datetime(2019, 10, 27, 2, 0, fold=1)", "2019-10-27T02:00:00+01:00:00 CET"},
		{"Europe/Paris", "datetime.datetime(2019, 10, 27, 2, 59, 59, 999999, fold=1)", "2019-10-27T02:59:59.999999+01:00:00 CET"},
		{"Europe/Paris", "datetime.datetime(2019, 10, 27, 3, 0)", "2019-10-27T03:00:00+01:00:00 CET"},
	} {
		codec := python.Codec{Naive: location(t, c.location)}
		var got time.Time
		if err := codec.Unmarshal(stored(t, c.repr), &got); err != nil || got.Format(when) != c.want {
			t.Errorf("%s: %s was read as %v, %v; want %s", c.location, c.repr, got, err, c.want)
		}
		if data, err := codec.Marshal(got); err != nil || string(data) != `{"_dt_": true, "repr": "`+c.repr+`"}` {
			t.Errorf("%s: %s was written as %s, %v", c.location, c.repr, data, err)
		}
	}
	for name, repr := range map[string]string{
		"America/New_York": "datetime.datetime(2019, 3, 10, 2, 30)",
		"Pacific/Apia":     "datetime.datetime(2011, 12, 30, 12, 0)",
	} {
		var got time.Time
		if err := (python.Codec{Naive: location(t, name)}).Unmarshal(stored(t, repr), &got); err == nil {
			t.Errorf("%s: %s does not exist and was read as %v", name, repr, got)
		}
	}
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// Naive stays naive and aware stays aware, in every location.
func TestNaiveStaysNaive(t *testing.T) {
	const naive = `{"_dt_": true, "repr": "datetime.datetime(2019, 11, 3, 1, 30, fold=1)"}`
	const aware = `{"_dt_": true, "repr": "datetime.datetime(2019, 11, 3, 1, 30, tzinfo=datetime.timezone.utc)"}`
	for _, c := range []python.Codec{{}, {Naive: time.UTC}, {Naive: time.FixedZone("", 3600)}} {
		for text, wantNaive := range map[string]bool{naive: true, aware: false} {
			var v any
			if err := c.Unmarshal([]byte(text), &v); err != nil {
				t.Fatal(err)
			}
			if c.Naive == nil && python.IsNaive(v.(time.Time)) != wantNaive {
				t.Errorf("%s: IsNaive is %v", text, !wantNaive)
			}
			data, err := c.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if gotNaive := !strings.Contains(string(data), "tzinfo"); gotNaive != wantNaive && c.Naive != time.UTC {
				t.Errorf("with %v, %s became %s", c.Naive, text, data)
			}
		}
	}
	made := time.Date(2019, 1, 9, 18, 49, 0, 0, python.NaiveUTC())
	data, err := python.Codec{}.Marshal(made)
	if want := `{"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}`; err != nil || string(data) != want {
		t.Errorf("Marshal returned %s, %v; want %s", data, err, want)
	}
}

func TestTimesPythonCannotHold(t *testing.T) {
	at := time.Date(2019, 1, 9, 18, 49, 44, 847202500, time.UTC)
	if data, err := (python.Codec{}).Marshal(map[string]any{"at": []any{at}}); err == nil || !strings.HasPrefix(err.Error(), `a part of member *: `) {
		t.Errorf("nanoseconds were written as %s, %v", data, err)
	}
	data, err := python.Codec{RoundTimes: true}.Marshal(at)
	if err != nil || !strings.Contains(string(data), "44, 847203, ") {
		t.Errorf("nanoseconds were rounded to %s, %v", data, err)
	}
	for name, v := range map[string]time.Time{
		"year 0":                        time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC),
		"year 10000":                    time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		"rounded up":                    time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
		"year 10000 by the clock there": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).In(time.FixedZone("", 1)),
		"a day off":                     time.Date(2019, 1, 1, 0, 0, 0, 0, time.FixedZone("", 86400)),
		"minus a day off":               time.Date(2019, 1, 1, 0, 0, 0, 0, time.FixedZone("", -86400)),
		"zone name":                     time.Date(2019, 1, 1, 0, 0, 0, 0, time.FixedZone("\xff", 0)),
	} {
		if data, err := (python.Codec{RoundTimes: true}).Marshal(v); err == nil {
			t.Errorf("%s was written as %s; want an error", name, data)
		}
	}
	zero, err := python.Codec{}.Marshal(time.Time{})
	if want := `{"_dt_": true, "repr": "datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)"}`; err != nil || string(zero) != want {
		t.Errorf("the zero time was written as %s, %v", zero, err)
	}
}

// Zones of any name and offset are read back by the original as they were.
func TestZonesForOriginal(t *testing.T) {
	var texts []storedText
	var want []any
	for name, seconds := range map[string]int{
		"": 19800, "CET": 3600, "it's": -28800, `say "x"`: 1, `it's "x"`: -1, `back\slash`: 86399, "\n\r\t\x00\x1b": -86399,
		"\u00ad\u2028\u200b": 59, "😀\U000e0001": 61, "é": -3661, "UTC": 5, "Z": 0,
	} {
		at := time.Date(2019, 1, 9, 18, 49, 44, 1000, time.FixedZone(name, seconds))
		data, err := python.Codec{}.Marshal([]any{at})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		var back []time.Time
		if err := (python.Codec{}).Unmarshal(data, &back); err != nil || back[0].Format(when) != at.Format(when) {
			t.Errorf("%q was written as %s and came back as %v, %v", name, data, back, err)
		}
		texts = append(texts, storedText{"jar", string(data)})
		want = append(want, name, seconds)
	}
	got, ok := readByOriginal(t, texts)
	if !ok {
		return
	}
	for i := range got {
		list, ok := got[i].([]any)
		if !ok {
			t.Errorf("the original reads %s as %v", texts[i].Text, got[i])
			continue
		}
		fields := list[0].(map[string]any)["$datetime"].(map[string]any)
		name, seconds := want[2*i].(string), want[2*i+1].(int)
		if name == "" {
			name = "UTC" + isoOffset(seconds)
		}
		if fields["tzname"] != name || fields["utcoffset_us"] != microseconds(seconds) {
			t.Errorf("the original reads %s as %v", texts[i].Text, fields)
		}
	}
}
