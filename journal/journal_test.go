package journal_test

import (
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/storetest"
)

// plain is a store without versions.
type plain struct{ awsjar.Store }

func (plain) String() string { return "mem:" }

// joined is a journal with the places under it, of which a second handle can be
// made.
type joined struct {
	*journal.Store
	store   awsjar.Store
	history awsjar.Versioned
}

func join() joined {
	store, history := plain{memjar.New()}, memjar.New()
	return joined{journal.New(store, history), store, history}
}

func second(_ *testing.T, s awsjar.Store) awsjar.Store {
	j := s.(joined)
	return joined{journal.New(j.store, j.history), j.store, j.history}
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) awsjar.Store { return join() }, func(o *storetest.Options) { o.Second = second })
}

func TestVersions(t *testing.T) {
	storetest.RunVersions(t, func(*testing.T) awsjar.Versioned { return join() }, func(o *storetest.Options) { o.Second = second })
}
