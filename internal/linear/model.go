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
var absent = Value{}

// Value is a value that the clients store. No two writes store the same one, so a
// value stands for a revision.
type Value struct {
	By string `json:"by"` // the write
	N  int    `json:"n"`  // how many updates it went through
}

// updated is the value after an update of that name.
func (v Value) updated(by string) Value { return Value{By: by, N: v.N + 1} }

// input has the arguments of an operation.
type input struct {
	Op   string
	V    Value // the value to store; for an update only the name counts
	From Value // the value that the revision stood for
}

// result is how a call ended.
type result int

const (
	ok       result = iota
	conflict        // ErrConflict or ErrExists
	unknown         // ErrUncertain
	gone            // ok, or there was nothing left to delete
	failed          // any other error; not recorded
	repeated        // stands for further times that the write of another operation may have been applied
)

// output is the result of an operation.
type output struct {
	Result result
	V      Value // of get and update
}

// model is one register that holds a value or nothing. An operation whose
// outcome is unknown may have happened once, at any time after its call, or
// not at all.
var model = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{absent} },
	Step: func(state, in, out any) []any {
		return step(state.(Value), in.(input), out.(output))
	},
	DescribeOperation: func(in, out any) string {
		i, o := in.(input), out.(output)
		return fmt.Sprintf("%s(%v, from %v) = %s %v", i.Op, i.V, i.From, [...]string{"ok", "conflict", "unknown", "gone", "failed", "repeated"}[o.Result], o.V)
	},
	DescribeState: func(state any) string { return fmt.Sprint(state) },
}).ToModel()

// step returns the states in which an operation may leave the register.
func step(state Value, in input, out output) []any {
	applied, next := apply(state, in)
	switch {
	case out.Result == unknown, out.Result == repeated:
		if applied && next != state {
			return []any{state, next}
		}
		return []any{state}
	case out.Result == conflict && !applied, out.Result == gone && state == absent:
		return []any{state}
	case out.Result == conflict, !applied:
		return nil
	case in.Op == opGet && out.V != state, in.Op == opUpdate && out.V != next:
		return nil
	}
	return []any{next}
}

// apply carries out an operation, unless its condition does not hold.
func apply(state Value, in input) (applied bool, next Value) {
	switch in.Op {
	case opPut:
		return true, in.V
	case opCreate:
		return state == absent, in.V
	case opPutIf:
		return state == in.From, in.V
	case opUpdate:
		return true, state.updated(in.V.By)
	case opDelete:
		return true, absent
	case opDeleteIf:
		return state == in.From, absent
	}
	return true, state
}
