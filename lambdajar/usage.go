package lambdajar

import (
	"context"
	"maps"
	"slices"
)

// Usage is the budget of a function's environment variables. All sizes are
// bytes as AWS counts them: quotes, colons, commas and brackets included.
type Usage struct {
	Limit  int // for all variables together: 4096
	Used   int // by all variables now
	State  int // of Used: by this jar, with its names and the ids of its writes; 0 if nothing is stored
	Others int // of Used: by the function's other variables
	Free   int // by how much the value can grow: less what the jar's names and ids will still take

	Overflow int64 // bytes of the value itself if it is in the overflow; it takes none of the others

	Names []string // of the function's other variables, sorted
}

// Usage measures, by one request.
func (s *Store) Usage(ctx context.Context) (Usage, error) {
	if err := s.ready(ctx); err != nil {
		return Usage{}, s.fail(err)
	}
	c, err := s.read(ctx)
	if err != nil {
		return Usage{}, s.fail(err)
	}
	others := c.without(s.opts.Name)
	u := Usage{
		Limit:  Limit,
		Used:   measure(c.variables),
		Others: measure(others),
		Names:  slices.Sorted(maps.Keys(others)),
	}
	u.State = u.Used - u.Others
	pointer, _ := c.jar.Pointer()
	u.Overflow = pointer.Size
	u.Free = max(0, u.Limit-measure(c.with(s.opts.Name, c.jar.Full())))
	return u, nil
}
