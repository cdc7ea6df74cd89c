package awsjar_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

// TestCodecThatThereIsNot: the first call says so, whichever it is. What is stored is
// not taken for corrupt.
func TestCodecThatThereIsNot(t *testing.T) {
	for want, codec := range map[string]awsjar.JSON{
		"Unknown 9":  {Unknown: 9},
		"Unknown -1": {Unknown: -1},
		"Indent":     {Indent: "x"},
	} {
		store := memjar.New()
		if err := awsjar.New[[]int](store).Put(t.Context(), []int{1}); err != nil {
			t.Fatal(err)
		}
		jar := awsjar.New[[]int](store, func(o *awsjar.Options) { o.Codec = codec })
		for call, err := range map[string]error{
			"Get":      second(jar.Get(t.Context())),
			"Load":     second(jar.Load(t.Context())),
			"LastGood": second(jar.LastGood(t.Context())),
			"Put":      jar.Put(t.Context(), []int{2}),
			"Update":   second(jar.Update(t.Context(), func(v *[]int) error { *v = nil; return nil })),
		} {
			if !errors.Is(err, awsjar.ErrInvalid) || errors.Is(err, awsjar.ErrCorrupt) || awsjar.Hint(err) == "" || !strings.Contains(err.Error(), want) {
				t.Errorf("%s by a codec with %s: %v; want ErrInvalid with a hint", call, want, err)
			}
		}
		mustHold(t, store, "[1]")
	}
}
