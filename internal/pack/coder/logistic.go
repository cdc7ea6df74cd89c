package coder

import "math/bits"

// A probability is a number of 16 bits, 1 to 65535, in 1/65536. Its logit,
// ln(p/(1-p)), is counted in 1/256 and lies between -maxLogit and maxLogit.
// The tables between the two are made by integer arithmetic, so that they are
// the same on every machine.
const (
	maxLogit = 2839 // 256 * ln(65535), rounded
	half     = 1 << 15
)

type logistic struct {
	squashed  [2*maxLogit + 1]uint16 // probability of the logit i-maxLogit
	stretched [1 << 16]int16         // logit of a probability
}

func newLogistic() *logistic {
	l := new(logistic)
	const step = 18374827034086858296 // e^(-1/256) in 1/2^64
	power := ^uint64(0)               // e^(-k/256) in 1/2^64
	for k := 0; k <= maxLogit; k++ {
		// 1/(1+power) in 1/2^63, of which the high bits are the probability
		inverse, _ := bits.Div64(1<<62, 0, 1<<63+power/2)
		p := min(inverse>>47, 1<<16-1)
		l.squashed[maxLogit+k] = uint16(p)
		l.squashed[maxLogit-k] = uint16(1<<16 - p)
		power, _ = bits.Mul64(power, step)
	}
	logit := 0
	for p := range l.stretched {
		for logit < 2*maxLogit && int(l.squashed[logit]) < p {
			logit++
		}
		l.stretched[p] = int16(logit - maxLogit)
	}
	return l
}

// stretch is the logit of a probability.
func (l *logistic) stretch(p uint32) int32 { return int32(l.stretched[p]) }

// squash is the probability of a logit, which may lie beyond the bounds.
func (l *logistic) squash(logit int32) int32 { return int32(l.squashed[clamp(logit)+maxLogit]) }

func clamp(logit int32) int32 { return min(max(logit, -maxLogit), maxLogit) }

// An estimate is a probability that learns from what happens: 22 bits of
// probability above 10 bits that count the bits seen. The first bits seen move
// it far, the later ones less and less.
type estimate uint32

const (
	estimateBits = 22
	countBits    = 10
)

// newEstimate is the estimate of a probability as if count bits had been seen.
func newEstimate(p, count uint32) estimate {
	return estimate(min(p, 1<<16-1)<<(estimateBits-16+countBits) | count)
}

// p is the probability of a one in 16 bits.
func (e estimate) p() uint32 { return uint32(e) >> (32 - 16) }

// rates[n] is 65536/(n+1.5), the share of the error by which an estimate moves
// after n bits.
var rates = func() (t [1 << 8]int32) {
	for n := range t {
		t[n] = int32(2 << 16 / (2*n + 3))
	}
	return t
}()

// learn moves the estimate towards the bit.
func (e *estimate) learn(bit uint32) {
	n := uint32(*e) & (1<<countBits - 1)
	p := int32(*e >> countBits)
	target := int32(bit) * (1<<estimateBits - 1)
	p += int32(int64(target-p) * int64(rates[n]) >> 16)
	if n < uint32(len(rates)-1) {
		n++
	}
	*e = estimate(uint32(p)<<countBits | n)
}
