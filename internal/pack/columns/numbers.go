package columns

import (
	"strconv"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// A numberColumn is a column of numbers, which keep their spelling.
type numberColumn struct {
	texts [][]byte // the writer's
	at    int
	name  int
	decimals
	plan    plan // formText
	inOrder bool // they are text in the order of the document

	asText, asNumbers uint64 // their cost as that, and as numbers
	mayBeText         bool   // it is worth finding out their cost as text
}

// The forms of a column of numbers: how integers are written as decimals.
const (
	formFixed  = iota // with the same number of places
	formShort         // without zeros at the end
	formPython        // the same, but whole numbers end in .0
	formMixed         // the places are a column of their own
	formText
	formInOrder // as text in the order of the document
	formCount
)

// decimals are numbers as integers in units of their last place.
type decimals struct {
	form   uint32
	places int     // the most that occur
	each   []int64 // formMixed: the places of each
	units  []int64
}

// mostPlaces is the largest number of digits of a decimal.
const mostPlaces = 18

// codeNumbers codes a column of n numbers.
func (c *codec) codeNumbers(n int, x *numberColumn, name int) *numberColumn {
	if c.pricing {
		x.name = name
		x.decimals = decimalsOf(x.texts)
		x.asNumbers = c.integersCost(x.units, true)
		x.mayBeText = x.form != formText && x.asNumbers > uint64(sizeOf(x.texts))*dearDigit
		return x
	}
	if c.Reading() {
		x = new(numberColumn)
	} else {
		x.decimals = decimalsOf(x.texts)
		if c.inOrderCheaper(x) {
			x.form = formInOrder
		}
	}
	x.name = name
	x.form = c.form.Code(c.Coder, 3, x.form)
	x.inOrder = x.form == formInOrder
	switch {
	case x.inOrder:
		c.inOrder = true
		return x
	case x.form == formText:
		if !c.Reading() {
			x.plan, _ = c.choosePlan(x.texts, 1)
		}
		x.plan = c.codePlan(x.plan, n, name, 1)
		return x
	case x.form == formMixed:
		x.each = c.codeIntegers(n, x.each)
		for _, places := range x.each {
			ensure(places >= 0 && places <= mostPlaces)
		}
	default:
		ensure(x.form < formText)
		x.places = int(c.models.places.Code(c.Coder, 5, uint32(x.places)))
		ensure(x.places <= mostPlaces)
	}
	x.units = c.codeIntegers(n, x.units)
	return x
}

// inOrderCheaper reports whether numbers are cheaper as text.
func (c *codec) inOrderCheaper(x *numberColumn) bool {
	return x.asText > 0 && c.isText(x.asText, x.asNumbers+costParameter)
}

// dearDigit is the least cost of a digit as a number, of the 3.3 bits that it can
// hold, for text that repeats to have a chance to be cheaper.
const dearDigit = 2 * entropy.CostBit

// append appends number i.
func (x *numberColumn) append(out []byte, i int) []byte {
	switch x.form {
	case formText:
		return x.plan.append(out, i)
	case formMixed:
		return appendDecimal(out, x.units[i], int(x.each[i]), x.form)
	}
	return appendDecimal(out, x.units[i], x.places, x.form)
}

func appendDecimal(out []byte, units int64, places int, form uint32) []byte {
	if units < 0 {
		out = append(out, '-')
	}
	rest := uint64(max(units, -units))
	if form == formShort || form == formPython {
		for ; places > 0 && rest%10 == 0; places-- {
			rest /= 10
		}
	}
	one := powersOf10[places]
	out = strconv.AppendUint(out, rest/one, 10)
	switch {
	case places > 0:
		out = append(out, '.')
		for digits := places - 1; digits >= 0; digits-- {
			out = append(out, byte('0'+rest/powersOf10[digits]%10))
		}
	case form == formPython:
		out = append(out, ".0"...)
	}
	return out
}

var powersOf10 = func() (t [mostPlaces + 1]uint64) {
	t[0] = 1
	for i := 1; i < len(t); i++ {
		t[i] = t[i-1] * 10
	}
	return t
}()

// A decimal is a number in units of its last place.
type decimal struct {
	units  int64
	places int
	zero   bool // the last place is a zero
}

// readDecimal reads a number of at most 18 digits that appendDecimal writes in
// the same way: not one with an exponent, -0 or needless zeros at the front.
func readDecimal(s []byte) (d decimal, ok bool) {
	digits := s
	if len(s) > 0 && s[0] == '-' {
		digits = s[1:]
	}
	point := len(digits)
	for i, b := range digits {
		switch {
		case b-'0' < 10:
			d.units = d.units*10 + int64(b-'0')
		case b == '.' && point == len(digits) && i > 0 && i+1 < len(digits):
			point = i
		default:
			return d, false
		}
	}
	if point < len(digits) {
		d.places = len(digits) - point - 1
		d.zero = digits[len(digits)-1] == '0'
	}
	negative := len(digits) < len(s)
	if point == 0 || point+d.places > mostPlaces || digits[0] == '0' && point > 1 || negative && d.units == 0 {
		return d, false
	}
	if negative {
		d.units = -d.units
	}
	return d, true
}

// decimalsOf returns numbers in the first form that can write them.
func decimalsOf(texts [][]byte) decimals {
	read := make([]decimal, len(texts))
	d := decimals{form: formFixed}
	for i, s := range texts {
		var ok bool
		if read[i], ok = readDecimal(s); !ok {
			return decimals{form: formText}
		}
		d.places = max(d.places, read[i].places)
	}
	fixed, short, python := true, true, true
	for _, x := range read {
		size := uint64(max(x.units, -x.units))
		isShort := size < powersOf10[mostPlaces-(d.places-x.places)]
		fixed = fixed && x.places == d.places
		short = short && isShort && !x.zero
		python = python && isShort && x.places > 0 && (!x.zero || x.places == 1)
	}
	switch {
	case fixed:
	case short:
		d.form = formShort
	case python:
		d.form = formPython
	default:
		d.form = formMixed
	}
	for _, x := range read {
		if d.form == formShort || d.form == formPython {
			x.units *= int64(powersOf10[d.places-x.places])
		}
		d.units = append(d.units, x.units)
		d.each = append(d.each, int64(x.places))
	}
	return d
}
