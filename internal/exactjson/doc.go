// Package exactjson is the one rule for the JSON that may be written and read:
// by the default codec, by codec/python and by the command. What one of them
// stores, all of them read.
//
// The rule is what encoding/json reads, without what it would change and not
// say: bytes that are not UTF-8 and halves of surrogate pairs. The syntax is
// left to encoding/json; this package adds names for what is wrong, and places
// that hold no part of the value.
package exactjson
