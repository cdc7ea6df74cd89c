package memjar_test

import (
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

func TestBeside(t *testing.T) {
	s := memjar.New()
	if _, err := s.Beside("a").Save(t.Context(), []byte("1"), awsjar.None); err != nil {
		t.Fatal(err)
	}
	if data, _, err := s.Beside("a").Load(t.Context()); string(data) != "1" || err != nil {
		t.Errorf("the same again: %q, %v", data, err)
	}
	for name, other := range map[string]awsjar.Store{"itself": s, "another id": s.Beside("b"), "another store": memjar.New().Beside("a")} {
		if data, _, err := other.Load(t.Context()); !errors.Is(err, awsjar.ErrNotFound) {
			t.Errorf("%s holds %q, %v", name, data, err)
		}
	}
}
