package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

func noSuchCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see all of them: " + root.CommandPath() + " --help"
	meant := slices.IndexFunc(root.Commands(), func(sub *cobra.Command) bool { return slices.Contains(sub.SuggestFor, args[0]) })
	if meant >= 0 {
		hint = "the nearest is: " + root.Commands()[meant].CommandPath()
	} else if name := nearest(root, args[0]); name != "" {
		hint = "the nearest is: " + root.CommandPath() + " " + name
	}
	return &hinted{fmt.Errorf("%q is not a command", args[0]), hint}
}

// nearest returns the command whose name is most like a word, or "". Of several
// it is one with the same first letter.
func nearest(root *cobra.Command, word string) string {
	for distance := 1; distance <= 2; distance++ {
		root.SuggestionsMinimumDistance = distance
		similar := root.SuggestionsFor(word)
		for _, name := range similar {
			if name[0] == word[0] {
				return name
			}
		}
		if len(similar) > 0 {
			return similar[0]
		}
	}
	return ""
}

// digit is pflag's text about a negative number.
var digit = lazyregexp.New(`^unknown shorthand flag: '\d' in (\S+)$`)

func wrongFlag(cmd *cobra.Command, err error) error {
	if number := digit().FindStringSubmatch(err.Error()); number != nil {
		return &hinted{err, "put -- before a value that begins with -: " + cmd.CommandPath() + " URL -- " + number[1]}
	}
	if typed := unknownFlag().FindStringSubmatch(err.Error()); typed != nil {
		if typed[1] == "jq" && cmd.Name() == "get" {
			return &hinted{err, "to see a part of the value: awsjar get URL | jq EXPRESSION"}
		}
		if name := nearestFlag(cmd, typed[1]); name != "" {
			return &hinted{err, "the nearest is: --" + name + "; see all of them: " + cmd.CommandPath() + " --help"}
		}
	}
	return err
}

// unknownFlag is pflag's text about a flag that is not there.
var unknownFlag = lazyregexp.New(`^unknown flag: --(\S+)$`)

// nearestFlag returns the flag of a command whose name is most like a word, or "".
func nearestFlag(cmd *cobra.Command, word string) string {
	names := &cobra.Command{Use: "flags"}
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		names.AddCommand(&cobra.Command{Use: flag.Name, Run: func(*cobra.Command, []string) {}})
	})
	return nearest(names, word)
}

// strictly makes cobra's own subcommands, help and completion, refuse words that
// name nothing; else they print a help text that was not asked for.
func strictly(root *cobra.Command, args []string) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(args...)
	for _, sub := range root.Commands() {
		switch sub.Name() {
		case "help":
			sub.Example = "  awsjar help update"
			sub.Run, sub.RunE = nil, func(cmd *cobra.Command, words []string) error {
				of, rest, err := root.Find(words)
				if err == nil && len(rest) > 0 {
					err = noSuchCommand(of, rest)
				}
				if err != nil {
					return err
				}
				of.InitDefaultHelpFlag()
				return of.Help()
			}
		case "completion":
			sub.Example = "  source <(awsjar completion bash)"
			sub.Args, sub.RunE = noSuchCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}
