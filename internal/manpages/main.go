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
	"slices"
	"strings"
)

func main() {
	binary := flag.String("awsjar", "awsjar", "the `program`")
	dir := flag.String("dir", "man", "the `directory` for the pages")
	date := flag.String("date", "", "the `date` of the pages, such as 2026-11-26")
	flag.Parse()
	if err := write(*binary, *dir, *date); err != nil {
		log.Fatal(err)
	}
}

// subcommand finds a line of the lists of commands in --help: the name, and one line
// about it.
var subcommand = regexp.MustCompile(`(?m)^  ([a-z]+)  +([A-Z].*)$`)

func write(binary, dir, date string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := help(binary)
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(root, "\n")
	about := strings.TrimSuffix(strings.TrimPrefix(first, "awsjar "), ".")
	pages := []manual{{name: "awsjar", about: about, date: date, help: root}}
	for _, m := range subcommand.FindAllStringSubmatch(root, -1) {
		if m[1] == "help" {
			continue
		}
		text, err := help(binary, m[1])
		if err != nil {
			return err
		}
		sub := manual{name: "awsjar-" + m[1], about: strings.ToLower(m[2][:1]) + m[2][1:], date: date, help: text, seeAlso: []string{"awsjar"}}
		pages = append(pages, sub)
		pages[0].seeAlso = append(pages[0].seeAlso, sub.name)
	}
	slices.Sort(pages[0].seeAlso)
	for _, m := range pages {
		if err := os.WriteFile(filepath.Join(dir, m.name+".1"), []byte(m.page()), 0o644); err != nil {
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

// manual is the content of a manual page.
type manual struct {
	name    string
	about   string // one line
	date    string
	help    string
	seeAlso []string // names of other pages
}

// usual are the headings of manual pages for those of --help.
var usual = map[string]string{"USAGE": "SYNOPSIS", "FLAGS": "OPTIONS", "GLOBAL FLAGS": "GLOBAL OPTIONS"}

// page returns a manual page in roff (man(7)). A line of --help that begins at the
// margin and ends with a colon is a heading, and the text below keeps its lines.
func (m manual) page() string {
	var order []string
	sections := map[string]*strings.Builder{}
	begin := func(title string) *strings.Builder {
		order = append(order, title)
		sections[title] = new(strings.Builder)
		return sections[title]
	}
	section := begin("DESCRIPTION")
	for line := range strings.Lines(m.help) {
		line = strings.TrimRight(line, "\n")
		heading, ok := strings.CutSuffix(line, ":")
		switch {
		case ok && heading != "" && line[0] != ' ' && strings.ToUpper(line[:1]) == line[:1] && len(line) < 24:
			title := strings.ToUpper(heading)
			if name, ok := usual[title]; ok {
				title = name
			}
			section = begin(title)
		case strings.HasPrefix(line, `Use "`): // for the help of a subcommand, which has a page
		default:
			section.WriteString(escape(line) + "\n")
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return rank(a) - rank(b) })

	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 %q awsjar\n.nh\n.ad l\n.SH NAME\n%s \\- %s\n", strings.ToUpper(m.name), m.date, escape(m.name), escape(m.about))
	for _, title := range order {
		fmt.Fprintf(&b, ".SH %s\n.nf\n%s\n.fi\n", escape(title), strings.Trim(sections[title].String(), "\n"))
	}
	b.WriteString(".SH SEE ALSO\n")
	for i, name := range m.seeAlso {
		comma := ","
		if i == len(m.seeAlso)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, ".BR %s (1)%s\n", escape(name), comma)
	}
	return b.String()
}

// rank puts the synopsis first.
func rank(title string) int {
	if title == "SYNOPSIS" {
		return 0
	}
	return 1
}

// escape keeps a line from being taken for a request of roff, and each character as
// it is: a quote of a shell would become one of a text.
func escape(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(line)
	if strings.HasPrefix(line, ".") {
		line = `\&` + line
	}
	return line
}
