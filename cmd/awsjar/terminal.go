package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// shown returns JSON as it is written to stdout. If a person looks, characters
// that would steer the terminal or hide, such as C1 controls and changes of the
// direction of text, are escaped: still the same JSON.
func (c *command) shown(text []byte) []byte {
	if !c.watching {
		return text
	}
	var b strings.Builder
	for _, r := range string(text) { // valid JSON: such characters are in strings only
		switch {
		case r == '\n' || strconv.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}

// mustBePlain refuses to write bytes to a terminal that would steer it.
func (c *command) mustBePlain(value []byte) error {
	if !c.watching {
		return nil
	}
	plain := utf8.Valid(value)
	for _, r := range string(value) {
		plain = plain && (r == '\n' || r == '\t' || r == '\r' || strconv.IsPrint(r))
	}
	if plain {
		return nil
	}
	return &hinted{
		errors.New("the stored bytes hold characters that would steer the terminal"),
		"write them to a file or a program: awsjar " + c.name + " --raw " + quote(c.url) + " > FILE, or | od -c",
	}
}
