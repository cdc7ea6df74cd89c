package main

import (
	"errors"
	"strings"
	"sync"
)

// listed returns a function that splits a list at white space when it is first
// called, which most command lines never do.
func listed(list string) func() []string {
	return sync.OnceValue(func() []string { return strings.Fields(list) })
}

// errEnvironment is the refusal of an expression that reads the environment.
var errEnvironment = errors.New("the environment is not there to see for a jq expression")

// elsewhereError is the refusal of a function that jq itself has.
type elsewhereError struct{ function string }

func (e *elsewhereError) Error() string {
	return e.function + " is not to be had in a jq expression here"
}

// functions are those that an expression may call, as name/arity. Those of the
// prelude go by the order of members; the result of the others does not depend
// on it, or they hand it on to the order of their arguments. A function of
// gojq that stands neither here nor in elsewhere is unknown.
var functions = listed(`
	paths/0 paths/1 leaf_paths/0 recurse/0 map/1 any/0 any/1 all/0 all/1 keys_unsorted/0
	to_entries/0 from_entries/0 with_entries/1 add/0 join/1 flatten/0 flatten/1
	tojson/0 tostring/0 format/1 INDEX/1 INDEX/2 JOIN/2

	empty/0 error/0 error/1 halt/0 halt_error/0 halt_error/1 not/0 select/1
	path/1 del/1 delpaths/1 getpath/1 setpath/2 pick/1 map_values/1 walk/1
	range/1 range/2 range/3 while/2 until/2 repeat/1 recurse/1 recurse/2
	limit/2 skip/2 first/0 first/1 last/0 last/1 nth/1 nth/2 isempty/1 all/2 any/2 add/1
	fromstream/1 truncate_stream/1 IN/1 IN/2 JOIN/3 JOIN/4

	arrays/0 objects/0 iterables/0 booleans/0 numbers/0 strings/0 nulls/0 values/0 scalars/0
	finites/0 normals/0 type/0 length/0 utf8bytelength/0 keys/0 has/1 in/1 contains/1 inside/1
	reverse/0 min/0 max/0 min_by/1 max_by/1 sort/0 sort_by/1 group_by/1 unique/0 unique_by/1
	transpose/0 bsearch/1 indices/1 index/1 rindex/1

	startswith/1 endswith/1 ltrimstr/1 rtrimstr/1 trimstr/1 ltrim/0 rtrim/0 trim/0
	explode/0 implode/0 split/1 split/2 splits/1 splits/2 ascii_downcase/0 ascii_upcase/0
	test/1 test/2 match/1 match/2 capture/1 capture/2 scan/1 scan/2 sub/2 sub/3 gsub/2 gsub/3
	tonumber/0 toboolean/0 fromjson/0

	now/0 gmtime/0 localtime/0 mktime/0 strftime/1 strflocaltime/1 strptime/1
	todate/0 fromdate/0 todateiso8601/0 fromdateiso8601/0

	abs/0 acos/0 acosh/0 asin/0 asinh/0 atan/0 atan2/2 atanh/0 cbrt/0 ceil/0 copysign/2 cos/0
	cosh/0 drem/2 erf/0 erfc/0 exp/0 exp10/0 exp2/0 expm1/0 fabs/0 fdim/2 floor/0 fma/3 fmax/2
	fmin/2 fmod/2 frexp/0 gamma/0 hypot/2 infinite/0 isfinite/0 isinfinite/0 isnan/0 isnormal/0
	j0/0 j1/0 jn/2 ldexp/2 lgamma/0 log/0 log10/0 log1p/0 log2/0 logb/0 modf/0 nan/0 nearbyint/0
	nextafter/2 nexttoward/2 pow/2 remainder/2 rint/0 round/0 scalb/2 scalbln/2 significand/0
	sin/0 sinh/0 sqrt/0 tan/0 tanh/0 tgamma/0 trunc/0 y0/0 y1/0 yn/2`)

// elsewhere are functions of jq that an expression here cannot call: there is
// one input and no file, or gojq would go by names in them.
var elsewhere = listed(`
	input/0 inputs/0 input_filename/0 input_line_number/0 debug/0 debug/1 stderr/0
	tostream/0 combinations/0 combinations/1
	builtins/0 modulemeta/0 get_search_list/0`)

// singles are functions that have one result, and stand in the names of places.
var singles = listed("tostring/0 tojson/0 length/0 type/0 ascii_downcase/0 ascii_upcase/0 now/0 todate/0")

// reserved are names that an expression cannot define itself, for gojq would
// take them for the functions by which it makes text.
var reserved = []string{"tojson", "tostring", "format"}
