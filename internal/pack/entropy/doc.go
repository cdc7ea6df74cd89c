// Package entropy turns choices into as few bytes as their probabilities allow,
// and back: a range coder, and the adaptive models of what is chosen.
//
// A function that codes something is written once and works both ways: it hands
// each choice to a Coder and goes on with what the Coder returns. A Coder that
// writes returns what it was given, one that reads returns the choice that was
// written, and one that only counts adds up what writing would cost. So a
// writer and a reader cannot disagree.
//
// All arithmetic is on integers, and the same on every machine.
package entropy
