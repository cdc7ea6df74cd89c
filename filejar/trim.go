package filejar

import (
	"context"
	"math"
	"slices"
	"strings"
)

// maxRemovals bounds how many versions one write removes, since others wait for
// the lock meanwhile. The next write goes on.
const maxRemovals = 1000

// trim removes the versions before the current one that are not to be kept,
// the oldest first.
func (o *opened) trim(ctx context.Context, current version) error {
	position, err := o.firstKept(ctx, current)
	if err != nil || position == "" {
		return err
	}
	_, err = o.removeBefore(ctx, position, maxRemovals)
	return err
}

// firstKept returns the position of the oldest version to be kept; "" if all
// are.
func (o *opened) firstKept(ctx context.Context, current version) (string, error) {
	if o.opts.Keep < 0 && o.opts.KeepBytes < 0 {
		return "", nil
	}
	limit := math.MaxInt32 // that many there cannot be
	if o.opts.Keep > 0 {
		limit = o.opts.Keep - 1 // before the current one
	}
	kept, err := o.before(ctx, current.position(), limit)
	if err != nil {
		return "", err
	}
	position := current.position()
	left := o.opts.KeepBytes - o.sizeOf(current)
	for _, v := range kept {
		if o.opts.KeepBytes >= 0 {
			if left -= o.sizeOf(v); left < 0 {
				return position, nil
			}
		}
		position = v.position()
	}
	if len(kept) < limit {
		return "", nil
	}
	return position, nil
}

// sizeOf returns how many bytes a version has; 0 if it is gone.
func (o *opened) sizeOf(v version) int64 {
	info, err := o.history.Lstat(v.file())
	if err != nil {
		return 0
	}
	return info.Size()
}

// makeRoom removes the oldest versions but the newest one, so that a write that
// found the disk full may be tried again: an eighth of them, at least one. It
// reports whether there was one.
func (o *opened) makeRoom(ctx context.Context) bool {
	names, err := o.readNames(ctx)
	if err != nil || names.head == (version{}) {
		return false
	}
	count := 0
	if err := o.eachName(ctx, func(name string) {
		if _, ok := parseFile(name); ok {
			count++
		}
	}); err != nil {
		return false
	}
	removed, err := o.removeBefore(ctx, names.head.position(), max(1, min(count/8, maxRemovals)))
	return removed > 0 && err == nil
}

// removeBefore removes the oldest versions before a position, at most limit of
// them, and a next from then. It returns how many versions it removed.
func (o *opened) removeBefore(ctx context.Context, position string, limit int) (removed int, err error) {
	var oldest []string
	cut := func() {
		slices.Sort(oldest)
		oldest = oldest[:min(len(oldest), limit)]
	}
	var left string // by a writer that was stopped
	if err := o.eachName(ctx, func(name string) {
		if file, ok := strings.CutPrefix(name, nextPrefix); ok && file < position {
			left = name
		}
		if _, ok := parseFile(name); !ok || name >= position {
			return
		}
		if oldest = append(oldest, name); len(oldest) > 2*limit {
			cut()
		}
	}); err != nil {
		return 0, err
	}
	cut()
	if left != "" {
		o.history.Forget(left)
	}
	for _, name := range oldest {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		if err := o.history.Forget(name); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
