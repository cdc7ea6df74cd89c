// Package text predicts the bytes of short texts, bit by bit: names, words,
// addresses, messages, most of them like one that came before.
//
// A Model mixes ten opinions on the next bit. Seven come from contexts, which
// remember what followed them before: the last one to four bytes, the word, the
// string so far, and the byte that stood at this place in the string above, the
// last one of the same column. Two come from echoes, which expect a byte of the
// text before: the repeat of the latest bytes, and the string above. The tenth
// is a constant. What an opinion is worth is learnt (by logistic mixing), and
// the result is refined by what came of such results before.
//
// A model begins with what it learnt of a kilobyte of text, priming.txt, so
// that it knows common keys and words.
package text
