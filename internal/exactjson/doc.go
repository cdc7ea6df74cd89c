// Package exactjson is the one rule for the JSON that may be written and read:
// by the default codec, by codec/python and by the command. A text that one of
// them stores, all of them read.
//
// The rule takes every text that encoding/json reads, except those that it would
// change in silence: bytes that are not UTF-8 and halves of surrogate pairs. The
// syntax is left to encoding/json; this package adds names for the faults, and
// places that hold no part of the value.
package exactjson
