package awsjar

import (
	"context"
	"errors"
	"fmt"
)

// Update loads the value, lets change edit it, and stores the result if
// nobody else wrote in between. If somebody did, it starts again with their
// value, after a random wait that grows, until the context ends. The change is
// applied exactly once.
//
// If nothing is stored, change gets a zero T, or an allocated one if T is a map
// or a pointer. It may run several times, so it must do nothing but edit. If it
// leaves the value as it was, nothing is written.
//
// Update stores the change and nothing else: the members of the stored JSON that
// T does not have stay, at every depth, as do the order of members and the text
// of all that did not change. Where the order of members is part of the value, as
// in a json.RawMessage or a seen.Set, the order that change made is stored. See
// [Merger] for the rules and for other codecs.
//
// Three things are not kept: members of an element of an array that is changed
// itself, members of a map entry or pointer that change removed, and all of them
// where the result would not be the changed value, which is logged.
//
// The Updates of one Jar take turns, in the order of their calls, so that the
// goroutines of a program do not make each other start again; two Jars of one
// store do not know of each other. A turn that stands still, for half a second
// in change or for five seconds in a request, is passed on: an Update inside
// change, or inside a call that change waits for, is slow, but gets its turn. If it
// stores another value, it is the writer who is first, so that change runs again, with
// the same end, until the context ends.
//
// A Jar that stored a value of at most 64 KiB less than a second ago guesses that
// it is still there: change first gets that value, and its write proves the guess,
// which spares the read. An error of change, and a change of nothing, are never
// taken from a guess: change then runs again, with the value that is read.
//
// Update returns the value that the next Get returns, unless somebody else
// writes: a field that is not stored has its zero value. After an error it
// returns the zero T. An error of change is returned as it is, and nothing is
// stored. Where it cannot be told whether the change was stored the error is
// [ErrUncertain].
func (j *Jar[T]) Update(ctx context.Context, change func(*T) error) (T, error) {
	var zero T
	if change == nil {
		return zero, j.fail("update", &Error{Hint: "give it the change: func(v *T) error { ...; return nil }", Err: fmt.Errorf("%w: Update was given no function", ErrInvalid)})
	}
	if err := j.ready(); err != nil {
		return zero, j.fail("update", err)
	}
	turn, err := j.turns.begin(ctx)
	if err != nil {
		return zero, j.fail("update", err)
	}
	defer turn.end()
	data, entry, guessed, err := j.first(ctx)
	for attempt := 0; err == nil || j.startsAnew(err); {
		turn.step(changeDue)
		to, failed := j.gate.edit(data, err == nil, entry.Value, change)
		turn.step(requestsDue)
		sent := failed == nil && to.changed
		if sent && to.dropped {
			j.log(ctx, "members that the type does not have could not be kept")
		}
		if sent {
			_, failed = j.send(ctx, to.data, entry.Revision)
		}
		switch {
		case sent && failed == nil:
			return to.value, nil
		case sent && errors.Is(failed, ErrConflict):
			j.guess.conflicted()
			j.log(ctx, "another writer was first; trying again", "attempt", attempt+1)
			data, entry, err = j.reload(ctx, attempt, failed)
			attempt++
		case guessed && (!sent || errors.Is(failed, ErrTooLarge)): // the stored value decides
			data, entry, err = j.read(ctx)
		case to.refused != nil:
			return zero, to.refused
		case failed != nil:
			return zero, j.fail("update", failed)
		default:
			return to.value, nil
		}
		guessed = false
	}
	return zero, j.fail("update", err)
}

// first returns the value for the first attempt of an Update: the one that this
// handle stored last, if that is a good guess, or the stored one.
func (j *Jar[T]) first(ctx context.Context) (data []byte, entry Entry[T], guessed bool, err error) {
	if data, revision := j.guess.get(); revision != None {
		if entry, err = j.entry(data, Meta{Revision: revision}, nil); err == nil {
			return data, entry, true, nil
		}
	}
	data, entry, err = j.read(ctx)
	return data, entry, false, err
}

// reload returns the value that was there first. The read by which the store
// found the conflict is used for the first one; it would be old after a wait.
func (j *Jar[T]) reload(ctx context.Context, attempt int, conflict error) ([]byte, Entry[T], error) {
	type judged interface {
		error
		Current(of Store) ([]byte, Meta, error)
	}
	if read, ok := errors.AsType[judged](conflict); ok && attempt == 0 {
		if data, meta, err := read.Current(j.store); err == nil || absent(err) {
			entry, err := j.entry(data, meta, err)
			return data, entry, err
		}
	}
	if err := backOff(ctx, attempt); err != nil {
		return nil, Entry[T]{}, fmt.Errorf("%w, %d times: %w", ErrConflict, attempt+1, err)
	}
	return j.read(ctx)
}
