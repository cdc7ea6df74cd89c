package main

import (
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// assignment rewrites an assignment as a call of the prelude. The places that the
// left side names are handed on twice if there may be many: once as a set, once
// in the order of jq, which counts where one place leads through another.
func (r *rewriter) assignment(q *gojq.Query, own defined) {
	suffix, places := "", []*gojq.Query{q.Left}
	if !r.single(q.Left, own) {
		ordered, err := gojq.Parse(q.Left.String())
		if err != nil {
			r.refuse(err)
			return
		}
		r.query(ordered, own)
		suffix, places = "_each", append(places, ordered)
	}
	r.places(q.Left, own)
	r.query(q.Right, own)
	switch q.Op {
	case gojq.OpAssign:
		become(q, call("_awsjar_assign"+suffix, nil, append(places, q.Right)...))
	case gojq.OpModify:
		become(q, call("_awsjar_modify"+suffix, nil, append(places, q.Right)...))
	default:
		const operand = "$ operand" // no name that an expression can have
		change := &gojq.Query{
			Left: &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeIdentity}}, Op: operators[q.Op],
			Right: &gojq.Query{Term: call(operand, nil)},
		}
		operation(change)
		modify := &gojq.Query{Term: call("_awsjar_modify"+suffix, nil, append(places, change)...)}
		q.Left, q.Patterns, q.Op, q.Right = q.Right, []*gojq.Pattern{{Name: operand}}, gojq.OpPipe, modify
	}
}

var operators = map[gojq.Operator]gojq.Operator{
	gojq.OpUpdateAdd: gojq.OpAdd, gojq.OpUpdateSub: gojq.OpSub, gojq.OpUpdateMul: gojq.OpMul,
	gojq.OpUpdateDiv: gojq.OpDiv, gojq.OpUpdateMod: gojq.OpMod, gojq.OpUpdateAlt: gojq.OpAlt,
}

// operation makes a sum or a product one that keeps the order of members.
func operation(q *gojq.Query) {
	switch q.Op {
	case gojq.OpAdd:
		become(q, call("_awsjar_plus", nil, q.Right, q.Left))
	case gojq.OpMul:
		become(q, call("_awsjar_times", nil, q.Right, q.Left))
	}
}

// become makes a query a term, behind its function definitions.
func become(q *gojq.Query, t *gojq.Term) {
	q.Term, q.Left, q.Op, q.Right, q.Patterns = t, nil, 0, nil, nil
}

// single reports whether a query surely has one result.
func (r *rewriter) single(q *gojq.Query, own defined) bool {
	switch {
	case q == nil:
		return true
	case len(q.FuncDefs) > 0 || len(q.Patterns) > 0:
		return false
	case q.Term == nil:
		return q.Op == gojq.OpPipe && r.single(q.Left, own) && r.single(q.Right, own)
	}
	t := q.Term
	for _, suffix := range t.SuffixList {
		if suffix.Index == nil || suffix.Index.IsSlice || !r.single(suffix.Index.Start, own) || !r.singleText(suffix.Index.Str, own) {
			return false
		}
	}
	switch t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeNumber:
		return true
	case gojq.TermTypeIndex:
		return !t.Index.IsSlice && r.single(t.Index.Start, own) && r.singleText(t.Index.Str, own)
	case gojq.TermTypeString:
		return r.singleText(t.Str, own)
	case gojq.TermTypeQuery:
		return r.single(t.Query, own)
	case gojq.TermTypeFunc:
		called := signature(t.Func.Name, len(t.Func.Args))
		return strings.HasPrefix(called, "$") || slices.Contains(singles(), called) && !slices.Contains(own, called)
	}
	return false
}

func (r *rewriter) singleText(s *gojq.String, own defined) bool {
	return s == nil || !slices.ContainsFunc(s.Queries, func(q *gojq.Query) bool { return !r.single(q, own) })
}

// places rewrites a query of which only the set of the places counts that it
// names, as the left side of an assignment: that of .[] is the same in any
// order.
func (r *rewriter) places(q *gojq.Query, own defined) {
	switch {
	case q == nil:
	case len(q.FuncDefs) > 0 || len(q.Patterns) > 0:
		r.query(q, own)
	case q.Term != nil && r.isPlace(q.Term, own):
		r.place(q.Term, own)
	case q.Op == gojq.OpPipe || q.Op == gojq.OpComma:
		r.places(q.Left, own)
		r.places(q.Right, own)
	default:
		r.query(q, own)
	}
}

// isPlace reports whether place can rewrite a term.
func (r *rewriter) isPlace(t *gojq.Term, own defined) bool {
	switch t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeIndex, gojq.TermTypeRecurse, gojq.TermTypeQuery:
		return true
	case gojq.TermTypeFunc:
		called := signature(t.Func.Name, len(t.Func.Args))
		return (called == "recurse/0" || called == "select/1") && !slices.Contains(own, called)
	}
	return false
}

// place rewrites a term that names places.
func (r *rewriter) place(t *gojq.Term, own defined) {
	switch t.Type {
	case gojq.TermTypeIndex:
		r.index(t.Index, own)
	case gojq.TermTypeQuery:
		r.places(t.Query, own)
	case gojq.TermTypeRecurse:
		*t = *call("_awsjar_recurse_in_any_order", t.SuffixList)
	case gojq.TermTypeFunc:
		if t.Func.Name == "recurse" {
			*t = *call("_awsjar_recurse_in_any_order", t.SuffixList)
		} else {
			r.query(t.Func.Args[0], own)
		}
	}
	for _, suffix := range t.SuffixList {
		r.index(suffix.Index, own)
	}
}
