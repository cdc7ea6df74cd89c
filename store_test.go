package awsjar_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

func TestAge(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		meta awsjar.Meta
		want time.Duration
	}{
		"by the store's clock":   {awsjar.Meta{Modified: noon, Now: noon.Add(time.Minute)}, time.Minute},
		"a clock that went back": {awsjar.Meta{Modified: noon, Now: noon.Add(-time.Minute)}, 0},
		"no clock":               {awsjar.Meta{Modified: noon}, 0},
		"not known when stored":  {awsjar.Meta{Now: noon}, 0},
	} {
		if got := test.meta.Age(); got != test.want {
			t.Errorf("%s: the age is %v; want %v", name, got, test.want)
		}
	}
}

func TestAgeInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := awsjar.New[int](memjar.New())
		if err := jar.Put(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if entry, err := jar.Load(t.Context()); err != nil || entry.Age() != time.Hour {
			t.Errorf("the age is %v, %v; want an hour", entry.Age(), err)
		}
	})
}
