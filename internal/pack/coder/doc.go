// Package coder compresses small JSON texts. Every bit is predicted from all
// that went before, and an arithmetic coder writes it in as many bits as it was
// surprising. It is slow, some microseconds for each byte in either direction,
// and made for states of some kilobytes. It takes any bytes; what is not JSON
// merely shrinks less.
//
// The predictions come from
//
//   - contexts (contexts.go): what followed the same last bytes, the same
//     beginning of the token, the same place in the document, and so on;
//   - repeats (repeat.go): what followed the same bytes further back;
//   - columns (column.go): what the token above says, that is the last token
//     under the same key or in the same place of an array;
//   - experts (expert.go): how far the number or the time is from those above;
//   - the shape: which characters tokens of this kind are made of.
//
// Mixers (mixer.go) weigh them and learn whom to trust where. Before the value
// the model learns the priming text, so that it knows JSON from the start.
//
// Only integers are used, so the code is the same on every machine. Every
// constant, table and hash in this package, the order in which things are
// learnt, and the priming text are part of format 1: whatever changes one bit
// of a prediction makes another format. docs/format-packed.md walks a reader
// in another language through the files.
package coder
