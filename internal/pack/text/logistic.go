package text

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
	stretched [1 << 12]int16         // logit of a probability of 12 bits
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
		for logit < 2*maxLogit && int(l.squashed[logit]) < p<<4+8 {
			logit++
		}
		l.stretched[p] = int16(logit - maxLogit)
	}
	return l
}

// stretch is the logit of a probability.
func (l *logistic) stretch(p uint32) int32 { return int32(l.stretched[p>>4]) }

// squash is the probability of a logit, which may lie beyond the bounds.
func (l *logistic) squash(logit int32) int32 { return int32(l.squashed[clamp(logit)+maxLogit]) }

func clamp(logit int32) int32 { return min(max(logit, -maxLogit), maxLogit) }
