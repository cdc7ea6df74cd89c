package python

import (
	"fmt"
	"time"

	"github.com/awsjar/awsjar/internal/exactjson"
)

// Codec is an [awsjar.Codec] for the values that Python awsjar stores. The zero
// value reads and writes lists, dicts and datetimes; its fields let in values that
// have no one meaning, or no exact form in Go.
//
// Values of Go types follow the rules of encoding/json: struct tags, embedded
// structs, MarshalJSON and all. Besides them there are:
//
//   - A time.Time is a datetime, at any depth: in structs, maps, slices and
//     behind pointers. A time.Time also reads an RFC 3339 string, which
//     [awsjar.JSON] writes. A type with methods of its own, and that is every
//     type that embeds a time.Time, is written and read by those methods.
//   - In an any, a datetime is a time.Time and a number a [json.Number] with
//     all its digits.
//   - A float32 or float64 is written as Python prints it: 3.0, not 3.
//
// Strings that are not valid UTF-8 are refused. So is, when written, an object
// with a member named "_dt_" that is no datetime: the original's decoder fails
// on it and hands back the whole state as text. It can be read.
type Codec struct {
	// Pretty writes every member on a line of its own, indented by two
	// spaces for each level, as the original does with pretty=True.
	// Default: one line.
	Pretty bool

	// Bare says which of the original's two classes stored the text, and so
	// how text that is no JSON is read and how strings are written.
	// Default: BareOff, such text is an error.
	Bare Bare

	// NonFinite lets in NaN, Infinity and -Infinity, which Python's json
	// reads and writes but JSON does not have. They are float64 values in an
	// any, and fit into float32 and float64.
	// Default: they are refused, for no other reader would take them.
	NonFinite bool

	// Naive is the location of naive datetimes, those without a tzinfo: they
	// are read as clock times there, and times in this very location are
	// written naive. A clock time that Naive skips in spring is refused; of
	// two in autumn, fold tells which is meant.
	// Default: the location that NaiveUTC returns, which no other time has,
	// so that naive times stay naive and others stay aware.
	Naive *time.Location

	// RoundTimes rounds the times that the other side cannot hold: when writing, the
	// nanoseconds of a time to whole microseconds; when reading, the offset
	// of a zone towards zero to whole seconds, while the moment stays exact.
	// Default: both are refused, because the value would not come back as it
	// was. Beware of time.Now, which has nanoseconds on Linux and none on
	// macOS: cut them off with Truncate(time.Microsecond), or set this.
	RoundTimes bool

	// ReplaceSurrogates reads half of a surrogate pair, which Python keeps
	// in a str and UTF-8 cannot hold, as U+FFFD.
	// Default: it is refused, because it would not come back as it was.
	ReplaceSurrogates bool
}

// check refuses a Bare that is none of the constants.
func (c Codec) check() error {
	if c.Bare >= BareOff && c.Bare <= BareBucket {
		return nil
	}
	return &exactjson.Error{
		Kind: exactjson.Misused,
		Text: fmt.Sprintf("python.Codec has no Bare %d", c.Bare),
		Hint: "the constants are BareOff, BareJar and BareBucket",
	}
}

// Bare says where bare text comes from.
type Bare int

const (
	// BareOff takes JSON only, and writes strings as JSON. The original reads
	// them back as they are.
	BareOff Bare = iota

	// BareJar reads text as the original's Jar does: text that is no JSON but a
	// number to Python's float(), such as 007, +5, .5, inf or nan, becomes
	// that number, all else a string. So True and None are strings, and so is
	// a truncated object.
	//
	// Text does not tell whether a string or a number was stored: put("123")
	// and put(123) store the same. An any becomes the value that the original's get
	// returns, the number; a Go string becomes the text itself.
	//
	// Strings are written as bare text if the original's get then returns
	// them as they are, else as JSON, which it reads as well.
	BareJar

	// BareBucket reads and writes text as the original's Bucket does: text that
	// is no JSON is a string. Otherwise it is like BareJar.
	BareBucket
)
