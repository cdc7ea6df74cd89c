package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
)

func (c *command) usage() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:        "usage URL",
		SuggestFor: []string{"env", "size", "space"},
		Short:      "Show how full a function's environment is",
		Long: `Show how many of the 4,096 bytes that a function's environment variables share
are taken, as AWS counts them, by this state and by the other variables; how many
are free, and how many would be if the state was packed as small as can be; the
form of a packed state, and how long a read of it takes at each size of memory.`,
		Example: `  awsjar usage lambda://sams-lambda`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := c.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			budget, ok := store.(interface {
				Usage(context.Context) (lambdajar.Usage, error)
			})
			if !ok {
				return &awsjar.Error{Op: "usage", Target: args[0], Err: awsjar.ErrUnsupported, Hint: "only a function has a budget: awsjar usage lambda://NAME"}
			}
			u, err := budget.Usage(cmd.Context())
			if err != nil {
				return err
			}
			u = withoutBraces(u)
			if asJSON {
				return c.writeJSON(usageOf(args[0], u))
			}
			return c.writeUsage(u)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return cmd
}

// withoutBraces counts the braces around all variables to the state if there
// are no other variables, and not at all if there are none.
func withoutBraces(u lambdajar.Usage) lambdajar.Usage {
	if len(u.OtherNames) > 0 {
		return u
	}
	if u.State == 0 {
		u.Used = 0
	}
	u.State, u.Others = u.Used, 0
	return u
}

type usageJSON struct {
	URL       string     `json:"url"`
	Limit     int        `json:"limit"`
	Used      int        `json:"used"`
	State     int        `json:"state"`
	Others    int        `json:"others"`
	Free      int        `json:"free"`
	Overflow  int64      `json:"overflow,omitempty"` // bytes of the value, if it is in the overflow
	Form      string     `json:"form,omitempty"`     // "plain", "flate", "dense" or "python"
	Read      *readTimes `json:"read_ms,omitempty"`
	Variables []string   `json:"other_variables"`
}

func usageOf(url string, u lambdajar.Usage) usageJSON {
	j := usageJSON{url, u.Limit, u.Used, u.State, u.Others, u.Free, u.OverflowSize, string(u.Form), nil, append([]string{}, u.OtherNames...)}
	if u.Form != "" {
		j.Read = timesOf(u.Cost)
	}
	return j
}

// writeUsage draws the budget as a bar.
func (c *command) writeUsage(u lambdajar.Usage) error {
	const width = 40
	names := ""
	if len(u.OtherNames) > 0 {
		names = "  " + printable(strings.Join(u.OtherNames, ", "))
	}
	stored := ""
	switch {
	case u.OverflowSize > 0:
		stored = fmt.Sprintf("; the value, %d bytes, is in the overflow", u.OverflowSize)
	case u.Form != "" && u.Form != lambdajar.FormPlain:
		stored = "; " + string(u.Form) + timesOf(u.Cost).note()
	}
	free, packed := u.Free, ""
	if u.Free > u.FreeAsStored {
		free, packed = u.FreeAsStored, fmt.Sprintf("; %d bytes if the state is packed as small as can be", u.Free)
	}
	_, err := fmt.Fprintf(c.stdout, `[%s] %d of %d bytes
# state %6d bytes  with its names and the ids of its writes%s
= other %6d bytes%s
. free  %6d bytes%s
`, barOf(width, u.State, u.Used, u.Limit), u.Used, u.Limit, u.State, stored, u.Others, names, free, packed)
	return err
}

// barOf draws, in cells, how much of a limit is used: # by the state, = by other
// variables, and . for the rest. A part that is there at all shows: also a rest,
// so that no bar looks full before it is.
func barOf(cells, state, used, limit int) string {
	if used-state <= len("{}") { // the braces around all variables
		state = used
	}
	full := min(share(used, limit, cells), cells-1)
	if used >= limit {
		full = cells
	}
	mine := share(state, used, full)
	if 0 < state && state < used {
		full = max(full, 2)
		mine = min(mine, full-1)
	}
	return strings.Repeat("#", mine) + strings.Repeat("=", full-mine) + strings.Repeat(".", cells-full)
}

// share returns how many of the cells of a bar a part of a whole takes; a
// part that is there at all takes one.
func share(part, whole, cells int) int {
	if part <= 0 || whole <= 0 {
		return 0
	}
	return min(cells, max(1, (part*cells+whole/2)/whole))
}
