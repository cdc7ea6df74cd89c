package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/pack"
	"github.com/awsjar/awsjar/lambdajar"
)

func (c *command) fit() *cobra.Command {
	var asJSON, raw bool
	cmd := &cobra.Command{
		Use:   "fit [FILE|-]",
		Short: "Say how a state would fit into a function, without AWS",
		Long: `Say how many bytes of a function's environment a state takes in each form, in an
otherwise empty environment, and which one a write would choose: as it is while
that fits, then compressed (flate), then packed as small as can be (dense). For
each it says how long a read takes, which depends on the memory of the function.
No AWS account is asked.`,
		Example: `  awsjar fit state.json
  awsjar get s3://my-bucket/state.json | awsjar fit --json | jq .fits`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			value, err := c.readState(cmd.Context(), args, raw)
			if err != nil {
				return err
			}
			f, err := fitOf(cmd.Context(), value)
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

// readState returns the content of the file, or of stdin.
func (c *command) readState(ctx context.Context, args []string, raw bool) ([]byte, error) {
	var value []byte
	var err error
	if len(args) > 0 && args[0] != "-" {
		value, err = readFile(strings.TrimPrefix(args[0], "@"))
	} else {
		value, err = c.readValue(ctx, args)
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
	Plain  *int       `json:"plain"` // nil if it cannot be
	Flate  int        `json:"flate"`
	Dense  *int       `json:"dense"` // nil if reading would take too long
	Python int        `json:"python"`
	Chosen string     `json:"chosen"` // "plain", "flate", "dense" or "none"
	Limit  int        `json:"limit"`
	IDs    int        `json:"ids"` // the ids of the last writes, beside the state
	Fits   bool       `json:"fits"`
	Read   *readTimes `json:"read_ms,omitempty"` // in the form chosen
	More   *int       `json:"more,omitempty"`    // elements or members like the last ones; nil if there is no telling
	Next   *rung      `json:"next,omitempty"`    // the form after the one chosen

	sizes    []pack.Size
	notPlain string // why it cannot be plain
	kind     string // of the things that are counted: "elements" or "members"
}

// A rung is a form that a state will be stored in when it has grown.
type rung struct {
	Form string    `json:"form"`
	More int       `json:"more"` // elements or members until then
	Read readTimes `json:"read_ms"`
}

func fitOf(ctx context.Context, value []byte) (fit, error) {
	f := fit{Chosen: "none", Limit: lambdajar.Limit, IDs: sizeOfIDs(), notPlain: whyNotPlain(value)}
	var err error
	if f.sizes, err = pack.Sizes(ctx, value); err != nil {
		return f, fmt.Errorf("the state is too large to pack: %w", err)
	}
	for _, s := range f.sizes {
		size := frame + s.Size
		switch s.Form {
		case pack.FormPlain:
			f.Plain = &size
		case pack.FormFlate:
			f.Flate = size
		case pack.FormDense:
			f.Dense = &size
		case pack.FormPython:
			f.Python = size
		}
	}
	for _, s := range f.ladder() {
		if s.Size <= f.room() {
			f.Chosen, f.Fits = s.Form.String(), true
			f.Read = timesOf(s.Cost)
			return f, f.grow(ctx, value, s.Form)
		}
	}
	return f, nil
}

// whyNotPlain says why package pack keeps a value not plain, where it does not.
func whyNotPlain(value []byte) string {
	switch {
	case len(value) == 0:
		return "it is empty, as the variable of a jar in which nothing is stored"
	case !utf8.Valid(value):
		return "it is not text"
	case bytes.ContainsFunc(value, func(r rune) bool { return r != '\t' && r != '\n' && r != '\r' && !strconv.IsPrint(r) }):
		return "it holds a character that not every program carries, such as a control character or U+2028"
	}
	return "it looks like a packed text"
}

const frame = len(`{"` + jarvar.DefaultName + `":""}`)

// room is the size that a text may have.
func (f *fit) room() int { return f.Limit - f.IDs - frame }

// ladder are the forms that a write chooses from, in its order.
func (f *fit) ladder() (ladder []pack.Size) {
	for _, s := range f.sizes {
		if s.Form != pack.FormPython && s.Cost <= pack.AutoCost {
			ladder = append(ladder, s)
		}
	}
	return ladder
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

func (c *command) writeFit(f fit) error {
	var out strings.Builder
	if f.Plain == nil {
		out.WriteString("plain   cannot be: " + f.notPlain + "\n")
	}
	for _, s := range f.sizes {
		fmt.Fprintf(&out, "%-7s %6d bytes%s\n", s.Form, frame+s.Size, timesOf(s.Cost).note())
	}
	if f.Dense == nil {
		out.WriteString("dense   cannot be: reading it would take too long\n")
	}
	fmt.Fprintf(&out, "limit   %6d bytes, %d of them for the ids of the last writes\n", f.Limit, f.IDs)
	if f.Fits {
		fmt.Fprintf(&out, "would be stored %s", f.Chosen)
	} else {
		out.WriteString("does not fit; S3 has room for any size: s3://BUCKET/KEY, or lambda://NAME?overflow=s3://BUCKET/KEY")
		if s := f.sizes[len(f.sizes)-2]; s.Form == pack.FormDense && s.Size <= f.room() {
			out.WriteString("; or dense, if a read may take so long: lambda://NAME?form=dense")
		}
	}
	if f.More != nil {
		fmt.Fprintf(&out, "; about %d more %s like the last would fit", *f.More, f.kind)
	}
	out.WriteString("\n")
	if f.Next != nil {
		fmt.Fprintf(&out, "after about %d more it would be stored %s%s\n", f.Next.More, f.Next.Form, f.Next.Read.note())
	}
	_, err := c.stdout.Write([]byte(out.String()))
	return err
}
