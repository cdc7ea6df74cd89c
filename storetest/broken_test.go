package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/storetest"
)

// TestSuiteCatches runs the suite, in a process of its own, over stores that
// each break one rule of the contract. The suite must fail for every one.
func TestSuiteCatches(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(everyBroken())) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestBroken$", "-test.timeout=50s")
			cmd.Env = append(os.Environ(), "BROKEN="+name)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Fatalf("the suite passed:\n%s", out)
			}
			if !bytes.Contains(out, []byte("--- FAIL: TestBroken/")) || bytes.Contains(out, []byte("panic:")) {
				t.Fatalf("the suite did not fail as it should: %v\n%s", err, out)
			}
		})
	}
}

// TestBroken is the child of TestSuiteCatches.
func TestBroken(t *testing.T) {
	breakRule := everyBroken()[os.Getenv("BROKEN")]
	if breakRule == nil {
		return // not a child
	}
	runBroken(t, breakRule)
}

// TestUnbroken: the suite passes while no rule is broken.
func TestUnbroken(t *testing.T) { runBroken(t, func(*rules) {}) }

// runBroken runs the suite over stores that break a rule.
func runBroken(t *testing.T, breakRule func(*rules)) {
	handle := func(s *memjar.Store) *rules {
		r := &rules{Store: s, name: s.String(), load: s.Load, save: s.Save, del: s.Delete, versions: s.Versions, loadVersion: s.LoadVersion, deleteVersion: s.DeleteVersion}
		r.revive = r.reviveVersion
		breakRule(r)
		return r
	}
	over := func(*testing.T) *rules { return handle(memjar.New()) }
	storetest.Run(t, func(t *testing.T) awsjar.Store { return over(t) }, func(o *storetest.Options) {
		o.Second = func(_ *testing.T, s awsjar.Store) awsjar.Store { return handle(s.(*rules).Store) }
	})
	storetest.RunVersions(t, func(t *testing.T) awsjar.Versioned { return over(t) })
	storetest.RunFaults(t, func(t *testing.T) (awsjar.Store, func(storetest.Fault)) {
		r := over(t)
		return r, func(f storetest.Fault) { r.armed, r.fault = true, f }
	})
}

func everyBroken() map[string]func(*rules) {
	all := maps.Clone(broken)
	maps.Copy(all, brokenVersions)
	return all
}

// wrapper is a store that wraps another one, and has its name by Unwrap.
type wrapper struct{ awsjar.Store }

func (w wrapper) Unwrap() awsjar.Store { return w.Store }

func TestWrapper(t *testing.T) {
	storetest.Run(t, func(*testing.T) awsjar.Store { return wrapper{memjar.New()} })
}

type (
	saveFunc func(context.Context, []byte, awsjar.Revision) (awsjar.Meta, error)
	loadFunc func(context.Context) ([]byte, awsjar.Meta, error)
	delFunc  func(context.Context, awsjar.Revision) error
)

// rules is a memjar whose methods can be replaced one by one.
type rules struct {
	*memjar.Store
	name          string
	load          loadFunc
	save          saveFunc
	del           delFunc
	versions      func(context.Context) iter.Seq2[awsjar.Meta, error]
	loadVersion   func(context.Context, string) ([]byte, awsjar.Meta, error)
	deleteVersion func(context.Context, string) error
	revive        func(context.Context, []byte, string) (awsjar.Meta, error)

	armed bool
	fault storetest.Fault
	lost  func(error) error // makes the error of a lost answer
	mu    sync.Mutex
	kept  []byte
}

var errLost = errors.New("the answer was lost")

func (r *rules) String() string { return r.name }

func (r *rules) Load(ctx context.Context) ([]byte, awsjar.Meta, error) { return r.load(ctx) }
func (r *rules) Versions(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
	return r.versions(ctx)
}
func (r *rules) LoadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	return r.loadVersion(ctx, id)
}
func (r *rules) DeleteVersion(ctx context.Context, id string) error { return r.deleteVersion(ctx, id) }
func (r *rules) Revive(ctx context.Context, data []byte, id string) (meta awsjar.Meta, err error) {
	err = r.write(func() error { meta, err = r.revive(ctx, data, id); return err })
	return meta, err
}

// reviveVersion is a right Revive.
func (r *rules) reviveVersion(ctx context.Context, data []byte, id string) (awsjar.Meta, error) {
	if _, _, err := r.Store.LoadVersion(ctx, id); err != nil {
		return awsjar.Meta{}, err
	}
	return r.Store.Save(ctx, data, awsjar.None)
}

func (r *rules) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (meta awsjar.Meta, err error) {
	err = r.write(func() error { meta, err = r.save(ctx, data, replaces); return err })
	return meta, err
}

func (r *rules) Delete(ctx context.Context, replaces awsjar.Revision) error {
	return r.write(func() error { return r.del(ctx, replaces) })
}

func (r *rules) write(effect func() error) error {
	r.mu.Lock()
	armed := r.armed
	r.armed = false
	r.mu.Unlock()
	if !armed {
		return effect()
	}
	if r.fault == storetest.NotStored {
		if r.lost != nil {
			return r.lost(errLost)
		}
		return errLost
	}
	if err := effect(); err != nil {
		return err
	}
	if r.lost != nil {
		return r.lost(errLost)
	}
	return fmt.Errorf("%w: %w", awsjar.ErrUncertain, errLost)
}

// guard lets a mutant replace Save only where a condition holds.
func (r *rules) guard(when func(data []byte, replaces awsjar.Revision) bool, instead saveFunc) {
	save := r.save
	r.save = func(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
		if when(data, replaces) {
			return instead(ctx, data, replaces)
		}
		return save(ctx, data, replaces)
	}
}

// conflicts lets each conflict carry a read.
func (r *rules) conflicts(read loadFunc) {
	r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
		meta, err := r.Store.Save(ctx, data, rev)
		if errors.Is(err, awsjar.ErrConflict) && !errors.Is(err, awsjar.ErrExists) {
			err = &carrying{err, r, func() ([]byte, awsjar.Meta, error) { return read(ctx) }}
		}
		return meta, err
	}
}

// conflicting takes a refusal for the answer to its own write if the bytes are there.
func (r *rules) conflicting(refusal error) {
	r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
		meta, err := r.Store.Save(ctx, data, rev)
		if errors.Is(err, refusal) && errors.Is(err, awsjar.ErrExists) == errors.Is(refusal, awsjar.ErrExists) {
			if now, current, loadErr := r.Store.Load(ctx); loadErr == nil && bytes.Equal(now, data) {
				return current, nil
			}
		}
		return meta, err
	}
}

// carrying is a conflict with the read that showed it.
type carrying struct {
	error
	of   awsjar.Store // nil for any
	read func() ([]byte, awsjar.Meta, error)
}

func (c *carrying) Unwrap() error { return c.error }
func (c *carrying) Current(of awsjar.Store) ([]byte, awsjar.Meta, error) {
	if c.of != nil && of != c.of {
		return nil, awsjar.Meta{}, awsjar.ErrUnsupported
	}
	return c.read()
}

// showing is an error with a value in a field, which %#v prints.
type showing struct {
	error
	Value []byte
}

func (s *showing) Unwrap() error { return s.error }

// broken holds one way of breaking each rule for a store.
var broken = map[string]func(*rules){
	"Now is of another clock": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			meta.Now = meta.Now.Add(-time.Hour)
			return data, meta, err
		}
	},
	"conflict carries an old read": func(r *rules) {
		var old []byte
		r.conflicts(func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			if old == nil {
				old = data
			}
			return old, meta, err
		})
	},
	"conflict carries a failed read": func(r *rules) {
		r.conflicts(func(context.Context) ([]byte, awsjar.Meta, error) { return nil, awsjar.Meta{}, errLost })
	},
	"conflict carries a read for any store": func(r *rules) {
		r.conflicts(r.Store.Load)
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			meta, err := save(ctx, data, rev)
			if c, ok := errors.AsType[*carrying](err); ok {
				c.of = nil
			}
			return meta, err
		}
	},
	"conflict shows the value": func(r *rules) {
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			meta, err := r.Store.Save(ctx, data, rev)
			if errors.Is(err, awsjar.ErrConflict) {
				current, _, _ := r.Store.Load(ctx)
				err = fmt.Errorf("%w: it is %s", err, current)
			}
			return meta, err
		}
	},
	"missing value is an empty one": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			if errors.Is(err, awsjar.ErrNotFound) {
				return []byte{}, meta, nil
			}
			return data, meta, err
		}
	},
	"missing value is a missing store": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			if errors.Is(err, awsjar.ErrNotFound) {
				err = &awsjar.Error{Target: "mem:", Err: awsjar.ErrNoStore}
			}
			return data, meta, err
		}
	},
	"empty value is a missing one": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			if err == nil && len(data) == 0 {
				return nil, awsjar.Meta{}, awsjar.ErrNotFound
			}
			return data, meta, err
		}
	},
	"create overwrites": func(r *rules) {
		r.guard(func(_ []byte, rev awsjar.Revision) bool { return rev == awsjar.None },
			func(ctx context.Context, data []byte, _ awsjar.Revision) (awsjar.Meta, error) {
				return r.Store.Save(ctx, data, awsjar.Any)
			})
	},
	"create over a value is a plain conflict": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			meta, err := save(ctx, data, rev)
			if errors.Is(err, awsjar.ErrExists) {
				err = awsjar.ErrConflict
			}
			return meta, err
		}
	},
	"conflict is reported as existing": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			meta, err := save(ctx, data, rev)
			if errors.Is(err, awsjar.ErrConflict) {
				err = awsjar.ErrExists
			}
			return meta, err
		}
	},
	"stale revision overwrites": func(r *rules) {
		r.guard(func(_ []byte, rev awsjar.Revision) bool { return rev != awsjar.None && rev != awsjar.Any },
			func(ctx context.Context, data []byte, _ awsjar.Revision) (awsjar.Meta, error) {
				return r.Store.Save(ctx, data, awsjar.Any)
			})
	},
	"conflict is silent": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			meta, err := save(ctx, data, rev)
			if errors.Is(err, awsjar.ErrConflict) {
				_, meta, err = r.Store.Load(ctx)
			}
			return meta, err
		}
	},
	"check and write are two steps": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			_, now, err := r.Store.Load(ctx)
			if err != nil && !errors.Is(err, awsjar.ErrNotFound) {
				return awsjar.Meta{}, err
			}
			if rev != awsjar.Any && rev != now.Revision {
				return save(ctx, data, rev)
			}
			time.Sleep(time.Millisecond) // the race that this mutant is about
			return save(ctx, data, awsjar.Any)
		}
	},
	"revision is made of the bytes": func(r *rules) {
		name := func(data []byte) awsjar.Revision { return awsjar.Revision(fmt.Sprintf("%x", data)) }
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			if err == nil {
				meta.Revision = name(data) + "."
			}
			return data, meta, err
		}
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			now, meta, err := r.Store.Load(ctx)
			if rev != awsjar.Any && rev != awsjar.None && err == nil && rev == name(now)+"." {
				rev = meta.Revision
			}
			meta, err = r.Store.Save(ctx, data, rev)
			if err == nil {
				meta.Revision = name(data) + "."
			}
			return meta, err
		}
	},
	"an old revision counts again where its value returns after nine others": func(r *rules) {
		save, values, saved := r.save, map[awsjar.Revision]string{}, []awsjar.Revision(nil)
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			now, meta, err := r.Store.Load(ctx)
			old := slices.Index(saved, rev)
			if err == nil && old >= 0 && len(saved)-old > 9 && values[rev] == string(now) {
				rev = meta.Revision
			}
			meta, err = save(ctx, data, rev)
			if err == nil {
				values[meta.Revision], saved = string(data), append(saved, meta.Revision)
			}
			return meta, err
		}
	},
	"save returns no revision": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			_, err := save(ctx, data, rev)
			return awsjar.Meta{}, err
		}
	},
	"reading changes the revision": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, _, err := r.Store.Load(ctx)
			if err == nil {
				r.Store.Save(ctx, data, awsjar.Any)
			}
			again, meta, err := r.Store.Load(ctx)
			return again, meta, err
		}
	},
	"size is wrong": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			meta.Size++
			return data, meta, err
		}
	},
	"delete of nothing fails": func(r *rules) {
		r.del = func(ctx context.Context, rev awsjar.Revision) error {
			if _, _, err := r.Store.Load(ctx); err != nil {
				return err
			}
			return r.Store.Delete(ctx, rev)
		}
	},
	"delete does nothing": func(r *rules) {
		r.del = func(ctx context.Context, rev awsjar.Revision) error { return ctx.Err() }
	},
	"delete ignores the revision": func(r *rules) {
		r.del = func(ctx context.Context, rev awsjar.Revision) error {
			if rev == awsjar.None {
				return awsjar.ErrInvalid
			}
			return r.Store.Delete(ctx, awsjar.Any)
		}
	},
	"delete of None deletes": func(r *rules) {
		r.del = func(ctx context.Context, rev awsjar.Revision) error {
			if rev == awsjar.None {
				rev = awsjar.Any
			}
			return r.Store.Delete(ctx, rev)
		}
	},
	"bytes are taken for text": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			return save(ctx, []byte(strings.ToValidUTF8(string(data), "\ufffd")), rev)
		}
	},
	"spaces are trimmed": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			return save(ctx, bytes.TrimRight(data, " "), rev)
		}
	},
	"large values are cut": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			return save(ctx, data[:min(len(data), 1<<19)], rev)
		}
	},
	"keeps the slice it is given": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			r.mu.Lock()
			r.kept = data
			r.mu.Unlock()
			return save(ctx, data, rev)
		}
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			r.mu.Lock()
			defer r.mu.Unlock()
			if err == nil && len(r.kept) == len(data) {
				return slices.Clone(r.kept), meta, nil
			}
			return data, meta, err
		}
	},
	"changes the slice it is given": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			meta, err := save(ctx, data, rev)
			clear(data)
			return meta, err
		}
	},
	"returns the slice it keeps": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			r.mu.Lock()
			defer r.mu.Unlock()
			if err == nil && len(r.kept) == len(data) {
				return r.kept, meta, nil
			}
			r.kept = data
			return data, meta, err
		}
	},
	"load ignores the context": func(r *rules) {
		r.load = func(context.Context) ([]byte, awsjar.Meta, error) { return r.Store.Load(context.Background()) }
	},
	"save ignores the context": func(r *rules) {
		r.save = func(_ context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			return r.Store.Save(context.Background(), data, rev)
		}
	},
	"delete ignores the context": func(r *rules) {
		r.del = func(_ context.Context, rev awsjar.Revision) error {
			return r.Store.Delete(context.Background(), rev)
		}
	},
	"the store has no name": func(r *rules) { r.name = "" },
	"errors name another place": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			if err != nil {
				err = &awsjar.Error{Target: "mem:other", Err: err}
			}
			return data, meta, err
		}
	},
	"errors show the value": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			meta, err := save(ctx, data, rev)
			if err != nil {
				err = fmt.Errorf("saving %s: %w", data, err)
			}
			return meta, err
		}
	},
	"a lost answer is a success": func(r *rules) {
		r.lost = func(error) error { return nil }
	},
	"a lost answer is a failure": func(r *rules) {
		r.lost = func(err error) error { return err }
	},
	"a lost answer is a conflict": func(r *rules) {
		r.lost = func(error) error { return awsjar.ErrConflict }
	},
	"revisions begin again after a delete": func(r *rules) {
		name := func(ctx context.Context) awsjar.Revision {
			count := 0
			for meta := range r.Store.Versions(ctx) {
				if meta.Deleted {
					break
				}
				count++
			}
			return awsjar.Revision(fmt.Sprint("number ", count))
		}
		original := func(ctx context.Context, rev awsjar.Revision) awsjar.Revision {
			_, meta, err := r.Store.Load(ctx)
			if err == nil && rev == name(ctx) {
				return meta.Revision
			}
			return rev
		}
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			data, meta, err := r.Store.Load(ctx)
			if err == nil {
				meta.Revision = name(ctx)
			}
			return data, meta, err
		}
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			meta, err := r.Store.Save(ctx, data, original(ctx, rev))
			if err == nil {
				meta.Revision = name(ctx)
			}
			return meta, err
		}
		r.del = func(ctx context.Context, rev awsjar.Revision) error { return r.Store.Delete(ctx, original(ctx, rev)) }
	},
	"load reads into the slice that it returned before": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			r.mu.Lock()
			defer r.mu.Unlock()
			r.kept = append(r.kept[:0], data...)
			return r.kept, meta, err
		}
	},
	"a handle remembers that nothing is stored": func(r *rules) {
		var nothing error
		load, save := r.load, r.save
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			if nothing != nil && ctx.Err() == nil {
				return nil, awsjar.Meta{}, nothing
			}
			data, meta, err := load(ctx)
			if errors.Is(err, awsjar.ErrNotFound) {
				nothing = err
			}
			return data, meta, err
		}
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			nothing = nil
			return save(ctx, data, rev)
		}
	},
	"a conflict has the value in a field": func(r *rules) {
		save := r.save
		r.save = func(ctx context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
			meta, err := save(ctx, data, rev)
			if err != nil {
				err = &showing{err, data}
			}
			return meta, err
		}
	},
	"a conflict with equal bytes is a success": func(r *rules) {
		r.conflicting(awsjar.ErrConflict)
	},
	"equal bytes that exist are one's own": func(r *rules) {
		r.conflicting(awsjar.ErrExists)
	},
	"create ignores the context": func(r *rules) {
		r.guard(func(_ []byte, rev awsjar.Revision) bool { return rev == awsjar.None },
			func(_ context.Context, data []byte, rev awsjar.Revision) (awsjar.Meta, error) {
				return r.Store.Save(context.Background(), data, rev)
			})
	},
}
