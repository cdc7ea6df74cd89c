package linear

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// The operations of a Jar.
const (
	opGet      = "get"
	opPut      = "put"
	opCreate   = "create"
	opPutIf    = "putif"
	opUpdate   = "update"
	opDelete   = "delete"
	opDeleteIf = "deleteif"
)

// absent is the state of a store that holds nothing.
var absent = value{}

// value is what the clients store. No two writes store the same one, so a
// value stands for a revision.
type value struct {
	By string `json:"by"` // the write
	N  int    `json:"n"`  // how many updates it went through
}

// updated is what an update of that name makes of a value.
func (v value) updated(by string) value { return value{By: by, N: v.N + 1} }

// input is what an operation was called with.
type input struct {
	op   string
	v    value // what is to be stored; for an update only the name counts
	from value // what the revision stood for
}

// result is how a call ended.
type result int

const (
	ok       result = iota
	conflict        // ErrConflict or ErrExists
	unknown         // ErrUncertain
	gone            // ok, or there was nothing left to delete
	repeated        // stands for further times that the write of another operation may have been applied
)

// output is what an operation returned.
type output struct {
	result result
	v      value // of get and update
}

// model is one register that holds a value or nothing. An operation whose
// outcome is unknown may have happened once, at any time after its call, or
// not at all.
var model = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{absent} },
	Step: func(state, in, out any) []any {
		return step(state.(value), in.(input), out.(output))
	},
	DescribeOperation: func(in, out any) string {
		i, o := in.(input), out.(output)
		return fmt.Sprintf("%s(%v, from %v) = %s %v", i.op, i.v, i.from, [...]string{"ok", "conflict", "unknown", "gone", "repeated"}[o.result], o.v)
	},
	DescribeState: func(state any) string { return fmt.Sprint(state) },
}).ToModel()

// step returns the states in which an operation may leave the register.
func step(state value, in input, out output) []any {
	applied, next := apply(state, in)
	switch {
	case out.result == unknown, out.result == repeated:
		if applied && next != state {
			return []any{state, next}
		}
		return []any{state}
	case out.result == conflict && !applied, out.result == gone && state == absent:
		return []any{state}
	case out.result == conflict, !applied:
		return nil
	case in.op == opGet && out.v != state, in.op == opUpdate && out.v != next:
		return nil
	}
	return []any{next}
}

// apply carries out an operation, unless its condition does not hold.
func apply(state value, in input) (applied bool, next value) {
	switch in.op {
	case opPut:
		return true, in.v
	case opCreate:
		return state == absent, in.v
	case opPutIf:
		return state == in.from, in.v
	case opUpdate:
		return true, state.updated(in.v.By)
	case opDelete:
		return true, absent
	case opDeleteIf:
		return state == in.from, absent
	}
	return true, state
}
