package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/awsjar/awsjar"
)

// change makes a new value of the stored one, which is nil if nothing is
// stored. The value itself, byte for byte, means that nothing changes.
type change func(ctx context.Context, value []byte) ([]byte, error)

// noted is a store that notes the Meta of its last answer.
type noted struct {
	awsjar.Store
	last awsjar.Meta
}

func (n *noted) Load(ctx context.Context) (data []byte, meta awsjar.Meta, err error) {
	data, n.last, err = n.Store.Load(ctx)
	return data, n.last, err
}

func (n *noted) Save(ctx context.Context, data []byte, revision awsjar.Revision) (meta awsjar.Meta, err error) {
	meta, err = n.Store.Save(ctx, data, revision)
	if err == nil {
		n.last = meta
	}
	return meta, err
}

func (n *noted) Unwrap() awsjar.Store { return n.Store }

// conditions say which stored value may be changed.
type conditions struct {
	existing bool             // not where nothing is stored
	revision *awsjar.Revision // nil: at any
}

// met returns an error for a value that may not be changed.
func (w conditions) met(value []byte, meta awsjar.Meta) error {
	switch {
	case w.revision != nil && *w.revision != meta.Revision:
		return awsjar.ErrConflict
	case w.existing && value == nil:
		return &hinted{awsjar.ErrNotFound, "check the name; without --existing the change starts from nothing"}
	}
	return nil
}

// apply changes the value of a store and returns the new one with its Meta.
func (c *command) apply(ctx context.Context, store awsjar.Store, w conditions, change change) (awsjar.Entry[json.RawMessage], error) {
	seen := &noted{Store: store}
	jar := bytesOf(seen)
	value, err := jar.Update(ctx, func(value *json.RawMessage) error {
		if err := w.met(*value, seen.last); err != nil {
			return c.ofUpdate(jar, err)
		}
		changed, err := change(ctx, *value)
		if err != nil {
			return c.ofUpdate(jar, err)
		}
		*value = changed
		return nil
	})
	return awsjar.Entry[json.RawMessage]{Value: value, Meta: seen.last}, err
}

// preview returns the value of a store and the one that a change would make of
// it.
func (c *command) preview(ctx context.Context, store awsjar.Store, w conditions, change change) (before, after side, err error) {
	jar := bytesOf(store)
	entry, err := jar.Load(ctx)
	if err != nil && (!errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrNoStore)) {
		return before, after, err
	}
	if err = w.met(entry.Value, entry.Meta); err != nil {
		return before, after, c.ofUpdate(jar, err)
	}
	changed, err := change(ctx, entry.Value)
	if err != nil {
		return before, after, c.ofUpdate(jar, err)
	}
	return side{"stored", entry.Value}, side{"changed", changed}, nil
}

// ofUpdate says of an error which state it is about.
func (c *command) ofUpdate(jar *awsjar.Jar[json.RawMessage], err error) error {
	if end, ok := errors.AsType[*exited](err); ok {
		return &hinted{end, hintOf(err)}
	}
	return &awsjar.Error{Op: c.name, Target: jar.String(), Err: err, Hint: hintOf(err)}
}

// hintOf returns the hint that the command gave an error, if any.
func hintOf(err error) string {
	if h, ok := errors.AsType[*hinted](err); ok {
		return h.hint
	}
	return ""
}

// byProgram is the change that a program makes.
func (c *command) byProgram(args []string) change {
	return func(ctx context.Context, value []byte) ([]byte, error) {
		printed, err := c.runProgram(ctx, args, value)
		if err != nil {
			return nil, c.programFailed(err, args)
		}
		text, err := compact(printed)
		if err != nil {
			return nil, c.programFailed(fmt.Errorf("the command printed something else than one JSON value: %w", err), args)
		}
		return text, nil
	}
}

// programFailed adds the remedy for a program that gave no new value.
func (c *command) programFailed(err error, args []string) error {
	if ended := errors.AsType[*exited]; errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	} else if _, ok := ended(err); ok {
		return err
	}
	line := ""
	for _, arg := range args {
		line += " " + quote(arg)
	}
	if errors.Is(err, errPrintedNothing) {
		return &hinted{err, "an empty state is {}; to remove the value: awsjar delete " + quote(c.url)}
	}
	return &hinted{err, "try it without storing: awsjar get " + quote(c.url) + " |" + line}
}
