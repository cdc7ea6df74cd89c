package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"
	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/pack"
	"github.com/awsjar/awsjar/internal/pack/columns"
	"github.com/awsjar/awsjar/lambdajar"
)

func (c *command) fit() *cobra.Command {
	var asJSON, raw bool
	cmd := &cobra.Command{
		Use:   "fit [FILE|-]",
		Short: "Say how a state would fit into a function, without AWS",
		Long: `Say how many bytes of a function's environment a state takes in each form, in an
otherwise empty environment, and which one a write would choose: as it is while
that fits, packed when it does not. No AWS account is asked.`,
		Example: `  awsjar fit state.json
  awsjar get s3://my-bucket/state.json | awsjar fit --json | jq .fits`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			value, err := c.readState(args, raw)
			if err != nil {
				return err
			}
			f, err := fitOf(value)
			if err != nil {
				return err
			}
			if asJSON {
				return c.writeJSON(f)
			}
			return c.writeFit(f)
		},
	}
	cmd.Flags().BoolVar(&raw, "raw", false, "take the bytes as they are, JSON or not")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return cmd
}

// readState returns what the file, or stdin, holds.
func (c *command) readState(args []string, raw bool) ([]byte, error) {
	var value []byte
	var err error
	if len(args) > 0 && args[0] != "-" {
		value, err = readFile(strings.TrimPrefix(args[0], "@"))
	} else {
		value, err = c.readValue(args)
	}
	if err != nil || raw {
		return value, err
	}
	text, err := compact(value)
	if err != nil {
		return nil, &hinted{fmt.Errorf("the state cannot be read: %w", err), hintForValue(err)}
	}
	return text, nil
}

// fit is how a state fits. Sizes are bytes as AWS counts them, of
// {"jar":"..."}.
type fit struct {
	Plain  *int   `json:"plain"` // nil for what is not text
	Packed int    `json:"packed"`
	Python int    `json:"python"`
	Chosen string `json:"chosen"` // "plain", "packed" or "none"
	Limit  int    `json:"limit"`
	IDs    int    `json:"ids"` // the ids of the last writes, beside the state
	Fits   bool   `json:"fits"`
	More   *int   `json:"more,omitempty"` // elements like the last ones; nil if there is no telling
}

func fitOf(value []byte) (fit, error) {
	f := fit{Chosen: "none", Limit: lambdajar.Limit, IDs: sizeOfIDs()}
	if plain, err := sizeAs(value, pack.FormPlain); err == nil {
		f.Plain = &plain
	}
	var err error
	if f.Packed, err = sizeAs(value, pack.FormDense); err != nil {
		return f, fmt.Errorf("the state is too large to pack: %w", err)
	}
	if f.Python, err = sizeAs(value, pack.FormPython); err != nil {
		return f, err
	}
	switch {
	case f.Plain != nil && *f.Plain+f.IDs <= f.Limit:
		f.Chosen = "plain"
	case f.Packed+f.IDs <= f.Limit:
		f.Chosen = "packed"
	}
	if f.Fits = f.Chosen != "none"; f.Fits {
		f.More = f.more(value)
	}
	return f, nil
}

const frame = len(`{"` + jarvar.DefaultName + `":""}`)

func sizeAs(value []byte, form pack.Form) (int, error) {
	text, err := pack.Encode(context.Background(), value, form, pack.Limits{})
	return frame + pack.Measure(text), err
}

// sizeOfIDs is the size of the variable beside the state once it is full.
func sizeOfIDs() int {
	var state jarvar.State
	for full := false; !full; {
		next := state.Next("", lineage.NewID())
		full = len(next.Line) == len(state.Line)
		state = next
	}
	return len(`,"":""`) + len(jarvar.LineName(jarvar.DefaultName)) + pack.Measure(state.LineText())
}

// more estimates how many more elements would fit, from what the second half
// of them takes. Packed, a few elements tell nothing.
func (f fit) more(value []byte) *int {
	const few = 8
	half, removed := halve(value)
	if removed == 0 {
		return nil
	}
	free, size := f.Limit-f.IDs, max(1, len(value)-len(half))
	more := 0
	if f.Plain != nil {
		more = (free - *f.Plain) * removed / size
	}
	if packed, err := sizeAs(half, pack.FormDense); err == nil && removed >= few {
		packable := max(0, columns.MaxValue-len(value)) * removed / size
		more = max(more, min(packable, (free-f.Packed)*removed/max(1, f.Packed-packed)))
	}
	more = max(more, 0)
	return &more
}

// halve returns JSON without the second half of its array, and how many
// elements that leaves out. Its array is the value itself or, of an object,
// the member with the most elements.
func halve(value []byte) (half []byte, removed int) {
	decoded, err := newOrder().decode(value)
	if err != nil {
		return nil, 0
	}
	array, _ := decoded.([]any)
	members, _ := decoded.(map[string]any)
	longest := ""
	for name, member := range members {
		if elements, _ := member.([]any); len(elements) > len(array) {
			array, longest = elements, name
		}
	}
	if len(array) < 2 {
		return nil, 0
	}
	kept := len(array) / 2
	decoded = array[:kept]
	if members != nil {
		members[longest] = decoded
		decoded = members
	}
	if half, err = gojq.Marshal(decoded); err != nil {
		return nil, 0
	}
	return half, len(array) - kept
}

func (c *command) writeFit(f fit) error {
	plain := "cannot be: it is not text"
	if f.Plain != nil {
		plain = fmt.Sprintf("%6d bytes", *f.Plain)
	}
	verdict := "would be stored " + f.Chosen
	if !f.Fits {
		verdict = "does not fit; S3 has room for any size: s3://BUCKET/KEY, or lambda://NAME?overflow=s3://BUCKET/KEY"
	}
	more := ""
	if f.More != nil {
		more = fmt.Sprintf("; about %d more elements like the last would fit", *f.More)
	}
	_, err := fmt.Fprintf(c.stdout, `plain   %s
packed  %6d bytes
python  %6d bytes
limit   %6d bytes, %d of them for the ids of the last writes
%s%s
`, plain, f.Packed, f.Python, f.Limit, f.IDs, verdict, more)
	return err
}
