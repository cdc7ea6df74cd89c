package e2e

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/lambdajar"
)

// tally is the state of both languages: each counts in its own member, and sets
// the clock.
type tally struct {
	Go     int       `json:"go"`
	Python int       `json:"python"`
	At     time.Time `json:"at"`
	Last   string    `json:"last"`
}

// turns is more than the writes that the lineage remembers.
const turns = 6

// inTurn lets Go update and Python get and put, one after the other, and
// checks that each sees the changes of the other. Each turn sets the clock one
// minute on.
func inTurn(t *testing.T, p *interop, original string, jar *awsjar.Jar[tally], after func(t *testing.T, by string)) {
	t.Helper()
	start := time.Date(2019, 1, 9, 18, 49, 44, 847202000, time.FixedZone("CET", 3600))
	p.python.eval(t, `%s.put({'go': 0, 'python': 0, 'last': 'é"\\',
		'at': datetime(2019, 1, 9, 18, 49, 44, 847202, timezone(timedelta(hours=1), 'CET'))})`, original)
	for n := 1; n <= turns; n++ {
		got, err := jar.Update(t.Context(), func(v *tally) error {
			v.Go, v.At, v.Last = v.Go+1, v.At.Add(time.Minute), v.Last+"g"
			return nil
		})
		if err != nil || got.Go != n || got.Python != n-1 {
			t.Fatalf("turn %d: Update returned %+v, %v", n, got, err)
		}
		after(t, "Go")
		p.python.eval(t, `(lambda store: store.put({**(s := store.get()), 'python': s['python'] + 1,
			'at': s['at'] + timedelta(minutes=1), 'last': s['last'] + 'p'}))(%s)`, original)
		after(t, "Python")
	}
	got, err := jar.Get(t.Context())
	want := tally{turns, turns, start.Add(2 * turns * time.Minute), `é"\` + strings.Repeat("gp", turns)}
	if err != nil || !got.At.Equal(want.At) || got.At.Format(time.RFC822) != want.At.Format(time.RFC822) {
		t.Errorf("the time is %v, %v; want %v", got.At, err, want.At)
	}
	if got.At = want.At; got != want {
		t.Errorf("Go reads %+v; want %+v", got, want)
	}
}

// jarInTurn: both sides update one jar; the function's other variable and Go's
// lineage are left alone.
func jarInTurn(t *testing.T, p *interop) {
	for name, mode := range map[string]struct {
		options string
		form    lambdajar.Form
	}{
		"plain":      {"", lambdajar.FormPlain},
		"compressed": {", compression=True", lambdajar.FormPython},
		"one each":   {", compression=True", lambdajar.FormPlain},
		"auto":       {"", lambdajar.FormAuto},
	} {
		t.Run(name, func(t *testing.T) {
			jar := awsjar.New[tally](p.jar(mode.form), withCodec(python.Codec{}))
			ids := strings.TrimPrefix(p.variables(t)["jar_awsjar"], "~")
			inTurn(t, p, fmt.Sprintf("Jar(%q%s, **DATETIMES)", p.function, mode.options), jar, func(t *testing.T, by string) {
				t.Helper()
				now := p.variables(t)
				if len(now) != 3 || now["STAGE"] != "prod" {
					t.Fatalf("the variables are %v", now)
				}
				after := strings.TrimPrefix(now["jar_awsjar"], "~")
				newest, older, _ := strings.Cut(after, ",")
				if by == "Python" && after != ids || by == "Go" && (strings.Contains(ids, newest) || !strings.HasPrefix(ids, older)) {
					t.Fatalf("%s wrote, and the lineage was %s and is %s", by, ids, after)
				}
				ids = after
			})
		})
	}
}

// objectInTurn: the same with an object, in buckets of every setting.
func objectInTurn(t *testing.T, p *interop) {
	for name, mode := range map[string]struct {
		options    string
		codec      python.Codec
		versioning types.BucketVersioningStatus
	}{
		"plain":     {"", python.Codec{}, ""},
		"pretty":    {", pretty=True", python.Codec{Pretty: true}, ""},
		"versioned": {"", python.Codec{}, types.BucketVersioningStatusEnabled},
		"suspended": {"", python.Codec{}, types.BucketVersioningStatusSuspended},
	} {
		t.Run(name, func(t *testing.T) {
			bucket := newBucket(t, p.s3, mode.versioning != "")
			if mode.versioning != "" {
				setVersioning(t, p.s3, bucket, mode.versioning)
			}
			jar := awsjar.New[tally](p.object(bucket), withCodec(mode.codec))
			writers := []string{"Python"}
			original := fmt.Sprintf("Bucket(%q, 'state.json'%s, **DATETIMES)", bucket, mode.options)
			inTurn(t, p, original, jar, func(t *testing.T, by string) { writers = append(writers, by) })
			if lines := strings.Count(p.body(t, bucket, "state.json"), "\n"); (lines > 0) != mode.codec.Pretty {
				t.Errorf("the object has %d ends of lines", lines)
			}
			if mode.versioning == types.BucketVersioningStatusEnabled {
				checkHistory(t, jar, writers)
			}
		})
	}
}

// checkHistory checks that the versions are those of the writers, newest
// first.
func checkHistory(t *testing.T, jar *awsjar.Jar[tally], writers []string) {
	t.Helper()
	var got []string
	for meta, err := range jar.History(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		entry, err := jar.At(t.Context(), meta.VersionID)
		if err != nil {
			t.Fatal(err)
		}
		by := "Python"
		if strings.HasSuffix(entry.Value.Last, "g") {
			by = "Go"
		}
		got = append([]string{by}, got...)
	}
	if !reflect.DeepEqual(got, writers) {
		t.Errorf("the versions are by %v; want %v", got, writers)
	}
}
