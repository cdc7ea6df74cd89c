package main

import (
	"context"
	"errors"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/memjar"
)

// journalVector is the history of a store, and the value that is in the store.
type journalVector struct {
	Name    string        `json:"name"`
	Of      string        `json:"of"`    // the URL of the store
	Value   *string       `json:"value"` // null: nothing is stored
	Entries []entryVector `json:"entries"`
}

func (v journalVector) name() string { return v.Name }

// entryVector is one entry of a history. The newest is the first.
type entryVector struct {
	Data  string `json:"data"`
	State string `json:"state"` // see the constants
	Value string `json:"value"`
}

// The states of an entry.
const (
	wasStored   = "stored"
	wasDeletion = "deletion"
	isUnknown   = "unconfirmed"
	isVoid      = "void" // the store refused the write
	isRefused   = "refused"
)

// journalCase is a list of calls to a store with a history.
type journalCase struct {
	label  string
	states []string // of the entries, newest first
	calls  func(context.Context, *refusing) error
	damage func(data string) string // of the newest entry
}

func (c journalCase) name() string { return c.label }

func journalCases() []journalCase {
	one := func(ctx context.Context, s *refusing) error { return s.put(ctx, "1") }
	replaced := func(old, new string) func(string) string {
		return func(data string) string { return strings.Replace(data, old, new, 1) }
	}
	return []journalCase{
		{label: "one write", states: []string{wasStored}, calls: one},
		{label: "three writes", states: []string{wasStored, wasStored, wasStored}, calls: func(ctx context.Context, s *refusing) error {
			return errors.Join(s.put(ctx, "1"), s.put(ctx, "two\nlines"), s.put(ctx, `{"n":3}`))
		}},
		{label: "a deletion", states: []string{wasDeletion, wasStored}, calls: func(ctx context.Context, s *refusing) error {
			return errors.Join(s.put(ctx, "1"), s.journal.Delete(ctx, awsjar.Any))
		}},
		// Nobody saw that the first value was still there when it was replaced.
		{label: "another program's value", states: []string{wasStored, isUnknown}, calls: func(ctx context.Context, s *refusing) error {
			return errors.Join(s.put(ctx, "1"), s.foreign(ctx, "2"))
		}},
		{label: "a write that was refused", states: []string{wasStored, isVoid, wasStored}, calls: func(ctx context.Context, s *refusing) error {
			return errors.Join(s.put(ctx, "1"), s.refused(ctx, "2"), s.put(ctx, "3"))
		}},
		{label: "a write that ended in the middle", states: []string{isUnknown, wasStored}, calls: func(ctx context.Context, s *refusing) error {
			return errors.Join(s.put(ctx, "1"), s.refused(ctx, "2"))
		}},
		{label: "a value that came back", states: []string{wasStored, wasStored, wasStored}, calls: func(ctx context.Context, s *refusing) error {
			return errors.Join(s.put(ctx, "1"), s.put(ctx, "2"), s.put(ctx, "1"))
		}},
		{label: "the value is damaged", states: []string{isRefused}, calls: one, damage: replaced("\n1", "\n2")},
		{label: "another store's history", states: []string{isRefused}, calls: one, damage: replaced(`"mem:"`, `"lambda://fn"`)},
		{label: "a later form", states: []string{isRefused}, calls: one, damage: replaced(`_journal":1`, `_journal":2`)},
		{label: "no entry", states: []string{isRefused}, calls: one, damage: func(string) string { return `{"n":1}` }},
	}
}

// refusing is a store with a history, which can be told to refuse a write.
type refusing struct {
	*memjar.Store
	refuse  bool
	journal *journal.Store
}

func (r *refusing) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if r.refuse {
		return awsjar.Meta{}, &awsjar.Error{Err: awsjar.ErrTooLarge}
	}
	return r.Store.Save(ctx, data, replaces)
}

func (r *refusing) put(ctx context.Context, value string) error {
	_, err := r.journal.Save(ctx, []byte(value), awsjar.Any)
	return err
}

func (r *refusing) refused(ctx context.Context, value string) error {
	r.refuse = true
	defer func() { r.refuse = false }()
	if err := r.put(ctx, value); !errors.Is(err, awsjar.ErrTooLarge) {
		return errors.Join(errors.New("the store took a value that it should refuse"), err)
	}
	return nil
}

// foreign stores a value as another program would, and reads it.
func (r *refusing) foreign(ctx context.Context, value string) error {
	_, saved := r.Store.Save(ctx, []byte(value), awsjar.Any)
	_, _, loaded := r.journal.Load(ctx)
	return errors.Join(saved, loaded)
}

// write makes the calls, and returns the history.
func (c journalCase) write(ctx context.Context) (journalVector, error) {
	history := memjar.New()
	store := &refusing{Store: memjar.New()}
	store.journal = journal.New(store, history)
	v := journalVector{Name: c.label, Of: store.journal.String()}
	if err := c.calls(ctx, store); err != nil {
		return v, err
	}
	if data, _, err := store.Store.Load(ctx); err == nil {
		text := string(data)
		v.Value = &text
	}
	for meta, err := range history.Versions(ctx) {
		if err != nil {
			return v, err
		}
		data, _, err := history.LoadVersion(ctx, meta.VersionID)
		if err != nil {
			return v, err
		}
		e := entryVector{Data: string(data), State: c.states[len(v.Entries)]}
		if c.damage != nil && len(v.Entries) == 0 {
			e.Data = c.damage(e.Data)
		}
		if e.State != isRefused {
			_, e.Value, _ = strings.Cut(e.Data, "\n")
		}
		v.Entries = append(v.Entries, e)
	}
	return v, nil
}
