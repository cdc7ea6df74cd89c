package filejar

import (
	"context"
	"strings"

	"github.com/awsjar/awsjar"
)

// state is the content of the place at one moment.
type state struct {
	value
	names
	version version // of the value or the delete marker; zero if nothing was ever stored
	foreign bool    // somebody else wrote or removed the file, and the history does not say so yet
}

// names are the newest in the directory of the versions; zero if there is none.
type names struct {
	head version // of the history
	next version // of a write under way, or one that was stopped
}

// maxLooks bounds how often a look begins again, for a file that never rests.
const maxLooks = 20

// look reads the state; of the value it keeps at most limit bytes.
//
// It takes no lock. If the newest version of the history has the bytes that
// were read just before, it is that one, even if somebody wrote meanwhile. All
// else must be found twice: a write may be under way, an editor's or another
// store's, and a directory may hide a file that is renamed while it is read.
func (o *opened) look(ctx context.Context, limit int64) (state, error) {
	var before version
	for try := 1; ; try++ {
		found, err := o.readValue(ctx, limit)
		if err != nil {
			return state{}, err
		}
		if head, ok := o.readHead(); ok && head.describes(found) {
			return state{value: found, names: names{head: head}, version: head}, nil
		}
		names, err := o.readNames(ctx)
		if err != nil {
			return state{}, err
		}
		now := judge(found, names)
		if now.version == now.head || now.version == before || try == maxLooks {
			return now, nil
		}
		before = now.version
		if err := ctx.Err(); err != nil {
			return state{}, err
		}
	}
}

// judge says which version a value is. One that both names describe, because
// a write of the same bytes was stopped, is still that of head.
func judge(found value, n names) state {
	now := state{value: found, names: n}
	switch {
	case n.head.describes(found):
		now.version = n.head
	case n.next.number > n.head.number && n.next.describes(found):
		now.version = n.next
	case n.head != version{} || found.present:
		now.version, now.foreign = n.head.foreign(found), true
	}
	return now
}

// allows returns the error of a write that replaces a revision.
func (now state) allows(replaces awsjar.Revision) error {
	switch {
	case replaces == awsjar.Any, replaces == now.revision():
		return nil
	case replaces == awsjar.None:
		return awsjar.ErrExists
	}
	return awsjar.ErrConflict
}

func (now state) revision() awsjar.Revision {
	if !now.present {
		return awsjar.None
	}
	return awsjar.Revision(now.version.String())
}

func (now state) meta() awsjar.Meta {
	return awsjar.Meta{
		Revision:  now.revision(),
		VersionID: now.version.String(),
		Modified:  now.modified,
		Size:      now.size,
	}
}

func (o *opened) readNames(ctx context.Context) (n names, err error) {
	var head, next string
	err = o.eachName(ctx, func(name string) {
		if file, ok := strings.CutPrefix(name, nextPrefix); ok {
			if v, ok := parseFile(file); ok && file > next {
				n.next, next = v, file
			}
		} else if name > head { // few are: to parse them all would take longer than to read them
			if v, ok := parseFile(name); ok {
				n.head, head = v, name
			}
		}
	})
	return n, err
}

// eachName calls visit with every name in the directory of the versions, in
// no order.
func (o *opened) eachName(ctx context.Context, visit func(name string)) error {
	if o.history == nil {
		return nil
	}
	n := 0
	return o.history.EachName(func(name string) error {
		visit(name)
		if n++; n%page == 0 {
			return ctx.Err()
		}
		return nil
	})
}
