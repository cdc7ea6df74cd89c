package lambdafake

import (
	"encoding/json"
	"fmt"
)

// minUnreserved is how much of the concurrency of the account cannot be reserved
// (developer guide, "Configuring reserved concurrency").
const minUnreserved = 100

// reserved returns how much concurrency functions have reserved, but for one of
// them. The caller holds mu.
func (s *Service) reserved(except string) int {
	sum := 0
	for name, f := range s.functions {
		if name != except && f.Reserved != nil {
			sum += *f.Reserved
		}
	}
	return sum
}

func (s *Service) putConcurrency(c *call) (any, *apiError) {
	f, err := s.findUnqualified(c)
	if err != nil {
		return nil, err
	}
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	var n *int
	if raw, ok := in["ReservedConcurrentExecutions"]; ok && json.Unmarshal(raw, &n) != nil {
		return nil, malformed("ReservedConcurrentExecutions is not a number")
	}
	switch {
	case n == nil:
		return nil, validation("Value null at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must not be null")
	case *n < 0:
		return nil, validation("Value '%d' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0", *n)
	case *n > 0 && s.reserved(f.Name)+*n > accountConcurrency-minUnreserved:
		return nil, invalid(fmt.Sprintf("Specified ReservedConcurrentExecutions for function decreases account's "+
			"UnreservedConcurrentExecution below its minimum value of [%d].", minUnreserved))
	}
	return s.setReserved(f, n)
}

func (s *Service) setReserved(f *function, n *int) (any, *apiError) {
	u := f.clone()
	u.Reserved = n
	if err := s.store(u); err != nil {
		return nil, internal(err)
	}
	return u.concurrency(), nil
}

// concurrency is the answer that tells of a function's reserved concurrency.
func (f *function) concurrency() map[string]int {
	if f.Reserved == nil {
		return map[string]int{}
	}
	return map[string]int{"ReservedConcurrentExecutions": *f.Reserved}
}

func (s *Service) getConcurrency(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	return f.concurrency(), nil
}

func (s *Service) deleteConcurrency(c *call) (any, *apiError) {
	f, err := s.findUnqualified(c)
	if err != nil {
		return nil, err
	}
	if _, err := s.setReserved(f, nil); err != nil {
		return nil, err
	}
	return nothing{}, nil
}

// findUnqualified finds the function of a call that takes neither version nor
// alias. The caller holds mu.
func (s *Service) findUnqualified(c *call) (*function, *apiError) {
	name, qualifier, err := s.resolve(c.name, "", c.op)
	switch {
	case err != nil:
		return nil, err
	case qualifier != "":
		return nil, invalid("This operation is permitted on Lambda functions only. Aliases and versions do not support this " +
			"operation. Please specify either a function name or an unqualified function ARN.")
	}
	f := s.lookup(name)
	if f == nil {
		return nil, notFound("Function not found: " + s.arn(name, latest)) // recorded: test_function_concurrency_exceptions
	}
	return f, nil
}
