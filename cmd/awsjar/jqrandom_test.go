package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomValue writes an object or an array of objects whose members stand in
// any order.
func randomValue(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(4) == 0 {
		return []string{"1", "2", "3", `"x"`, `"y"`, "null", "true", "[]", "{}"}[r.IntN(9)]
	}
	n := 1 + r.IntN(4)
	parts := make([]string, 0, n)
	if r.IntN(3) == 0 {
		for range n {
			parts = append(parts, randomValue(r, depth-1))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	for _, i := range r.Perm(len(randomNames))[:n] {
		parts = append(parts, fmt.Sprintf("%q:%s", randomNames[i], randomValue(r, depth-1)))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

var randomNames = []string{"d", "b", "a", "c", "e"}

// randomProgram writes a jq program. In its forms P stands for a program, L for
// a left side, N for a name and K for a number. There is no ? and no try
// around a part that is followed by more, for in jq 1.6 they hide later errors too.
func randomProgram(r *rand.Rand, depth int) string {
	forms := programForms
	if depth <= 0 {
		forms = forms[:shortForms]
	}
	return fill(r, forms[r.IntN(len(forms))], depth)
}

// randomPrelude defines functions that leave a value alone that they do not
// fit, so that few programs fail.
//
// Not among the forms are those that jq 1.6 takes otherwise than later releases:
// limit(0; f), |= of an array that removes elements, walk with a function of
// several results, any of a condition with several.
const randomPrelude = `def obj(f): if type == "object" then f else . end;
def arr(f): if type == "array" then f else . end;
def any_of(f): if type == "object" or type == "array" then f else . end;
def each: any_of(.[]);
`

const shortForms = 27

var programForms = []string{
	".", "obj(.N)", "each", "..", "obj(keys)", "obj(keys_unsorted)", "length", "obj(to_entries)", "tojson", "tostring", "[each]", "first(each)", "[paths]", "leaf_paths", "type",
	"K", `"N"`, "any_of(map(.))", "[..]", "path(..)", "@json", "@text", `"v\(.)"`, "any_of(flatten)", "arr(.[K:])", "arr(min)", "[limit(K; each)]",

	"P | P", "P | P", "P | P", "P, P", "[P, P] | add", "obj(. + {N: P})", "obj({N: P} + .)", "obj(. * {N: P, N: {N: P}})", "(P) // (P)", "[P]", "{N: P}", "{N: P, N: P}", "{(P | tostring): P}", "{(P | tostring): P, N: P}", "{N: P, \"N\\(P)\": P}",
	"if P then P else P end", "obj(map(P))", "obj(map_values([P]))", "obj(with_entries(.value |= [P]))", "obj(with_entries(select(P)))", "obj(with_entries(.key |= ([P] | tostring)))",
	"reduce each as $x (0; P)", "reduce each as $x ([]; . + [$x | P])", "reduce each as $x ({}; .[$x | tostring] = P)", "[foreach each as $x (K; [P])]", "P as $x | P, $x",
	"obj(L = ([P] | first))", "obj(L |= [P])", "obj(L += [P])", "obj(del(L))", "obj(del(L, L))", "obj(to_entries | .[-K:] | from_entries)",
	"obj(to_entries | sort_by(P) | from_entries)", "arr(sort_by(P))", "arr(group_by(P))", "arr(unique_by(P))", "arr(max_by(P))", "arr(map({N: ., N: 1}))", "arr(map(obj({N, N})))", "select(P)", "first(P)", "[limit(K; P)]", "[paths(P)]",
	"walk(obj([P]))", "walk(arr(sort))", "any_of(any([P] | length > 1))", "any_of(all([P] | length > 1))", "(P) == (P)", "(P) < (P)", "[P, P] | sort", "P | tojson | fromjson", "def f: P; f | P", "def f(g): P | g; f(P)", "label $out | P | ., break $out", "isempty(P)",
	"obj(setpath([\"N\"]; [P]))", "obj(getpath([\"N\"]))", "obj(delpaths([paths(P)]))", "[each | P]", "[.. | objects | P]", "obj(has(\"N\"))", "contains(.)", "@base64 \"\\(P)\"",
}

var leftSides = []string{".N", ".[]", "(.[] | select(P))", "(.. | numbers)", "(.N, .N)", "(.N, .[], .N)", "(.., .N)", "(.N, (.[] | objects | .N, .N))", "first(.[])", "(.[] | arrays | .[])", "(.[] | objects | .[])", "(.. | strings)", "(.. | select(type == \"null\"))"}

func fill(r *rand.Rand, form string, depth int) string {
	var b strings.Builder
	for _, part := range strings.SplitAfter(form, "") {
		switch part {
		case "P":
			b.WriteString("(" + randomProgram(r, depth-1) + ")")
		case "L":
			b.WriteString(fill(r, leftSides[r.IntN(len(leftSides))], depth-1))
		case "N":
			b.WriteString(randomNames[r.IntN(len(randomNames))])
		case "K":
			b.WriteString(fmt.Sprint(1 + r.IntN(2)))
		default:
			b.WriteString(part)
		}
	}
	return b.String()
}
