package lambdajar_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
)

// prose returns a list of sentences of so many bytes in all, of words that
// repeat: dense packs it into a sixth, and reading it takes long.
func prose(size int) string {
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 200)
	for i := range words {
		for range 2 + r.IntN(2) {
			words[i] += string("bdfgklmnprst"[r.IntN(12)]) + string("aeiou"[r.IntN(5)])
		}
	}
	var text strings.Builder
	for text.WriteString(`["`); text.Len() < size; {
		text.WriteString(words[r.IntN(len(words))])
		text.WriteString([]string{" ", " ", " ", `","`}[r.IntN(4)])
	}
	return text.String() + `"]`
}

// TestSlowReads: a value whose reading would take too long is refused with the
// form that takes it, or goes to the Overflow; there already if a GET is faster.
func TestSlowReads(t *testing.T) {
	t.Parallel()
	slow, fast := []byte(prose(15_700)), []byte(prose(12_000))
	srv := newOverflowServer(t)
	_, err := newStore(srv).Save(within(t), slow, awsjar.Any)
	known := new(awsjar.Error)
	if !errors.Is(err, awsjar.ErrTooLarge) || !errors.As(err, &known) || !strings.Contains(known.Hint, "FormDense") || !strings.Contains(err.Error(), "128 MB") {
		t.Errorf("Save: %v, hint %q", err, known.Hint)
	}
	dense := newStore(srv, func(o *lambdajar.Options) { o.Form = lambdajar.FormDense })
	if _, err := dense.Save(within(t), slow, awsjar.Any); err != nil {
		t.Errorf("Save in FormDense: %v", err)
	}
	if got, _, err := newStore(srv).Load(within(t)); err != nil || string(got) != string(slow) {
		t.Errorf("Load: %.20q, %v", got, err)
	}
	if _, err := newStore(srv).Save(within(t), fast, awsjar.Any); err != nil || !strings.HasPrefix(variables(t, srv)["jar"], "^1") {
		t.Errorf("Save of a value that is fast enough: %v, %.10q", err, variables(t, srv)["jar"])
	}
	overflow := newStore(srv, func(o *lambdajar.Options) { o.Overflow = bucket(srv).Object(overflowed) })
	if _, err := overflow.Save(within(t), fast, awsjar.Any); err != nil || !strings.HasPrefix(variables(t, srv)["jar"], "^@") {
		t.Errorf("Save with an Overflow: %v, %.10q", err, variables(t, srv)["jar"])
	}
}
