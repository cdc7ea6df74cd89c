package lambdajar

import (
	"log/slog"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/pack"
)

// Form is how a value is written into its variable. Every form is read,
// also those that a Store of another Form has written.
type Form string

const (
	// FormAuto keeps the value as it is while that fits, so that people can
	// read it, and packs it when it does not: as FormFlate while that fits,
	// then as FormDense. It takes no form whose reading costs more than 10 ms
	// of a whole processor, which are 0.14 s in a function with 128 MB of
	// memory; with an Overflow, none that costs more than a GET would.
	FormAuto Form = "auto"
	// FormPlain keeps the value as it is. Values that are not text are refused.
	FormPlain Form = "plain"
	// FormFlate compresses the value with DEFLATE, in a tenth of a millisecond.
	FormFlate Form = "flate"
	// FormDense packs the value as small as can be, at any cost of reading: a
	// millisecond or two of a whole processor for most states, 20 for 4 KB full
	// of prose, at most 100.
	FormDense Form = "dense"
	// FormPython packs as Python awsjar does with compression=True.
	FormPython Form = "python"
)

// packed returns the form by which package pack packs, and whether there is one.
func (f Form) packed() (form pack.Form, ok bool) {
	for form := range pack.Form(pack.Forms) {
		if form.String() == string(f) {
			return form, true
		}
	}
	return pack.FormAuto, f == ""
}

// Overflow keeps values that fit into no variable. An *s3jar.Object is one.
type Overflow interface {
	// Beside returns the place of one value: always the same for an id, which
	// has eight letters, digits, "-" and "_", and another for each id. Every
	// write goes to a place of its own, and a place that a variable points to
	// is never written again.
	Beside(id string) awsjar.Store
}

// Options of a [Store]. The zero value means the defaults, and so does the zero
// value of each field.
type Options struct {
	// Name is the environment variable that holds the value; a second one,
	// named Name and "_awsjar", holds the ids of the last writes. Name must
	// begin with a letter, go on with letters, digits and underscores, not end
	// in "_awsjar", and be neither one that AWS Lambda reserves nor one of the
	// SDK's for credentials. Jars of several names can share a function. If
	// the second variable holds a value that awsjar did not write, nothing of
	// the jar is written or removed: an [awsjar.ErrInvalid]. Default "": "jar".
	Name string

	// Form is how values are written. Default "": FormAuto.
	Form Form

	// Confirm makes a Save or Delete wait until AWS Lambda has put the update
	// into force: one to two seconds, for a function in a VPC up to a minute,
	// by two to four reads. Without it nil means that the update was accepted;
	// AWS goes back to the value before if it then cannot use the function's
	// KMS key or role, and the next call of the Store that notices says so by
	// an [ErrUndone]. With it a Save that was undone is an ErrUndone itself,
	// and one whose context ends while it waits an [awsjar.ErrUncertain].
	// Default: false.
	Confirm bool

	// Unguarded lets writes through to a service that answers without a
	// RevisionId, as moto does. Nothing then keeps concurrent writers, of
	// this jar or of other variables, from overwriting each other. Default:
	// false; AWS Lambda always has one, and an answer without it is refused.
	Unguarded bool

	// Overflow takes a value that does not fit, however packed. The variable
	// then keeps a pointer of some 40 bytes, with a checksum. A value that
	// fits again comes back. A place is removed once the function's
	// configuration cannot point to it again, which is one write later. A
	// published version, or an environment that is running, keeps the old
	// pointer, and finds an [awsjar.ErrCorrupt] from then on. A call that is
	// interrupted may leave a place that is never used. Every reader of the jar
	// needs the same Overflow; for one without, the value is an
	// [awsjar.ErrUnsupported].
	//
	// Default: nil, and such a value is a [*TooLargeError].
	Overflow Overflow

	// Logger gets a line, at debug level, for each wait and repetition, each lost
	// answer that was then resolved, and each place that could not be removed. No
	// line has a value. Default: nil, no logging.
	Logger *slog.Logger
}
