// Package exactjson is the one rule for the JSON that may be written and read:
// by the default codec, by codec/python and by the command. What one of them
// stores, all of them read.
package exactjson
