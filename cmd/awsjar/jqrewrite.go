package main

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/itchyny/gojq"
)

//go:embed jqprelude.jq
var jqPrelude string

// withOrder changes a parsed expression so that it visits members in the order
// that package-level type order knows, by calling the prelude, and leaves the
// forms alone whose result does not depend on the order. It returns
// the error for a part that the expression must not use.
func withOrder(query *gojq.Query) error {
	prelude, err := gojq.Parse(jqPrelude + ".")
	if err != nil {
		return err
	}
	var r rewriter
	r.query(query, nil)
	query.FuncDefs = slices.Concat(prelude.FuncDefs, query.FuncDefs)
	return r.err
}

// rewriter walks an expression.
type rewriter struct{ err error } // the first thing that must not be used

func (r *rewriter) refuse(err error) {
	if r.err == nil {
		r.err = err
	}
}

// defined is the list of the functions that the expression itself has defined
// up to a place, as name/arity.
type defined []string

func signature(name string, arity int) string { return fmt.Sprintf("%s/%d", name, arity) }

// query rewrites a query of which every result counts, and their order.
func (r *rewriter) query(q *gojq.Query, own defined) {
	if q == nil {
		return
	}
	if q.Meta != nil || len(q.Imports) > 0 {
		r.refuse(errors.New("modules cannot be loaded"))
	}
	own = r.definitions(q.FuncDefs, own)
	for _, pattern := range q.Patterns {
		r.pattern(pattern, own)
	}
	switch {
	case q.Term != nil:
		r.term(q.Term, own)
	case q.Op >= gojq.OpAssign && q.Op <= gojq.OpUpdateAlt:
		r.assignment(q, own)
	case q.Op == gojq.OpAdd || q.Op == gojq.OpMul:
		r.query(q.Left, own)
		r.query(q.Right, own)
		operation(q)
	default:
		r.query(q.Left, own)
		r.query(q.Right, own)
	}
}

// definitions rewrites function definitions and returns the list with them.
func (r *rewriter) definitions(defs []*gojq.FuncDef, own defined) defined {
	for _, def := range defs {
		if strings.HasPrefix(def.Name, "_") || slices.Contains(reserved, def.Name) {
			r.refuse(fmt.Errorf("a function must not be named %s", def.Name))
		}
		own = append(slices.Clip(own), signature(def.Name, len(def.Args)))
		inner := own
		for _, arg := range def.Args {
			inner = append(slices.Clip(inner), signature(strings.TrimPrefix(arg, "$"), 0))
		}
		r.query(def.Body, inner)
	}
	return own
}

// term rewrites a term and the suffixes behind it.
func (r *rewriter) term(t *gojq.Term, own defined) {
	r.inner(t, own)
	suffixes := t.SuffixList
	t.SuffixList = nil
	for i := 0; i < len(suffixes); i++ {
		if !suffixes[i].Iter {
			r.index(suffixes[i].Index, own)
			t.SuffixList = append(t.SuffixList, suffixes[i])
			continue
		}
		each := "_awsjar_each"
		if i+1 < len(suffixes) && suffixes[i+1].Optional {
			each = "_awsjar_each_if_any"
			i++
		}
		pipe(t, call(each, nil))
	}
}

// inner rewrites a term without its suffixes.
func (r *rewriter) inner(t *gojq.Term, own defined) {
	switch t.Type {
	case gojq.TermTypeRecurse:
		*t = *call("recurse", t.SuffixList)
		if slices.Contains(own, "recurse/0") {
			r.refuse(errors.New(".. does not go with a function named recurse"))
		}
	case gojq.TermTypeIndex:
		r.index(t.Index, own)
	case gojq.TermTypeFunc:
		r.function(t.Func, own)
	case gojq.TermTypeObject:
		r.object(t, own)
	case gojq.TermTypeArray:
		r.query(t.Array.Query, own)
	case gojq.TermTypeUnary:
		r.term(t.Unary.Term, own)
	case gojq.TermTypeFormat, gojq.TermTypeString:
		r.text(t.Str, own)
	case gojq.TermTypeLabel:
		r.query(t.Label.Body, own)
	case gojq.TermTypeQuery:
		r.query(t.Query, own)
	default:
		r.control(t, own)
	}
}

// control rewrites a term that is a control structure. Where a step of a loop
// yields nothing, reduce of jq goes on with null, and foreach as its release
// sees fit; gojq goes on with the last state.
func (r *rewriter) control(t *gojq.Term, own defined) {
	switch t.Type {
	case gojq.TermTypeIf:
		r.query(t.If.Cond, own)
		r.query(t.If.Then, own)
		for _, elif := range t.If.Elif {
			r.query(elif.Cond, own)
			r.query(elif.Then, own)
		}
		r.query(t.If.Else, own)
	case gojq.TermTypeTry:
		r.query(t.Try.Body, own)
		r.query(t.Try.Catch, own)
	case gojq.TermTypeReduce:
		r.each(t.Reduce.Patterns, own, t.Reduce.Query, t.Reduce.Start, t.Reduce.Update)
		t.Reduce.Update = &gojq.Query{Term: call("_awsjar_last", nil, t.Reduce.Update)}
	case gojq.TermTypeForeach:
		r.each(t.Foreach.Patterns, own, t.Foreach.Query, t.Foreach.Start, t.Foreach.Update, t.Foreach.Extract)
		t.Foreach.Update = &gojq.Query{Term: call("_awsjar_some", nil, t.Foreach.Update)}
	}
}

// each rewrites the parts of a loop.
func (r *rewriter) each(patterns []*gojq.Pattern, own defined, parts ...*gojq.Query) {
	for _, pattern := range patterns {
		r.pattern(pattern, own)
	}
	for _, part := range parts {
		r.query(part, own)
	}
}

func (r *rewriter) pattern(p *gojq.Pattern, own defined) {
	if p == nil {
		return
	}
	for _, element := range p.Array {
		r.pattern(element, own)
	}
	for _, member := range p.Object {
		r.text(member.KeyString, own)
		r.query(member.KeyQuery, own)
		r.pattern(member.Val, own)
	}
}

func (r *rewriter) index(i *gojq.Index, own defined) {
	if i != nil {
		r.text(i.Str, own)
		r.query(i.Start, own)
		r.query(i.End, own)
	}
}

// text rewrites the queries in a text. gojq makes text of their results by the
// functions tostring, tojson and so on, which are those of the prelude.
func (r *rewriter) text(s *gojq.String, own defined) {
	if s != nil {
		for _, part := range s.Queries {
			r.query(part, own)
		}
	}
}

// object rewrites a literal of an object, so that the order of its names is
// noted after it was made: those that it computes are computed once more.
func (r *rewriter) object(t *gojq.Term, own defined) {
	for _, member := range t.Object.KeyVals {
		r.text(member.KeyString, own)
		r.query(member.KeyQuery, own)
		r.query(member.Val, own)
	}
	if len(t.Object.KeyVals) < 2 {
		return
	}
	suffixes := t.SuffixList
	t.SuffixList = nil
	names, computed := namesOfLiteral(t.Object)
	count := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeNumber, Number: strconv.Itoa(len(t.Object.KeyVals))}}
	if computed {
		const input = "$ input" // no name that an expression can have
		names = &gojq.Query{Left: &gojq.Query{Term: call(input, nil)}, Op: gojq.OpPipe, Right: names}
		pipe(t, call("_awsjar_literal", nil, list(names), count))
		t.Query = &gojq.Query{
			Left: &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeIdentity}}, Patterns: []*gojq.Pattern{{Name: input}},
			Op: gojq.OpPipe, Right: t.Query,
		}
	} else {
		pipe(t, call("_awsjar_literal", nil, list(names), count))
	}
	t.SuffixList = suffixes
}

// namesOfLiteral returns the names of a literal of an object, and whether it
// computes one.
func namesOfLiteral(object *gojq.Object) (names *gojq.Query, computed bool) {
	for _, member := range object.KeyVals {
		text := member.KeyString
		if member.Key != "" {
			text = &gojq.String{Str: strings.TrimPrefix(member.Key, "$")}
		}
		name := member.KeyQuery
		if text != nil {
			name = &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeString, Str: text}}
		}
		computed = computed || text == nil || text.Queries != nil
		if names == nil {
			names = name
		} else {
			names = &gojq.Query{Left: names, Op: gojq.OpComma, Right: name}
		}
	}
	return names, computed
}

func list(q *gojq.Query) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeArray, Array: &gojq.Array{Query: q}}}
}

// function checks the function that is called, and rewrites its arguments.
func (r *rewriter) function(f *gojq.Func, own defined) {
	called := signature(f.Name, len(f.Args))
	rewrite := r.query
	switch {
	case f.Name == "$ENV":
		r.refuse(errEnvironment)
	case strings.HasPrefix(f.Name, "$") || slices.Contains(own, called):
	case called == "env/0":
		r.refuse(errEnvironment)
	case slices.Contains(elsewhere(), called):
		r.refuse(&elsewhereError{f.Name})
	case called == "del/1":
		rewrite = r.places
	case !slices.Contains(functions(), called):
		r.refuse(fmt.Errorf("function not defined: %s", called))
	}
	for _, arg := range f.Args {
		rewrite(arg, own)
	}
}

// pipe makes a term that hands its results on to another.
func pipe(t, next *gojq.Term) {
	left := *t
	*t = gojq.Term{Type: gojq.TermTypeQuery, Query: &gojq.Query{
		Left: &gojq.Query{Term: &left}, Op: gojq.OpPipe, Right: &gojq.Query{Term: next},
	}}
}

func call(name string, suffixes []*gojq.Suffix, args ...*gojq.Query) *gojq.Term {
	return &gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{Name: name, Args: args}, SuffixList: suffixes}
}
