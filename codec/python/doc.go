// Package python reads the values that Python awsjar stored, and writes values that
// it reads.
//
//	jar := awsjar.New[any](store, func(o *awsjar.Options) {
//		o.Codec = python.Codec{Bare: python.BareJar}
//	})
//
// The original stores the output of Python's json.dumps, and with its
// datetime_encoder a datetime as the object
//
//	{"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49, 44, 847202)"}
//
// which its reader hands to eval. Here such an object is a [time.Time]: in an
// any, and wherever a Go type has a time.Time. Its text is parsed by a fixed
// grammar (see [Codec.Unmarshal]); nothing is ever evaluated. A plain string
// stays a string, also one that looks like a time.
//
// A value that is neither a list nor a dict, such as a string or a number, the
// original stores as bare text, Python's str(x). See [Bare].
//
// Compression is not the codec's affair: package lambdajar undoes it with all
// options, and writes it on request.
//
// docs/python.md says how a running function moves over.
package python
