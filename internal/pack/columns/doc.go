// Package columns packs a JSON document into as few bytes as it can be read
// from in a millisecond or two.
//
// A document is turned into columns: all values at one path, one after the
// other. Numbers, identifiers and other strings that follow a rule are coded by
// the pattern of their column, which takes next to no time. The strings that are
// left, text, are coded byte by byte in the order of the document by package
// text, which is slow: half a microsecond or more a byte.
//
// The layers, from the document down:
//
//	columns.go     Encode, Decode
//	parse.go       a JSON text as a tree; layout.go, its white space
//	build.go       the writer's decisions: which objects are records, which maps
//	column.go      a column and its content
//	document.go    the document, from its columns
//	strings.go     the plans of a column of strings; choose.go finds the cheapest
//	digits.go      the plans of numbers and of random characters
//	split.go       the plan of strings in pieces
//	numbers.go     decimals as integers; integers.go, symbols.go code those
//	package text   predicts text; package entropy turns predictions into bits
//
// A value that is no JSON, or whose white space follows no rule, is one text.
//
// The work of a reader is bounded by the size that a code claims (work.go), and
// counted: the writer knows the cost of reading.
package columns
