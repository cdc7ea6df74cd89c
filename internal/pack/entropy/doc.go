// Package entropy turns choices into as few bytes as their probabilities allow,
// and back: a range coder, and the adaptive models of the choices.
//
// A function that codes something is written once and works both ways: it hands
// each choice to a Coder and goes on with the Coder's answer. A Coder that
// writes returns the choice itself, one that reads returns the choice that was
// written, and one that only counts adds up the cost of writing. So a
// writer and a reader cannot disagree.
//
// All arithmetic is on integers, and the same on every machine.
package entropy
