package lambdajar

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/awsjar/awsjar/internal/pack"
)

// Usage is the budget of a function's environment variables. All sizes are
// bytes as AWS counts them: quotes, colons, commas and brackets included.
type Usage struct {
	Limit  int // for all variables together: 4096
	Used   int // by all variables now
	State  int // of Used: by this jar, with its names and the ids of its writes; 0 if nothing is stored
	IDs    int // of State: by the ids of its writes, with their name
	Others int // of Used: by the function's other variables
	Free   int // for the value to grow, packed as small as Options.Form allows: less the bytes that the jar's names and ids will still take

	FreeAsStored int // as Free, if the value stays in the form in which it is stored

	Form Form          // of the stored value; "" if nothing is stored, or it is in the overflow
	Cost time.Duration // about the time that reading it takes of a whole processor: 1,769 MB of memory; with 128 MB it is 14 times that

	OverflowSize int64 // bytes of the value itself if it is in the overflow; it takes none of the others

	OtherNames []string // of the function's other variables, sorted
}

// Usage measures, by one request.
func (s *Store) Usage(ctx context.Context) (Usage, error) {
	if err := s.ready(ctx); err != nil {
		return Usage{}, s.fail(err)
	}
	c, err := s.function.read(ctx)
	if err != nil {
		return Usage{}, s.fail(err)
	}
	others := c.without()
	u := Usage{
		Limit:      Limit,
		Used:       measure(c.variables),
		Others:     measure(others),
		OtherNames: slices.Sorted(maps.Keys(others)),
	}
	u.State = u.Used - u.Others
	u.IDs = idsOf(c)
	pointer, _ := c.jar.Pointer()
	u.OverflowSize = pointer.Size
	full := c.jar.Full()
	saved := 0
	if pointer.Size == 0 && full.Text != "" {
		if saved, err = s.values.describe(ctx, &u, full.Text); err != nil {
			return Usage{}, s.fail(err)
		}
	}
	rest := u.Limit - measure(c.with(full))
	u.Free, u.FreeAsStored = max(0, rest+saved), max(0, rest)
	return u, nil
}

// describe sets the form of a text and its cost, and returns how many bytes the
// smallest text of its value saves that a Save may write: fewer than 0 if each is
// larger. So Free falls steadily as a value grows, in whichever form it is. A
// damaged text has no form.
func (v *values) describe(ctx context.Context, u *Usage, text string) (saved int, err error) {
	content, err := pack.Read(ctx, text)
	switch {
	case ctx.Err() != nil:
		return 0, err
	case err != nil:
		return 0, nil
	}
	u.Form, u.Cost = Form(content.Form.String()), content.Cost
	sizes, err := pack.Sizes(ctx, content.Value)
	if err != nil {
		return 0, err
	}
	cost := pack.AutoCost
	if v.overflow != nil {
		cost = pack.GetCost
	}
	if smallest, ok := pack.Smallest(sizes, v.form, cost); ok {
		saved = pack.Measure(text) - smallest.Size
	}
	return saved, nil
}
