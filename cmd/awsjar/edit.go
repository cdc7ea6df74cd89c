package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/merge"
)

func (c *command) edit() *cobra.Command {
	return &cobra.Command{
		Use:        "edit URL",
		SuggestFor: []string{"vi", "vim", "nano"},
		Short:      "Change the value in an editor",
		Long: `Open the value in $VISUAL or $EDITOR, one member a line, and store the text that
was saved. A text that is not JSON is never stored: the editor opens again, with
the place marked. Lines that begin with // are left out. If the text was not
changed, nothing is stored.

If another writer was first, and changed other members, both changes are kept.
If it changed the same ones, the editor opens again and shows both; the text is
stored over the other change only if you delete the line that says so. To give
up, leave the text as it is, or empty. Where the value could not be stored the
edited text is kept in a file, which is named.`,
		Example: `  awsjar edit lambda://sams-lambda
  EDITOR='code --wait' awsjar edit s3://my-bucket/state.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			e := &editing{command: c, jar: jar, editor: c.editor()}
			if e.editor == "" {
				hint := "name one in EDITOR, or change the value by: awsjar update " + quote(args[0]) + " --jq EXPRESSION"
				return &hinted{errors.New("no editor is named, and no person is at a terminal"), hint}
			}
			if err := e.load(cmd.Context()); err != nil {
				return err
			}
			return e.run(cmd.Context())
		},
	}
}

// editing is one run of edit.
type editing struct {
	*command
	jar      *awsjar.Jar[json.RawMessage]
	editor   string          // its command line
	conflict bool            // the text was shown with another writer's change
	first    []byte          // the value before that change
	base     []byte          // the stored value that the text was made of, nil if nothing was stored
	revision awsjar.Revision // of base
	path     string          // of the text
}

// load reads the stored value.
func (e *editing) load(ctx context.Context) error {
	entry, err := e.jar.Load(ctx)
	if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) {
		e.base, e.revision = nil, awsjar.None
		return nil
	}
	if err != nil {
		return err
	}
	e.revision = entry.Revision
	if e.base, err = compact(entry.Value); err != nil {
		return e.notJSON(err)
	}
	return nil
}

// run lets the editor run until its text is stored or given up. It keeps the
// text unless it was stored, or never changed.
func (e *editing) run(ctx context.Context) error {
	text := []byte("{}\n")
	if e.base != nil {
		text = append(indent(e.base), '\n')
	} else {
		fmt.Fprintf(e.stderr, "awsjar: nothing is stored at %s yet; the text that you save is its first value\n", printable(e.url))
	}
	file, err := os.CreateTemp("", "awsjar-edit-*.json")
	if err != nil {
		return err
	}
	file.Close()
	e.path = file.Name()
	kept, err := e.rounds(ctx, text)
	if !kept {
		os.Remove(e.path)
		return err
	}
	return &hinted{err, e.keep()}
}

// rounds opens the editor, again and again where it must. It reports whether
// the file holds text that is worth keeping.
func (e *editing) rounds(ctx context.Context, text []byte) (kept bool, err error) {
	var last error // the reason for another round
	for {
		edited, err := e.ask(ctx, text)
		switch {
		case err != nil:
			return last != nil || edited != nil && !bytes.Equal(edited, text), err
		case bytes.Equal(edited, text) && last != nil:
			return true, last
		case isEmpty(edited):
			return false, cmp.Or[error](last, &hinted{errors.New("the text is empty, and nothing is stored"), "write {} for an empty state; to remove it: awsjar delete " + quote(e.url)})
		case e.conflict && awaitsConsent(edited):
			return true, &awsjar.Error{Target: e.url, Err: fmt.Errorf("%w: the text is not stored, for its line %q is still there", awsjar.ErrConflict, consent)}
		}
		value, err := compact(withoutComments(edited))
		if err != nil {
			text, last = marked(edited, err), &hinted{err: fmt.Errorf("the text is not stored: %w", err)}
			continue
		}
		if bytes.Equal(value, e.base) || e.base == nil && bytes.Equal(edited, text) {
			fmt.Fprintln(e.stderr, "awsjar: nothing has changed")
			return false, nil
		}
		theirs, err := e.send(ctx, value)
		if err != nil && theirs == nil {
			return true, err
		} else if err == nil {
			return false, nil
		}
		text, last = theirs, err
	}
}

// ask lets the person edit a text, and returns it.
func (e *editing) ask(ctx context.Context, text []byte) ([]byte, error) {
	if err := os.WriteFile(e.path, text, 0o600); err != nil {
		return nil, err
	}
	program := exec.CommandContext(ctx, "sh", "-c", e.editor+` "$@"`, e.editor, e.path)
	program.Stdin, program.Stdout, program.Stderr, program.Env = e.stdin, e.stdout, e.stderr, e.environ
	program.Cancel, program.WaitDelay = func() error { return askToEnd(program) }, grace
	err := program.Run()
	edited, readErr := os.ReadFile(e.path)
	switch {
	case ctx.Err() != nil:
		return edited, context.Cause(ctx)
	case program.ProcessState != nil && program.ProcessState.ExitCode() == exitNoCommand:
		return edited, &hinted{fmt.Errorf("there is no editor %q", e.editor), "name one that is installed, by EDITOR or VISUAL"}
	case err != nil:
		return edited, &programError{fmt.Errorf("%s: %w", e.editor, err)}
	}
	return edited, readErr
}

// editor returns the command line of the editor, or "" if none is named and
// nobody could use the usual one.
func (c *command) editor() string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		for _, line := range c.environ {
			if value, ok := strings.CutPrefix(line, name+"="); ok && strings.TrimSpace(value) != "" {
				return value
			}
		}
	}
	if c.typing && c.watching {
		return "vi"
	}
	return ""
}

// send stores the edited value. If another writer was first, and changed other
// members, it stores both changes; if the same ones, it returns ErrConflict and
// a text that shows both.
func (e *editing) send(ctx context.Context, value []byte) (both []byte, err error) {
	for {
		_, err := e.jar.PutIf(ctx, value, e.revision)
		if err == nil {
			e.tellOverwritten(value)
		}
		if !errors.Is(err, awsjar.ErrConflict) {
			return nil, err
		}
		base := e.base
		if err := e.load(ctx); err != nil {
			return nil, err
		}
		both, failed := merge.Apart(base, value, e.base)
		if failed != nil || both.Collide() {
			if failed == nil {
				value = both.Join()
			}
			return e.showingBoth(base, value), err
		}
		value = both.Join()
		fmt.Fprintln(e.stderr, "awsjar: another writer changed other members meanwhile; both changes are kept")
	}
}

// tellOverwritten says of how many members the stored value has undone another
// writer's change.
func (e *editing) tellOverwritten(stored []byte) {
	if !e.conflict {
		return
	}
	sides, err := merge.Apart(e.first, stored, e.base)
	if err != nil {
		return
	}
	n := 0
	for _, change := range sides.Changes() {
		if change.InOther && !bytes.Equal(change.One, change.Other) {
			n++
		}
	}
	if n > 0 {
		fmt.Fprintf(e.stderr, "awsjar: stored over another writer's change of %d %s\n", n, plural(n, "member"))
	}
}
