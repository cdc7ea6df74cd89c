package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/storetest"
)

// brokenVersions holds one way of breaking each rule for a store that keeps versions.
var brokenVersions = map[string]func(*rules){
	"history is oldest first": func(r *rules) {
		r.versions = func(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
			var all []awsjar.Meta
			for meta := range r.Store.Versions(ctx) {
				all = append(all, meta)
			}
			return func(yield func(awsjar.Meta, error) bool) {
				for _, meta := range slices.Backward(all) {
					if !yield(meta, ctx.Err()) {
						return
					}
				}
			}
		}
	},
	"history hides delete markers": func(r *rules) {
		r.versions = func(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
			return func(yield func(awsjar.Meta, error) bool) {
				for meta, err := range r.Store.Versions(ctx) {
					if !meta.Deleted && !yield(meta, err) {
						return
					}
				}
			}
		}
	},
	"history ignores the context": func(r *rules) {
		r.versions = func(context.Context) iter.Seq2[awsjar.Meta, error] {
			return r.Store.Versions(context.Background())
		}
	},
	"every version is the latest": func(r *rules) {
		r.loadVersion = func(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
			if _, _, err := r.Store.LoadVersion(ctx, id); err != nil {
				return nil, awsjar.Meta{}, err
			}
			return r.Store.Load(ctx)
		}
	},
	"the current version can be removed": func(r *rules) {
		r.deleteVersion = func(ctx context.Context, id string) error {
			err := r.Store.DeleteVersion(ctx, id)
			if errors.Is(err, awsjar.ErrConflict) {
				return r.Store.Delete(ctx, awsjar.Any)
			}
			return err
		}
	},
	"removed versions stay": func(r *rules) {
		r.deleteVersion = func(ctx context.Context, id string) error {
			for meta := range r.Store.Versions(ctx) {
				if meta.Latest && meta.VersionID == id {
					return awsjar.ErrConflict
				}
			}
			return nil
		}
	},
	"the newest delete marker can be removed": func(r *rules) {
		r.deleteVersion = func(ctx context.Context, id string) error {
			err := r.Store.DeleteVersion(ctx, id)
			_, _, gone := r.Store.Load(ctx)
			if errors.Is(err, awsjar.ErrConflict) && gone != nil { // bring the value back
				for meta := range r.Store.Versions(ctx) {
					if data, _, err := r.Store.LoadVersion(ctx, meta.VersionID); err == nil {
						_, err := r.Store.Save(ctx, data, awsjar.None)
						return err
					}
				}
			}
			return err
		}
	},
	"a conditional delete removes the version for ever": func(r *rules) {
		r.del = func(ctx context.Context, rev awsjar.Revision) error {
			_, now, err := r.Store.Load(ctx)
			if err := r.Store.Delete(ctx, rev); err != nil || rev == awsjar.Any {
				return err
			}
			if err == nil {
				return r.Store.DeleteVersion(ctx, now.VersionID)
			}
			return err
		}
	},
	"an empty id names the current version": func(r *rules) {
		r.loadVersion = func(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
			if id == "" {
				return r.Store.Load(ctx)
			}
			return r.Store.LoadVersion(ctx, id)
		}
	},
	"to remove the version of an empty id deletes the value": func(r *rules) {
		r.deleteVersion = func(ctx context.Context, id string) error {
			if id == "" {
				return r.Store.Delete(ctx, awsjar.Any)
			}
			return r.Store.DeleteVersion(ctx, id)
		}
	},
	"DeleteVersion ignores the context": func(r *rules) {
		r.deleteVersion = func(_ context.Context, id string) error {
			return r.Store.DeleteVersion(context.Background(), id)
		}
	},
	"older versions have the revision of the newest": func(r *rules) {
		r.loadVersion = func(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.LoadVersion(ctx, id)
			if _, now, loadErr := r.Store.Load(ctx); err == nil && loadErr == nil {
				meta.Revision = now.Revision
			}
			return data, meta, err
		}
	},
	"older versions in the history have a revision": func(r *rules) {
		r.changed(func(_ int, meta *awsjar.Meta) bool {
			meta.Revision = awsjar.Revision(meta.VersionID)
			return true
		})
	},
	"the newest version in the history has its revision": func(r *rules) {
		r.changed(func(i int, meta *awsjar.Meta) bool {
			if _, now, err := r.Store.Load(context.Background()); err == nil && i == 0 {
				meta.Revision = now.Revision
			}
			return true
		})
	},
	"the newest version has its revision": func(r *rules) {
		r.loadedVersion(func(version, now *awsjar.Meta) { version.Revision = now.Revision })
	},
	"the newest version is the latest by itself": func(r *rules) {
		r.loadedVersion(func(version, _ *awsjar.Meta) { version.Latest = true })
	},
	"the current value is the latest version": func(r *rules) {
		r.load = func(ctx context.Context) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.Load(ctx)
			meta.Latest = err == nil
			return data, meta, err
		}
	},
	"revive overwrites": func(r *rules) {
		r.revive = func(ctx context.Context, data []byte, id string) (awsjar.Meta, error) {
			if _, _, err := r.Store.LoadVersion(ctx, id); err != nil {
				return awsjar.Meta{}, err
			}
			return r.Store.Save(ctx, data, awsjar.Any)
		}
	},
	"revive checks and writes in two steps": func(r *rules) {
		r.revive = func(ctx context.Context, data []byte, id string) (awsjar.Meta, error) {
			if _, _, err := r.Store.Load(ctx); err == nil {
				return awsjar.Meta{}, awsjar.ErrExists
			}
			time.Sleep(time.Millisecond) // the race that this mutant is about
			if _, _, err := r.Store.LoadVersion(ctx, id); err != nil {
				return awsjar.Meta{}, err
			}
			return r.Store.Save(ctx, data, awsjar.Any)
		}
	},
	"revive takes any id": func(r *rules) {
		r.revive = func(ctx context.Context, data []byte, _ string) (awsjar.Meta, error) {
			return r.Store.Save(ctx, data, awsjar.None)
		}
	},
	"revive stores the bytes of the version": func(r *rules) {
		r.revive = func(ctx context.Context, _ []byte, id string) (awsjar.Meta, error) {
			data, _, err := r.Store.LoadVersion(ctx, id)
			if err != nil {
				return awsjar.Meta{}, err
			}
			return r.Store.Save(ctx, data, awsjar.None)
		}
	},
	"revive ignores the context": func(r *rules) {
		r.revive = func(_ context.Context, data []byte, id string) (awsjar.Meta, error) {
			return r.reviveVersion(context.Background(), data, id)
		}
	},
	"a lost answer of a revive is a refusal": func(r *rules) {
		r.revive = func(ctx context.Context, data []byte, id string) (awsjar.Meta, error) {
			meta, err := r.reviveVersion(ctx, data, id)
			if err == nil && r.fault == storetest.Stored {
				err = awsjar.ErrExists // to its own repetition
			}
			return meta, err
		}
	},
	"revive returns no revision": func(r *rules) {
		r.revive = func(ctx context.Context, data []byte, id string) (awsjar.Meta, error) {
			meta, err := r.reviveVersion(ctx, data, id)
			return awsjar.Meta{VersionID: meta.VersionID}, err
		}
	},
	"revive shows the value": func(r *rules) {
		r.revive = func(ctx context.Context, data []byte, id string) (awsjar.Meta, error) {
			meta, err := r.reviveVersion(ctx, data, id)
			if err != nil {
				err = fmt.Errorf("reviving %s: %w", data, err)
			}
			return meta, err
		}
	},
	"history is of one page": func(r *rules) {
		r.changed(func(i int, _ *awsjar.Meta) bool { return i < 10 })
	},
	"history goes on after an error": func(r *rules) {
		r.versions = func(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
			return func(yield func(awsjar.Meta, error) bool) {
				for meta, err := range r.Store.Versions(ctx) {
					if !yield(meta, err) || err != nil && !yield(meta, err) {
						return
					}
				}
			}
		}
	},
	"LoadVersion returns the slice it keeps": func(r *rules) {
		kept := map[string][]byte{}
		r.loadVersion = func(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
			data, meta, err := r.Store.LoadVersion(ctx, id)
			if kept[id] == nil {
				kept[id] = data
			}
			return kept[id], meta, err
		}
	},
}

// changed lets a mutant change the Meta of each version in the history, or leave it
// out.
func (r *rules) changed(keep func(i int, meta *awsjar.Meta) bool) {
	r.versions = func(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
		return func(yield func(awsjar.Meta, error) bool) {
			i := 0
			for meta, err := range r.Store.Versions(ctx) {
				if keep(i, &meta) && !yield(meta, err) {
					return
				}
				i++
			}
		}
	}
}

// loadedVersion lets a mutant change the Meta of the current version where
// LoadVersion returns it.
func (r *rules) loadedVersion(change func(version, now *awsjar.Meta)) {
	r.loadVersion = func(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
		data, meta, err := r.Store.LoadVersion(ctx, id)
		if _, now, loadErr := r.Store.Load(ctx); err == nil && loadErr == nil && now.VersionID == id {
			change(&meta, &now)
		}
		return data, meta, err
	}
}
