// Manpages writes a manual page for the command awsjar and for each of its
// subcommands, from their --help, so that a page never differs from it:
//
//	go run ./internal/manpages -awsjar ./awsjar -dir man
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	binary := flag.String("awsjar", "awsjar", "the `program`")
	dir := flag.String("dir", "man", "the `directory` for the pages")
	flag.Parse()
	if err := write(*binary, *dir); err != nil {
		log.Fatal(err)
	}
}

// subcommand finds a line of the lists of commands in --help.
var subcommand = regexp.MustCompile(`(?m)^  ([a-z]+)  +[A-Z]`)

func write(binary, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := help(binary)
	if err != nil {
		return err
	}
	pages := map[string]string{"awsjar": root}
	for _, m := range subcommand.FindAllStringSubmatch(root, -1) {
		if m[1] == "help" {
			continue
		}
		if pages["awsjar-"+m[1]], err = help(binary, m[1]); err != nil {
			return err
		}
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name+".1"), []byte(page(name, text)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func help(binary string, args ...string) (string, error) {
	out, err := exec.Command(binary, append(args, "--help")...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s --help: %w", binary, strings.Join(args, " "), err)
	}
	return string(out), nil
}

// page returns a manual page in roff (man(7)). A line of --help that begins at the
// margin and ends with a colon is a heading, and the text below keeps its lines.
func page(name, text string) string {
	var b strings.Builder
	summary, _, _ := strings.Cut(text, "\n")
	fmt.Fprintf(&b, ".TH %s 1\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n.nf\n", strings.ToUpper(name), name, escape(summary))
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if heading, ok := strings.CutSuffix(line, ":"); ok && line != "" && line[0] != ' ' && strings.ToUpper(line[:1]) == line[:1] && len(line) < 24 {
			fmt.Fprintf(&b, ".fi\n.SH %s\n.nf\n", strings.ToUpper(escape(heading)))
			continue
		}
		b.WriteString(escape(line) + "\n")
	}
	b.WriteString(".fi\n")
	return b.String()
}

// escape keeps a line from being taken for a request of roff.
func escape(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	return line
}
