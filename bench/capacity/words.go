package capacity

import (
	"math/rand/v2"
	"strings"
)

// words are common English words, the most frequent first.
var words = strings.Fields(`the of and to in is you that it he was for on are as with his they at be this
	have from or one had by word but not what all were we when your can said there use an each which she
	do how their if will up other about out many then them these so some her would make like him into time
	has look two more write go see number no way could people my than first water been call who oil its
	now find long down day did get come made may part over new sound take only little work know place year
	live me back give most very after thing our just name good sentence man think say great where help
	through much before line right too mean old any same tell boy follow came want show also around form
	three small set put end does another well large must big even such because turn here why ask went men
	read need land different home us move try kind hand picture again change off play spell air away animal
	house point page letter mother answer found study still learn should america world server request
	failed retry timeout account payment invoice customer order shipped pending review deploy rollback`)

// surnames and places name people and things.
var (
	surnames = strings.Fields(`smith johnson brown taylor wilson davies evans thomas roberts walker wright
		robinson thompson white hughes edwards green lewis wood harris martin jackson clarke turner hill
		moore cooper ward morris king watson harrison morgan baker patel young allen mitchell james anderson`)
	places = strings.Fields(`london paris berlin madrid rome vienna prague warsaw lisbon dublin oslo helsinki
		athens budapest brussels amsterdam zurich tokyo osaka seoul sydney toronto boston chicago seattle`)
)

// pick draws from the list, early entries more often.
func pick(r *rand.Rand, from []string) string {
	x := r.Float64()
	return from[int(x*x*float64(len(from)))]
}

// sentence is text of low to high words.
func sentence(r *rand.Rand, low, high int) string {
	text := make([]string, low+r.IntN(high-low+1))
	for i := range text {
		text[i] = pick(r, words)
	}
	text[0] = strings.ToUpper(text[0][:1]) + text[0][1:]
	return strings.Join(text, " ")
}

// characters draws n characters of an alphabet.
func characters(r *rand.Rand, n int, alphabet string) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

const (
	hexDigits = "0123456789abcdef"
	decimals  = "0123456789"
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	base64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	base64Std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)

func uuid(r *rand.Rand) string {
	h := characters(r, 32, hexDigits)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-" + string("89ab"[r.IntN(4)]) + h[17:20] + "-" + h[20:]
}
