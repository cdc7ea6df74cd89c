package memjar_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) awsjar.Store { return memjar.New() })
}

func TestZeroStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) awsjar.Store { return new(memjar.Store) })
}

func TestVersions(t *testing.T) {
	storetest.RunVersions(t, func(*testing.T) awsjar.Versioned { return memjar.New() })
}

// TestNilStore: every call on a nil *Store fails with ErrInvalid.
func TestNilStore(t *testing.T) {
	var s *memjar.Store
	var last error
	for _, err := range s.Versions(t.Context()) {
		last = err
	}
	_, _, load := s.Load(t.Context())
	_, _, loadVersion := s.LoadVersion(t.Context(), "1")
	_, save := s.Save(t.Context(), nil, awsjar.Any)
	_, beside := s.Beside("a").Save(t.Context(), nil, awsjar.Any)
	for name, err := range map[string]error{
		"Load": load, "Save": save, "Delete": s.Delete(t.Context(), awsjar.Any), "Versions": last,
		"LoadVersion": loadVersion, "DeleteVersion": s.DeleteVersion(t.Context(), "1"), "Beside": beside,
	} {
		if !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("%s of a nil store: %v; want ErrInvalid", name, err)
		}
	}
	if got := s.String(); got != "mem:" {
		t.Errorf("String returned %q", got)
	}
}

// TestMaxSize: a value that the durable stores refuse by default is refused.
func TestMaxSize(t *testing.T) {
	large := make([]byte, awsjar.DefaultMaxSize+1)
	roomy := memjar.New(func(o *memjar.Options) { o.MaxSize = int64(len(large)) })
	narrow := memjar.New(func(o *memjar.Options) { o.MaxSize = 1 })
	for name, c := range map[string]struct {
		store awsjar.Store
		size  int
		want  error
	}{
		"the default":             {memjar.New(), len(large) - 1, nil},
		"more":                    {memjar.New(), len(large), awsjar.ErrTooLarge},
		"more than the zero":      {new(memjar.Store), len(large), awsjar.ErrTooLarge},
		"a larger one":            {roomy, len(large), nil},
		"a larger one, beside":    {roomy.Beside("a"), len(large), nil},
		"a smaller one":           {narrow, 2, awsjar.ErrTooLarge},
		"a smaller one that fits": {narrow, 1, nil},
		"a negative one":          {memjar.New(func(o *memjar.Options) { o.MaxSize = -1 }), 0, awsjar.ErrInvalid},
	} {
		_, err := c.store.Save(t.Context(), large[:c.size], awsjar.None)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || c.want != nil && awsjar.Hint(err) == "" {
			t.Errorf("%s: %v; want %v with a hint", name, err, c.want)
		}
		if _, _, err := c.store.Load(t.Context()); c.want == awsjar.ErrTooLarge && !errors.Is(err, awsjar.ErrNotFound) {
			t.Errorf("%s was stored: %v", name, err)
		}
	}
}

// flaky fails the next write, before or after its effect. It has no way to
// find out afterwards, and says so.
type flaky struct {
	*memjar.Store
	armed bool
	fault storetest.Fault
}

var errBroken = errors.New("the connection broke")

func (f *flaky) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	var meta awsjar.Meta
	err := f.write(func() (err error) { meta, err = f.Store.Save(ctx, data, replaces); return err })
	return meta, err
}

func (f *flaky) Delete(ctx context.Context, replaces awsjar.Revision) error {
	return f.write(func() error { return f.Store.Delete(ctx, replaces) })
}

func (f *flaky) write(effect func() error) error {
	armed := f.armed
	f.armed = false
	if !armed {
		return effect()
	}
	if f.fault == storetest.NotStored {
		return errBroken
	}
	if err := effect(); err != nil {
		return err
	}
	return fmt.Errorf("%w: %w", awsjar.ErrUncertain, errBroken)
}

func TestFaults(t *testing.T) {
	storetest.RunFaults(t, func(*testing.T) (awsjar.Store, func(storetest.Fault)) {
		f := &flaky{Store: memjar.New()}
		return f, func(fault storetest.Fault) { f.armed, f.fault = true, fault }
	})
}

func Example() {
	ctx := context.Background()
	jar := awsjar.New[[]string](memjar.New())
	jar.Put(ctx, []string{"tree"})
	jar.Update(ctx, func(hideouts *[]string) error {
		*hideouts = append(*hideouts, "lake")
		return nil
	})
	fmt.Println(jar.Get(ctx))
	// Output: [tree lake] <nil>
}
