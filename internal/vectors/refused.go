package main

import (
	"fmt"
	"maps"
	"strings"
)

// refusedVector is a state that no reader may take for a value.
type refusedVector struct {
	Name      string            `json:"name"`
	Variables map[string]string `json:"variables"`
	Overflow  map[string][]byte `json:"overflow,omitempty"` // objects by key, in base64
	Refuses   string            `json:"refuses"`            // "read" or "write": a jar that can be read, and must not be written
	Error     string            `json:"error"`              // the sentinel of package awsjar
}

func (v refusedVector) name() string { return v.Name }

const (
	corrupt = "ErrCorrupt"
	invalid = "ErrInvalid"
)

// refusedCases returns damaged and foreign states, made of the good ones.
func refusedCases(environment []environmentVector) []refusedVector {
	texts := map[string]environmentVector{}
	for _, v := range environment {
		texts[v.Name] = v
	}
	var cases []refusedVector
	read := func(name, text string) {
		cases = append(cases, refusedVector{Name: name, Variables: map[string]string{"jar": text}, Refuses: "read", Error: corrupt})
	}
	for _, form := range []string{"flate", "dense", "python"} {
		text := texts[form+", object"].Variables["jar"]
		read(form+", cut", text[:len(text)-3])
		read(form+", a character changed", text[:len(text)/2]+other(text[len(text)/2])+text[len(text)/2+1:])
		if form != "python" {
			read(form+", the mark is missing", text[1:])
			read(form+", the mark is another", "~"+text[1:])
			read(form+", an unknown format", "^9"+text[2:])
		}
	}
	read("a mark alone", "^")
	read("no body", "^0")
	overflow := texts["auto, overflow"]
	pointer := refusedVector{Variables: maps.Clone(overflow.Variables), Refuses: "read", Error: corrupt}
	gone, other := pointer, pointer
	gone.Name = "a pointer to nothing"
	other.Name, other.Overflow = "a pointer to another value", map[string][]byte{}
	for key, body := range overflow.Overflow {
		other.Overflow[key] = append([]byte(strings.ToUpper(string(body[:9]))), body[9:]...)
		other.Overflow[key][0] = ' '
	}
	cases = append(cases, gone, other)
	for n, foreign := range []string{"Ab3dEf7h", "~Ab3dEf7", "~Ab3dEf7h;", "production"} {
		cases = append(cases, refusedVector{
			Name: fmt.Sprintf("ids of another program, %d", n+1), Variables: map[string]string{"jar": "1", "jar_awsjar": foreign},
			Refuses: "write", Error: invalid,
		})
	}
	return cases
}

// other returns another character of base 87 and of base64.
func other(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}
