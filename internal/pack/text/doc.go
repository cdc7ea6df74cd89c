// Package text predicts the bytes of short texts, bit by bit: names, words,
// addresses, messages, most of them like one that came before.
//
// A Model mixes eight opinions on the next bit. Seven come from contexts, which
// remember what followed them before: nothing, the last byte in the column, the
// last two and three, the word so far with the last byte and in the column, and
// the classes of the last bytes in the column. The eighth is the repeat, which
// expects the byte that followed the latest bytes before. Two mixers learn the
// worth of an opinion, each in places of its own (logistic mixing), and their
// mean counts.
//
// A model begins with the knowledge from a kilobyte of text, priming.txt, so
// that it knows common keys and words.
package text
