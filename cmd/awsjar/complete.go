package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Bounds of a completion: a shell waits for it, and a person reads it.
const (
	completionTime = 2 * time.Second
	mostCompleted  = 200
)

// A completer returns the texts that an argument may have and that begin with a
// word. Those that end in "/" or ":" may go on.
type completer func(ctx context.Context, c *command, before []string, word string) []cobra.Completion

// The arguments of subcommands.
var (
	oneState  = []completer{completeState}
	twoStates = []completer{completeState, completeState}
	states    = slices.Repeat(oneState, 20)
	inHistory = []completer{completeState, completeVersion}
	twoInIt   = []completer{completeState, completeVersion, completeVersion}
	noneKnown []completer

	bucketAndChange = []completer{completeBucket, completeChange}
)

// completing makes the shell offer the arguments of a subcommand: it calls the
// hidden subcommand __complete. No error is printed and no value is read, and
// after some time the names found so far have to do.
func (c *command) completing(sub *cobra.Command, arguments []completer) {
	if arguments == nil {
		return
	}
	sub.ValidArgsFunction = func(cmd *cobra.Command, before []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(before) >= len(arguments) {
			return nil, cobra.ShellCompDirectiveDefault // such as the file of a value, or a command to run
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
		defer cancel()
		offered := arguments[len(before)](ctx, c, before, word)
		directive := cobra.ShellCompDirectiveNoFileComp
		for _, text := range offered {
			if strings.HasSuffix(text, "/") || strings.HasSuffix(text, ":") {
				directive |= cobra.ShellCompDirectiveNoSpace
			}
		}
		return offered, directive
	}
}

// completingFlags makes the shell offer no file as the value of a flag that takes
// none.
func completingFlags(cmd *cobra.Command, flags *pflag.FlagSet) {
	flags.VisitAll(func(flag *pflag.Flag) {
		switch value, _ := pflag.UnquoteUsage(flag); value {
		case "", "FILE", "directory":
		default:
			_ = cmd.RegisterFlagCompletionFunc(flag.Name, cobra.NoFileCompletions)
		}
	})
}

// completeVersion offers the ids of the versions of the state that stands
// before, with their times and sizes.
func completeVersion(ctx context.Context, c *command, before []string, word string) (offered []cobra.Completion) {
	jar, err := c.jar(ctx, before[0])
	if err != nil {
		return nil
	}
	for meta, err := range jar.Versions(ctx) {
		if err != nil || len(offered) == mostCompleted {
			return offered
		}
		if meta.Deleted || !strings.HasPrefix(meta.VersionID, word) {
			continue
		}
		about := fmt.Sprintf("%s, %d bytes", meta.Modified.Local().Format("2006-01-02 15:04:05"), meta.Size)
		offered = append(offered, cobra.CompletionWithDesc(meta.VersionID, about))
	}
	return offered
}

// completeChange offers the changes that awsjar versioning can make.
func completeChange(_ context.Context, _ *command, _ []string, word string) []cobra.Completion {
	return beginning(word, []string{"enable", "suspend"})
}
